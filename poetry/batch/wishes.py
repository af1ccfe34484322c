"""From a row's fields to a Request and a seed; what a row does not say is as in the order that all rows share."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from poetry.writing import order
from poetry.writing.order import Order
from poetry.writing.request import Request

SHARED = ("seed", "form", "policy", "candidates", "temperature", "top_p")  # fields that a run, not a row, fixes
_DRAWN_SEEDS = 53  # bits: every reader of JSON keeps such a number whole


def request_of(fields: Mapping[str, Any], shared: Order) -> Request:
    """The request of a row. Raises UsageError with the reason when it cannot be one."""
    return order.request_of(replace(shared, **fields))


def seed_of(fields: Mapping[str, Any], shared: Order, row: int, attempt: int = 0) -> int:
    """The seed of a row (from 0): its own, or one drawn from the run's; another for every further attempt. Raises
    UsageError."""
    own = order.seed_of(Order(seed=fields["seed"])) if "seed" in fields else None
    if own is not None and not attempt:
        return own
    drawn = np.random.SeedSequence([order.seed_of(shared), row, attempt] if own is None else [own, row, attempt])
    return int(drawn.generate_state(1, np.uint64)[0]) >> (64 - _DRAWN_SEEDS)

"""From a row's fields to a Request, by the checks that poetry.generate has; and the settings all rows share."""

import argparse
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.text.forms import QIJUE
from poetry.text.vocab import MAX_TITLE
from poetry.writing import asking
from poetry.writing.request import MOST_CANDIDATES, Request

LARGEST_SEED = (1 << 63) - 1
_DRAWN_SEEDS = 53  # bits: every reader of JSON keeps such a number whole


@dataclass(frozen=True)
class Settings:
    """What is the same for every row, unless the row says otherwise. Raises UsageError."""

    seed: int
    form: str = QIJUE.name
    policy: str = "usual"
    candidates: int = 16
    temperature: float = 0.8
    top_p: float = 0.9

    def __post_init__(self) -> None:
        _seed(self.seed)
        asking.find_form(self.form)
        Sampling(self.temperature, top_p=self.top_p)
        if not 1 <= self.candidates <= MOST_CANDIDATES:
            raise UsageError(f"--candidates must be between 1 and {MOST_CANDIDATES}, not {self.candidates}")

    def as_dict(self) -> dict[str, Any]:
        """JSON-able data."""
        return asdict(self)


def request_of(fields: dict[str, Any], settings: Settings) -> Request:
    """The request of a row. Raises UsageError with the reason when it cannot be one."""
    fields = {"form": settings.form, "at": 1, "temperature": settings.temperature} | fields
    arguments = argparse.Namespace(
        head=fields.get("head"),
        form=fields["form"],
        lines=_whole(fields, "lines"),
        pattern=fields.get("pattern", ""),
        rhyme=fields.get("rhyme", ""),
        acrostic=fields.get("acrostic"),
        at=_whole(fields, "at"),
        policy=settings.policy,
        candidates=settings.candidates,
        continue_=None,
        force=(),
        free=False,
    )
    sampling = Sampling(_real(fields, "temperature"), top_p=settings.top_p)
    return asking.new_poem(arguments, sampling, **_about(fields))[0]


def seed_of(fields: dict[str, Any], settings: Settings, row: int, attempt: int = 0) -> int:
    """The seed of a row (from 0): its own, or one drawn from the run's; another for every further attempt."""
    own = fields.get("seed")
    if own is not None:
        own = _seed(_whole(fields, "seed"))
        if not attempt:
            return own
    drawn = np.random.SeedSequence([settings.seed, row, attempt] if own is None else [own, row, attempt])
    return int(drawn.generate_state(1, np.uint64)[0]) >> (64 - _DRAWN_SEEDS)


def _about(fields: dict[str, Any]) -> dict[str, Any]:
    """What the poem is about, as fields of a Request."""
    if "theme" not in fields:
        return {"title": asking.hanzi(fields["title"], "the title", MAX_TITLE)} if "title" in fields else {}
    if "title" in fields:
        raise UsageError("give a theme or a title, not both")
    from poetry.theme.reading import read_theme  # jieba takes a while to load

    return {"words": read_theme(fields["theme"]).words}


def _whole(fields: dict[str, Any], name: str) -> int | None:
    value = fields.get(name)
    if value is not None and (not isinstance(value, int | float) or value != value // 1):
        raise UsageError(f"{name} is {str(value)[:20]!r}, which is no whole number; mend it or leave it out")
    return None if value is None else int(value)


def _real(fields: dict[str, Any], name: str) -> float:
    value = fields[name]
    if not isinstance(value, int | float):
        raise UsageError(f"{name} is {value[:20]!r}, which is no number; mend it or leave it out")
    return value


def _seed(seed: int | None) -> int:
    if seed is None or not 0 <= seed <= LARGEST_SEED:
        raise UsageError(f"the seed must be between 0 and 2^63 - 1, not {seed}")
    return seed

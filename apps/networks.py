"""The poem networks, loaded once and shared by all requests. A network stops when a request's time is up."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np

from apps.current import check_time
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.stepper import Stepper
from poetry.writing import model
from poetry.writing.writer import Writer

_writers: dict[str, Writer] = {}
_loading = threading.Lock()


@dataclass(frozen=True)
class Timed:
    """A stepper that looks at the clock before every step."""

    inner: Stepper

    def start(self, batch: int) -> Any:
        """See Stepper."""
        return self.inner.start(batch)

    def step(self, state: Any, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, Any]:
        """See Stepper. Raises TimeUpError."""
        check_time()
        return self.inner.step(state, ids, features)

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """See Stepper."""
        return self.inner.select(state, rows)

    def join(self, states: Sequence[Any]) -> Any:
        """See Stepper."""
        return self.inner.join(states)


def cells() -> tuple[str, ...]:
    """The cells whose weights are installed."""
    folder = files("poetry").joinpath("weights")
    return tuple(cell for cell in model.SHIPPED if folder.joinpath(f"{cell}.safetensors").is_file())


def writer(cell: str) -> Writer:
    """The shared writer of a cell. Raises UsageError when its weights are not installed."""
    with _loading:
        if cell not in _writers:
            if cell not in cells():
                raise UsageError(say("no_network", cell=cell, cells=" ".join(cells())))
            shipped = model.shipped(cell)
            _writers[cell] = Writer(replace(shipped, stepper=Timed(shipped.stepper)))
        return _writers[cell]

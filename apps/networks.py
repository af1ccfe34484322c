"""The poem networks of a worker, loaded once and shared by its jobs. One stops when a job's time is up."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np

from apps.current import check_time
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.halves import use_both_cores
from charrnn_core.stepper import Stepper
from poetry.writing import model
from poetry.writing.model import Model
from poetry.writing.writer import Writer


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

    def outputs(self, state: Any) -> np.ndarray:
        """See Stepper."""
        return self.inner.outputs(state)


class Networks:
    """The writers of the cells, each loaded when it is first asked for."""

    def __init__(self) -> None:
        self._writers: dict[str, Writer] = {}
        self._loading = threading.Lock()

    def writer(self, cell: str) -> Writer:
        """The shared writer of a cell. Raises UsageError when its weights are not installed."""
        with self._loading:
            if cell not in self._writers:
                if cell not in cells():
                    raise UsageError(say("no_network", cell=cell, cells=" ".join(cells())))
                use_both_cores()
                shipped = model.shipped(cell)
                self._writers[cell] = Writer(replace(shipped, stepper=Timed(shipped.stepper)))
            return self._writers[cell]


_of_this_process = Networks()  # a worker does one job after another with them, and they go with it
writer = _of_this_process.writer


def cells() -> tuple[str, ...]:
    """The cells whose weights are installed."""
    folder = files("poetry").joinpath("weights")
    return tuple(cell for cell in model.SHIPPED if folder.joinpath(f"{cell}.safetensors").is_file())


def opened(cell: str) -> Model:
    """The model of a cell, its stepper without the clock: what its gates do can be asked of it."""
    shared = writer(cell).model
    assert isinstance(shared.stepper, Timed)
    return replace(shared, stepper=shared.stepper.inner)

"""Blocks written by actors of a Ray cluster.

The blocks become a dataset, a row each; Ray Data has actors write their poems and gives the rows back in order. The
weights go to each machine once, where its actors read them in shared memory. An actor that dies is started again, and
what it had in hand is written again: the same poems, as a block's are whoever writes it.
"""

import os
import pickle
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import partial
from typing import Any

from charrnn_core.errors import CharRNNError, UsageError
from poetry.batch.output import Record
from poetry.batch.running import Block, Desk, Team
from poetry.writing.model import Model
from poetry.writing.order import Order
from poetry.writing.writer import Writer

LOOPBACK = "127.0.0.1"
# Nothing is reported to Ray's makers; what Ray's own processes have to say is in its logs, not on the screen.
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal", "RAY_DATA_LOG_LEVEL": "ERROR"}
# Without it Ray replaces 127.0.0.1 with the machine's own address, and listens on every interface.
_ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
# An actor is one process on one core, as a worker of one machine is; see poetry.batch.
_ENVIRONMENT = {"env_vars": {"OPENBLAS_NUM_THREADS": "1"}}


def load_ray(address: str | None) -> None:
    """Import Ray, which reads its settings then. Raises UsageError where it is not installed."""
    os.environ.update(_QUIET if address else _QUIET | _ALONE)
    try:
        import ray.data  # noqa: F401
    except ImportError as error:
        raise UsageError("this needs Ray; install it with `pip install charrnn-verse[ray]`") from error


@contextmanager
def actors(address: str | None, count: int | None, model: Model, shared: Order) -> Iterator[Team]:
    """`count` actors, or one for every core, of the cluster at `address`; without one, of this machine alone.

    Raises UsageError where there is no such cluster, CharRNNError when Ray gives up.
    """
    import ray

    with redirect_stdout(sys.stderr):  # where Ray shall print that a worker died
        try:
            _connect(address, count)
            cores = int(ray.cluster_resources().get("CPU", 0))
            yield partial(_answers, model=ray.put(model), shared=shared, count=count or max(1, cores))
        except ray.exceptions.RayError as error:
            raise CharRNNError("Ray gave up ({why}); go on with --resume", why=_last_line(error)) from error
        finally:
            ray.shutdown()


def _connect(address: str | None, count: int | None) -> None:
    import ray

    common: dict[str, Any] = {"runtime_env": _ENVIRONMENT, "logging_level": "error", "log_to_driver": False}
    if address is None:
        ray.init("local", num_cpus=count, _node_ip_address=LOOPBACK, include_dashboard=False, **common)
        return
    try:
        ray.init(address, **common)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise UsageError(
            "cannot join the Ray cluster at {address} ({why}); start it, or give it the token",
            address=address,
            why=_last_line(error),
        ) from error


def _last_line(error: Exception) -> str:
    """What Ray says at the end of its report."""
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]


def _answers(blocks: Iterable[Block], model: Any, shared: Order, count: int) -> Iterator[tuple[Block, list[Record]]]:
    import pyarrow
    import ray

    data: Any = ray.data  # whose hints know neither classes as actors nor a list of references
    context = data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    context.execution_options.preserve_order = True
    rows = [ray.put(pyarrow.table({"block": [pickle.dumps(block)]})) for block in blocks]
    if not rows:
        return
    actor = {"fn_constructor_args": (model, shared), "num_cpus": 1}
    written = data.from_arrow_refs(rows).map(Poet, compute=data.ActorPoolStrategy(size=count), **actor)
    for row in written.iter_rows():
        yield pickle.loads(row["block"]), pickle.loads(row["records"])


class Poet:
    """An actor: a process with a desk."""

    def __init__(self, model: Any, shared: Order) -> None:
        import ray

        self._desk = Desk(Writer(ray.get(model)), shared)

    def __call__(self, row: dict[str, bytes]) -> dict[str, bytes]:
        """The row of a block with its records."""
        return row | {"records": pickle.dumps(self._desk(pickle.loads(row["block"])))}

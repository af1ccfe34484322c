"""Progress of what takes longer than a second: a bar on a terminal's standard error, and nothing anywhere else."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
DELAY = 1.0  # seconds; what is done within them shows no bar


def progress(
    items: Iterable[T], what: str, unit: str, *, total: int | None = None, printed: bool = False
) -> Iterator[T]:
    """The items, with a bar named `what` while they are gone through; `total` where they have no length. Items that
    are `printed` one by one show by themselves how far it is, on a terminal."""
    if not sys.stderr.isatty() or (printed and sys.stdout.isatty()):
        yield from items
        return
    from tqdm import tqdm  # here, as a command that shows no bar starts sooner without it

    yield from tqdm(items, what, total, unit=unit, delay=DELAY, leave=False)

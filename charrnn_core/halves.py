"""Both cores for one poem: half of a product here, half on a second thread.

numpy lets go of Python's lock while it computes, so two threads compute at once; each has BLAS to itself. The threads
of BLAS itself wait for each other by spinning, and where other programs keep the cores busy they wait many times longer
than they compute: here the second half is done on this thread whenever the other is not free to begin it.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_pool: list[ThreadPoolExecutor] = []
_free = Lock()


def cores() -> int:
    """On how many cores the process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_both_cores() -> None:
    """Let `both` have a second thread, where the process may run on two cores."""
    if not _pool and cores() > 1:
        _pool.append(ThreadPoolExecutor(1))
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_pool.clear)  # a fork has no second thread to wait for


def both(one: Callable[[], T], other: Callable[[], T]) -> tuple[T, T]:
    """What the two give, made at once where that can be."""
    if not _pool or not _free.acquire(blocking=False):
        return one(), other()
    try:
        waiting = _pool[0].submit(other)
        return one(), waiting.result()
    finally:
        _free.release()


def product(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """x @ matrix, by halves of the matrix's columns: of few rows the time goes into reading the matrix."""
    if not _pool:
        return x @ matrix
    half = matrix.shape[1] // 2
    return np.concatenate(both(lambda: x @ matrix[:, :half], lambda: x @ matrix[:, half:]), axis=1)

"""Processes that work off tasks side by side; the results come in the order of the tasks.

Where the system can fork, the workers begin as copies of this process and share its memory, the network's weights
among it, until one of them writes to it; elsewhere each makes its own. A worker lives no longer than this process,
however it ends: its pipe closes then.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, Self

from charrnn_core.errors import CharRNNError

_FORK = sys.platform == "linux"
_our_ends: list[Connection] = []  # a forked worker inherits these and must close them


class Workers:
    """`count` processes that each call `make()` once, and its result with every task given to it."""

    def __init__(self, count: int, make: Callable[[], Callable[[Any], Any]]) -> None:
        context: Any = multiprocessing.get_context("fork" if _FORK else "spawn")
        self._connections: list[Connection] = []
        self._processes: list[Any] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            _our_ends.append(ours)
            self._connections.append(ours)
            process = context.Process(target=_work, args=(theirs, make), daemon=True)
            process.start()
            self._processes.append(process)
            theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._connections:
            connection.close()
            _our_ends.remove(connection)
        for process in self._processes:
            process.kill()
            process.join()
            process.close()

    def run(self, tasks: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """(task, result) of every task, in order. Tasks are taken only as fast as results are: not many wait.

        Raises CharRNNError when a worker dies, and what a worker raised.
        """
        numbered, free = enumerate(tasks), list(self._connections)
        given: dict[Connection, tuple[int, Any]] = {}
        done: dict[int, tuple[Any, Any]] = {}
        turn = 0
        while True:
            while free and len(done) < 2 * len(self._connections) and (following := next(numbered, None)):
                given[free[-1]] = following
                _send(free.pop(), following[1])
            if not given and not done:
                return
            for connection in wait(list(given)) if turn not in done else ():
                assert isinstance(connection, Connection)
                number, task = given.pop(connection)
                done[number] = task, _receive(connection)
                free.append(connection)
            while turn in done:
                yield done.pop(turn)
                turn += 1


def _send(connection: Connection, task: Any) -> None:
    try:
        connection.send(task)
    except OSError as error:
        raise _died() from error


def _receive(connection: Connection) -> Any:
    try:
        result = connection.recv()
    except (EOFError, OSError) as error:
        raise _died() from error
    if isinstance(result, BaseException):
        raise result
    return result


def _died() -> CharRNNError:
    return CharRNNError("a worker process was killed, perhaps for want of memory; go on with --resume, fewer --workers")


def _work(connection: Connection, make: Callable[[], Callable[[Any], Any]]) -> None:
    """A worker's life. Ctrl-C reaches every process of the terminal; it is for the first to say what happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for end in _our_ends:
        end.close()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # where numpy is not loaded yet: in a process that was not forked
    work = make()
    try:
        while True:
            task = connection.recv()
            try:
                result = work(task)
            except Exception as error:  # raised again where the result is awaited
                result = error
            connection.send(result)
    except (EOFError, OSError):
        return

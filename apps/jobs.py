"""Jobs: work that a network does is done by processes of its own, so that it can be stopped and holds up nothing else.

A thread that serves a request asks here and waits. Within that wait it sees when the client has gone or the time is up:
then the worker is told to stop, and killed when it does not at once.
"""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from apps import limits
from apps.current import TIME_UP, TimeUpError, check_left, language, remaining
from apps.worker import STOP, Errand, Outcome, work

TICK = 0.05  # seconds between two looks at whether anybody still waits


# Forked from a process that holds nothing, where there is such a thing: threads and locks of the server stay behind.
_context: Any = multiprocessing.get_context(
    "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
)


class Jobs:
    """The jobs of one app, and the workers that are idle between them."""

    def __init__(self) -> None:
        self._idle: list[Worker] = []
        self._lock = threading.Lock()

    def result(self, task: Callable[..., Any], *arguments: Any) -> Any:
        """What `task(*arguments)` returns, done by a worker. It is a function of a module, or a part of one.

        Raises what it raises, TimeUpError, LeftError; BrokenJobError for what is no error of ours.
        """
        *_, last = self._found(task, arguments)
        return last.value

    def results(self, task: Callable[..., Iterator[Any]], *arguments: Any) -> Iterator[Any]:
        """What the generator `task(*arguments)` yields, each when it is there. Raises as `result` does."""
        for found in self._found(task, arguments):
            if not found.ends:
                yield found.value

    def begin(self) -> None:
        """Start the workers before anyone asks."""
        for _ in range(limits.NETWORKS.at_once):
            self._give(Worker())

    def end(self) -> None:
        """Let the idle workers go."""
        with self._lock:
            for worker in self._idle:
                worker.retire()
            self._idle.clear()

    def _found(self, task: Callable[..., Any], arguments: tuple[Any, ...]) -> Iterator[Outcome]:
        """All results of a task, the last included."""
        worker = self._take()
        try:
            yield from worker.do(Errand(task, arguments, language(), remaining()))
        finally:
            self._give(worker if worker.stop() else Worker())

    def _take(self) -> "Worker":
        """An idle worker, or a new one. The places of limits.PLACES bound how many there are."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return Worker()

    def _give(self, worker: "Worker") -> None:
        """Keep a worker for the next job; more than are usually wanted go."""
        with self._lock:
            if len(self._idle) < limits.NETWORKS.at_once:
                self._idle.append(worker)
                return
        worker.retire()


class Worker:
    """A worker process and the pipe to it."""

    def __init__(self) -> None:
        from apps.service import prepare

        self._pipe, other = _context.Pipe()
        self._busy = False
        self._process = _context.Process(target=work, args=(other, prepare), daemon=True)
        self._process.start()
        other.close()

    def do(self, task: Errand) -> Iterator[Outcome]:
        """What it finds, up to the end of the task, which is at the latest a moment after its time."""
        self._pipe.send(task)
        self._busy, end = True, time.monotonic() + task.seconds + limits.STOPPING
        while self._busy:
            while not self._pipe.poll(TICK):
                check_left()
                if time.monotonic() > end or not self._process.is_alive():
                    raise TimeUpError(TIME_UP)
            found = self._next()
            if found.error:
                raise found.error
            yield found

    def stop(self) -> bool:
        """Stop what it does. False when it had to be killed for that."""
        try:
            if self._busy:
                self._pipe.send(STOP)
            end = time.monotonic() + limits.STOPPING
            while self._busy and self._pipe.poll(max(0, end - time.monotonic())):
                self._next()
        except (EOFError, OSError):
            pass
        if self._busy:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._pipe.close()
        return not self._busy

    def retire(self) -> None:
        """Let it go."""
        self._pipe.close()

    def _next(self) -> Outcome:
        found: Outcome = self._pipe.recv()
        self._busy = not found.ends
        return found

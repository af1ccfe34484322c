"""Load on the app's real server, from this machine to itself: many users at once, then memory over many requests.

Each user asks for a poem, waits for it, and asks again. Where the queue is full the server says so (503); the
user waits a moment and asks again, which counts as busy, not as an error. Memory is the server process's
resident size; it is compared after warming up and at the end.
"""

import argparse
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from tests.app_server import CallError, Served, serving

MOST_USERS, MOST_SECONDS, MOST_REQUESTS = 64, 300, 2_000
WARM = 50  # requests before memory is first read


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.app_load", description="网页的负载与内存 / load and memory of the app")
    parser.add_argument("--users", type=int, default=32, help="同时多少人 / users at once")
    parser.add_argument("--seconds", type=int, default=120, help="多久 / for how long")
    parser.add_argument("--requests", type=int, default=1000, help="内存测多少次请求 / requests of the memory test")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    for value, most in (
        (arguments.users, MOST_USERS),
        (arguments.seconds, MOST_SECONDS),
        (arguments.requests, MOST_REQUESTS),
    ):
        if not 1 <= value <= most:
            raise UsageError(f"give a number between 1 and {most}, not {value}")
    with serving() as server:
        first = time.perf_counter()
        _poem(server, 0)
        figures: dict[str, Any] = {"first_poem_seconds": round(time.perf_counter() - first, 3)}
        figures |= load(server, arguments.users, arguments.seconds)
        figures |= memory(server, arguments.requests)
    report("app_load", figures)


@dataclass
class Tally:
    """What the users met."""

    seconds: list[float] = field(default_factory=list)
    busy: int = 0
    errors: list[str] = field(default_factory=list)


def load(server: Served, users: int, seconds: float) -> dict[str, Any]:
    """`users` ask for poems, one after the other, for a while."""
    tally, end = Tally(), time.monotonic() + seconds

    def user(number: int) -> None:
        seed = number * 100_000
        while time.monotonic() < end:
            seed += 1
            began = time.perf_counter()
            try:
                _poem(server, seed)
            except CallError as error:
                if error.status == 503:
                    tally.busy += 1
                    time.sleep(1)
                else:
                    tally.errors.append(str(error)[:200])
            except OSError as error:
                tally.errors.append(repr(error)[:200])
            else:
                tally.seconds.append(time.perf_counter() - began)

    threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits = sorted(tally.seconds)
    return {
        "users": users,
        "seconds": seconds,
        "poems": len(waits),
        "poems_a_second": round(len(waits) / seconds, 2),
        "median_seconds": round(statistics.median(waits), 2) if waits else None,
        "p95_seconds": round(waits[int(0.95 * (len(waits) - 1))], 2) if waits else None,
        "busy": tally.busy,
        "errors": len(tally.errors),
        "first_errors": tally.errors[:3],
    }


def memory(server: Served, requests: int) -> dict[str, Any]:
    """Resident memory before and after many requests, two at a time so that it takes half as long."""
    for seed in range(WARM):
        _poem(server, seed)
    before = server.resident_mb()

    def some(start: int) -> None:
        for seed in range(start, requests, 2):
            _poem(server, seed)

    threads = [threading.Thread(target=some, args=(start,)) for start in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = server.resident_mb()
    return {
        "memory_requests": requests,
        "memory_before_mb": round(before, 1),
        "memory_after_mb": round(after, 1),
        "memory_growth": round(after / before - 1, 4),
    }


def _poem(server: Served, seed: int) -> None:
    [poem] = server.call("generate", head="春", seed=seed % (1 << 32))
    assert poem["text"].startswith("春")


if __name__ == "__main__":
    sys.exit(main())

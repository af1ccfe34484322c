"""Ray beside the processes of one machine: poems a second of one and of two workers, and what two bring over one.

Every measurement is a process of its own. The rate is taken from the first block that comes back to the last, so that
no start-up is in it: that of Ray is told apart, as seconds until the first block is there.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.batch.cluster import actors, load_ray
from poetry.batch.running import NetworkChoice, Source, Team, desk
from poetry.batch.workers import Workers
from poetry.writing.order import Order

WAYS = [(way, count) for way in ("processes", "ray") for count in (1, 2)]
BLOCK = 64


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.ray_workers", description="Ray 与本机的进程 / Ray beside processes")
    add = parser.add_argument
    add("--count", type=int, default=4096, help="每次几首 / poems of each measurement")
    add("--candidates", type=int, default=1, help="每首几个候选 / candidates a poem")
    add("--turns", type=int, default=3, help="几轮，取最快 / turns; the fastest counts")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    settings = Order(seed=5, candidates=arguments.candidates)
    rates, waits = dict.fromkeys(WAYS, 0.0), dict.fromkeys(WAYS, float("inf"))
    for _ in range(arguments.turns):  # by turns, so that a busy moment touches all
        for way in WAYS:
            with ProcessPoolExecutor(1, get_context("spawn")) as fresh:
                rate, wait = fresh.submit(_measure, *way, arguments.count, settings).result()
            rates[way], waits[way] = max(rate, rates[way]), min(wait, waits[way])
    figures = {f"{way}_{count}_poems_per_second": round(rates[way, count], 1) for way, count in WAYS}
    figures |= {f"{way}_two_to_one": round(rates[way, 2] / rates[way, 1], 2) for way in ("processes", "ray")}
    figures |= {
        f"ray_to_processes_{count}": round(rates["ray", count] / rates["processes", count], 2) for count in (1, 2)
    }
    figures |= {f"{way}_{count}_seconds_to_first_block": round(waits[way, count], 1) for way, count in WAYS}
    report("ray_workers", {"poems": arguments.count, "block": BLOCK, "candidates": arguments.candidates} | figures)


def _measure(way: str, count: int, poems: int, settings: Order) -> tuple[float, float]:
    """(poems a second, seconds until the first block)."""
    start = time.perf_counter()
    times = []
    with _processes(count, settings) if way == "processes" else _ray(count, settings) as team:
        for _ in team(Source(None, poems).blocks(BLOCK, 0)):
            times.append(time.perf_counter())
    return (poems - BLOCK) / (times[-1] - times[0]), times[0] - start


@contextmanager
def _processes(count: int, settings: Order) -> Iterator[Team]:
    make = partial(desk, NetworkChoice("lstm"), settings)
    make()  # before the workers are forked, which then find it
    with Workers(count, make) as workers:
        yield workers.run


@contextmanager
def _ray(count: int, settings: Order) -> Iterator[Team]:
    load_ray(None)
    with actors(None, count, NetworkChoice("lstm").load(), settings) as team:
        yield team


if __name__ == "__main__":
    sys.exit(main())

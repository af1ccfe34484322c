"""Cold start: the whole process `python -m poetry.generate 春` against `python -c "import torch"`.

Each has run once before, untimed, so that modules are compiled, as they are after the first poem and as pip leaves
torch.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.writing.request import CANDIDATES

POEM = [sys.executable, "-m", "poetry.generate", "春"]
TORCH = [sys.executable, "-c", "import torch"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(
        prog="benchmarks.cold_start", description="冷启动对比 import torch / cold start against import torch"
    )
    parser.add_argument("--runs", type=int, default=9, help="各跑几次，取中位数 / runs of each; the median counts")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    poem, torch, memory = [], [], 0.0
    for command in (POEM, TORCH):
        _timed(command)
    for _ in range(arguments.runs):  # by turns, so that a busy moment touches both
        seconds, peak = _timed(POEM)
        poem.append(seconds)
        memory = max(memory, peak)
        torch.append(_timed(TORCH)[0])
    one, other = statistics.median(poem), statistics.median(torch)
    figures = {"poem_seconds": one, "import_torch_seconds": other, "ratio": one / other, "poem_peak_mb": memory}
    report("cold_start", {key: round(value, 3) for key, value in figures.items()} | {"candidates": CANDIDATES})


def _timed(command: list[str]) -> tuple[float, float]:
    """(wall seconds, peak resident MB) of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return seconds, usage.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())

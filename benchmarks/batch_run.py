"""One long run of `python -m poetry.batch`: time, memory over time, and what every poem of the file obeys.

Memory is the sum of the processes' proportional shares (PSS): a page that several share counts once. "flat" compares
the greatest of the first quarter of the run, its first tenth left out, with the greatest of the last.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.errors import CharRNNError
from poetry.prosody.judge import check
from poetry.slots import seen
from poetry.text.forms import recognise

EVERY = 1.0  # seconds between two looks at the memory


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.batch_run", description="一次长的批量 / one long run of poetry.batch")
    parser.add_argument("--count", type=int, default=100_000, help="几首 / how many poems")
    parser.add_argument("--form", default="七绝", help="诗体 / the form")
    parser.add_argument("--seed", type=int, default=5, help="种子 / the seed")
    parser.add_argument("--candidates", type=int, default=1, help="每首几个候选 / candidates a poem")
    parser.add_argument("--workers", type=int, help="几个进程 / processes; one a core unless said")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "poems.jsonl"
        line = [sys.executable, "-m", "poetry.batch", "-o", str(out)]
        for name in ("count", "form", "seed", "candidates", "workers"):
            if (value := getattr(arguments, name)) is not None:
                line += [f"--{name}", str(value)]
        start, memory = time.perf_counter(), []
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
        while process.poll() is None:
            if not out.exists():  # when it does, the summary is being made
                memory.append(_memory(process.pid))
                seconds = time.perf_counter() - start
            time.sleep(EVERY)
        if process.returncode:
            raise CharRNNError(f"poetry.batch ended with {process.returncode}; see its message above")
        figures = _figures(out, arguments.form)
    quarter, tenth = len(memory) // 4, len(memory) // 10
    settings = {name: getattr(arguments, name) for name in ("form", "seed", "candidates")}
    report(
        "batch_run",
        {
            **settings,
            **figures,
            "seconds": round(seconds, 1),
            "poems_per_second": round(arguments.count / seconds, 1),
            "megabytes_first_quarter": max(memory[tenth : quarter + 1], default=0),
            "megabytes_last_quarter": max(memory[-quarter - 1 :], default=0),
        },
    )


def _memory(pid: int) -> int:
    """MB of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        pids = [pid, *map(int, children.read_text().split())]
        return sum(_pss(each) for each in pids) >> 10
    except OSError:  # one of them has just ended
        return 0


def _pss(pid: int) -> int:
    """kB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


def _figures(path: Path, form: str) -> dict[str, int]:
    """Counted again from the file, without the code that wrote it; texts are compared, not their hashes."""
    texts, counts = set(), dict.fromkeys(("poems", "errors", "obey", "copied_lines"), 0)
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            record = json.loads(line)
            assert record["row"] == number, f"row {number} is missing"
            if "error" in record:
                counts["errors"] += 1
                continue
            counts["poems"] += 1
            counts["obey"] += recognise(record["lines"]).name == form and not check(record["lines"]).faults
            counts["copied_lines"] += sum(verse in seen.shipped() for verse in record["lines"])
            texts.add(record["text"])
    return {**counts, "duplicates": counts["poems"] - len(texts)}


if __name__ == "__main__":
    sys.exit(main())

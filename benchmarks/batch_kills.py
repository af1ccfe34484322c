"""SIGKILL at random moments: is the output, gone on with after each, that of an undisturbed run, byte for byte?"""

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.errors import CharRNNError


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.batch_kills", description="随机打断批量 / a batch killed at random moments")
    parser.add_argument("--kills", type=int, default=50, help="打断几次 / how many kills")
    parser.add_argument("--count", type=int, default=2000, help="几首 / how many poems")
    parser.add_argument("--longest", type=float, default=5.0, help="最多几秒后 / after so many seconds at most")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = Path(folder) / "undisturbed"
        if _start(undisturbed, arguments.count).wait():
            raise CharRNNError("the undisturbed run failed; see its message above")
        rng, killed, runs, equal = random.Random(1), 0, 0, 0
        with tqdm(total=arguments.kills, unit="kill") as bar:
            while killed < arguments.kills:
                out = Path(folder) / str(runs)
                while killed < arguments.kills:
                    process = _start(out, arguments.count)
                    try:
                        process.wait(timeout=rng.uniform(0, arguments.longest))
                        break
                    except subprocess.TimeoutExpired:
                        process.kill()
                        process.wait()
                        killed += 1
                        bar.update()
                failed = _start(out, arguments.count).wait()
                runs += 1
                equal += not failed and out.read_bytes() == undisturbed.read_bytes()
    report("batch_kills", {"kills": killed, "runs": runs, "equal_to_undisturbed": equal, "poems": arguments.count})


def _start(out: Path, count: int) -> "subprocess.Popen[bytes]":
    line = [sys.executable, "-m", "poetry.batch", "--count", str(count), "--seed", "5", "--candidates", "1"]
    line += ["--block", "16", "-o", str(out), "--resume"]
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())

"""Mark a student's package: run each file in a child process, compare with the solution, name the likely slip."""

import math
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab.exercises import package
from charrnn_core.lab.exercises.slips import SLIPS, Slip
from charrnn_core.lab.exercises.tasks import BY_NAME, TASKS, Results, Task

SECONDS = 30  # by the clock, for one task
TOLERANCE = 1e-6  # relative; the student's order of operations may differ, not the formula
LARGEST = 1 << 24  # bytes of a child's results
UNDONE = "NotImplementedError"


@dataclass(frozen=True)
class Mark:
    """One task marked. `first` is where student and solution part, with the relative error there; the worst error is
    over all results, infinite where one lacks. `hint` is that of a known slip whose results are the student's, `error`
    why the file did not run."""

    task: str
    passed: bool
    error: str | None = None
    first: str | None = None
    relative_error: float | None = None
    worst_error: float | None = None
    hint: str | None = None


def check(folder: Path, seconds: float = SECONDS) -> Iterator[Mark]:
    """Mark every task, one after the other. Raises UsageError when the folder holds none of the files."""
    if not any((folder / f"{task.name}.py").is_file() for task in TASKS):
        raise UsageError(
            "{folder} holds no exercise; write a package with `python -m charrnn_core.exercises new FOLDER`",
            folder=folder,
        )
    for task in TASKS:
        yield mark(task, folder / f"{task.name}.py", seconds)


def mark(task: Task, file: Path, seconds: float = SECONDS) -> Mark:
    """Mark one file."""
    if not file.is_file():
        return Mark(task.name, False, error=f"{file.name} is missing")
    results = _run(task, file.resolve(), seconds)
    if isinstance(results, str):
        undone = UNDONE in results
        return Mark(task.name, False, error=results, hint="还没做 / not done yet" if undone else None)
    expected = solved(task)
    errors = {name: relative_error(results.get(name), value) for name, value in expected.items()}
    first = next((name for name, error in errors.items() if not error <= TOLERANCE), None)
    worst = max(errors.values())
    if first is None:
        return Mark(task.name, True, worst_error=worst)
    return Mark(task.name, False, None, first, errors[first], worst, hint(task, results, first))


def solved(task: Task) -> Results:
    """The solution's results."""
    return task.run(_module(package.source(task.name)))


def hint(task: Task, results: Results, first: str) -> str | None:
    """The hint of the slip whose results are the student's where they first part, and in most other places."""
    alike: list[tuple[int, Slip]] = []
    for slip in (slip for slip in SLIPS if slip.task == task.name):
        wrong = slipped(slip)
        if relative_error(results.get(first), wrong[first]) <= TOLERANCE and _parts_at(task, wrong) == first:
            same = sum(relative_error(results.get(name), value) <= TOLERANCE for name, value in wrong.items())
            alike.append((same, slip))
    return max(alike, key=lambda pair: pair[0])[1].hint if alike else None


@cache
def slipped(slip: Slip) -> Results:
    """The results of a solution with a slip in it."""
    source = package.source(slip.task)
    assert slip.right in source, slip
    with np.errstate(all="ignore"):
        return BY_NAME[slip.task].run(_module(source.replace(slip.right, slip.wrong, 1)))


def _parts_at(task: Task, results: Results) -> str | None:
    return next(
        (n for n, value in solved(task).items() if not relative_error(results.get(n), value) <= TOLERANCE), None
    )


def relative_error(found: np.ndarray | None, expected: np.ndarray) -> float:
    """max |found - expected| over the largest magnitude; infinite for another shape or a number that is not finite
    where it should be."""
    expected = np.asarray(expected, dtype=np.float64)
    if found is None or found.shape != expected.shape:
        return float("inf")
    if not np.array_equal(np.isfinite(found), np.isfinite(expected)):
        return float("inf")
    finite = np.isfinite(expected)
    if not finite.any():
        return 0.0
    found, expected = found[finite], expected[finite]
    return float(np.abs(found - expected).max() / max(1e-12, np.abs(found).max(), np.abs(expected).max()))


def _module(source: str) -> ModuleType:
    """A module of the package's own source."""
    module = ModuleType("solution")
    exec(compile(source, "solution", "exec"), module.__dict__)
    return module


def _run(task: Task, file: Path, seconds: float) -> Results | str:
    """The results of a student's file, or one line of what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "results.npz"
        most = str(math.ceil(seconds) + 1)  # where the parent is gone; otherwise its clock comes first
        command = [sys.executable, "-m", "charrnn_core.lab.exercises.child", str(file), task.name, str(out), most]
        environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "VIRTUAL_ENV") if name in os.environ}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
        nothing = subprocess.DEVNULL
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"{file.name}: stopped after {seconds:g} seconds: an endless loop?"
        finally:
            _end(process)
        if not out.is_file() or code != 0:
            return f"{file.name}: ended by the system ({_ending(code)}): the limit of time or memory"
        return _read(out, file)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the child and whatever it started."""
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _read(out: Path, file: Path) -> Results | str:
    """What the child wrote; it is not trusted to be what it should be."""
    try:
        if out.stat().st_size > LARGEST:
            return f"{file.name}: results of more than {LARGEST >> 20} MiB"
        with np.load(out, allow_pickle=False) as archive:
            if "error" in archive:
                return str(archive["error"])
            return {str(name): archive[f"r{i}"] for i, name in enumerate(archive["names"])}
    except (OSError, ValueError, KeyError, EOFError) as error:
        return f"{file.name}: its results cannot be read ({type(error).__name__})"

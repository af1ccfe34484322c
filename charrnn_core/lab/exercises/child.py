"""The child process of the marking: runs one student's file under limits and writes its results.

    python -m charrnn_core.lab.exercises.child FILE TASK OUT SECONDS

OUT becomes an .npz of the results, or of one text, `error`. The limits of time at work (SECONDS) and of memory are the
system's (RLIMIT_*); where the system has none, only the parent's clock ends the child.
"""

import sys
import traceback
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np

from charrnn_core.lab.exercises.tasks import BY_NAME

MEMORY = 2 << 30  # bytes of address space
WRITTEN = 16 << 20  # bytes of any file
LONGEST = 500  # characters of an error


def main(arguments: list[str]) -> int:
    """Entry point; returns 0 when the results, or what went wrong, are written."""
    file, task, out = Path(arguments[0]), arguments[1], Path(arguments[2])
    _limit(int(arguments[3]))
    warnings.simplefilter("ignore")
    results: dict[str, np.ndarray]
    try:
        module = ModuleType("student")
        exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), module.__dict__)
        found = BY_NAME[task].run(module)
        results = {name: np.asarray(value, dtype=np.float64) for name, value in found.items()}
        names = np.array(list(results))
        results = {f"r{i}": value for i, value in enumerate(results.values())} | {"names": names}
    except BaseException as error:  # whatever a student's code does, the teacher reads a line
        results = {"error": np.array(_line(error, file)[:LONGEST])}
    np.savez(out, allow_pickle=False, **results)  # type: ignore[arg-type]
    return 0


def _limit(seconds: int) -> None:
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return
    limits = (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, WRITTEN)
    for kind, most in limits:
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _line(error: BaseException, file: Path) -> str:
    """One line: where in the student's file, and what."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return f"{file.name}:{error.lineno}: SyntaxError: {error.msg}"
    places = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    where = f"{file.name}:{places[-1]}" if places else file.name
    what = " ".join(str(error).split())
    return f"{where}: {type(error).__name__}" + (f": {what}" if what else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A student's package: every solution with its blanks emptied, and a note on how to go on."""

import re
from importlib.resources import files
from pathlib import Path

from charrnn_core.atomic import write_text
from charrnn_core.errors import UsageError
from charrnn_core.lab.exercises.tasks import TASKS

BLANK = re.compile(r"^( *)# BLANK ?(.*)\n(?:.*\n)*?\1# END\n", re.M)
MARK = re.compile(r"^ *# (?:BLANK.*|END)\n", re.M)
NOTE = "README.md"

README = """\
# 循环网络练习 / Exercises on recurrent networks

每个文件一题，把 `raise NotImplementedError` 换成自己的代码，只用 numpy。随时可以批改，没做的题不扣别的题的分：
One file a task: put your own code, numpy alone, in place of `raise NotImplementedError`. Have it marked at any time:

    python -m charrnn_core.exercises check .

批改在子进程里运行你的代码，限时、限内存；它防失控，不防恶意。
Your code is run in a child process with limits of time and memory: a guard against accidents, not against malice.

{tasks}
"""


def source(task: str) -> str:
    """The solution of a task as it stands, its marks included."""
    return files("charrnn_core.lab.exercises.solutions").joinpath(f"{task}.py").read_text(encoding="utf-8")


def solution(task: str) -> str:
    """The solution without its marks."""
    return MARK.sub("", source(task))


def with_blanks(task: str) -> str:
    """What a student gets."""
    return BLANK.sub(r"\1# TODO \2\n\1raise NotImplementedError\n", source(task)).replace("# TODO \n", "# TODO\n")


def write(folder: Path, *, solved: bool) -> list[Path]:
    """Write all files into a new or empty folder. Raises UsageError when it holds something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("{folder} is there already and not an empty folder; choose a new one", folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for task in TASKS:
        paths.append(folder / f"{task.name}.py")
        write_text(paths[-1], solution(task.name) if solved else with_blanks(task.name))
    tasks = "\n".join(f"{i}. `{task.name}.py`: {task.title}" for i, task in enumerate(TASKS, 1))
    write_text(folder / NOTE, README.format(tasks=tasks))
    return [*paths, folder / NOTE]

"""练习 (exercises): `python -m charrnn_core.exercises` writes a student's package, marks it, gives the solutions."""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from charrnn_core.command import Parser, printable, run
from charrnn_core.errors import UsageError
from charrnn_core.lab.exercises import package
from charrnn_core.lab.exercises.marking import SECONDS, Mark, check
from charrnn_core.lab.exercises.tasks import BY_NAME, TASKS

EXAMPLES = """\
例 / examples:
  python -m charrnn_core.exercises new my-exercises       写出练习 / write the package
  python -m charrnn_core.exercises check my-exercises     批改 / mark it
  python -m charrnn_core.exercises solve answers          教师用的答案 / the solutions, for teachers

批改在子进程里运行学生的代码：每题限 30 秒、2 GiB 内存。这防失控，不防恶意：不要批改来历不明的代码。
Marking runs the student's code in a child process, 30 seconds and 2 GiB of memory a task: a guard against accidents,
not against malice. Do not mark code from strangers.
"""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code: 0 when the work was done, whatever the score."""
    parser = Parser(
        prog="charrnn_core.exercises", description="自己批改的练习 / exercises that check themselves", epilog=EXAMPLES
    )
    parser.add_argument("action", choices=("new", "check", "solve"), help="写出、批改、给答案 / write, mark, solve")
    parser.add_argument("folder", type=Path, help="目录 / the folder")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="每题限时 / seconds for a task")
    parser.add_argument("--json", action="store_true", help="成绩输出为 JSON / print the score as JSON")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if arguments.action != "check":
        for path in package.write(arguments.folder, solved=arguments.action == "solve"):
            print(path)
        return
    if not 1 <= arguments.seconds <= 600:
        raise UsageError("--seconds must be between 1 and 600, not {seconds:g}", seconds=arguments.seconds)
    marks = []
    for mark in check(arguments.folder, arguments.seconds):
        marks.append(mark)
        if not arguments.json:
            print(printable(_line(mark)), flush=True)
    score = sum(mark.passed for mark in marks)
    if arguments.json:
        print(json.dumps({"score": score, "of": len(TASKS), "tasks": [vars(m) for m in marks]}, ensure_ascii=False))
    else:
        print(f"{score} / {len(TASKS)}")


def _line(mark: Mark) -> str:
    head = f"{'✓' if mark.passed else '✗'} {mark.task:12} {BY_NAME[mark.task].title}"
    if mark.passed:
        return f"{head}: 相对误差 / relative error {mark.worst_error:.1e}"
    if mark.error:
        return f"{head}: {mark.hint or mark.error}"
    where = f"从 {mark.first} 起不同 / parts at {mark.first}, {mark.relative_error:.1e}"
    return f"{head}: {where}; {mark.hint or '不是常见的错 / no slip that is known'}"


if __name__ == "__main__":
    sys.exit(main())

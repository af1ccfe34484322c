"""格律检查 (check): `python -m poetry.check FILE` marks every character of a poem and names its faults.

Exit code 0 when every poem obeys the rules under the policy, 1 when one does not or is of no form that has
rules, 2 for wrong use.
"""

import argparse
import json
import sys
from pathlib import Path

from charrnn_core.command import Parser, run
from charrnn_core.errors import CharRNNError, UsageError
from charrnn_core.terminal import takes_colour
from poetry.prosody.explain import describe
from poetry.prosody.judge import NO_PATTERN, POLICIES, check_text
from poetry.prosody.table import BOOKS
from poetry.text.decoding import decoded

LARGEST = 64 << 20  # bytes of text that are read at most

EXAMPLES = """\
标记 / marks:  ○ 合  ◎ 多音  ● 误  ? 不明
例 / examples:
  python -m poetry.check 我的诗.txt
  echo 白日依山尽黄河入海流欲穷千里目更上一层楼 | python -m poetry.check -
"""


class BrokenRuleError(CharRNNError):
    """Some poem breaks a rule, or could not be judged: not a failure of the program, but exit code 1 for scripts."""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.check", description="检查格律 / check the rules of verse", epilog=EXAMPLES)
    parser.add_argument(
        "file", help="文本，UTF-8 或 GB18030；- 为标准输入 / text, UTF-8 or GB18030; - is standard input"
    )
    parser.add_argument(
        "--policy",
        choices=POLICIES,
        default="usual",
        help="多音字：某一读合即可、每一读都须合、只作标记 / several readings",
    )
    parser.add_argument(
        "--book", choices=BOOKS, default=BOOKS[0], help="韵书：平水韵、词林正韵、中华新韵 / the rhyme book"
    )
    parser.add_argument("--json", action="store_true", help="每首一行 JSON / one JSON object a line")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    found = check_text(_read(arguments.file), arguments.policy, arguments.book)
    coloured = takes_colour(sys.stdout)
    for index, report in enumerate(found):
        if arguments.json:
            print(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            print(("\n" if index else "") + describe(report, coloured=coloured))
    bad, unjudged = sum(not r.obeys for r in found), sum(r.verdict == NO_PATTERN for r in found)
    if bad:
        raise BrokenRuleError(
            "{bad} of {count} poems break a rule under the policy {policy}; see the marks ●",
            bad=bad,
            count=len(found),
            policy=arguments.policy,
        )
    if unjudged:
        raise BrokenRuleError(
            "{bad} of {count} poems are no 绝句, 律诗 or 排律 of lines of 5 or 7: only rhymes were looked up",
            bad=unjudged,
            count=len(found),
        )


def _read(name: str) -> str:
    content = sys.stdin.buffer.read(LARGEST + 1) if name == "-" else _bytes(Path(name))
    if len(content) > LARGEST:
        raise UsageError("{name} is larger than {most} MB; divide it", name=name, most=LARGEST >> 20)
    return decoded(content, name)


def _bytes(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(
            "cannot read {path}: {why}; give a text file, or - for standard input", path=path, why=error.strerror
        ) from error


if __name__ == "__main__":
    sys.exit(main())

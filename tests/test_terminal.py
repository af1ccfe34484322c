"""What commands show on a terminal and nowhere else: colours, and progress."""

import io
import re
import sys
from pathlib import Path

import pytest

from charrnn_core import progress as bars
from charrnn_core.terminal import takes_colour
from poetry import check, generate
from poetry.corpus import __main__ as corpus
from poetry.prosody.explain import describe
from poetry.prosody.judge import check as judged

# 王之涣 (688-742); in the second, 白 for 欲 breaks the rule of the line, and 长 has several readings
TOWER = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
BROKEN = "白日依山尽，黄河入海长。青山千里目，更上一层楼。"


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True

    def reconfigure(self, **_: str) -> None:
        """As of a real one."""


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> tuple[Terminal, Terminal]:
    """Standard output and error as terminals that show bars at once."""
    found = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", found[0])
    monkeypatch.setattr(sys, "stderr", found[1])
    monkeypatch.setattr(bars, "DELAY", 0)
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    return found


def test_only_a_terminal_takes_colour_and_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    assert takes_colour(Terminal()) and not takes_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "")
    assert takes_colour(Terminal())  # no-color.org: when present and not empty
    monkeypatch.setenv("NO_COLOR", "1")
    assert not takes_colour(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not takes_colour(Terminal())


def test_marks_are_coloured_and_nothing_else_is() -> None:
    report = judged(["白日依山尽", "黄河入海长", "青山千里目", "更上一层□"])
    plain, coloured = describe(report), describe(report, coloured=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain and "\x1b" not in plain
    marks = "".join(line.marks for line in report.lines)
    assert {"●", "◎", "?"} < set(marks)
    painted = re.findall(r"\x1b\[([\d;]+)m(.)\x1b\[0m", coloured)
    assert [mark for _, mark in painted] == [mark for mark in marks if mark != "○"]
    assert dict((mark, colour) for colour, mark in painted) == {"●": "1;31", "◎": "33", "?": "35"}


@pytest.mark.parametrize("refused", [False, True])
def test_check_and_explain_colour_their_marks(
    refused: bool, terminal: tuple[Terminal, Terminal], tiny_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if refused:
        monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(BROKEN.encode())))
    assert check.main(["-"]) == 1
    assert ("\x1b[1;31m●" in terminal[0].getvalue()) is not refused
    before = terminal[0].tell()
    more = ["--weights", str(tiny_weights), "--candidates", "2", "--policy", "none", "--explain"]
    assert generate.main(["春", "--seed", "1", *more]) == 0
    assert ("\x1b[" in terminal[0].getvalue()[before:]) is not refused


def test_progress_is_shown_on_a_terminal_alone(
    terminal: tuple[Terminal, Terminal], own_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = ["--text", str(own_corpus), "-o", str(tmp_path / "corpus.npz"), "--min-count", "1"]
    assert corpus.main(["encode", *out]) == 0
    shown = terminal[1].getvalue()
    named = ("清洗 / cleaning", "去重 / leaving out copies", "编码 / encoding")
    assert [what for what in named if what not in shown] == []
    (tmp_path / "many.txt").write_text("\n\n".join([TOWER] * 20), encoding="utf-8")
    assert check.main([str(tmp_path / "many.txt")]) == 0
    assert "检查 / checking: 100%" in terminal[1].getvalue() and "20/20" in terminal[1].getvalue()
    quiet = io.StringIO()
    monkeypatch.setattr(sys, "stderr", quiet)
    assert check.main([str(tmp_path / "many.txt")]) == 0 and quiet.getvalue() == ""


def test_what_is_printed_one_by_one_has_a_bar_only_where_it_is_not_seen(
    terminal: tuple[Terminal, Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(bars.progress(range(3), "x", "y", printed=True)) == [0, 1, 2]
    assert terminal[1].getvalue() == ""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert list(bars.progress(iter(range(3)), "x", "y", total=3, printed=True)) == [0, 1, 2]
    assert "x: 100%" in terminal[1].getvalue()

"""What commands show on a terminal and nowhere else: colours, and progress."""

import io
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from charrnn_core import progress as bars
from charrnn_core.terminal import takes_colour
from poetry.check import main as check
from poetry.corpus.__main__ import main as corpus
from poetry.generate import main as generate
from poetry.prosody.explain import describe
from poetry.prosody.judge import check as judged

# 王之涣 (688-742); in the second, 长 does not rhyme
TOWER = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
BROKEN = TOWER.replace("流", "长")


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True

    def reconfigure(self, **_: str) -> None:
        """As of a real one."""


def terminal(monkeypatch: pytest.MonkeyPatch) -> tuple[Terminal, Terminal]:
    """Standard output and error as terminals from now on, which show bars at once."""
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
    report = judged(["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"])
    marked = replace(report, lines=(replace(report.lines[0], marks="○◎●?●"), *report.lines[1:]))
    plain, coloured = describe(marked), describe(marked, coloured=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain and "\x1b" not in plain
    painted = [("33", "◎"), ("1;31", "●"), ("35", "?"), ("1;31", "●")]
    assert re.findall(r"\x1b\[([\d;]+)m(.)\x1b\[0m", coloured) == painted


@pytest.mark.parametrize("refused", [False, True])
def test_check_and_explain_colour_their_marks(
    refused: bool, tiny_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.txt").write_text(BROKEN, encoding="utf-8")
    out, _ = terminal(monkeypatch)
    if refused:
        monkeypatch.setenv("NO_COLOR", "1")
    assert check([str(tmp_path / "broken.txt")]) == 1
    assert ("\x1b[1;31m●" in out.getvalue()) is not refused and "●" in out.getvalue()
    before = out.tell()
    faulty = judged([line for line in re.split("[，。]", BROKEN) if line])
    monkeypatch.setattr("poetry.generate.check", lambda _: faulty)  # a poem of the network's own has no fault
    more = ["--weights", str(tiny_weights), "--candidates", "2", "--explain"]
    assert generate(["春", "--seed", "1", *more]) == 0
    assert ("\x1b[" in out.getvalue()[before:]) is not refused


def test_progress_is_shown_on_a_terminal_alone(
    own_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, told = terminal(monkeypatch)
    out = ["--text", str(own_corpus), "-o", str(tmp_path / "corpus.npz"), "--min-count", "1"]
    assert corpus(["encode", *out]) == 0
    named = ("清洗 / cleaning", "去重 / leaving out copies", "编码 / encoding")
    assert [what for what in named if what not in told.getvalue()] == []
    (tmp_path / "many.txt").write_text("\n\n".join([TOWER] * 20), encoding="utf-8")
    assert check([str(tmp_path / "many.txt")]) == 0
    assert re.search(r"检查 / checking: .*/20 ", told.getvalue())
    quiet = io.StringIO()
    monkeypatch.setattr(sys, "stderr", quiet)
    assert check([str(tmp_path / "many.txt")]) == 0 and quiet.getvalue() == ""


def test_what_is_printed_one_by_one_has_a_bar_only_where_it_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    _, told = terminal(monkeypatch)
    assert list(bars.progress(range(3), "x", "y", printed=True)) == [0, 1, 2]
    assert told.getvalue() == ""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert list(bars.progress(iter(range(3)), "x", "y", total=3, printed=True)) == [0, 1, 2]
    assert re.search(r"x: .*/3 ", told.getvalue())

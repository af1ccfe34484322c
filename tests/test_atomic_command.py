"""Atomic files, exit codes and one-line errors."""

import argparse
from pathlib import Path

import pytest

from charrnn_core.atomic import replacing, write_text
from charrnn_core.command import Parser, printable, run
from charrnn_core.errors import CharRNNError, UsageError


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    write_text(tmp_path / "f", "old")
    with pytest.raises(RuntimeError), replacing(tmp_path / "f") as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert (tmp_path / "f").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_a_folder_that_is_no_folder_is_a_failure(tmp_path: Path) -> None:
    write_text(tmp_path / "f", "old")
    with pytest.raises(CharRNNError, match="cannot write"):
        write_text(tmp_path / "f" / "g", "new")


def _code(error: BaseException | None, *arguments: str) -> int:
    def work(_: argparse.Namespace) -> None:
        if error:
            raise error

    return run(Parser(prog="test"), work, list(arguments))


def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert _code(None) == 0
    assert _code(CharRNNError("the disk is full")) == 1
    assert _code(UsageError("no\nsuch \ud800 thing")) == 2
    assert _code(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "test: the disk is full\ntest: no\\nsuch \\ud800 thing\n"
    with pytest.raises(UsageError):
        _code(UsageError("bad"), "--debug")
    with pytest.raises(ZeroDivisionError):  # a defect of ours is not dressed up as the user's
        _code(ZeroDivisionError())


def test_printable_keeps_chinese() -> None:
    assert printable("春\t\x1b[31m") == "春\\t\\x1b[31m"

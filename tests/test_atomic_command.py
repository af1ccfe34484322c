"""Atomic files, exit codes and one-line errors."""

import argparse
import os
import signal
import subprocess
import sys
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


ROOT = Path(__file__).parents[1]


def _shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=os.environ | environment, capture_output=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    ("streams", "code", "said"),
    [
        (">&-", 1, b"poetry.check: the standard output is closed; give it a file, or /dev/null\n"),
        (
            ">/dev/full",
            1,
            b"poetry.check: cannot use a file or a pipe: No space left on device; make room on the disk" + b"\n",
        ),
        ("<&-", 2, b"poetry.check: there is no Chinese verse in the text; give a poem\n"),
        ("</dev/null 2>&-", 2, b""),
    ],
)
def test_a_standard_stream_that_is_closed_or_full(streams: str, code: int, said: bytes) -> None:
    poem = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
    done = _shell(f"echo {poem} | {{ {sys.executable} -m poetry.check - {streams}; }}")
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", said)


@pytest.mark.parametrize("streams", [">&-", ">/dev/full"])
def test_a_help_that_cannot_be_printed_is_no_success(streams: str) -> None:
    done = _shell(f"{sys.executable} -m poetry.check --help {streams}")
    assert done.returncode == 1 and done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("module", ["poetry.generate", "charrnn_core.sample", "apps.gradio_app"])
def test_ctrl_c_during_imports_is_quiet(module: str, tmp_path: Path) -> None:
    # GIVEN a numpy during whose import Ctrl-C is pressed
    (tmp_path / "numpy.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    # THEN the shell is told that a signal ended it, and nothing is said
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_ctrl_c_during_the_work_is_heeded_again() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        assert _code(None) == 0 and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_subcommand_has_errors_of_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    from poetry.corpus.__main__ import main

    with pytest.raises(SystemExit, match="2"):
        main(["encode", "--min-count", "x"])
    assert capsys.readouterr().err.startswith("poetry.corpus encode: argument --min-count: invalid int value: 'x' (")
    for arguments in (["--debug", "inspect"], ["inspect", "--debug"]):
        with pytest.raises(UsageError, match="cannot read"):
            main([*arguments, "--text", "missing"])

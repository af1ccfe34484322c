"""Every command that writes, where it cannot: one line, exit code 1, and nothing that was there is lost.

The disk is full, read-only, or a file may not grow (`ulimit -f`), from the start, in the middle and at the very end;
there is a folder where a file should be, or a file where a folder should be.
"""

import contextlib
import os
import resource
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from apps import build_learning
from charrnn_core import explain
from charrnn_core import train as char_train
from charrnn_core.command import Parser, run
from poetry import evaluate, export, train
from poetry.batch import __main__ as batch
from poetry.batch.partitions import Partitions
from poetry.corpus import __main__ as corpus

Command = Callable[[Path], int]


def partitions(out: Path, resume: bool = False) -> int:
    """What a run on Ray writes, without Ray."""

    def work(_: Namespace) -> None:
        with Partitions(out, {"seed": 1}, 2, resume=resume) as output:
            for number in range(output.blocks, 6):
                output.write([{"row": number, "lines": ["春眠不觉晓"] * 20}])
            output.finish()
            output.clear()

    return run(Parser(prog="partitions"), work, [])


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory, tiny_weights: Path, own_corpus: Path) -> dict[str, Command]:
    """What each command is run with; it writes to the path it is given."""
    made = tmp_path_factory.mktemp("made")
    text = made / "text.txt"
    text.write_text("the cat sat on the mat.\n" * 60, encoding="utf-8")
    poems = made / "poems.txt"
    poems.write_text("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。\n" * 4, encoding="utf-8")
    small = ["--embedding", "8", "--hidden", "8", "--batch-tokens", "400", "--validate-every", "1", "--threads", "1"]
    chars = ["--steps", "20", "--hidden", "8"]
    data = ["--data", str(own_corpus), "--steps", "3"]
    assert train.main([*data, *small, "--out", str(made / "run")]) == 0
    assert char_train.main([str(text), *chars, "--out", str(made / "chars")]) == 0
    lab = ["--weights", str(made / "chars" / "weights.safetensors"), "--text", str(text), "--units"]
    wishes = ["--count", "6", "--block", "2", "--candidates", "2", "--weights", str(tiny_weights), "--workers", "1"]

    def to(main: Callable[[list[str]], int], *arguments: str) -> Command:
        return lambda out, *more: main([*arguments, str(out), *more])

    return {
        "batch": to(batch.main, *wishes, "--out"),
        "partitions": lambda out, *more: partitions(out, bool(more)),
        "train": to(train.main, *data, *small, "--out"),
        "char_train": to(char_train.main, str(text), *chars, "--every", "5", "--out"),
        "corpus": to(corpus.main, "encode", "--text", str(own_corpus), "--out"),
        "export": to(export.main, str(made / "run"), "--out"),
        "evaluate --json": to(evaluate.main, str(poems), "--weights", str(tiny_weights), "--json"),
        "evaluate --pictures": to(evaluate.main, str(poems), "--weights", str(tiny_weights), "--pictures"),
        "explain --page": to(explain.main, *lab, "--page"),
        "learning": to(build_learning.main, f"A={made / 'run'}", "--out"),
    }


FOLDERS = ("partitions", "train", "char_train", "evaluate --pictures")
FILES = ("batch", "corpus", "export", "evaluate --json", "explain --page", "learning")
RESUMED = ("batch", "partitions", "train", "char_train")
every_command = pytest.mark.parametrize("name", [*FOLDERS, *FILES])


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """No file of this process may grow above so many bytes: `ulimit -f`."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def disk(place: Path, *options: str) -> Iterator[Path]:
    """A small disk of its own, for those who may mount one."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def refused(code: int, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of a command that could not write."""
    said = capsys.readouterr().err
    lines = [line for line in said.replace("\r", "\n").split("\n") if "cannot" in line]
    assert code == 1 and len(lines) == 1 and "Traceback" not in said, (code, said)
    return lines[0]


def sizes(path: Path) -> list[int]:
    """Bytes of the files that a command left, the smallest first."""
    return sorted(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())


def content(path: Path) -> dict[str, bytes]:
    """All that a command left that is the same each time it does the same."""
    files = [path] if path.is_file() else sorted(path.rglob("*.*safetensors")) + sorted(path.rglob("part-*"))
    return {str(file.relative_to(path.parent)): file.read_bytes() for file in files}


@pytest.fixture
def whole(name: str, commands: dict[str, Command], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """What a command leaves where nothing hinders it."""
    out = tmp_path / "whole" / "out"
    assert commands[name](out) == 0
    capsys.readouterr()
    return out


@every_command
def test_a_file_for_a_folder_and_a_folder_for_a_file(
    name: str, commands: dict[str, Command], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    code = commands[name](tmp_path / "file" / "out")
    assert "choose another name" in refused(code, capsys)
    taken = tmp_path / "file"
    if name in FILES:
        taken = tmp_path / "folder"
        taken.mkdir()
    code = commands[name](taken)
    said = capsys.readouterr().err
    assert code in (1, 2) and "Traceback" not in said and str(taken) in said, said
    assert (tmp_path / "file").read_text() == "mine" and {path.name for path in tmp_path.iterdir()} <= {
        "file",
        "folder",
    }


@every_command
def test_a_read_only_place(
    name: str, commands: dict[str, Command], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with disk(tmp_path / "disk", "ro") as place:
        assert "Read-only" in refused(commands[name](place / "out"), capsys)
        assert "Read-only" in refused(commands[name](place), capsys) if name in ("train", "char_train") else True


@every_command
def test_a_full_disk(
    name: str, commands: dict[str, Command], tmp_path: Path, capsys: pytest.CaptureFixture[str], whole: Path
) -> None:
    """Full at once, half way, and when all but the last page is written; then there is room, and the work goes on."""
    pages = sum(-(-size // 4096) for size in sizes(whole))
    for number, room in enumerate(sorted({0, pages // 2, max(0, pages - 1)})):
        with disk(tmp_path / f"disk-{number}", "size=16m") as place:
            with open(place / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
                while filler.write(bytes(1 << 20)):
                    pass
            os.truncate(place / "filler", (place / "filler").stat().st_size - room * 4096)
            out = place / "out"
            if name in FILES and name != "batch" and room:
                out.write_text("old")
            code = commands[name](out)
            line = refused(code, capsys)
            assert "No space left" in line, line
            assert not [path.name for path in place.rglob(".*")]
            if name in FILES and name != "batch" and room:
                assert out.read_text() == "old"
            (place / "filler").unlink()
            _goes_on(name, commands[name], out, whole, capsys)


@every_command
def test_a_limit_on_the_size_of_a_file(
    name: str, commands: dict[str, Command], tmp_path: Path, capsys: pytest.CaptureFixture[str], whole: Path
) -> None:
    for number, size in enumerate(sorted({0, 10, sizes(whole)[-1] // 2, sizes(whole)[-1] - 1})):
        out = tmp_path / f"limited-{number}" / "out"
        with no_file_above(size):
            code = commands[name](out)
        assert "ulimit -f" in refused(code, capsys)
        assert not [path.name for path in tmp_path.rglob(".*")]
        _goes_on(name, commands[name], out, whole, capsys)


def _goes_on(name: str, command: Any, out: Path, whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With room again, what was begun is finished, to the byte."""
    begun = name in RESUMED and command(out, "--resume") == 0
    assert begun or command(out) == 0, capsys.readouterr().err
    capsys.readouterr()
    if name not in ("evaluate --pictures", "learning"):
        assert list(content(out).values()) == list(content(whole).values())


def test_a_full_standard_output(tiny_weights: Path) -> None:
    """What cannot be printed is one line, too, and Python's own end adds none."""
    command = [sys.executable, "-m", "poetry.generate", "春", "--seed", "1", "--weights", str(tiny_weights)]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "No space left" in done.stderr, done

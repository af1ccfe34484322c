"""The folder that a run on many machines writes: whole files or none, and nothing mixed with another run's."""

from pathlib import Path

import pytest

from charrnn_core.errors import UsageError
from poetry.batch import on_ray
from poetry.batch.output import as_lines
from poetry.batch.partitions import Partitions

BLOCKS = [[{"row": 2 * block + i + 1, "text": "春" * block} for i in range(2)] for block in range(7)]
WHOLE = b"".join(map(as_lines, BLOCKS))


def _open(folder: Path, *, resume: bool = False, size: int = 3, **settings) -> Partitions:
    return Partitions(folder, {"seed": 5, **settings}, size, resume=resume)


def _write(folder: Path, end: int = len(BLOCKS), *, resume: bool = False) -> None:
    """Write up to a block; the run is over with the last."""
    with _open(folder, resume=resume) as output:
        for block in BLOCKS[output.blocks : end]:
            output.write(block)
        if end == len(BLOCKS):
            output.finish()
            assert list(output.records()) == [record for block in BLOCKS for record in block]
            output.clear()


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*"))}


def test_the_files_are_one_after_the_other_what_one_file_would_be(tmp_path: Path) -> None:
    _write(tmp_path / "o")
    found = _content(tmp_path / "o")
    assert b"".join(found.values()) == WHOLE
    assert [content.count(b"\n") for content in found.values()] == [6, 6, 2]
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["_SUCCESS", *found]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize(
    ("change", "name", "kept"),
    [
        (_cut, "part-00000.jsonl", 0),
        (_cut, "part-00001.jsonl", 1),
        (Path.unlink, "part-00001.jsonl", 1),
        (_cut, "_journal", 1),
    ],
)
def test_what_is_missing_or_changed_is_written_again(tmp_path: Path, change, name: str, kept: int) -> None:
    _write(tmp_path, 6)
    (tmp_path / "part-00002.jsonl").write_text("of nobody knows what")
    (tmp_path / ".part-00002.jsonl.x").write_text("of a writer that was killed")
    change(tmp_path / name)
    with _open(tmp_path, resume=True) as output:
        assert output.blocks == 3 * kept
    assert len(list(tmp_path.iterdir())) == kept + 1
    _write(tmp_path, resume=True)
    assert b"".join(_content(tmp_path).values()) == WHOLE


def test_another_run_is_not_gone_on_with(tmp_path: Path) -> None:
    _write(tmp_path, 4)
    before = _content(tmp_path)
    with pytest.raises(UsageError, match=r"another seed \(5, now 6\)"):
        _open(tmp_path, resume=True, seed=6)
    with pytest.raises(UsageError, match=r"another partition \(3, now 2\)"):
        _open(tmp_path, resume=True, size=2)
    with pytest.raises(UsageError, match="go on with --resume"):
        _open(tmp_path)
    with _open(tmp_path, resume=True) as output:
        assert output.blocks == 3
    assert _content(tmp_path) == before


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    for resume in (False, True):
        with pytest.raises(UsageError, match="is not empty"):
            _open(tmp_path, resume=resume)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    _write(tmp_path / "o")
    with pytest.raises(UsageError, match="is not empty"):
        _open(tmp_path / "o")


def test_without_ray_it_is_one_line(
    tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(on_ray.sys.modules, "ray", None)
    line = ["--count", "3", "--weights", str(tiny_weights), "-o", str(tmp_path / "o")]
    assert on_ray.main(line) == 2
    error = capsys.readouterr().err
    assert "pip install charrnn-verse[ray]" in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_finished_folder_is_left_alone(
    tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(tmp_path)
    line = ["--count", "3", "--weights", str(tiny_weights), "-o", str(tmp_path)]
    assert on_ray.main([*line, "--resume"]) == 0
    assert "is finished" in capsys.readouterr().err
    assert b"".join(_content(tmp_path).values()) == WHOLE

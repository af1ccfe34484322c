"""Whatever happens to a run, going on gives the file that an undisturbed run gives, byte for byte."""

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from charrnn_core.errors import CharRNNError, UsageError
from poetry.batch.output import Output, Record

ROOT = Path(__file__).parents[1]
COUNT = 120


def _command(weights: Path, out: Path, *more: str) -> list[str]:
    fixed = ["--count", str(COUNT), "--seed", "5", "--block", "4", "--candidates", "2", "--workers", "2"]
    return [sys.executable, "-m", "poetry.batch", "-o", str(out), "--weights", str(weights), *fixed, *more]


def _run(*line: str, **settings) -> subprocess.CompletedProcess[str]:
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, **settings)


@pytest.fixture(scope="module")
def undisturbed(tiny_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    out = tmp_path_factory.mktemp("undisturbed") / "o"
    done = _run(*_command(tiny_weights, out))
    assert done.returncode == 0, done.stderr
    return out.read_bytes()


def _kills(weights: Path, out: Path, count: int, seed: int) -> int:
    """Kill the run `count` times, each time after another while since its first progress; how often it took."""
    rng, killed = random.Random(seed), 0
    while killed < count:
        process = subprocess.Popen(_command(weights, out, "--resume"), cwd=ROOT, stdout=-3, stderr=-3)
        try:
            process.wait(timeout=rng.uniform(0.2, 2.5))
            break  # it was done before
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
    return killed


@pytest.mark.parametrize("count", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_killed_at_random_moments_it_goes_on_to_the_same_bytes(
    tiny_weights: Path, tmp_path: Path, undisturbed: bytes, count: int
) -> None:
    killed = 0
    for turn in range(10 * count):  # a quick machine is often done before the kill comes
        out = tmp_path / f"o{turn}"
        killed += _kills(tiny_weights, out, count - killed, seed=turn)
        done = _run(*_command(tiny_weights, out, "--resume"))
        assert done.returncode == 0, done.stderr
        assert out.read_bytes() == undisturbed
        assert [path.name for path in tmp_path.iterdir() if path.suffix] == []
        if killed == count:
            return
    pytest.fail("the runs were over before they could be killed")


def test_the_workers_of_a_killed_run_end_with_it(tiny_weights: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(_command(tiny_weights, tmp_path / "o", "--count", "100000"), cwd=ROOT, stderr=-3)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    _wait_for(lambda: len(children.read_text().split()) == 2)
    workers = children.read_text().split()
    process.kill()
    process.wait()
    _wait_for(lambda: not any(_alive(worker) for worker in workers))


def _alive(pid: str) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_two_processes_on_one_output_one_is_refused(tiny_weights: Path, tmp_path: Path) -> None:
    first = subprocess.Popen(_command(tiny_weights, tmp_path / "o", "--count", "100000"), cwd=ROOT, stderr=-3)
    try:
        _wait_for((tmp_path / "o.part").exists)
        for more in ([], ["--resume"]):
            second = _run(*_command(tiny_weights, tmp_path / "o", "--count", "100000", *more))
            assert second.returncode == 2 and "another process is writing" in second.stderr
        assert first.poll() is None
    finally:
        first.kill()
        first.wait()
    assert _run(*_command(tiny_weights, tmp_path / "o", "--count", "100000")).returncode == 2  # not without --resume


def test_a_full_disk_is_one_line_and_what_was_written_is_kept(
    tiny_weights: Path, tmp_path: Path, undisturbed: bytes
) -> None:
    """The limit on the size of a file stands for the disk: it fails in the middle of a block as well."""

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(undisturbed) // 2, resource.RLIM_INFINITY))

    full = _run(*_command(tiny_weights, tmp_path / "o"), preexec_fn=small)
    assert full.returncode == 1 and full.stderr.count("\n") == 1 and "then go on with --resume" in full.stderr
    done = _run(*_command(tiny_weights, tmp_path / "o", "--resume"))
    assert done.returncode == 0 and (tmp_path / "o").read_bytes() == undisturbed


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_really_full_disk(tiny_weights: Path, tmp_path: Path, undisturbed: bytes) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        full = _run(*_command(tiny_weights, disk / "o"))
        assert full.returncode == 1 and "No space left on device" in full.stderr
        kept = (disk / "o.journal").read_bytes().count(b"\n")
        assert kept > 1
        for name in ("o.part", "o.journal"):
            shutil.copy(disk / name, tmp_path / name)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    done = _run(*_command(tiny_weights, tmp_path / "o", "--resume"))
    assert done.returncode == 0 and (tmp_path / "o").read_bytes() == undisturbed


def test_other_settings_are_refused_when_going_on(tiny_weights: Path, tmp_path: Path) -> None:
    (tmp_path / "o.part").write_bytes(b"")
    _output(tmp_path, {"seed": 5})
    with pytest.raises(UsageError, match="another seed \\(5, now 6\\)"):
        _output(tmp_path, {"seed": 6}, resume=True)
    with pytest.raises(UsageError, match="another form \\(nothing, now 五绝\\)"):
        _output(tmp_path, {"seed": 5, "form": "五绝"}, resume=True)


# What follows is about the files alone.


def _output(folder: Path, settings: dict | None = None, *, resume: bool = False, blocks: int = 0) -> list[Record]:
    (folder / "o.part").unlink(missing_ok=True) if not resume else None
    with Output(folder / "o", settings or {"seed": 5}, resume=resume) as output:
        for block in range(output.blocks, output.blocks + blocks):
            output.write([{"row": 2 * block + i, "text": "春" * block} for i in range(2)])
        return list(output.records())


def test_what_is_damaged_is_cut_off_from_the_first_bad_byte_on(tmp_path: Path) -> None:
    whole = _output(tmp_path, blocks=5)
    part, journal = (tmp_path / "o.part").read_bytes(), (tmp_path / "o.journal").read_bytes()
    rng = random.Random(1)
    for _ in range(60):
        for name, content in (("o.part", part), ("o.journal", journal)):
            (tmp_path / name).write_bytes(content)
        name, content = rng.choice([("o.part", part), ("o.journal", journal)])
        at = rng.randrange(content.index(b"\n") + 1 if name == "o.journal" else 0, len(content))
        bad = content[:at] + rng.choice([b"", b"\0" * 9, bytes([content[at] ^ 1]) + content[at + 1 :], b"\n{}\n"])
        (tmp_path / name).write_bytes(bad)
        kept = _output(tmp_path, resume=True)
        assert kept == whole[: len(kept)] and len(kept) % 2 == 0
        if name == "o.part":
            assert len(kept) // 2 == sum(len(b"".join(part.splitlines(True)[: 2 * k])) <= at for k in range(1, 6))
        assert _output(tmp_path, resume=True, blocks=5 - len(kept) // 2) == whole
        assert (tmp_path / "o.part").read_bytes() == part


def test_what_stands_after_the_last_block_is_cut_off(tmp_path: Path) -> None:
    """Such as the beginning of a block that was never finished."""
    whole = _output(tmp_path, blocks=2)
    part = (tmp_path / "o.part").read_bytes()
    (tmp_path / "o.part").write_bytes(part + b'{"row": 5, "te')
    assert _output(tmp_path, resume=True) == whole
    assert (tmp_path / "o.part").read_bytes() == part


def test_a_journal_without_its_settings_is_not_trusted(tmp_path: Path) -> None:
    _output(tmp_path, blocks=1)
    (tmp_path / "o.journal").write_bytes(b"\0\0\0\n")
    with pytest.raises(UsageError, match="is damaged"):
        _output(tmp_path, resume=True)
    assert (tmp_path / "o.part").stat().st_size > 0


def test_killed_before_it_began_it_begins(tmp_path: Path) -> None:
    (tmp_path / "o.journal").write_bytes(b'{"format": 1, "se')
    assert len(_output(tmp_path, resume=True, blocks=1)) == 2
    (tmp_path / "o.part").unlink()
    assert _output(tmp_path, resume=True) == []


def test_nothing_that_exists_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "o").write_text("poems")
    with pytest.raises(UsageError, match="o exists"):
        _output(tmp_path)
    (tmp_path / "o").rename(tmp_path / "o.part")
    with pytest.raises(UsageError, match=r"o\.part exists"):
        Output(tmp_path / "o", {})
    assert [path.name for path in tmp_path.iterdir()] == ["o.part"]


def test_finished_but_not_cleared_it_is_only_cleared(tmp_path: Path) -> None:
    _output(tmp_path, blocks=2)
    for change in (False, True):
        with Output(tmp_path / "o", {"seed": 5}, resume=True) as output:
            output.finish()
        if change:
            with open(tmp_path / "o", "ab") as file:
                file.write(b"more")
            with pytest.raises(UsageError, match="has changed since"):
                Output(tmp_path / "o", {"seed": 5}, resume=True)
    assert (tmp_path / "o").read_bytes().endswith(b"more")


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CharRNNError, match="choose another name"):
        Output(tmp_path / "file" / "o", {})


def _wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_records_are_json_lines(undisturbed: bytes) -> None:
    records = [json.loads(line) for line in undisturbed.decode().splitlines()]
    assert [record["row"] for record in records] == list(range(1, COUNT + 1))
    assert len({record["text"] for record in records}) == COUNT

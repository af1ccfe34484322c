"""A cluster of this machine alone: the poems of one machine whoever writes them, whoever is killed meanwhile."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.ray

ROOT = Path(__file__).parents[1]
SAME = '{"head": "春", "seed": 1}\n'  # asks for one poem again and again
ROWS = f'{SAME * 3}{{"head": "abc"}}\n{{"form": "五绝", "rhyme": "十一尤"}}\n' + '{"head": "月"}\n{}\n' * 60 + SAME * 2
FIXED = ["--candidates", "2", "--block", "4", "--seed", "5"]
PARTS = 8  # of 127 rows, 16 a file
PATIENCE = 600  # seconds: on a busy machine Ray takes minutes to start


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prompts") / "p.jsonl"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def alone(prompts: Path, tiny_weights: Path) -> bytes:
    """What one machine writes, without Ray."""
    out = prompts.with_name("alone")
    line = [sys.executable, "-m", "poetry.batch", str(prompts), "-o", str(out), "--weights", str(tiny_weights)]
    subprocess.run([*line, *FIXED, "--workers", "1"], cwd=ROOT, check=True, stdout=-3, stderr=-3)
    return out.read_bytes()


class Run:
    """The command on two actors."""

    def __init__(self, prompts: Path, weights: Path, out: Path, *more: str) -> None:
        line = [sys.executable, "-m", "poetry.batch.on_ray", str(prompts), "-o", str(out), "--weights", str(weights)]
        line += [*FIXED, "--workers", "2", "--partition", "4", *more]
        self._said = out.with_suffix(".said")
        with open(self._said, "wb") as file:
            self.process = subprocess.Popen(line, cwd=ROOT, stdout=-3, stderr=file)

    def finish(self) -> str:
        """Wait for the end; returns what was written to standard error."""
        code = self.process.wait(PATIENCE)
        said = self._said.read_text(encoding="utf-8")
        assert code == 0, said
        return said

    def family(self, name: str = "") -> list[int]:
        """The processes that descend from the command's, of that name."""
        parents = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(status.parent.name)] = int(status.read_text().rsplit(")", 1)[1].split()[1])
            except OSError:  # it has just ended
                continue
        found, generation = [], {self.process.pid}
        while generation := {pid for pid, parent in parents.items() if parent in generation}:
            found += generation
        return [pid for pid in found if name in _name(pid)]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _parts(out: Path) -> list[Path]:
    return sorted(out.glob("part-*.jsonl"))


def _written(out: Path) -> bytes:
    """The files one after the other, of an output that is whole."""
    assert sorted(path.name for path in out.iterdir() if path not in _parts(out)) == ["_SUCCESS"]
    assert len(_parts(out)) == PARTS
    return b"".join(path.read_bytes() for path in _parts(out))


def _wait_for_parts(run: Run, out: Path, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(_parts(out)) < count:
        assert time.monotonic() < end and run.process.poll() is None
        time.sleep(0.01)


def test_a_killed_actor_changes_nothing(prompts: Path, tiny_weights: Path, tmp_path: Path, alone: bytes) -> None:
    """Rows of every kind, a bad one and duplicates among them; and nothing listens but on the loopback interface."""
    run = Run(prompts, tiny_weights, tmp_path / "o")
    _wait_for_parts(run, tmp_path / "o", 1)
    actors = run.family("ray::MapWorker")
    assert len(actors) == 2
    listening = {address for pid in [run.process.pid, *run.family()] for address in _listening(pid)}
    os.kill(actors[0], signal.SIGKILL)
    said = run.finish()
    assert "A worker died or was killed" in said and "line 4: the beginning of the poem holds 'a'" in said
    assert _written(tmp_path / "o") == alone
    assert listening == {"0100007F", "0000000000000000FFFF00000100007F"}  # 127.0.0.1 as Linux prints it


def test_a_killed_run_goes_on_where_it_stopped(prompts: Path, tiny_weights: Path, tmp_path: Path, alone: bytes) -> None:
    first = Run(prompts, tiny_weights, tmp_path / "o")
    _wait_for_parts(first, tmp_path / "o", 2)
    ray = first.family()
    first.process.kill()
    first.process.wait()
    kept = {path: path.stat().st_mtime_ns for path in _parts(tmp_path / "o")}
    assert 2 <= len(kept) < PARTS
    said = Run(prompts, tiny_weights, tmp_path / "o", "--resume").finish()
    assert "Traceback" not in said
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert _written(tmp_path / "o") == alone
    end = time.monotonic() + PATIENCE
    while any("ray" in _name(pid) for pid in ray):  # Ray's processes end with the run that was killed, in a minute
        assert time.monotonic() < end
        time.sleep(0.1)


def test_no_cluster_is_one_line(prompts: Path, tiny_weights: Path, tmp_path: Path) -> None:
    line = [sys.executable, "-m", "poetry.batch.on_ray", str(prompts), "-o", str(tmp_path / "o")]
    line += ["--weights", str(tiny_weights), "--address", "nonsense"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("poetry.batch.on_ray: cannot join the Ray cluster at nonsense")


def _listening(pid: int) -> set[str]:
    """The addresses, as Linux prints them, on which a process listens."""
    try:
        handles = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    except OSError:  # it has just ended
        return set()
    own = {handle.removeprefix("socket:[").removesuffix("]") for handle in handles if handle.startswith("socket:")}
    rows = [
        line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()
    ]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and row[9] in own}

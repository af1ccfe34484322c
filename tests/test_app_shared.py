"""What the requests of one app share is that app's: two in one process have nothing in common."""

import subprocess
import sys
from pathlib import Path

import pytest

from apps.nearest import Nearest
from charrnn_core.errors import UsageError
from poetry.corpus import encoding
from poetry.training.data import load

ROOT = Path(__file__).parents[1]

TWO = """
import datetime, json
from types import SimpleNamespace
from starlette.testclient import TestClient
from apps.door.paths import UPLOAD
from apps.gradio_app import create
from apps.jobs import Jobs

one, other = create().shared, (app := create()).shared
assert not {id(each) for each in vars(one).values()} & {id(each) for each in vars(other).values()}

[path] = TestClient(app, "http://localhost").post(UPLOAD, files={"files": ("a.txt", b"x")}).json()
assert other.uploads.holds(path) and not one.uploads.holds(path)

one.presence.wishes("a")
with one.presence.listening("a"):
    assert one.presence.listens("a") and not other.presence.listens("a")
assert one.presence.has_wished("a") and not other.presence.has_wished("a")

Jobs.results = lambda jobs, *asked: [jobs]
day = datetime.date(2027, 2, 4)
assert one.today.poem(day) is one.jobs and other.today.poem(day) is other.jobs

worker = SimpleNamespace(retire=lambda: print("gone"))
one.jobs._give(worker)
other.jobs.end()
assert one.jobs._take() is worker
"""


def test_two_apps_in_one_process_share_nothing() -> None:
    """Neither uploads, nor who listens, nor the poem of the day, nor workers; each request is handed its own app's."""
    done = subprocess.run([sys.executable, "-c", TWO], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_lines_are_compared_with_the_corpus_that_is_given(own_corpus: Path, tmp_path: Path) -> None:
    corpus, path = load(own_corpus), tmp_path / "own.npz"
    encoding.save(path, corpus)
    line = next(line for i in range(len(corpus)) if "<unk>" not in (line := corpus.text(i)[:5]) and "，" not in line)
    assert Nearest().describe([line]) == ""
    assert f"{line}：" in Nearest(path).describe([line]) and Nearest(path).describe([line]).count(line) == 2
    with pytest.raises(UsageError):
        Nearest(own_corpus)

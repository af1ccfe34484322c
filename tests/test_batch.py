"""The batch command: every row answered once, in order, the same whatever the number of workers."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from charrnn_core.errors import UsageError
from poetry.batch import __main__ as command
from poetry.batch import running
from poetry.batch.duplicates import Texts
from poetry.batch.prompts import Prompt, prompts
from poetry.batch.workers import Workers
from poetry.measuring.evaluation import read
from poetry.prosody.judge import check
from poetry.theme import moods
from poetry.writing import model
from poetry.writing.order import Order
from poetry.writing.writer import Writer

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _fresh_desk() -> None:
    running.desk.cache_clear()


def _run(weights: Path, out: Path, *arguments: str) -> int:
    common = ["--weights", str(weights), "-o", str(out), "--candidates", "2", "--block", "4", "--workers", "2"]
    return command.main([*common, *arguments])


def _records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_rows_are_answered_in_order_and_a_bad_one_is_named(
    tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        "head,form,acrostic,rhyme,seed",
        "春,,,,",
        ",五绝,,十一尤,3",
        "abc,,,,",
        ",,春夏秋冬,,",
        ",其他,,,",
        "春,七绝,,,,,",
    ]
    (tmp_path / "p.csv").write_text("\n".join(rows), encoding="utf-8")
    assert _run(tiny_weights, tmp_path / "o.jsonl", str(tmp_path / "p.csv")) == 0
    found = _records(tmp_path / "o.jsonl")
    assert [record["row"] for record in found] == [1, 2, 3, 4, 5, 6]
    assert [record.get("form") for record in found] == ["七绝", "五绝", None, "七绝", "其他", None]
    assert found[0]["text"][0] == "春" and found[1]["seed"] == 3
    assert [line[0] for line in found[3]["lines"]] == list("春夏秋冬")
    assert all(check(found[i]["lines"]).obeys for i in (0, 1, 3))
    shown = capsys.readouterr()
    assert "line 4: the beginning of the poem holds 'a'" in shown.err and "line 7: the row has 7 cells" in shown.err
    assert "没有写成的行 / rows without a poem | 2 |" in shown.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["o.jsonl", "p.csv"]
    assert len(read(tmp_path / "o.jsonl")) == 4  # the output can be measured as it is


def test_a_mood_gives_every_row_key_words_of_its_own(tiny_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple] = []
    monkeypatch.setattr(Writer, "write_together", lambda _, *some: asked.append(some) or [UsageError("no poem")] * 5)
    desk = running.Desk(Writer(model.load(tiny_weights)), Order(seed=5))
    desk((0, list(prompts(["mood,seed", "sad,1", "sad,2", "sad,", "sad,", "neutral,"]))))
    [(requests, seeds)] = asked
    words = [request.words for request in requests]
    assert words == [moods.key_words(mood, seed) for mood, seed in zip(("sad",) * 4 + ("neutral",), seeds, strict=True)]
    assert len(set(words)) == 5 and "unknown mood 'blue'" in desk((5, [Prompt(7, {"mood": "blue"})]))[0]["error"]


def test_the_number_of_workers_changes_nothing(tiny_weights: Path, tmp_path: Path) -> None:
    for workers in ("1", "3"):
        assert _run(tiny_weights, tmp_path / workers, "--count", "18", "--form", "五绝", "--workers", workers) == 0
    assert (tmp_path / "1").read_bytes() == (tmp_path / "3").read_bytes()
    assert _run(tiny_weights, tmp_path / "other", "--count", "18", "--form", "五绝", "--seed", "1") == 0
    assert (tmp_path / "1").read_bytes() != (tmp_path / "other").read_bytes()


def test_no_poem_comes_twice(tiny_weights: Path, tmp_path: Path) -> None:
    """Seven rows, in blocks of four, ask for one and the same poem; where nothing is left to chance, there is one."""
    (tmp_path / "p.jsonl").write_text('{"seed": 1, "head": "春"}\n' * 7, encoding="utf-8")
    assert _run(tiny_weights, tmp_path / "o", str(tmp_path / "p.jsonl")) == 0
    assert len({record["text"] for record in _records(tmp_path / "o")}) == 7
    assert _run(tiny_weights, tmp_path / "greedy", "--count", "5", "--temperature", "0") == 0
    errors = [record.get("error", "") for record in _records(tmp_path / "greedy")]
    assert not errors[0] and all("there already" in error for error in errors[1:])


def test_no_poem_comes_twice_after_going_on_either(tiny_weights: Path, tmp_path: Path) -> None:
    same = '{"seed": 1, "head": "春"}\n'
    (tmp_path / "p").write_text(f'{same * 5}{{"at": 1.5}}\n{same * 6}', encoding="utf-8")
    assert _run(tiny_weights, tmp_path / "whole", str(tmp_path / "p")) == 0
    assert _run(tiny_weights, tmp_path / "o", str(tmp_path / "p"), "--strict") == 2
    assert _run(tiny_weights, tmp_path / "o", str(tmp_path / "p"), "--resume") == 0
    assert (tmp_path / "o").read_bytes() == (tmp_path / "whole").read_bytes()
    assert len({record.get("text") for record in _records(tmp_path / "o")}) == 12


def test_strict_stops_at_the_first_bad_row_again_and_again(
    tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p").write_text("春\n秋\n月\n山\n水\nx\n云\n风\n雨\n", encoding="utf-8")
    arguments = (tiny_weights, tmp_path / "o", str(tmp_path / "p"))
    for more in ([], ["--resume"]):
        assert _run(*arguments, "--strict", *more) == 2
        assert "line 6: the beginning" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
    assert _run(*arguments, "--resume") == 0
    assert len(_records(tmp_path / "o")) == 9


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "one of the two"),
        (["p", "--count", "3"], "one of the two"),
        (["--count", "0"], "--count must be between 1"),
        (["--count", "3", "--workers", "0"], "--workers must be"),
        (["--count", "3", "--block", "0"], "--block must be"),
        (["--count", "3", "--candidates", "0"], "candidates must be"),
        (["--count", "3", "--form", "八绝"], "unknown form"),
        (["--count", "3", "--seed", "-1"], "the seed must be"),
        (["missing.txt"], "cannot read missing.txt"),
        (["--count", "3", "--weights", "missing"], "cannot read the weights file"),
    ],
)
def test_wrong_use_is_one_line(
    arguments: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.main([*arguments, "-o", "out.jsonl"]) == 2
    error = capsys.readouterr().err
    assert why in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_no_row_ends_a_batch(tmp_path: Path, tiny_weights: Path) -> None:
    halves = [f'{{"{name}": "\\ud800"}}' for name in ("head", "theme", "title", "form", "pattern", "rhyme", "acrostic")]
    long = [json.dumps({name: "江" * 1_000_000}) for name in ("head", "theme", "title", "form", "rhyme")]
    other = ['{"head": "\\u0000"}', "\0", '{"\\ud800": 1}', '{"lines": 1e400}', '{"seed": ' + "9" * 5000 + "}"]
    objects = ['{"head": "春"}', *halves, *long, *other, '{"head": "秋"}']
    cells = ["head,theme", "春,", "\0,", "江" * 1_000_000 + ",", '"江,月', ",\0", "秋,"]
    for rows in (objects, cells):
        (tmp_path / "p").write_text("\n".join(rows) + "\n", encoding="utf-8")
        out = tmp_path / f"{len(rows)}.jsonl"
        arguments = ["--weights", str(tiny_weights), "--workers", "1", "--candidates", "1", "-o", str(out)]
        assert command.main([str(tmp_path / "p"), *arguments]) == 0
        first, *bad, last = _records(out)
        assert first["text"][0] == "春" and last["text"][0] == "秋"
        lines = range(2 + (rows is cells), len(rows))
        assert [record["error"].split(":")[0] for record in bad] == [f"line {line}" for line in lines]
        assert max(len(record["error"]) for record in bad) < 500


def test_an_empty_list_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p").write_text("\n\n", encoding="utf-8")
    assert command.main([str(tmp_path / "p"), "-o", str(tmp_path / "o")]) == 2
    assert "has no row" in capsys.readouterr().err


def test_a_text_is_known_again_and_no_other_is() -> None:
    texts = Texts(1000)
    assert all(texts.add(str(i)) for i in range(1000))
    assert not any(texts.add(str(i)) for i in range(1000))


def _slow_square(number: int) -> int:
    time.sleep(0.02 * (number % 3 == 0))
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 15:
        raise ZeroDivisionError
    return number * number


def _make():
    return _slow_square


def test_results_come_in_order_and_tasks_are_taken_only_as_needed() -> None:
    taken = []

    def tasks():
        for number in range(13):
            taken.append(number)
            yield number

    with Workers(3, _make) as team:
        for turn, (task, result) in enumerate(team.run(tasks())):
            assert (task, result) == (turn, turn * turn)
            assert len(taken) <= turn + 10


def test_a_worker_that_dies_or_raises_is_heard_of() -> None:
    from charrnn_core.errors import CharRNNError

    with Workers(2, _make) as team, pytest.raises(CharRNNError, match="was killed"):
        list(team.run([1, 13, 2]))
    with Workers(2, _make) as team, pytest.raises(ZeroDivisionError):
        list(team.run([1, 15, 2]))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_stops_it_cleanly_and_it_says_how_to_go_on(tiny_weights: Path, tmp_path: Path, name: str) -> None:
    line = [sys.executable, "-m", "poetry.batch", "--count", "100000", "--candidates", "1", "--block", "2"]
    line += ["--weights", str(tiny_weights), "-o", str(tmp_path / "o")]
    process = subprocess.Popen(line, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    journal = tmp_path / "o.journal"
    _wait_for(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 2)  # two blocks are safe
    process.send_signal(getattr(signal, name))
    error = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and "go on with --resume" in error and "Traceback" not in error
    assert int(error.split("stopped; ")[1].split()[0]) > 0


def _wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)

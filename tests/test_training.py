"""Training end to end on a tiny corpus: it learns, it resumes to the bit after a kill, it stops when asked."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import weights
from poetry import export, generate, train
from poetry.corpus import encoding
from poetry.training import data
from poetry.training.curves import read

ROOT = Path(__file__).parents[1]
SIZES = ["--embedding", "12", "--hidden", "16", "--batch-tokens", "400", "--threads", "1", "--warmup", "5"]


def _arguments(corpus: Path, out: Path, cell: str, steps: int, *more: str) -> list[str]:
    return ["--cell", cell, "--data", str(corpus), "--out", str(out), "--steps", str(steps), *SIZES, *more]


def _arrays(run: Path) -> dict[str, np.ndarray]:
    return weights.load(run / "checkpoint.safetensors", kind="poetry-checkpoint")[0]


def _same_bits(a: Path, b: Path) -> None:
    one, two = _arrays(a), _arrays(b)
    assert one.keys() == two.keys()
    different = [name for name in one if one[name].tobytes() != two[name].tobytes()]
    assert different == []


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_loss_falls(own_corpus: Path, tmp_path: Path, cell: str) -> None:
    assert (
        train.main(
            _arguments(own_corpus, tmp_path / "run", cell, 60, "--validate-every", "20", "--learning-rate", "0.01")
        )
        == 0
    )
    records = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [r["step"] for r in records] == [20, 40, 60]
    assert records[2]["train_nats"] < records[0]["train_nats"] - 0.3
    assert (tmp_path / "run" / "curves.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_a_run_killed_at_random_ends_with_the_same_bytes(own_corpus: Path, tmp_path: Path, kills: int) -> None:
    """A checkpoint every other step: many kills fall into the writing of one."""
    arguments = ["--validate-every", "2", "--dropout", "0.2"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    steps = 40 * kills
    assert train.main(_arguments(own_corpus, whole, "gru", steps, *arguments)) == 0
    again = [*_arguments(own_corpus, killed, "gru", steps, *arguments), "--resume"]
    rng = np.random.default_rng(kills)
    seen = 0
    for _ in range(kills):
        seen += _kill_after(again, killed, checkpoints=int(rng.integers(0, 8)), delay=rng.uniform(0, 0.1))
    assert seen == kills  # none was done before it was killed
    assert train.main(again) == 0
    for name in ("checkpoint.safetensors", "best.safetensors"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
    assert [r["step"] for r in read(killed)] == list(range(2, steps + 1, 2))
    assert not [path.name for path in killed.iterdir() if path.name.startswith(".")]


def _kill_after(arguments: list[str], run: Path, *, checkpoints: int, delay: float) -> bool:
    """Start training, wait for so many new checkpoints and `delay` seconds, kill. Whether it was still at work."""
    path = run / "checkpoint.safetensors"
    process = subprocess.Popen([sys.executable, "-m", "poetry.train", *arguments], stderr=subprocess.DEVNULL, cwd=ROOT)
    deadline, before = time.monotonic() + 600, _written(path)
    while checkpoints and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)
        if _written(path) != before:
            checkpoints, before = checkpoints - 1, _written(path)
    time.sleep(delay)
    process.kill()
    return process.wait(60) == -signal.SIGKILL


def _written(path: Path) -> int:
    """When a file was last replaced; 0 when there is none."""
    return path.stat().st_mtime_ns if path.exists() else 0


STEPS, EVERY = 160, ["--validate-every", "7", "--dropout", "0.2"]


@pytest.fixture(scope="module")
def whole(own_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody disturbed."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    assert train.main(_arguments(own_corpus, out, "lstm", STEPS, *EVERY)) == 0
    return out


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_was_ended_resumes_to_the_bit(
    own_corpus: Path, whole: Path, tmp_path: Path, signal_: signal.Signals
) -> None:
    broken = _arguments(own_corpus, tmp_path / "broken", "lstm", STEPS, *EVERY)
    command = [sys.executable, "-m", "poetry.train", *broken]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=ROOT)
    deadline = time.monotonic() + 600
    while not (tmp_path / "broken" / "checkpoint.safetensors").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal_)
    assert process.wait(60) == 0
    header = weights.load(tmp_path / "broken" / "checkpoint.safetensors", kind="poetry-checkpoint")[1]
    assert 0 < header["progress"]["step"] < STEPS
    assert train.main([*broken, "--resume"]) == 0
    _same_bits(whole, tmp_path / "broken")


def test_early_stopping_ends_a_run_that_learns_nothing(own_corpus: Path, tmp_path: Path) -> None:
    arguments = _arguments(
        own_corpus, tmp_path / "run", "gru", 400, "--validate-every", "5", "--patience", "2", "--learning-rate", "1e-12"
    )
    assert train.main(arguments) == 0
    steps = len((tmp_path / "run" / "metrics.jsonl").read_text().splitlines()) * 5
    assert steps < 100


def test_from_an_own_corpus_to_a_poem(own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main(_arguments(own_corpus, tmp_path / "run", "gru", 30, "--validate-every", "10")) == 0
    out = tmp_path / "own.safetensors"
    assert export.main([str(tmp_path / "run"), "-o", str(out)]) == 0
    capsys.readouterr()
    assert generate.main(["春", "--weights", str(out), "--seed", "3", "--form", "五绝"]) == 0
    assert capsys.readouterr().out.startswith("春")


def test_another_run_starts_from_a_checkpoint(own_corpus: Path, tmp_path: Path) -> None:
    assert train.main(_arguments(own_corpus, tmp_path / "one", "rnn", 20, "--validate-every", "10")) == 0
    init = [
        "--init",
        str(tmp_path / "one" / "checkpoint.safetensors"),
        "--learning-rate",
        "1e-12",
        "--validate-every",
        "1",
    ]
    assert train.main(_arguments(own_corpus, tmp_path / "two", "rnn", 1, *init)) == 0
    before, after = _arrays(tmp_path / "one"), _arrays(tmp_path / "two")
    np.testing.assert_allclose(before["network.embedding.weight"], after["network.embedding.weight"], atol=1e-9)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--steps", "0"], "at least 1"),
        (["--learning-rate", "-1"], "positive"),
        (["--dropout", "1"], "dropout"),
        (["--hidden", "0"], "positive"),
        (["--device", "cuda"], "CUDA"),
        (["--data", "no-such.npz"], "no-such.npz"),
        (["--cell", "transformer"], "invalid choice"),
    ],
)
def test_wrong_use_is_one_line(
    own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], says: str
) -> None:
    arguments = [*_arguments(own_corpus, tmp_path / "run", "rnn", 5), *more]
    try:
        code = train.main(arguments)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    error = capsys.readouterr().err.strip()
    assert code == 2
    assert says in error
    assert "\n" not in error


@pytest.mark.parametrize("sources", ["foo", "own,", ""])
def test_an_unknown_source_is_named(
    own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], sources: str
) -> None:
    encoding.save(tmp_path / "c.npz", data.load(own_corpus))
    assert train.main([*_arguments(tmp_path / "c.npz", tmp_path / "run", "rnn", 5), "--sources", sources]) == 2
    error = capsys.readouterr().err
    assert "unknown source '" in error and error.count("\n") == 1


def test_a_run_cannot_lie_in_a_file(own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "run"):
        assert train.main(_arguments(own_corpus, out, "rnn", 5)) == 1
        error = capsys.readouterr().err
        assert error.startswith("poetry.train: cannot ") and error.count("\n") == 1


def test_a_run_that_diverges_is_not_called_done(
    own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = _arguments(own_corpus, tmp_path / "run", "rnn", 5, "--warmup", "1", "--learning-rate")
    assert train.main([*arguments, "30"]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("poetry.train: the loss rose to ") and error.endswith("lower --learning-rate")
    assert not (tmp_path / "run" / "checkpoint.safetensors").exists()  # what is no good is not saved


def test_a_run_is_not_overwritten_and_not_resumed_with_other_settings(
    own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = _arguments(own_corpus, tmp_path / "run", "rnn", 6, "--validate-every", "3")
    assert train.main(arguments) == 0
    assert train.main(arguments) == 2
    assert "--resume" in capsys.readouterr().err
    assert train.main([*arguments, "--resume", "--seed", "2"]) == 2
    assert "other settings" in capsys.readouterr().err

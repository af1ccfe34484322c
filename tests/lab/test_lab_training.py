"""The laboratory's training: exact resume, wrong use."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from charrnn_core import train
from charrnn_core.errors import UsageError
from charrnn_core.lab import char_files, char_trainer
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_trainer import CharTrainer, TrainConfig
from tests.lab.little import TEXT, run


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_resume_is_exact(dtype, tmp_path):
    config = TrainConfig(hidden=16, dtype=dtype, head="gumbel-density", temperature=5.0)
    whole, half = (CharTrainer(TEXT, Alphabet.of(TEXT), config) for _ in range(2))
    for _ in range(400):
        whole.step()
    for _ in range(190):
        half.step()
    half.save(tmp_path)
    again = CharTrainer(TEXT, Alphabet.of(TEXT), config)
    again.resume(tmp_path)
    for _ in range(210):
        again.step()
    assert np.array_equal(whole.parameters.flat, again.parameters.flat)
    assert np.array_equal(whole.memory, again.memory) and np.array_equal(whole.h, again.h)
    assert whole.smooth == again.smooth and whole.place == again.place
    other = CharTrainer(TEXT, Alphabet.of(TEXT), TrainConfig(hidden=16, dtype=dtype))
    with pytest.raises(UsageError, match="other settings"):
        other.resume(tmp_path)


def test_the_state_is_carried_and_reset_at_the_start_of_the_text():
    trainer = CharTrainer(TEXT[:80], Alphabet.of(TEXT), TrainConfig(hidden=8))
    places = []
    for _ in range(5):
        trainer.step()
        places.append(trainer.place)
    assert places == [25, 50, 75, 25, 50]
    fresh = CharTrainer(TEXT[:80], Alphabet.of(TEXT), TrainConfig(hidden=8))
    fresh.parameters.flat[:], fresh.memory[:] = trainer.parameters.flat, trainer.memory
    trainer.place = 80  # past the end
    assert trainer.step() == fresh.step()  # both from the start, with a zero state


def test_the_text_is_learned(trained):
    assert trained.nats(TEXT) < 0.75  # each word is a choice of six: about 0.2 nats a character at best


def test_train_command_stops_saves_and_resumes(tmp_path, text_file):
    out = tmp_path / "run"
    command = [sys.executable, "-m", "charrnn_core.train", str(text_file), "--out", str(out), "--hidden", "16"]
    endless = [*command, "--steps", "10000000", "--every", "500"]
    process = subprocess.Popen(endless, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (out / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 0 and "stopped; go on with --resume" in error
    done = char_files.load(out / "checkpoint.safetensors").header["iteration"]
    assert done > 0
    end = subprocess.run([*command, "--steps", str(done + 7), "--resume"], capture_output=True, text=True, check=True)
    assert f"done: {done + 7} windows" in end.stderr
    # undisturbed, the same weights
    other = tmp_path / "other"
    subprocess.run(
        [*command[:5], str(other), "--hidden", "16", "--steps", str(done + 7)], capture_output=True, check=True
    )
    one, two = (char_files.load(folder / "checkpoint.safetensors") for folder in (out, other))
    assert np.array_equal(one.parameters.flat, two.parameters.flat) and np.array_equal(one.memory, two.memory)


def test_bytes_round_trip(tmp_path, capsys):
    path = tmp_path / "bytes"
    path.write_bytes(bytes(range(256)) * 4)
    out = tmp_path / "run"
    arguments = [str(path), "--out", str(out), "--bytes", "--hidden", "8", "--steps", "50", "--every", "25"]
    assert run(train.main, arguments, capsys)[0] == 0
    shown = (out / "training.html").read_text(encoding="utf-8")
    assert shown.count("<svg") == 3 and shown.count("<pre>") == 2 and "http" not in shown
    records = char_trainer.metrics(out)
    assert [r["iteration"] for r in records] == sorted([*range(2, 51, 2), 25])
    assert all(r["gradient_norm"] > 0 and 0 < r["update_to_weight"]["Whh"] < 50 for r in records)
    assert [r["iteration"] for r in records if "sample" in r] == [25, 50]
    model = char_files.load(out / "checkpoint.safetensors")
    assert model.alphabet.is_bytes and len(model.alphabet) == 256


@pytest.mark.parametrize(
    "arguments",
    [
        ["absent.txt", "--out", "x"],
        ["--out", "x"],
        ["FILE", "--out", "OUT", "--steps", "0"],
        ["FILE", "--out", "OUT", "--temperature", "0"],
        ["FILE", "--out", "OUT", "--hidden", "-3"],
        ["FILE", "--out", "OUT", "--holdout", "1"],
        ["FILE", "--out", "OUT", "--window", "100000"],
        ["FILE", "--out", "OUT", "--init", "absent.npz"],
        ["EMPTY", "--out", "OUT"],
        ["BINARY", "--out", "OUT"],
    ],
)
def test_wrong_use_of_train(arguments, tmp_path, text_file, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "EMPTY").write_bytes(b"")
    (tmp_path / "BINARY").write_bytes(b"\xff\xfe\x00")
    arguments = [{"FILE": str(text_file), "OUT": "out"}.get(a, a) for a in arguments]
    code, out, error = run(train.main, arguments, capsys)
    assert code == 2 and out == "" and error.count("\n") == 1 and "Traceback" not in error


def test_a_training_that_diverges_is_not_called_done(text_file, tmp_path, capsys):
    arguments = [str(text_file), "--out", str(tmp_path / "run"), "--hidden", "8", "--steps", "50", "--rate", "1e9"]
    code, _, error = run(train.main, arguments, capsys)
    assert code == 1 and "done" not in error
    assert error.splitlines()[-1].startswith("charrnn_core.train: the loss rose to ") and "lower --rate" in error

"""The laboratory's alphabet and files: nothing is unpickled, hostile snapshots are refused."""

import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from charrnn_core.errors import UsageError, WeightsError
from charrnn_core.lab import char_files, char_trainer, snapshot, vanilla
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.char_trainer import CharTrainer, TrainConfig
from charrnn_core.lab.interpret import paths
from tests.lab.little import TEXT


def test_an_unknown_character_is_named():
    alphabet = Alphabet.of("abc")
    with pytest.raises(UsageError, match=r"'é' \(U\+00E9\)"):
        alphabet.encode("abé")
    assert alphabet.decode(alphabet.encode("aéb", skip_unknown=True)) == "ab"


def test_weights_round_trip(trained, weights_file):
    loaded = char_files.load(weights_file)
    assert np.array_equal(loaded.parameters.flat, trained.parameters.flat)
    assert loaded.alphabet == trained.alphabet and loaded.memory is None
    assert loaded.nats(TEXT[:500]) == trained.nats(TEXT[:500])


def _snapshot(path: Path, model: CharModel, **changes) -> Path:
    p, m = model.parameters, model.parameters.like(np.abs(model.parameters.flat) + 1)
    arrays = {name: getattr(p, name) for name in vanilla.NAMES} | {"m" + n: getattr(m, n) for n in vanilla.NAMES}
    arrays = {k: v.reshape(-1, 1) if v.ndim == 1 else np.ascontiguousarray(v) for k, v in arrays.items()}
    arrays["chars"] = np.array([c.encode() for c in model.alphabet.characters])
    arrays["char_to_ix"] = np.array({c: i for i, c in enumerate(model.alphabet.characters)}, dtype=object)
    arrays |= {"vocab_size": np.array(p.V), "data_size": np.array(9)} | changes
    np.savez(path, **{k: v for k, v in arrays.items() if v is not None})
    return path


def test_the_snapshot_is_read_without_its_pickles(trained, tmp_path):
    loaded = char_files.load(_snapshot(tmp_path / "s.npz", trained))
    assert np.array_equal(loaded.parameters.flat, trained.parameters.flat)
    assert loaded.alphabet.characters == trained.alphabet.characters
    assert np.allclose(loaded.memory, np.abs(trained.parameters.flat) + 1)
    # and trained on, memories and all
    trainer = CharTrainer(TEXT, loaded.alphabet, TrainConfig(hidden=40), loaded)
    before = trainer.memory.copy()
    trainer.step()
    assert (trainer.memory >= before).all() and trainer.memory.min() >= 1


class Bomb:
    """Unpickling it would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_hostile_snapshots_are_refused_and_nothing_runs(trained, tmp_path):
    alarm = tmp_path / "alarm"
    bomb = np.array([Bomb(alarm)], dtype=object)
    p = trained.parameters
    changed = {
        "object chars": {"chars": bomb},
        "object weights": {"Wxh": bomb},
        "missing": {"Why": None},
        "wrong shape": {"Wxh": np.zeros((3, 3))},
        "not square": {"Whh": np.zeros((40, 41))},
        "not finite": {"bh": np.full((p.H, 1), np.nan)},
        "whole numbers": {"by": np.zeros((p.V, 1), dtype=int)},
        "negative memory": {"mWhh": np.full((p.H, p.H), -1.0)},
        "no characters": {"chars": np.array([], dtype="S1")},
        "long characters": {"chars": np.array([b"ab"] * p.V)},
        "twice the same": {"chars": np.array([b"a"] * p.V)},
    }
    paths_ = {name: _snapshot(tmp_path / f"{i}.npz", trained, **c) for i, (name, c) in enumerate(changed.items())}
    good = _snapshot(tmp_path / "good.npz", trained).read_bytes()
    for name, content in {
        "truncated": good[: len(good) // 2],
        "empty": b"",
        "text": b"hello",
        "pickle": pickle.dumps(Bomb(alarm)),
    }.items():
        paths_[name] = tmp_path / f"{name}.npz"
        paths_[name].write_bytes(content)
    paths_["zip bomb"] = tmp_path / "bomb.npz"
    header = np.lib.format.header_data_from_array_1_0(np.zeros(1)) | {"shape": (1 << 40,)}
    with zipfile.ZipFile(paths_["zip bomb"], "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("Whh.npy", "w") as file:
            np.lib.format.write_array_header_1_0(file, header | {"shape": (1 << 20, 1 << 20)})
            file.write(bytes(1 << 22))
        with archive.open("chars.npy", "w") as file:
            np.lib.format.write_array_header_1_0(file, header | {"descr": "|S1"})
    paths_["absent"] = tmp_path / "absent.npz"
    for name, path in paths_.items():
        with pytest.raises(WeightsError) as caught:
            snapshot.load(path)
        assert "\n" not in str(caught.value), name
        assert not alarm.exists(), name


def test_a_byte_order_mark_is_no_character_of_the_alphabet(tmp_path):
    (tmp_path / "bom.txt").write_bytes("\ufeffthe king".encode())
    assert char_trainer.read_text(tmp_path / "bom.txt", is_bytes=False) == "the king"
    assert char_trainer.read_text(tmp_path / "bom.txt", is_bytes=True).startswith("\xef\xbb\xbf")


@pytest.mark.slow
def test_the_course_snapshot():
    """By hand, with POETRY_DATA_DIR: the values on record."""
    path = Path(os.environ["POETRY_DATA_DIR"]) / "shakespeare" / "char-rnn-snapshot.npz"
    model = char_files.load(path)
    assert model.alphabet.characters[9] == ":"
    known = {":": (100, 4.829189868371359), "H": (3, 4.335111153750259), "l": (239, 5.066950477056145)}
    known |= {"c": (236, 6.036813959381064), "w": (114, 4.598208343710046)}
    for character, expected in known.items():
        assert paths.strongest_input(model, character, 1)[0] == expected
    raises = paths.strongest_outputs(model, 100, 1.0, 2)
    assert raises == [("\n", 2.672712360389723), (" ", 2.263812428046663)]

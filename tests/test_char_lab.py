"""The Shakespeare laboratory: files, training with exact resume, sampling, completion, explanation."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import complete, explain, sample, train
from charrnn_core.errors import UsageError, WeightsError
from charrnn_core.lab import char_files, char_trainer, snapshot, vanilla
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.char_trainer import CharTrainer, TrainConfig
from charrnn_core.lab.interpret import ablation, page, paths, units
from charrnn_core.lab.writing import by_gumbel, by_softmax, continue_text
from charrnn_core.numerics import softmax

WORDS = ["the king", "my lord", "good night", "sweet queen", "what news", "no more"]
NAMES = ["ANNA:", "Old Man:", "KING:"]


def _text(lines: int = 120) -> str:
    rng = np.random.default_rng(2)
    rows = []
    for i in range(lines):
        if i % 3 == 0:
            rows += ["", NAMES[rng.integers(len(NAMES))]]
        rows.append(" ".join(WORDS[k] for k in rng.integers(0, len(WORDS), 3)) + ".")
    return "\n".join(rows)[1:] + "\n"


TEXT = _text()


@pytest.fixture(scope="module")
def trained() -> CharModel:
    """A network that knows the little text."""
    trainer = CharTrainer(TEXT, Alphabet.of(TEXT), TrainConfig(hidden=40, seed=1))
    for _ in range(3000):
        trainer.step()
    return trainer.model()


@pytest.fixture(scope="module")
def weights_file(trained: CharModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("char") / "w.safetensors"
    char_files.save(path, CharModel(trained.parameters, trained.alphabet), {})
    return path


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def _run(main, arguments: list[str], capsys) -> tuple[int, str, str]:
    try:
        code = main(arguments)
    except SystemExit as error:
        code = int(error.code or 0)
    return code, *capsys.readouterr()


# the alphabet and the files


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


# training


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
    assert _run(train.main, arguments, capsys)[0] == 0
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
    code, out, error = _run(train.main, arguments, capsys)
    assert code == 2 and out == "" and error.count("\n") == 1 and "Traceback" not in error


# writing


def test_states_step_by_step_equal_the_whole(trained):
    hidden = trained.read(TEXT[:60])
    h = trained.zero_state()
    for t, character in enumerate(TEXT[:60]):
        h = trained.read(character, h)[-1]
        assert np.allclose(h, hidden[t + 1], atol=1e-12)


def test_softmax_and_gumbel_draw_the_same_law(trained):
    h = trained.read(TEXT[:50])[-1]
    rng = np.random.default_rng(0)
    p = softmax(trained.logits(h) / 1.5)
    for make in (by_softmax, by_gumbel):
        choice = make(1.5, rng)
        counts = np.bincount([choice(trained.logits(h)) for _ in range(4000)], minlength=len(p))
        assert np.abs(counts / 4000 - p).max() < 0.03


def test_a_cold_network_repeats_its_text(trained):
    h = trained.read("\n\nKING:\nmy lord the ki")[-1]
    written = continue_text(trained, h, 2, by_softmax(0.01, np.random.default_rng(0)))
    assert written == "ng"


def test_sample_puts_temperatures_side_by_side(weights_file, capsys):
    arguments = ["--weights", str(weights_file), "--temperatures", "5,1,0.1", "--alpha", "-n", "60", "--width", "20"]
    code, out, error = _run(sample.main, arguments, capsys)
    assert code == 0 and error == ""
    assert out.splitlines()[0].split() == ["alpha", "=", "5", "alpha", "=", "1", "alpha", "=", "0.1"]
    assert _run(sample.main, arguments, capsys)[1] == out
    for bad in (["--temperatures", "0"], ["--temperatures", "x"], ["-n", "0"], ["--width", "1"], ["--start", "é"]):
        code, out, error = _run(sample.main, ["--weights", str(weights_file), *bad], capsys)
        assert code == 2 and error.count("\n") == 1, bad


def test_complete_goes_on_from_the_starter(weights_file, text_file, tmp_path, capsys):
    base = ["--weights", str(weights_file), "-n", "30", "--seed", "3"]
    code, out, _ = _run(complete.main, [*base, "\n\nKING:\nmy lord the ki", "--temperature", "0"], capsys)
    assert code == 0 and out.startswith("\n\nKING:\nmy lord the ki⟫ng") and len(out) == 22 + 1 + 30 + 1
    starter = tmp_path / "s.txt"
    starter.write_text("my lord ", encoding="utf-8")
    assert _run(complete.main, [*base, "--file", str(starter)], capsys)[1].startswith("my lord ⟫")
    assert len(_run(complete.main, [*base, "--random-from", str(text_file), "--context", "40"], capsys)[1]) == 72
    code, _, error = _run(complete.main, [*base, "the kéng"], capsys)
    assert code == 2 and "'é'" in error and "--skip-unknown" in error
    code, _, error = _run(sample.main, ["--weights", str(weights_file), "--start", "the kéng"], capsys)
    assert code == 2 and "'é'" in error and "--skip-unknown" not in error  # which sample has not
    assert _run(complete.main, [*base, "the kéng", "--skip-unknown"], capsys)[0] == 0
    for bad in ([], [""], ["é", "--skip-unknown"], ["a", "--file", str(starter)], ["the", "-n", "-1"], ["\ud800"]):
        code, _, error = _run(complete.main, [*base, *bad], capsys)
        assert code == 2 and error.count("\n") == 1, bad


# explaining


def test_contributions_add_up_to_the_logit(trained):
    hidden = trained.read(TEXT[:80])
    found = paths.route(trained, hidden, TEXT[79], "t")
    assert sum(link.contribution for link in found.links) + found.by == pytest.approx(found.logit)
    y = trained.logits(hidden[-1]) - trained.parameters.by
    assert sum(link.above_average for link in found.links) == pytest.approx(y[trained.alphabet.id("t")] - y.mean())
    for link in found.links:
        assert np.tanh(link.Wxh + link.carried + link.bias) == pytest.approx(link.h)


def test_ablation_finds_a_planted_path():
    # GIVEN a network in which only unit 3 carries ':' to newline
    alphabet = Alphabet.of("\n :ab")
    p = vanilla.initial(5, 8, np.random.default_rng(0))
    a, b = alphabet.id(":"), alphabet.id("\n")
    p.columns[a, 3], p.Why[b, 3] = 4.0, 6.0
    model = CharModel(p, alphabet)
    text = "".join(np.random.default_rng(1).choice(list("ab :"), 3000))

    # WHEN it is explained
    record = explain.explain(model, "ab:", None, text, np.random.default_rng(0), top=3)

    # THEN the coordinates come back, and the effect stands far out of the control
    assert record["next"] == "\n" and record["units"][0]["unit"] == 3
    assert record["strongest_input"]["index"] == [3, a] and record["strongest_input"]["Wxh"] == 4.0
    assert record["strongest_input"]["raises"][0] == {"character": "\n", "index": [b, 3], "Why": 6.0}
    cut = record["ablation"]
    assert cut["before"] > 0.95
    for part in (cut["without"]["h[3]"], cut["without_weight"][f"Wxh[3, {a}]"], cut["without_weight"][f"Why[{b}, 3]"]):
        assert part < 0.3
    assert abs(cut["controls"]["units"]["largest_change"]) < 0.01 and cut["ranks"]["h[3]"] == [1, 6]
    assert record["response_mask"]["units"] == [3] and record["response_mask"]["share"] > 0.95
    assert record["response_mask"]["outputs"] == "\n" and cut["without_column"][f"Wxh[:, {a}]"] < 0.3


def test_states_of_many_contexts_equal_one_by_one(trained):
    ids = ablation.contexts(trained, TEXT, ":", np.random.default_rng(0), 5)
    h = ablation.states(trained.parameters, ids)
    for row, state in zip(ids, h, strict=True):
        assert np.allclose(trained.read(trained.alphabet.decode(row))[-1], state, atol=1e-12)
    silent = np.arange(trained.parameters.H) == 7
    assert not ablation.states(trained.parameters, ids, silent)[:, 7].any()


def test_units_are_found_beyond_the_control(trained):
    rng = np.random.default_rng(0)
    found = units.find(trained, TEXT, rng)
    assert {f.feature for f in found} == set(units.FEATURES)
    name = next(f for f in found if f.feature == "inside a speaker's name")
    assert abs(name.correlation) > 2 * name.control
    confirmed = units.confirm(trained, TEXT, name, rng)
    assert np.isfinite([confirmed.inside, confirmed.outside, confirmed.random_inside]).all()
    assert units.losses(trained, TEXT).mean() == pytest.approx(trained.nats(TEXT))
    silent = vanilla.views(trained.parameters.flat.copy(), trained.parameters.V, trained.parameters.H)
    silent.Why[:, name.unit] = 0
    silent.Whh[:, name.unit] = 0
    expected = CharModel(silent, trained.alphabet).nats(TEXT)
    assert units.losses(trained, TEXT, silent=name.unit).mean() == pytest.approx(expected)


def test_features_mean_what_they_say():
    text = "\nAll:\nWe are."
    assert units.FEATURES["inside a speaker's name"](text).tolist() == [0, 1, 1, 1, 1] + [0] * 8
    assert units.FEATURES["length of the word so far"]("an ox").tolist() == [1, 2, 0, 1, 2]
    assert units.FEATURES["position in the line"]("ab\nc").tolist() == [1, 2, 0, 1]


def test_page_and_picture(trained, weights_file, text_file, tmp_path, capsys):
    arguments = ["--weights", str(weights_file), "--text", str(text_file), "--units"]
    html, png = tmp_path / "u.html", tmp_path / "u.png"
    code, out, _ = _run(explain.main, [*arguments, "--page", str(html), "--picture", str(png)], capsys)
    assert code == 0 and "inside a speaker's name" in out
    assert png.read_bytes()[:4] == b"\x89PNG"
    content = html.read_text(encoding="utf-8")
    assert content.count("<section>") >= 1 and "next: " in content and "http" not in content
    hostile = page.page(trained, "a" * 5, [(0, "<script>alert(1)</script>")], "<b>")
    assert "<script>" not in hostile and "<b>" not in hostile


def test_explain_command(weights_file, text_file, capsys):
    base = ["--weights", str(weights_file), "--text", str(text_file)]
    code, out, _ = _run(explain.main, [*base, "ANNA:", "--json"], capsys)
    assert code == 0 and json.loads(out)["next"] == "\n"
    assert "Wxh[" in _run(explain.main, [*base, "ANNA:"], capsys)[1]
    for bad in ([], ["é"], [""], ["a", "--units"], ["a", "--top", "0"], ["a", "--next", "é"]):
        code, out, error = _run(explain.main, [*base, *bad], capsys)
        assert code == 2 and out == "" and error.count("\n") == 1, bad


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


def test_a_byte_order_mark_is_no_character_of_the_alphabet(tmp_path):
    (tmp_path / "bom.txt").write_bytes("\ufeffthe king".encode())
    assert char_trainer.read_text(tmp_path / "bom.txt", is_bytes=False) == "the king"
    assert char_trainer.read_text(tmp_path / "bom.txt", is_bytes=True).startswith("\xef\xbb\xbf")


def test_a_training_that_diverges_is_not_called_done(text_file, tmp_path, capsys):
    arguments = [str(text_file), "--out", str(tmp_path / "run"), "--hidden", "8", "--steps", "50", "--rate", "1e9"]
    code, _, error = _run(train.main, arguments, capsys)
    assert code == 1 and "done" not in error
    assert error.splitlines()[-1].startswith("charrnn_core.train: the loss rose to ") and "lower --rate" in error

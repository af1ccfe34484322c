"""Phrases: counted right, mixed in as the formula says, with the best shares; damaged lists are refused."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import weights
from charrnn_core.errors import WeightsError
from charrnn_core.numerics import log_softmax
from charrnn_core.phrases import ORDER, Level, Phrases, coded
from charrnn_core.stepper import NumpyStepper
from poetry import fit_phrases
from poetry.corpus.batches import evaluation_batches
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TRAIN, VALIDATION
from poetry.measuring.scoring import score
from poetry.slots.features import HERE, TONES
from poetry.training.data import load
from poetry.writing import model
from poetry.writing.torch_stepper import TorchStepper
from tests.conftest import header, random_arrays

D, H = 8, 12
FIRST, V = 4, 12
# What follows 5: 6 (three times), 7 (once); what follows 6: 8; what follows 5 6: 8 (four times)
LISTED = {(5, 6): 3, (5, 7): 1, (6, 8): 5, (5, 6, 8): 4}


def listed(counts: dict[tuple[int, ...], int], shares: tuple[float, ...]) -> Phrases:
    """The list of these phrases."""
    levels, before = [], [(token,) for token in range(V)]
    for length in range(2, ORDER + 2):
        now = sorted(phrase for phrase in counts if len(phrase) == length)
        begins = np.searchsorted(np.array([before.index(phrase[:-1]) for phrase in now]), np.arange(len(before) + 1))
        tokens = np.array([phrase[-1] for phrase in now], np.uint16)
        levels.append(Level(begins, tokens, coded(np.array([counts[phrase] for phrase in now]))))
        before = now
    return Phrases(FIRST, np.array(shares, np.float32), tuple(levels))


def by_formula(logits: np.ndarray, before: list[int], shares: tuple[float, ...]) -> np.ndarray:
    """p' of one row, as the formula of charrnn_core.phrases reads."""
    p = np.exp(log_softmax(logits.astype(np.float64)))
    mixed = p.copy()
    for k, share in enumerate(shares, start=1):
        n = np.zeros(V)
        for phrase, count in LISTED.items():
            if len(phrase) == k + 1 and list(phrase[:-1]) == before[2 - k :]:
                n[phrase[-1]] = 2 ** (np.round(16 * np.log2(count)) / 16)
        if n.any():
            q = n * np.sqrt(p) / (n * np.sqrt(p)).sum()
            mixed[FIRST:] += share * (p[FIRST:].sum() * q - p)[FIRST:]
    return mixed


@pytest.mark.parametrize("shares", [(0.2, 0.3), (0.2, 0.0), (0.0, 0.3)])
def test_the_mixture_is_that_of_the_formula(shares: tuple[float, ...]) -> None:
    before = [[0, 5], [5, 6], [9, 6], [0, 6], [5, 7], [0, 0], [5, 0]]
    logits = np.random.default_rng(0).normal(0, 3, (len(before), V)).astype(np.float32)
    expected = np.stack([by_formula(row, last, shares) for row, last in zip(logits, before, strict=True)])
    mixed = logits.copy()
    listed(LISTED, shares).mix(mixed, np.array(before, np.int32), np.zeros((len(before), 5), np.int64))
    found = np.exp(log_softmax(mixed))
    np.testing.assert_allclose(found, expected, atol=2e-6)
    assert not np.allclose(found[:2], np.exp(log_softmax(logits))[:2], atol=0.01)
    np.testing.assert_array_equal(mixed[4:], logits[4:])  # nothing is known to follow: to the bit


def test_a_row_does_not_depend_on_its_neighbours() -> None:
    logits = np.random.default_rng(1).normal(0, 3, (3, V)).astype(np.float32)
    before = np.array([[5, 6], [0, 5], [0, 0]])
    alone, together = logits.copy(), logits.copy()
    phrases = listed(LISTED, (0.2, 0.3))
    features = np.zeros((3, 5), np.int64)
    phrases.mix(together, before, features)
    for row in range(3):
        phrases.mix(alone[row : row + 1], before[row : row + 1], features[row : row + 1])
    np.testing.assert_array_equal(alone, together)


def test_what_a_slot_does_not_admit_is_off_the_list() -> None:
    """7 does not fit value 1 of feature 0, nothing fits value 2: there the row stays as it was."""
    admitted = np.ones((3, V), bool)
    admitted[1, 7] = admitted[2] = False
    phrases, features = replace(listed(LISTED, (0.2, 0.3)), fits={0: admitted}), np.array([[0, 9], [1, 9], [2, 9]])
    logits = np.random.default_rng(2).normal(0, 3, (3, V)).astype(np.float32)
    logits[1:] = logits[0]
    mixed, before = logits.copy(), np.array([[0, 5]] * 3)
    phrases.mix(mixed, before, features)
    found, p = np.exp(log_softmax(mixed)), np.exp(log_softmax(logits))[0]
    np.testing.assert_allclose(found[0], by_formula(logits[0], [0, 5], (0.2, 0.3)), atol=2e-6)
    assert found[1, 7] == pytest.approx(0.8 * p[7], rel=1e-5)  # all of the share is 6's
    assert found[1, 6] == pytest.approx(0.8 * p[6] + 0.2 * p[FIRST:].sum(), rel=1e-5)
    np.testing.assert_array_equal(mixed[2], logits[2])


def test_the_shipped_list_knows_tones_and_rhymes() -> None:
    loaded = model.shipped()
    fits, v = loaded.stepper.phrases.fits, loaded.vocabulary
    level, oblique = v.ids("春月")
    for window in range(27):
        assert fits[TONES][window, level] == (window // 9 != 2) and fits[TONES][window, oblique] == (window // 9 != 1)
    groups = np.flatnonzero(fits[HERE][:, v.id("东")])
    assert groups.tolist() == [0, 1]  # 一东


@pytest.fixture(scope="module")
def corpus(own_corpus: Path) -> Encoded:
    return load(own_corpus)


def test_counts_are_those_of_the_lines(corpus: Encoded) -> None:
    poems = np.append(corpus.select(TRAIN), corpus.select(TRAIN)[:7])  # seven of them count twice
    counts: Counter[tuple[str, ...]] = Counter()
    for poem in poems:
        for line in corpus.text(poem).replace("<unk>", "?").replace("。", "，").split("，"):
            for n in (2, 3):
                grams = [tuple(line[i : i + n]) for i in range(len(line) - n + 1)]
                counts.update(gram for gram in grams if "?" not in gram)
    found = fit_phrases.phrases_of(corpus, poems, least=2)
    kept = {gram: count for gram, count in counts.items() if count >= 2}
    assert {len(gram) for gram in kept} == {2, 3}
    names, tokens = [(token,) for token in corpus.vocabulary.tokens], corpus.vocabulary.tokens
    seen = {}
    for level in found.levels:
        names = [
            (*name, tokens[level.tokens[i]])
            for name, start, stop in zip(names, level.begins[:-1], level.begins[1:], strict=True)
            for i in range(start, stop)
        ]
        seen |= dict(zip(names, level.codes.tolist(), strict=True))
    assert seen == {gram: int(coded(np.array([count]))[0]) for gram, count in kept.items()}


def test_a_stored_list_comes_back(corpus: Encoded) -> None:
    made = replace(fit_phrases.phrases_of(corpus, corpus.select(TRAIN), least=1), shares=np.array([0.1, 0.2]))
    again = Phrases.from_arrays(*made.stored(), len(corpus.vocabulary))
    assert again.stored()[1] == made.stored()[1] == {"first": corpus.vocabulary.first_hanzi, "shares": [0.1, 0.2]}
    for one, two in zip(made.levels, again.levels, strict=True):
        for name in ("begins", "tokens", "codes"):
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_codes_are_at_most_a_fiftieth_off() -> None:
    counts = np.arange(1, 60000)
    assert np.abs(2 ** (coded(counts) / 16) / counts - 1).max() < 0.022


@pytest.fixture
def network(corpus: Encoded, tmp_path: Path) -> Path:
    """The weights file of a random network over the corpus's vocabulary."""
    arrays = random_arrays("lstm", len(corpus.vocabulary), D, H)
    weights.save(tmp_path / "w.safetensors", arrays, header("lstm", corpus.vocabulary, D, H), int8=True)
    return tmp_path / "w.safetensors"


@pytest.mark.parametrize("known", [0, 1])
def test_the_shares_are_the_best(known: int, corpus: Encoded, network: Path) -> None:
    """Made-up poems share no phrases of three; some poems of which the list is made need both shares."""
    stepper = model.load(network).stepper
    poems = np.concatenate([np.tile(corpus.select(VALIDATION), 8), corpus.select(TRAIN)[:known]])
    found = fit_phrases.phrases_of(corpus, corpus.select(TRAIN), least=1)
    fitted, before, after = fit_phrases.with_shares(found, stepper, corpus, poems)
    assert (fitted.shares > 0).tolist() == [True, known > 0]

    def nats(shares: np.ndarray) -> float:
        mixed = replace(stepper, phrases=replace(fitted, shares=shares.astype(np.float32)))
        return score(mixed, corpus.vocabulary, evaluation_batches(corpus, poems)).nats

    assert nats(fitted.shares) == pytest.approx(after, abs=1e-5) and nats(0 * fitted.shares) == pytest.approx(before)
    for k in range(ORDER):
        for step in (-0.02, 0.02):
            other = fitted.shares + step * (np.arange(ORDER) == k)
            assert other.min() < 0 or nats(other) > after
        assert fitted.shares[k] < fit_phrases.MOST


def test_the_command(corpus: Encoded, own_corpus: Path, network: Path, capsys) -> None:
    out, again = network.with_name("phrases.safetensors"), network.with_name("again.safetensors")
    assert fit_phrases.main([str(network), "--data", str(own_corpus), "--least", "1", "-o", str(out)]) == 0
    assert "perplexity" in capsys.readouterr().err
    fitted, plain = model.load(out), model.load(network)
    np.testing.assert_array_equal(fitted.stepper.embedding, plain.stepper.embedding)

    def nats(loaded: model.Model) -> float:
        poems = corpus.select(VALIDATION)
        return score(loaded.stepper, corpus.vocabulary, evaluation_batches(corpus, poems)).nats

    assert weights.load(out, kind="poetry")[1]["phrases"]["validation_nats"] == [
        pytest.approx(nats(plain), abs=1e-4),
        pytest.approx(nats(fitted), abs=1e-4),
    ]
    assert nats(model.alone(fitted)) == nats(plain) > nats(fitted)
    assert fit_phrases.main([str(out), "--data", str(own_corpus), "--least", "1", "-o", str(again)]) == 0
    assert again.read_bytes() == out.read_bytes()  # the old list is left out, and a fit repeats


def test_phrases_stay_within_the_line(corpus: Encoded) -> None:
    """With a share of nearly one, only what the list knows is likely: after 江 in a line, not at the line's start."""
    v = corpus.vocabulary
    river, moon = v.ids("江月")
    begins = (np.arange(len(v) + 1) > river).astype(np.int64)
    levels = (
        Level(begins, np.array([moon], np.uint16), np.zeros(1, np.uint8)),
        Level(np.zeros(2, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.uint8)),
    )
    arrays = random_arrays("lstm", len(v), D, H)
    stepper = replace(
        NumpyStepper.from_arrays(arrays, header("lstm", v, D, H)),
        phrases=Phrases(v.first_hanzi, np.array([0.9, 0.0], np.float32), levels),
    )
    inside, start = np.array([[3, 0, 0, 0, 0]]), np.array([[1, 0, 0, 0, 0]])
    for slot, likely in ((inside, True), (start, False)):
        for engine in (stepper, TorchStepper.of(stepper)):
            logits, _ = engine.step(engine.start(1), np.array([river]), slot)
            assert (np.exp(log_softmax(logits))[0, moon] > 0.8) == likely


DAMAGE = {
    "a token beyond the vocabulary": lambda arrays, about: arrays["phrases.1.tokens"].__setitem__(-1, 60000),
    "children that are not there": lambda arrays, about: arrays["phrases.0.children"].__setitem__(5, 9),
    "an array missing": lambda arrays, about: arrays.pop("phrases.2.counts"),
    "another type": lambda arrays, about: arrays.update({"phrases.1.counts": np.zeros(3, np.int64)}),
    "out of order": lambda arrays, about: arrays["phrases.1.tokens"].__setitem__(slice(0, 2), [7, 6]),
    "no shares": lambda arrays, about: about.pop("shares"),
    "shares that leave nothing": lambda arrays, about: about.update(shares=[0.5, 0.5]),
    "a share that is no number": lambda arrays, about: about.update(shares=[float("nan"), 0.1]),
    "an endless first": lambda arrays, about: about.update(first=float("inf")),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_list_is_refused(name: str) -> None:
    arrays, about = listed(LISTED, (0.1, 0.2)).stored()
    Phrases.from_arrays(arrays, about, V)
    DAMAGE[name](arrays, about)
    with pytest.raises(WeightsError, match="fit them again"):
        Phrases.from_arrays(arrays, about, V)


def test_wrong_use_is_one_line(corpus: Encoded, own_corpus: Path, network: Path, tiny_weights: Path, capsys) -> None:
    def wrong(weights_file: Path, *more: str) -> str:
        out = network.with_name("none.safetensors")
        assert fit_phrases.main([str(weights_file), "--data", str(own_corpus), "-o", str(out), *more]) == 2
        assert not out.exists()
        return capsys.readouterr().err

    assert "--least is 0" in wrong(network, "--least", "0")
    assert "another vocabulary" in wrong(tiny_weights)

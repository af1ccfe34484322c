"""Taste: what it is shown is what was read, its marks add up through the search, it learns from readers, its file."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import weights
from charrnn_core.errors import UsageError, WeightsError
from charrnn_core.phrases import Phrases, coded
from poetry import fit_taste
from poetry.fit_phrases import phrases_of
from poetry.measuring.evaluation import Verse, encoded
from poetry.slots.features import LINE, PLACE, WIDTH
from poetry.text.forms import QIJUE, WUJUE, WULU
from poetry.training import tasting
from poetry.training.lessons import Offers
from poetry.training.tasting import Shown, agreement, fit
from poetry.writing import model
from poetry.writing.model import Model
from poetry.writing.poem import Poem
from poetry.writing.reading import continuation_logprobs
from poetry.writing.request import prefix, request_for
from poetry.writing.search import LineSearch
from poetry.writing.taste import ARRAYS, FIGURES, Taste, figures
from poetry.writing.together import write_together
from tests.conftest import HANZI

STATES = 8 + 12  # of the tiny network: D, H
PLACES = [
    Offers("江上", (), ("",) * 4, ("春风江上路", "江水山中月"), (5, 3)),
    Offers("江上", ("春风江上路",), ("",) * 4, ("山月近人来", "明月何年来", "江水入天流"), (4, 6, 1)),
    Offers("山中", ("春风江上路", "山月近人来", "江水入天流"), ("",) * 4, ("明月何年来", "山水有清声"), (2, 2)),
]


def lines_of(length: int, count: int, seed: int) -> list[str]:
    """Made-up lines."""
    rng = np.random.default_rng(seed)
    characters = list(dict.fromkeys(HANZI))
    return ["".join(rng.choice(characters, length)) for _ in range(count)]


LISTED = [*lines_of(5, 400, 1), *(line for place in PLACES for line in (*place.before, *place.lines))]
LISTED = LISTED[: len(LISTED) // 4 * 4]


@pytest.fixture(scope="module")
def listing(tiny_weights: Path) -> Model:
    """A tiny network with phrases, and no taste."""
    plain = model.load(tiny_weights)
    verses = [Verse(tuple(LISTED[k : k + 4])) for k in range(0, len(LISTED), 4)] * 2  # a code of 0 is a count of one
    phrases = phrases_of(encoded(verses, plain), np.arange(len(verses)), least=1)
    return replace(plain, stepper=replace(plain.stepper, phrases=replace(phrases, shares=np.float32([0.1, 0.1]))))


@pytest.fixture(scope="module")
def tasting_model(listing: Model) -> Model:
    rng = np.random.default_rng(3)
    shapes = (16, 2 * STATES + FIGURES), (2 * STATES + FIGURES,), (16,), (1, 16)
    weight, spread, bias, out = (rng.normal(size=shape).astype(np.float32) for shape in shapes)
    return replace(listing, taste=Taste(weight, np.exp(spread), bias, out, phrases(listing)))


def phrases(loaded: Model) -> Phrases:
    found = loaded.stepper.phrases  # type: ignore[attr-defined]
    assert isinstance(found, Phrases)
    return found


def test_phrases_tell_how_often_they_were_written(listing: Model) -> None:
    lines, v = ["春风江上路", "山月近人来", *lines_of(5, 300, 1)], listing.vocabulary
    of_two, of_three = phrases(listing).codes(np.array([v.ids(line) for line in lines]))
    counts = Counter(line[k : k + n] for line in LISTED * 2 for n in (2, 3) for k in range(6 - n))
    for n, found in ((2, of_two), (3, of_three)):
        for line, codes in zip(lines, found, strict=True):
            for k, code in enumerate(codes):
                count = counts[line[k : k + n]]
                assert code == (coded(np.array([count]))[0] if count else 0), line[k : k + n]


def test_what_is_shown_is_what_was_read(listing: Model) -> None:
    shown, v = Shown.of(listing, PLACES), listing.vocabulary
    place = PLACES[1]
    for row, line in zip(shown.places[1], place.lines, strict=True):
        text = [*v.ids(place.before[0]), v.comma, *v.ids(line), v.stop]
        slots = np.zeros((len(text), 1, WIDTH), dtype=np.int64)
        slots[:, 0, PLACE], slots[:, 0, LINE] = np.arange(12) % 6 + 1, np.arange(12) // 6
        start = prefix(request_for(WUJUE, title=place.title), listing)
        nats = continuation_logprobs(listing.stepper, start, slots, np.array(text)[:, None])[:, 0]
        state, last, states = listing.stepper.start(1), start[0], []
        nothing = np.zeros((1, WIDTH), dtype=np.int64)
        for token in start[1:]:
            _, state = listing.stepper.step(state, np.array([last]), nothing)
            last = token
        for token, slot in zip(text, slots, strict=True):
            _, state = listing.stepper.step(state, np.array([last]), slot)
            states.append(np.concatenate([state[0][0][0], state[1][0][0]]))
            last = token
        both = np.concatenate([np.mean(states[6:], axis=0), states[-1]])
        expected = (both - both.mean()) / both.std()
        assert shown.inputs[row, :-FIGURES] == pytest.approx(expected, abs=3e-3)
        ids = np.array([v.ids(line)])
        assert shown.inputs[row, -FIGURES:] == pytest.approx(
            figures(nats[None, 6:], ids, phrases(listing), 1, 4)[0], abs=3e-3
        )


def test_a_line_of_five_stands_as_the_last_five_of_seven(listing: Model) -> None:
    v, five, seven = listing.vocabulary, "春风江上路", "明月春风江上路"
    nats = np.array([[-3, -2, -1, -2, -3, -1, -2, -1]], dtype=np.float32)
    short = figures(nats[:, 2:], np.array([v.ids(five)]), phrases(listing), 2, 4)[0]
    long = figures(nats, np.array([v.ids(seven)]), phrases(listing), 2, 4)[0]
    each, twos = slice(2, 8), slice(12, 16)
    assert (short[each] == long[each]).all() and (short[twos] == long[twos]).all()
    assert not short[:2].any() and long[:2].any()
    assert short[8] == pytest.approx(nats[0, 2:].mean() / 2 + 1) and short[9] == pytest.approx(
        nats[0, 2:].min() / 6 + 1
    )


@pytest.mark.parametrize("form", [WUJUE, QIJUE, WULU])
def test_marks_add_up_through_the_search(tasting_model: Model, form) -> None:  # type: ignore[no-untyped-def]
    """Rows are taken, dropped and copied on the way; a poem's marks are still those of its own lines."""
    found = {}

    class Kept(LineSearch):
        def rows(self, state, of, ids):  # type: ignore[no-untyped-def]
            kept = super().rows(state, of, ids)
            if len(ids) % (form.length + 1) == 0:
                found["marks"] = self._reader.marks(state, ids[-1], of)
            return kept

        def best(self) -> np.ndarray:
            rows = super().best()
            found["best"] = found["marks"][rows[0]]
            return rows

    request = request_for(form, title="江上", candidates=64)  # more than are read on between pauses
    (poem,) = write_together(tasting_model, [request], [4], search=Kept)
    assert isinstance(poem, Poem) and tasting_model.taste
    assert all(poem.words)  # the plan, which is read before the poem as marked lines are read
    total = 0.0
    for line in range(form.lines):
        text = poem.lines[line]
        place = Offers("江上", tuple(poem.lines[:line]), poem.words, (text, text), (1, 2))
        inputs = tasting._shown(tasting_model, [place])
        total += float(tasting_model.taste.marks(inputs[:, :-FIGURES], inputs[:, -FIGURES:])[0])
    assert found["best"] == pytest.approx(total, abs=1e-3)


def test_lines_of_better_taste_go_on(tasting_model: Model) -> None:
    """A taste for what is likely, and one for what is not."""

    @dataclass
    class Likely:
        sign: int
        phrases: Phrases

        def marks(self, states: np.ndarray, figures: np.ndarray) -> np.ndarray:
            return self.sign * 1000 * figures[:, 8]

    nats = []
    for sign in (1, -1):
        of_taste = replace(tasting_model, taste=Likely(sign, phrases(tasting_model)))  # type: ignore[arg-type]
        requests = [request_for(WUJUE, title="江上", candidates=32) for _ in range(6)]
        poems = [poem for poem in write_together(of_taste, requests, range(6)) if isinstance(poem, Poem)]
        places = [Offers("江上", tuple(p.lines[:3]), ("",) * 4, (p.lines[3],) * 2, (1, 2)) for p in poems]
        nats.append(Shown.of(tasting_model, places).inputs[:, -FIGURES:][:, 8].mean())
    assert nats[0] > nats[1] + 0.02


def lessons(count: int, seed: int, *, told: bool) -> list[Offers]:
    """Places whose lines are the better the earlier 月 stands in them; or by no rule."""
    rng, made = np.random.default_rng(seed), []
    for number in range(count):
        lines = tuple(dict.fromkeys("".join(rng.permutation(list("月山水江春"))) for _ in range(4)))
        marks = tuple(float(5 - line.index("月")) if told else float(rng.integers(1, 9)) for line in lines)
        made.append(Offers(f"江{HANZI[number % 60]}", (), ("",) * 4, lines, marks))
    return made


@pytest.mark.usefixtures("one_thread")
def test_it_learns_what_readers_like(listing: Model) -> None:
    arrays, unseen = fit(Shown.of(listing, lessons(300, 1, told=True)), epochs=40)
    assert unseen > 0.8
    taste = Taste(*(arrays[f"taste.{name}"] for name in ARRAYS), phrases(listing))
    fresh = Shown.of(listing, lessons(40, 2, told=True))
    assert agreement(taste, fresh, fresh.places) > 0.8
    noise = fit(Shown.of(listing, lessons(300, 1, told=False)), epochs=40)[1]
    assert abs(noise) < 0.4
    again, _ = fit(Shown.of(listing, lessons(300, 1, told=True)), epochs=40)
    assert all((again[name] == arrays[name]).all() for name in arrays)


def test_nothing_to_choose_is_wrong_use(listing: Model) -> None:
    with pytest.raises(UsageError, match="no two lines of a place have different marks"):
        fit(Shown.of(listing, PLACES[2:]))
    with pytest.raises(UsageError, match="are no regulated form"):
        Shown.of(listing, [replace(PLACES[0], words=("",) * 3)])


@pytest.fixture
def file(listing: Model, tiny_weights: Path, tmp_path: Path) -> Path:
    arrays, header = weights.load(tiny_weights, kind="poetry")
    more, about = phrases(listing).stored()
    weights.save(tmp_path / "listing.safetensors", arrays | more, header | {"phrases": about}, int8=True)
    return tmp_path / "listing.safetensors"


def test_from_marked_lines_to_a_weights_file(file: Path, tmp_path: Path) -> None:
    lines, out = tmp_path / "lines.jsonl", tmp_path / "out.safetensors"
    made = lessons(40, 1, told=True)
    lines.write_text("".join(json.dumps(vars(place)) + "\n" for place in made), encoding="utf-8")
    assert fit_taste.main([str(file), "--lines", str(lines), "--epochs", "2", "-o", str(out)]) == 0
    assert model.load(file).taste is None
    loaded = model.load(out)
    assert loaded.taste and loaded.taste.weight.shape == (tasting.MEMBERS * tasting.UNITS, 2 * STATES + FIGURES)
    assert weights.load(out, kind="poetry")[1]["taste"]["places"] == 40
    (poem,) = write_together(loaded, [request_for(WUJUE, title="江上", candidates=16)], [1])
    assert isinstance(poem, Poem)


def test_int8_keeps_what_is_said_of_states_beside_figures_that_hardly_spread(
    file: Path, listing: Model, tmp_path: Path
) -> None:
    arrays, header = weights.load(file, kind="poetry")
    shown = Shown.of(listing, lessons(100, 1, told=True))
    shown.inputs[:, -FIGURES:] *= np.float16(1e-2)
    taste, _ = fit(shown, epochs=20)
    weights.save(tmp_path / "out.safetensors", arrays | taste, header, int8=True)
    x = shown.inputs.astype(np.float32)
    exact = Taste(*(taste[f"taste.{name}"] for name in ARRAYS), phrases(listing)).marks(
        x[:, :-FIGURES], x[:, -FIGURES:]
    )
    kept = model.load(tmp_path / "out.safetensors").taste
    assert kept and np.corrcoef(kept.marks(x[:, :-FIGURES], x[:, -FIGURES:]), exact)[0, 1] > 0.999


def test_wrong_use_is_one_line(
    file: Path, tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, out = tmp_path / "lines.jsonl", str(tmp_path / "out.safetensors")
    lines.write_text(json.dumps(vars(PLACES[0])) + "\n", encoding="utf-8")
    for given in ([str(tiny_weights), "--lines", str(lines)], [str(file), "--lines", str(lines), "--epochs", "0"]):
        assert fit_taste.main([*given, "-o", out]) == 2
    assert fit_taste.main([str(file), "--lines", str(tmp_path / "none"), "-o", out]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert not Path(out).exists()


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("weight", np.zeros((4, 7))),
        ("out", np.zeros((2, 4))),
        ("bias", np.zeros((4, 4))),
        ("bias", None),
        ("spread", np.zeros(4)),
        ("spread", np.zeros(2 * STATES + FIGURES)),
        ("spread", None),
    ],
)
def test_a_damaged_file_is_refused(file: Path, tmp_path: Path, name: str, array: np.ndarray | None) -> None:
    arrays, header = weights.load(file, kind="poetry")
    spread = np.ones(2 * STATES + FIGURES)
    whole = {"weight": np.zeros((4, len(spread))), "spread": spread, "bias": np.zeros(4), "out": np.zeros((1, 4))}
    taste = {f"taste.{key}": value for key, value in (whole | {name: array}).items() if value is not None}
    bad = tmp_path / "bad.safetensors"
    weights.save(bad, arrays | {key: value.astype(np.float32) for key, value in taste.items()}, header)
    with pytest.raises(WeightsError, match="taste"):
        model.load(bad)

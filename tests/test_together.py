"""Many requests written together have the poems they have alone, and spoil none of each other."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from charrnn_core.decoding import decode
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.slots.plan import acrostic, make_plan
from poetry.slots.regulated import Wish
from poetry.text.forms import OTHER, QIJUE, QILU, WUJUE
from poetry.text.vocab import END, Vocabulary
from poetry.writing import model, search, together
from poetry.writing.model import Model
from poetry.writing.poem import Poem
from poetry.writing.request import Request, request_for
from poetry.writing.writer import Writer


@pytest.fixture(scope="module")
def writer(tiny_weights: Path) -> Writer:
    return Writer(model.load(tiny_weights))


def _requests() -> list[Request]:
    forced = acrostic("春夏秋冬", QIJUE)
    return [
        request_for(QIJUE, "春", candidates=4),
        request_for(QIJUE, candidates=4),
        Request(Wish(QIJUE, forced=forced), candidates=4),
        request_for(WUJUE, "江", candidates=4),
        request_for(QIJUE, "月", candidates=4, title="江上"),
        request_for(QILU, candidates=3, sampling=Sampling(0.5)),
        request_for(QIJUE, "山", candidates=4, words=("明月", "故人")),
        Request(make_plan(QIJUE, forced={(0, 0): "龘"}), candidates=4),
        request_for(OTHER, "春", candidates=2),
        Request(Wish(QIJUE, strict=True), candidates=4),
    ]


def test_every_request_has_the_poem_it_has_alone(writer: Writer) -> None:
    requests = _requests()
    seeds = list(range(10, 10 + len(requests)))
    for request, seed, poem in zip(requests, seeds, writer.write_together(requests, seeds), strict=True):
        alone = writer.write(request, seed)
        assert not isinstance(poem, UsageError)
        assert (poem.text, poem.seed, poem.form) == (alone.text, seed, alone.form)
        assert (poem.title, poem.words, poem.plan is None) == (alone.title, alone.words, alone.plan is None)
        assert poem.score == pytest.approx(alone.score, abs=1e-5)
        np.testing.assert_allclose(poem.allowed_mass, alone.allowed_mass, atol=1e-5)


@pytest.mark.parametrize("candidates", [7, 8, 10, 13])
def test_any_number_of_candidates_is_searched_by_line(writer: Writer, candidates: int) -> None:
    poem = writer.write(request_for(QIJUE, "春", candidates=candidates, title="江上"), 1)
    assert [len(line) for line in poem.lines] == [7] * 4


@pytest.mark.parametrize("length", [5, 7])
def test_the_best_of_each_request_go_on_and_no_two_alike(writer: Writer, monkeypatch, length: int) -> None:  # type: ignore[no-untyped-def]
    for name, kept in (("AT_PAUSE", 4), ("AT_END", 3), ("BETWEEN", 5)):
        monkeypatch.setattr(search, name, kept)
    narrowed = Counter[int]()

    class Kept(search.LineSearch):
        def rows(self, state, of, ids):  # type: ignore[no-untyped-def]
            going = super().rows(state, of, ids)
            place = len(ids) % (length + 1)
            even = place in (0, length - search.AFTER_PAUSE)
            kept = 5 if not even else 4 if place else 3
            for group in np.arange(24).reshape(2, 12) if going is not None else ():
                worth = {tuple(ids[:, row]): self.worth[row] for row in group}
                on = Counter(tuple(ids[:, row]) for row in going[group])
                assert set(going[group]) <= set(group)
                assert on.keys() == set(sorted(worth, key=worth.__getitem__)[-kept:])
                if even or len(on) < len(worth):
                    narrowed[place] += 1
                    assert max(on.values()) - min(on.values()) <= 1
                else:
                    assert going[group].tolist() == group.tolist()
            return going

    requests = [request_for(QIJUE if length == 7 else WUJUE, title="江上", candidates=12)] * 2
    poems = together.write_together(writer.model, requests, [1, 2], search=Kept)
    assert all(isinstance(poem, Poem) for poem in poems) and len(narrowed) == length + 1


def test_many_rows_are_decoded_by_parts(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = [request_for(WUJUE, candidates=3)] * 5
    whole = writer.write_together(requests, range(5))
    monkeypatch.setattr(together, "ROWS", 6)
    parts = writer.write_together(requests, range(5))
    assert [poem.text for poem in whole] == [poem.text for poem in parts]  # type: ignore[union-attr]


def test_a_wish_that_cannot_be_fulfilled_says_why_and_the_others_are_written(writer: Writer) -> None:
    bad = Request(Wish(QIJUE, rhyme=23, forced={(1, 6): "天"}), candidates=2)
    good = request_for(QIJUE, "春", candidates=2)
    found = writer.write_together([good, bad, good], [1, 2, 3])
    assert isinstance(found[1], UsageError) and "出韵" in str(found[1])
    assert [poem.text for poem in (found[0], found[2])] == [writer.write(good, seed).text for seed in (1, 3)]  # type: ignore[union-attr]


class Weighted:
    """Forces 1 at step 1. Rows that chose 0 at step 0 think it unlikely, so their group is drawn anew."""

    position = 0

    def start(self, batch: int) -> np.ndarray:
        return np.zeros(batch, dtype=int)

    def step(self, state, ids, features):
        p = np.full((len(ids), 3), 1e-6)
        if self.position == 0:
            p[:, :2] = 0.5
        else:
            p[:, 1], p[:, 2] = np.where(ids == 0, [[0.001], [0.999]], [[0.999], [0.001]])
        return np.log(p / p.sum(1, keepdims=True)).astype(np.float32), state

    def select(self, state, rows):
        return state[rows]

    # The guide's part.
    def features(self):
        return np.zeros((8, 1), dtype=int)

    def favoured(self):
        return None

    def allowed(self):
        return None if self.position == 0 else np.tile([False, True, False], (8, 1))

    def advance(self, ids):
        self.position += 1

    def finished(self):
        return self.position == 2

    def active(self):
        return np.ones(8, dtype=bool)


def test_resampling_stays_within_a_group() -> None:
    """Group 0 chose nothing but 0, group 1 half and half: only the second is drawn anew, among its own rows."""
    both = Weighted()
    both_as_guide = type("Guide", (), {})()
    for name in ("features", "allowed", "favoured", "advance", "finished", "active"):
        setattr(both_as_guide, name, getattr(both, name))
    selected: list[np.ndarray] = []
    both_as_guide.select = selected.append
    uniforms = np.zeros((2, 2, 5))
    uniforms[0, 0, :4] = 0.1
    uniforms[0, 1, :4] = [0.1, 0.9, 0.1, 0.1]
    uniforms[1, :, 4] = 0.5
    decoded = decode(both, both.start(8), np.zeros(8, dtype=int), both_as_guide, Sampling(), uniforms)
    assert [rows.tolist() for rows in selected] == [[0, 1, 2, 3, 5, 5, 5, 5]]
    assert decoded.ids[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


class Exact:
    """A stepper without rounding: its state is a whole number, its logits stand in a table."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.table = np.random.default_rng(0).normal(0, 2, (997, len(vocabulary))).astype(np.float32)
        self.table[:, [vocabulary.comma, vocabulary.stop, END]] += 5

    def start(self, batch):
        return np.zeros(batch, dtype=np.int64)

    def step(self, state, ids, features):
        state = (31 * state + 7 * ids + features @ np.arange(1, 1 + features.shape[1])) % 997
        return self.table[state], state

    def select(self, state, rows):
        return state[rows]

    def join(self, states):
        return np.concatenate(states)


@pytest.mark.parametrize("rows", [1, 3, 256])
def test_free_verse_takes_the_rows_that_others_leave(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """Poems of other lengths, openings and prefixes, more than there are rows: each is what it is alone."""
    writer = Writer(Model(Exact(vocabulary), vocabulary, {}))
    heads = ["春", "", "明月", "", "江南", "山"]
    requests = [request_for(OTHER, head, candidates=2, title="夜" * (i % 3)) for i, head in enumerate(heads)]
    alone = [writer.write(request, seed) for seed, request in enumerate(requests)]
    assert len({len(poem.text) for poem in alone}) > 2
    monkeypatch.setattr(together, "ROWS", rows)
    assert writer.write_together(requests, range(6)) == alone

"""The two readings side by side, and the choice by the plain one; what is stale."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import decoding
from charrnn_core.numerics import log_softmax
from charrnn_core.sampling import Sampling
from poetry.corpus.batches import TITLED, evaluation_batches
from poetry.critic import critic
from poetry.measuring.build_stale import added, overused
from poetry.measuring.evaluation import Verse, encoded
from poetry.measuring.scoring import token_nats
from poetry.slots.features import PLACE, TONES, WIDTH
from poetry.text.forms import QIJUE, WUJUE, WULU
from poetry.theme import eyes, vectors
from poetry.writing import model, search
from poetry.writing.empty import EMPTY
from poetry.writing.poem import Poem
from poetry.writing.request import request_for
from poetry.writing.search import NEAR, TAKEN_UP, LineSearch
from poetry.writing.telling import Telling
from poetry.writing.together import write_together
from poetry.writing.writer import Writer


@pytest.fixture(scope="module")
def writer(tiny_weights: Path) -> Writer:
    return Writer(model.load(tiny_weights))


@pytest.mark.parametrize("title", ["江上", ""])
def test_a_poem_is_worth_what_one_who_knows_the_title_alone_thinks_of_it(writer: Writer, title: str) -> None:
    worths = {}

    class Kept(LineSearch):
        def best(self) -> np.ndarray:
            rows = super().best()
            worths["best"] = self.worth[rows[0]]
            return rows

    request = request_for(QIJUE, title=title, candidates=8, critic_weight=0)
    (poem,) = write_together(writer.model, [request], [1], search=Kept)
    assert isinstance(poem, Poem)
    poems = encoded([Verse(tuple(poem.lines), title)], writer.model)
    batch = next(evaluation_batches(poems, np.arange(1), prefix=TITLED if title else 0))  # neither tones nor rhyme
    nats = token_nats(writer.model.stepper, batch)[batch.weights[:, 0], 0][:-1]  # without the end token
    known = eyes.words(title)
    taken = sum(worth for word, worth in known.items() if any(word in line for line in poem.lines))
    near = np.mean([cosine(line, title) for line in poem.lines])
    worth = -nats.mean() + NEAR * near + TAKEN_UP * taken / (sum(known.values()) or 1)
    assert worths["best"] == pytest.approx(worth, abs=1e-5)


def cosine(text: str, title: str) -> float:
    """Of the sums of the meanings of their pairs of Hanzi; 0 where one has none."""
    words = vectors.shipped()
    one, other = (sum(words.meaning(t[k : k + 2]) for k in range(len(t) - 1)) for t in (text, title))
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other)) if title else 0.0


def test_what_is_taken_up_is_weighed_by_how_surely_poems_name_it(writer: Writer) -> None:
    v, title = writer.model.vocabulary, "江边明月"
    known = eyes.words(title)
    words = search.title_words(title, v)
    lines = ["明月照江水", "水江照月明", "春风春水生"]
    ids = np.array([v.ids(line) for line in lines]).T
    whole = sum(worth for word, worth in known.items() if all(c in v for c in word))
    expected = [sum(worth for word, worth in known.items() if word in line) / whole for line in lines]
    assert search.share_of(words, ids) == pytest.approx(expected) and 0 < expected[1] < expected[0]
    assert not search.share_of([], ids).any()


def test_no_key_word_is_empty(writer: Writer) -> None:
    for seed in range(5):
        words = writer.write(request_for(QIJUE, title="江上", candidates=8), seed).words
        assert words and not set("".join(words)) & set(EMPTY)


def test_guidance_draws_what_the_title_adds_and_plainness_what_the_plain_reader_says(writer: Writer) -> None:
    stepper, v = writer.model.stepper, writer.model.vocabulary
    ids, slots = np.array([v.id("月"), v.id("山")]), np.zeros((2, WIDTH), dtype=np.int64)
    slots[:, [PLACE, TONES]] = [[3, 4], [2, 5]]
    plainly = slots.copy()
    plainly[:, TONES] = 0
    told, plain = (log_softmax(stepper.step(stepper.start(2), ids, each)[0]) for each in (slots, plainly))
    for weight in (2.0, -0.3):
        telling = Telling(stepper, weight)
        mixed, state = telling.step(telling.begun(stepper.start(2), stepper.start(2), 2), ids, slots)
        np.testing.assert_allclose(mixed, told + weight * (told - plain), atol=2e-4)
    np.testing.assert_allclose(state.counted(ids), [told[[0, 1], ids], plain[[0, 1], ids]], atol=1e-4)
    swapped = telling.select(state, np.array([1, 1]))
    np.testing.assert_allclose(swapped.counted(ids[[1, 1]])[:, 0], state.counted(ids)[:, 1])
    alone, _ = telling.step(telling.begun(stepper.start(2), None, 2), ids, slots)
    np.testing.assert_allclose(alone, told, atol=1e-4)


def test_plainness_draws_as_the_plain_reader_would(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 1, greedily, nothing of the key words is left, but for what is drawn oftener for their sake."""
    monkeypatch.setattr(decoding, "FAVOUR", np.float32(0))
    monkeypatch.setattr(search, "MATTER", 0.0)
    settings = {"candidates": 2, "sampling": Sampling(temperature=0), "critic_weight": 0, "plainness": 1}
    one = writer.write(request_for(WUJUE, title="江上", **settings), 1)
    other = writer.write(request_for(WUJUE, title="江上", words=("明月", "故人"), **settings), 1)
    mixed = writer.write(request_for(WUJUE, title="江上", **settings | {"plainness": 0.2}), 1)
    assert one.lines == other.lines != mixed.lines


def test_stale_is_what_the_machine_says_oftener_than_poets_do() -> None:
    machine = [["不知何处去", "明月照高楼"], ["不知何处在", "春草满汀洲"]] * 50
    poets = [["明月照高楼", "流光正徘徊"], ["不知天上人", "春草满汀洲"], *[["青山横北郭", "白水绕东城"]] * 98]
    found = dict(overused(machine, poets))
    assert found["不知"] == pytest.approx(2.0 / 100)  # in every poem of the machine's, in one of a hundred of poets'
    assert found["不知何"] == pytest.approx(2.0 / 200)  # poets never say it: it counts half a time
    assert found["明月"] == pytest.approx(2.0 / 50) and "青山" not in found
    assert dict(overused(poets, machine)).keys() & {"青山", "不知"} == {"青山"}


def test_what_is_listed_as_stale_stays_so() -> None:
    assert added({"不知": 0.2, "何处": 0.1}, [("夜深", 0.4), ("不知", 0.5)]) == {"不知": 0.1, "何处": 0.1, "夜深": 0.4}


class Opinionated:
    """A critic that likes rows at random in what it says of couplets, and nothing else."""

    def scores(self, poems: np.ndarray, titles: np.ndarray) -> np.ndarray:
        found = np.zeros((len(poems), len(critic.HEADS)), dtype=np.float32)
        found[:, critic.COUPLET] = np.random.default_rng(poems.sum() % 2**32).normal(0, 50, len(poems))
        return found


@pytest.mark.parametrize(("form", "heard"), [(QIJUE, False), (WULU, True)])
def test_what_the_critic_says_of_couplets_counts_in_regulated_octaves_alone(tiny_weights: Path, form, heard) -> None:
    loaded = model.load(tiny_weights)
    loaded.__dict__["critic"] = Opinionated()
    request = request_for(form, title="江上", candidates=16, critic_weight=1.0)
    silent = replace(request, critic_weight=0.0)
    lines = [Writer(loaded).write(wanted, 3).lines for wanted in (request, silent)]
    assert (lines[0] != lines[1]) is heard

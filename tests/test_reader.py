"""What the plain reader draws and thinks of a poem, guidance in the plan, and what is stale."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import decoding
from charrnn_core.numerics import log_softmax
from charrnn_core.sampling import Sampling
from poetry.critic import critic
from poetry.measuring.build_stale import added, overused
from poetry.slots.features import HERE, LINE, PLACE, RHYME, TONES, WIDTH
from poetry.text.forms import QIJUE, WUJUE, WULU
from poetry.text.vocab import BODY, KEY
from poetry.theme import eyes, vectors
from poetry.writing import model, search
from poetry.writing.empty import EMPTY
from poetry.writing.guidance import Guidance
from poetry.writing.poem import Poem
from poetry.writing.reading import continuation_logprobs, state_before_last
from poetry.writing.request import beginning, request_for
from poetry.writing.search import NEAR, TAKEN_UP, LineSearch
from poetry.writing.together import write_together
from poetry.writing.writer import Writer


@pytest.fixture(scope="module")
def writer(tiny_weights: Path) -> Writer:
    return Writer(model.load(tiny_weights))


@pytest.mark.parametrize("title", ["江上", ""])
def test_a_poem_is_worth_what_one_who_has_read_title_and_plan_thinks_of_it(writer: Writer, title: str) -> None:
    worths = {}

    class Kept(LineSearch):
        def best(self) -> np.ndarray:
            rows = super().best()
            worths["best"] = self.worth[rows[0]]
            return rows

    request = request_for(QIJUE, title=title, candidates=8, critic_weight=0)
    (poem,) = write_together(writer.model, [request], [1], search=Kept)
    assert isinstance(poem, Poem)
    before = [*beginning(request, writer.model), *planned(poem.words, writer), BODY]
    plain = poem.plan.features[:, None].astype(np.int64)
    plain[..., [TONES, RHYME, HERE]] = 0
    ids = np.array([writer.model.vocabulary.ids(poem.text)]).T
    nats = -continuation_logprobs(writer.model.stepper, before, plain, ids)
    known = eyes.words(title)
    taken = sum(worth for word, worth in known.items() if any(word in line for line in poem.lines))
    near = np.mean([cosine(line, title) for line in poem.lines])
    worth = -nats.mean() + NEAR * near + TAKEN_UP * taken / (sum(known.values()) or 1)
    assert worths["best"] == pytest.approx(worth, abs=1e-5)


def planned(words: Sequence[str], writer: Writer) -> list[int]:
    """The ids of a plan of key words as it is read."""
    return [i for word in words for i in (KEY, *writer.model.vocabulary.ids(word))]


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


def test_guidance_draws_what_the_title_adds(writer: Writer) -> None:
    stepper, v = writer.model.stepper, writer.model.vocabulary
    ids, nothing = np.array([v.id("月"), v.id("山")]), np.zeros((2, WIDTH), dtype=np.int64)
    titled = stepper.step(stepper.start(2), np.array([v.id("江"), v.id("春")]), nothing)[1]
    told, untold = (log_softmax(stepper.step(state, ids, nothing)[0]) for state in (titled, stepper.start(2)))
    guidance = Guidance(stepper, 2.0)
    mixed, state = guidance.step(guidance.begun(titled, stepper.start(2), 2), ids, nothing)
    np.testing.assert_allclose(mixed, told + 2 * (told - untold), atol=2e-4)
    np.testing.assert_allclose(state.counted(ids), [told[[0, 1], ids], untold[[0, 1], ids]], atol=1e-4)
    swapped = guidance.select(state, np.array([1, 1]))
    np.testing.assert_allclose(swapped.counted(ids[[1, 1]])[:, 0], state.counted(ids)[:, 1])
    alone, _ = guidance.step(guidance.begun(titled, None, 2), ids, nothing)
    np.testing.assert_allclose(alone, told, atol=1e-4)


def test_several_candidates_are_drawn_as_the_plain_reader_would(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Greedily, but for what is drawn oftener for the sake of matter: the likeliest of what the rules allow, to one who
    has read the title and the plan, and is told of no slot what it wants."""
    monkeypatch.setattr(decoding, "FAVOUR", np.float32(0))
    greedy = {"sampling": Sampling(temperature=0), "critic_weight": 0, "repeats": True, "copies": True}
    poem = writer.write(request_for(WUJUE, title="江上", candidates=2, **greedy), 1)
    v, stepper = writer.model.vocabulary, writer.model.stepper
    before = [*beginning(request_for(WUJUE, title="江上"), writer.model), *planned(poem.words, writer)]
    state = state_before_last(stepper, [[*before, BODY]])
    slots = np.zeros((1, WIDTH), dtype=np.int64)
    slots[0, [PLACE, LINE]] = 1, 0
    logprobs = log_softmax(stepper.step(state, np.array([BODY]), slots)[0])[0]
    fits = writer.model.sets().admitted(poem.plan.slots[0].tone)
    assert poem.text[0] == v.tokens[int(np.where(fits, logprobs, -np.inf).argmax())]


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

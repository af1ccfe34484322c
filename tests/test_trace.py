"""A trace reads what the network did: its probabilities are those of decoding, and planted units are found."""

import numpy as np
import pytest

from charrnn_core.errors import UsageError
from poetry.text.forms import QIJUE, WUPAI
from poetry.writing import model
from poetry.writing.request import request_for
from poetry.writing.trace import Trace, find_units, plan_of, trace
from poetry.writing.writer import Writer

LINES = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]  # 王之涣 (688-742)


@pytest.fixture(scope="module")
def writer(tiny_weights):
    return Writer(model.load(tiny_weights))


@pytest.mark.parametrize("words", [(), ("明月", "山")])
def test_the_probabilities_are_those_of_decoding(writer, words):
    """One candidate's lines are told what is wished for; of several, none."""
    several = writer.write(request_for(QIJUE, "春", words=words), seed=1)
    found = trace(writer.model, several.plan, several.text, several.words, told=False)
    assert np.log(found.probability).mean() == pytest.approx(several.score, abs=1e-4)
    poem = writer.write(request_for(QIJUE, "春", words=words, candidates=1), seed=1)
    assert poem.words[: len(words)] == words and poem.asked == tuple(words + ("",) * (4 - len(words)))
    found = trace(writer.model, poem.plan, poem.text, poem.words, poem.asked)
    assert np.log(found.probability).mean() == pytest.approx(poem.score, abs=1e-4)
    assert [layer.shape[0] for layer in found.hidden] == [32, 32]
    for slot, best in enumerate(found.likeliest):
        chances = [chance for _, chance in best]
        assert len(best) == 8 and chances == sorted(chances, reverse=True)
        assert found.probability[slot] <= chances[0] + 1e-6


def test_the_plan_of_a_human_poem_has_its_rhyme(writer):
    plan = plan_of(LINES)
    assert [slot.rhyme > 0 for slot in plan.slots if slot.position == 4] == [False, True, False, True]
    text = "".join(line + "，。"[i % 2] for i, line in enumerate(LINES))
    assert trace(writer.model, plan, text).text == text
    assert plan_of(LINES * 3).form.name == WUPAI.name


def test_what_is_no_such_poem_is_refused(writer):
    with pytest.raises(UsageError, match="no 绝句"):
        plan_of(["春眠", "不觉晓"])
    with pytest.raises(UsageError, match="slots"):
        trace(writer.model, plan_of(LINES), "白日依山尽，")


def test_a_planted_unit_is_found_and_noise_stays_below_the_control(writer):
    rng = np.random.default_rng(0)
    plan = plan_of(LINES)
    rhyming = np.array([slot.rhyme > 0 for slot in plan.slots], dtype=float)
    traces = []
    for _ in range(12):
        hidden = rng.normal(size=(len(plan.slots), 50))
        hidden[:, 7] = -rhyming + 0.1 * hidden[:, 7]
        traces.append(Trace("", plan, np.ones(1), (), (hidden, rng.normal(size=hidden.shape))))
    best = find_units(traces, 0, rng)[0]
    assert (best.feature, best.unit) == ("rhyme needed", 7) and best.correlation < -0.9 and best.control < 0.4
    assert all(abs(found.correlation) < found.control for found in find_units(traces, 1, rng))


def test_too_few_poems_are_refused():
    with pytest.raises(UsageError, match="too few"):
        find_units([], 0, np.random.default_rng(0))

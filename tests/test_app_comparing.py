"""What the app asks of the three networks: the library's answers, told and untold, though they watch the clock."""

import numpy as np
import pytest

from apps import comparing, networks
from apps.networks import Networks, Timed
from charrnn_core.errors import UsageError
from poetry.writing import model as models
from poetry.writing.poem import Poem
from poetry.writing.trace import gates, plan_of, trace

LINES = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]  # 王之涣 (688-742)
TEXT = "".join(line + "，。"[i % 2] for i, line in enumerate(LINES))
OTHERS = "青山横北郭，白水绕东城。此地一为别，孤蓬万里征。"  # 李白 (701-762)


@pytest.fixture
def tiny(monkeypatch, tiny_weights):
    """The app with a tiny LSTM, and one poem that counts as its own."""
    loaded = models.load(tiny_weights)
    monkeypatch.setattr(networks.model, "shipped", lambda cell: loaded)
    monkeypatch.setattr(networks, "writer", Networks().writer)
    own = Poem("五绝", OTHERS, 1, 0.0, plan_of([line for line in OTHERS.replace("。", "，").split("，") if line]))
    monkeypatch.setattr(comparing, "_own", lambda cell: [own])
    comparing._own_poems.cache_clear()
    yield loaded
    comparing._own_poems.cache_clear()


def test_a_network_is_loaded_once_and_watches_the_clock(tiny, monkeypatch):
    calls = []
    monkeypatch.setattr(networks.model, "shipped", lambda cell: calls.append(cell) or tiny)
    mine, other = Networks(), Networks()
    assert mine.writer("gru") is mine.writer("gru") is not other.writer("gru")
    assert calls == ["gru", "gru"] and isinstance(mine.writer("gru").model.stepper, Timed)
    with pytest.raises(UsageError):
        mine.writer("transformer")


@pytest.mark.parametrize("told", [True, False])
def test_gates_along_a_pasted_poem_are_the_librarys(tiny, told):
    text, found = comparing.opening("lstm", None, TEXT, told)
    expected = gates(tiny, plan_of(LINES), TEXT, told=told)
    assert text == TEXT and [(gate.layer, gate.name) for gate in found] == [
        (layer, name) for layer in (0, 1) for name in ("input", "forget", "output")
    ]
    for gate in found:
        values = expected[gate.layer][gate.name]
        assert np.array_equal(gate.mean, values.mean(axis=1)) and gate.shares[0] == pytest.approx(values.mean())
        assert len(gate.units) == 3
        for unit, along in gate.units:
            assert np.array_equal(along, values[:, unit])


def test_a_network_without_gates_says_so(tiny, monkeypatch):
    monkeypatch.setattr(comparing, "gates", lambda *_, **__: ({}, {}))
    with pytest.raises(UsageError, match="RNN"):
        comparing.opening("rnn", None, TEXT, True)


def test_what_is_untold_is_not_read(tiny):
    answers = {told: comparing.activations("lstm", None, TEXT, 1, 3, told)[1] for told in (True, False)}
    for told, values in answers.items():
        assert np.array_equal(values, trace(tiny, plan_of(LINES), TEXT, told=told).hidden[1][:, 3])
    assert not np.allclose(answers[True], answers[False])
    with pytest.raises(UsageError):
        comparing.activations("lstm", None, TEXT, 1, 12, True)


def test_all_networks_can_read_one_poem(tiny):
    poem = Poem("五绝", TEXT, 1, 0.0, plan_of(LINES))
    found = comparing.expected("lstm", poem, "")
    whole = trace(tiny, plan_of(LINES), TEXT)
    assert found.likeliest == whole.likeliest and found.text == TEXT and found.hidden == ()
    assert comparing.expected("lstm", poem, OTHERS).text == OTHERS  # what was pasted goes before
    with pytest.raises(UsageError):
        comparing.expected("lstm", None, "")


def test_similar_passages_are_looked_for_in_the_networks_own_poems(tiny):
    pattern, rows = comparing.alike("lstm", None, TEXT, 1, 3, "黄河", True)
    own = trace(tiny, comparing._own("lstm")[0].plan, OTHERS).hidden[1][:, 3]
    values = trace(tiny, plan_of(LINES), TEXT).hidden[1][6:8, 3]
    assert np.array_equal(pattern.values, values) and (pattern.before, pattern.after) == ("依山尽，", "入海流。")
    windows = np.lib.stride_tricks.sliding_window_view(own.astype(np.float64), 2)
    assert rows[0].distance == pytest.approx(np.sqrt(((windows - values) ** 2).mean(axis=1)).min(), abs=1e-6)
    assert [row.distance for row in rows] == sorted(row.distance for row in rows) and len(rows) <= comparing.ALIKE
    assert OTHERS.count(rows[0].text) and np.array_equal(
        rows[0].values, own[(at := OTHERS.find(rows[0].text)) : at + 2]
    )
    for bad in ("", "长江"):
        with pytest.raises(UsageError):
            comparing.alike("lstm", None, TEXT, 1, 3, bad, True)


def test_a_poem_of_its_own_is_not_found_in_itself(tiny):
    own = comparing._own("lstm")[0]
    _, rows = comparing.alike("lstm", own, "", 0, 2, "青山横北郭", True)
    assert all(row.text != "青山横北郭" for row in rows)

"""What is shown of a network: gates, saturation, reach at one place, similar passages, a training's page."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from charrnn_core import explain
from charrnn_core.cells import CELLS, CellWeights, gate_values
from charrnn_core.errors import UsageError
from charrnn_core.lab import char_files, vanilla
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.interpret import reach, similar, training_page, units
from charrnn_core.lab.interpret.gates import sections, shares, swinging
from charrnn_core.lab.interpret.starter_page import reach_section
from poetry import gates as gates_command
from poetry.writing import model
from poetry.writing.trace import gates, plan_of, trace
from poetry.writing.writer import Writer

LINES = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]  # 王之涣 (688-742)
POEM = "".join(line + "，。"[i % 2] for i, line in enumerate(LINES))


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_gates_are_those_of_the_step(cell):
    """The state that follows from the gates is the state that the step gives."""
    rng, H, G = np.random.default_rng(0), 5, CELLS[cell].gates
    w = CellWeights(*(rng.normal(size=s) for s in ((G * H, 3), (G * H, H), (G * H,), (G * H,))))
    x = rng.normal(size=(2, 3))
    state = tuple(rng.normal(size=(2, H)) for _ in range(CELLS[cell].state_arrays))
    found, new = gate_values(cell, w, x, state), CELLS[cell].step(w, x, state)
    part = slice(2 * H, 3 * H)
    a = x @ w.weight_ih[part].T + w.bias_ih[part]
    c = state[0] @ w.weight_hh[part].T + w.bias_hh[part]
    if cell == "gru":
        n = np.tanh(a + found["reset"] * c)
        assert np.allclose(new[0], (1 - found["update"]) * n + found["update"] * state[0], atol=1e-12)
    else:
        memory = found["forget"] * state[1] + found["input"] * np.tanh(a + c)
        assert np.allclose(new[1], memory, atol=1e-12)
        assert np.allclose(new[0], found["output"] * np.tanh(memory), atol=1e-12)
    assert gate_values("rnn", w, x, state) == {}


def test_gates_over_a_poem_equal_torch(tiny_weights):
    loaded = model.load(tiny_weights)
    # attention adds nothing here: the second layer reads the first one's states, which the trace has
    stepper = replace(loaded.stepper, attention_out=np.zeros_like(loaded.stepper.attention_out))
    writer, plan = Writer(replace(loaded, stepper=stepper)), plan_of(LINES)
    found = gates(writer.model, plan, POEM)
    assert [sorted(layer) for layer in found] == [["forget", "input", "output"]] * 2
    # the second layer's gates again, by torch, from the first layer's states of the trace
    x = torch.tensor(trace(writer.model, plan, POEM).hidden[0][1:])
    h = torch.tensor(trace(writer.model, plan, POEM).hidden[1][:-1])
    w = stepper.layers[1]
    sums = x @ torch.tensor(w.weight_ih).T + h @ torch.tensor(w.weight_hh).T + torch.tensor(w.bias_ih + w.bias_hh)
    i, f, _, o = torch.sigmoid(sums).chunk(4, dim=1)
    for name, expected in (("input", i), ("forget", f), ("output", o)):
        assert np.allclose(found[1][name][1:], expected.numpy(), atol=1e-5), name


def test_what_is_untold_does_not_reach_the_network(tiny_weights):
    writer = Writer(model.load(tiny_weights))
    plan, other = plan_of(LINES), plan_of(["红日依山近", "黄河入海流", "欲穷千里目", "更上一层楼"])
    other_tones = plan_of(["青山横北郭", "白水绕东城", "此地一为别", "孤蓬万里征"])
    untold = [trace(writer.model, p, POEM, told=False).hidden[1] for p in (plan, other_tones)]
    assert np.array_equal(*untold)  # two plans of other tones and rhymes, the same places
    told = [trace(writer.model, p, POEM).hidden[1] for p in (plan, other_tones)]
    assert not np.allclose(*told)
    open_, blind = (gates(writer.model, other, POEM, told=told)[0]["input"] for told in (True, False))
    assert not np.array_equal(open_, blind)
    with pytest.raises(UsageError):
        gates(writer.model, plan, POEM[:-1])


def test_sections_show_the_gates(tmp_path, capsys):
    values = np.array([[0.0, 0.5, 1.0], [0.05, 0.5, 0.0], [0.0, 0.5, 1.0]])
    assert shares(values) == (pytest.approx(3.55 / 9), pytest.approx(4 / 9), pytest.approx(2 / 9))
    assert swinging(values, 1) == [2]
    shown = sections("a<b", {"forget": values}, "layer <0>")
    assert "layer &lt;0&gt;" in shown and "forget[2]" in shown and shown.count("<section>") == 4
    page = tmp_path / "g.html"
    assert gates_command.main([POEM, "--cell", "gru", "--page", str(page)]) == 0
    assert "update" in capsys.readouterr().out and "白" in page.read_text(encoding="utf-8")
    assert gates_command.main(["春眠不觉晓"]) == 2


@pytest.fixture
def network() -> CharModel:
    """A network whose unit 0 is +1 after 'a' and -1 after anything else."""
    p = vanilla.views(np.zeros(vanilla.count(4, 3)), 4, 3)
    alphabet = Alphabet.of("ab :")
    p.columns[:, 0] = -9
    p.columns[alphabet.id("a"), 0] = 9
    p.Why[:] = np.random.default_rng(0).normal(size=p.Why.shape)
    return CharModel(p, alphabet)


def test_similar_passages_are_those_with_the_same_pattern(network):
    text = "abb  aab bba abb: abb b a"
    found = similar.passages(network, text, 0, 3, unit=0, count=3)  # the pattern + - -
    assert [text[p.start : p.start + 3] for p in found] == ["ab ", "a a", "abb"] or all(
        p.distance < 1e-6 and text[p.start] == "a" and "a" not in text[p.start + 1 : p.start + 3] for p in found
    )
    assert found[0].start != 0 and [p.distance for p in found] == sorted(p.distance for p in found)
    starts = sorted(p.start for p in found)
    assert all(b - a >= 3 for a, b in pairwise(starts))
    for bad in ((0, 3, 9), (0, 99, 0), (-1, 3, 0)):
        with pytest.raises(UsageError):
            similar.passages(network, text, bad[0], bad[1], bad[2])


def test_saturation_is_a_share(network):
    hidden = network.read("ab a")[1:]
    assert units.saturated(hidden) == pytest.approx(1 / 3)  # unit 0 always, units 1 and 2 never


def test_lengths_that_are_near_each_other_are_told_apart():
    near = reach_section("abc", np.array([1.0, 0.5, 0.25]), "d")
    assert "white 0.1 of it" in near and len(set(re.findall(r"rgb\([^)]*\)", near))) == 3
    far = reach_section("abc", np.array([1e-9, 1e-5, 1.0]), "d")
    assert "white 1e-06 of it" in far
    assert re.findall(r"rgb\([^)]*\)", far)[::2] == ["rgb(255,255,255)", "rgb(255,125,125)"]


def test_a_starters_page_and_similar_passages_on_the_command_line(network, tmp_path, capsys):
    path, text, page = tmp_path / "w.safetensors", tmp_path / "t.txt", tmp_path / "p.html"
    char_files.save(path, network, {})
    text.write_text("ab : aab b:\n\n" * 40, encoding="utf-8")
    base = ["--weights", str(path), "--text", str(text), "--top", "2"]
    assert explain.main([*base, "ab:", "--page", str(page), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    before = network.read(("ab : aab b:" * 40)[:200])[-1]
    assert len(record["reach"]) == 3
    assert record["reach"] == pytest.approx(
        list(reach.back_from(network, "ab:" + record["next"][0], 2, before)), rel=1e-6
    )
    assert "<svg" in page.read_text(encoding="utf-8") and "‖dL/dx‖" in page.read_text(encoding="utf-8")
    assert explain.main([*base, "ab", "--similar", "0"]) == 0
    assert "⟪a" in capsys.readouterr().out
    for bad in (["ab", "--similar", "9"], ["ab", "--similar", "0", "--units"], ["", "--similar", "0"]):
        assert explain.main([*base, *bad]) == 2


def test_a_trainings_page_shows_first_and_last_sample():
    ratio = {"Wxh": 0.1, "Whh": 0.01, "Why": 0.02}
    records = [
        {"iteration": i, "smooth": 90.0 - i, "gradient_norm": 5.0, "update_to_weight": ratio, "sample": f"<sample {i}>"}
        for i in range(1, 11)
    ]
    page = training_page.page(records, "run")
    assert page.count("<svg") == 3 and page.count("<pre>") == 4
    assert "&lt;sample 1&gt;" in page and "&lt;sample 10&gt;" in page and "&lt;sample 2&gt;" not in page
    assert "<svg" not in training_page.page([], "run")

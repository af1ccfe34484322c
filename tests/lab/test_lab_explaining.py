"""The laboratory's explanations: paths, ablation, units, pages."""

import json

import numpy as np
import pytest

from charrnn_core import explain
from charrnn_core.lab import vanilla
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.interpret import ablation, page, paths, units
from tests.lab.little import TEXT, run


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
    code, out, _ = run(explain.main, [*arguments, "--page", str(html), "--picture", str(png)], capsys)
    assert code == 0 and "inside a speaker's name" in out
    assert png.read_bytes()[:4] == b"\x89PNG"
    content = html.read_text(encoding="utf-8")
    assert content.count("<section>") >= 1 and "next: " in content and "http" not in content
    hostile = page.page(trained, "a" * 5, [(0, "<script>alert(1)</script>")], "<b>")
    assert "<script>" not in hostile and "<b>" not in hostile


def test_explain_command(weights_file, text_file, capsys):
    base = ["--weights", str(weights_file), "--text", str(text_file)]
    code, out, _ = run(explain.main, [*base, "ANNA:", "--json"], capsys)
    assert code == 0 and json.loads(out)["next"] == "\n"
    assert "Wxh[" in run(explain.main, [*base, "ANNA:"], capsys)[1]
    for bad in ([], ["é"], [""], ["a", "--units"], ["a", "--top", "0"], ["a", "--next", "é"]):
        code, out, error = run(explain.main, [*base, *bad], capsys)
        assert code == 2 and out == "" and error.count("\n") == 1, bad

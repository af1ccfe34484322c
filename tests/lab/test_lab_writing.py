"""The laboratory's samples and completions."""

import numpy as np

from charrnn_core import complete, sample
from charrnn_core.lab.writing import by_gumbel, by_softmax, continue_text
from charrnn_core.numerics import softmax
from tests.lab.little import TEXT, run


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
    code, out, error = run(sample.main, arguments, capsys)
    assert code == 0 and error == ""
    assert out.splitlines()[0].split() == ["alpha", "=", "5", "alpha", "=", "1", "alpha", "=", "0.1"]
    assert run(sample.main, arguments, capsys)[1] == out
    for bad in (["--temperatures", "0"], ["--temperatures", "x"], ["-n", "0"], ["--width", "1"], ["--start", "é"]):
        code, out, error = run(sample.main, ["--weights", str(weights_file), *bad], capsys)
        assert code == 2 and error.count("\n") == 1, bad


def test_complete_goes_on_from_the_starter(weights_file, text_file, tmp_path, capsys):
    base = ["--weights", str(weights_file), "-n", "30", "--seed", "3"]
    code, out, _ = run(complete.main, [*base, "\n\nKING:\nmy lord the ki", "--temperature", "0"], capsys)
    assert code == 0 and out.startswith("\n\nKING:\nmy lord the ki⟫ng") and len(out) == 22 + 1 + 30 + 1
    starter = tmp_path / "s.txt"
    starter.write_text("my lord ", encoding="utf-8")
    assert run(complete.main, [*base, "--file", str(starter)], capsys)[1].startswith("my lord ⟫")
    assert len(run(complete.main, [*base, "--random-from", str(text_file), "--context", "40"], capsys)[1]) == 72
    code, _, error = run(complete.main, [*base, "the kéng"], capsys)
    assert code == 2 and "'é'" in error and "--skip-unknown" in error
    code, _, error = run(sample.main, ["--weights", str(weights_file), "--start", "the kéng"], capsys)
    assert code == 2 and "'é'" in error and "--skip-unknown" not in error  # which sample has not
    assert run(complete.main, [*base, "the kéng", "--skip-unknown"], capsys)[0] == 0
    for bad in ([], [""], ["é", "--skip-unknown"], ["a", "--file", str(starter)], ["the", "-n", "-1"], ["\ud800"]):
        code, _, error = run(complete.main, [*base, *bad], capsys)
        assert code == 2 and error.count("\n") == 1, bad

"""Learning from examples: what is read, what is told, and the examples become likelier."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from charrnn_core import weights
from charrnn_core.errors import UsageError
from poetry import export, fit_examples, fit_marks, fit_rhymes, train
from poetry.corpus.batches import TITLED, assemble
from poetry.corpus.encoding import Encoded
from poetry.text.forms import OTHER, WUJUE
from poetry.text.vocab import START, TITLE
from poetry.training import data, examples, lessons, stage
from poetry.training.examples import Stage
from poetry.training.lessons import Example
from poetry.training.network import Network, NetworkConfig
from poetry.writing.model import Model
from poetry.writing.request import beginning, request_for

LINES = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")
SEVERAL = [Example("登楼", LINES)] * 24


@pytest.fixture(scope="module")
def corpus(own_corpus: Path) -> Encoded:
    return data.load(own_corpus)


def network(corpus: Encoded) -> Network:
    torch.manual_seed(4)
    return Network(NetworkConfig("lstm", len(corpus.vocabulary), 8, 12))


def test_examples_become_likelier(corpus: Encoded) -> None:
    stage = Stage(
        network(corpus), corpus, SEVERAL, torch.float32, learning_rate=1e-2, epochs=30, poems=8, human_tokens=100
    )
    before, after = stage.fit()
    assert after < 0.5 * before


def test_one_in_twenty_is_not_learned_from(corpus: Encoded, monkeypatch: pytest.MonkeyPatch) -> None:
    learned: set[int] = set()
    monkeypatch.setattr(Stage, "_learn", lambda self, loss, poems, rows: learned.update(rows.tolist()))
    before, after = Stage(network(corpus), corpus, SEVERAL, torch.float32).fit()
    assert learned == set(range(24)) - {0, 20}
    assert before == after


@pytest.mark.usefixtures("one_thread")
def test_equal_seeds_give_equal_networks(corpus: Encoded) -> None:
    found = []
    for _ in range(2):
        stage = Stage(network(corpus), corpus, SEVERAL, torch.float32, epochs=2, poems=8, human_tokens=100)
        stage.fit()
        found.append(stage.network.bias.detach().numpy().copy())
    assert (found[0] == found[1]).all()


def test_examples_are_told_apart_from_human_poems(corpus: Encoded) -> None:
    v = corpus.vocabulary
    poems = examples.encoded(SEVERAL[:2], v)
    batch = assemble(poems, np.arange(2), np.full(2, TITLED), None)
    assert batch.inputs[2:5, 0].tolist() == [v.id("<tang>"), v.id("<song>"), TITLE]
    human = assemble(corpus, np.arange(len(corpus)), np.full(len(corpus), TITLED), np.random.default_rng(1))
    assert not ((human.inputs[2] == v.id("<tang>")) & (human.inputs[3] == v.id("<song>"))).any()


@pytest.mark.parametrize("taught", [False, True])
def test_a_network_that_learned_from_examples_writes_like_them_unless_a_style_is_asked_for(
    corpus: Encoded, taught: bool
) -> None:
    v = corpus.vocabulary
    model = Model(None, v, {}, taught=taught)  # type: ignore[arg-type]  # nothing is read
    plain, tang = (beginning(request_for(WUJUE, title="楼", style=style), model) for style in ("", "唐"))
    assert plain == [START, v.form_id(WUJUE), *(v.taught if taught else []), TITLE, v.id("楼")]
    assert tang == [START, v.form_id(WUJUE), v.id("<tang>"), TITLE, v.id("楼")]
    assert beginning(request_for(OTHER), model) == [START, v.form_id(OTHER)]


def test_every_row_comes_once_with_others_of_its_length() -> None:
    lengths = np.array([20, 28, 20, 20, 28, 40])
    found = stage.shuffled(lengths, 2, np.random.default_rng(1))
    assert sorted(np.concatenate(found).tolist()) == list(range(6))
    assert all(len(set(lengths[rows])) == 1 and len(rows) <= 2 for rows in found)


def test_the_rate_rises_and_falls_to_nothing() -> None:
    rates = [stage.learning_rate(step, 100, 2.0) for step in range(100)]
    assert rates[0] == 0.1 and rates[19] == rates[40] == 2.0
    assert rates[70] == pytest.approx(1.0) and 0 < rates[99] < 0.04


def test_from_examples_to_a_weights_file(own_corpus: Path, tmp_path: Path) -> None:
    run, out, given = tmp_path / "run", tmp_path / "out.safetensors", tmp_path / "examples.jsonl"
    given.write_text("".join(json.dumps(vars(poem)) + "\n" for poem in SEVERAL), encoding="utf-8")
    marks = tmp_path / "marks.jsonl"
    rows = ({"title": "登楼", "lines": LINES, "words": [], "mark": mark, "sheet": "a"} for mark in (3, 4))
    marks.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    sizes = ["--embedding", "8", "--hidden", "12", "--threads", "1", "--steps", "2", "--batch-tokens", "400"]
    assert train.main(["--cell", "gru", "--data", str(own_corpus), "--out", str(run), *sizes]) == 0
    assert fit_examples.main([str(run), "--data", str(own_corpus), "--examples", str(given)]) == 0
    assert fit_marks.main([str(run), "--data", str(own_corpus), "--marks", str(marks)]) == 0
    assert fit_rhymes.main([str(run), "--data", str(own_corpus), "--poems", "5"]) == 0
    assert export.main([str(run), "-o", str(out)]) == 0
    best, taught = (
        weights.load(run / f"{name}.safetensors", kind="poetry-checkpoint")[0]["network.bias"]
        for name in ("best", "taught")
    )
    assert (best != taught).any()
    header = weights.load(out, kind="poetry")[1]
    settings = header["provenance"]["settings"]
    assert header["taught"]
    assert settings | {"examples": 24, "marks": 2} == settings  # the later step went on from the earlier


def test_wrong_use_is_one_line(own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.jsonl"
    for row in ("[]", '{"title": "春"}', '{"title": "春", "lines": []}', '{"title": "\\ud800", "lines": ["春"]}'):
        bad.write_text(row, encoding="utf-8")
        with pytest.raises(UsageError, match=r"bad.jsonl, line 1: no example"):
            lessons.examples(bad)
    for file in (bad, tmp_path / "none"):
        assert fit_examples.main([str(tmp_path), "--data", str(own_corpus), "--examples", str(file)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_too_few_examples_are_wrong_use(corpus: Encoded) -> None:
    with pytest.raises(UsageError, match="3 examples are too few"):
        Stage(network(corpus), corpus, SEVERAL[:3], torch.float32)
    with pytest.raises(UsageError, match="must be positive"):
        Stage(network(corpus), corpus, SEVERAL, torch.float32, epochs=0)

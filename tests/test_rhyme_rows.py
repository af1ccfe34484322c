"""The rows of the rhyme, fitted alone: an optimum, and nothing else touched."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from charrnn_core import weights
from poetry import export, fit_rhymes, train
from poetry.corpus.batches import evaluation_batches
from poetry.corpus.encoding import Encoded
from poetry.slots.features import FEATURE_SIZES, HERE
from poetry.training import data
from poetry.training.network import Network, NetworkConfig
from poetry.training.rhyme_rows import fit, fitted_row, rhyming_slots
from poetry.writing import model

FIRST = sum(FEATURE_SIZES[:HERE])


@pytest.fixture(scope="module")
def corpus(own_corpus: Path) -> Encoded:
    """The tiny corpus, every poem in one of three groups: poem n in group 1 + n % 3."""
    plain = data.load(own_corpus)
    groups = np.repeat(1 + np.arange(len(plain)) % 3, np.diff(plain.offsets))
    return replace(plain, rhyme=groups.astype(np.uint8))


@pytest.fixture
def network(corpus: Encoded) -> Network:
    torch.manual_seed(4)
    network = Network(NetworkConfig("lstm", len(corpus.vocabulary), 8, 12, dropout=0.5))
    for parameter in (network.repeat, network.repeat_bias):  # zero at first
        torch.nn.init.normal_(parameter, std=0.5)
    return network


def test_slots_that_rhyme_are_the_ends_of_lines(network: Network, corpus: Encoded) -> None:
    poems = np.array([0, 1, 4])
    slots = rhyming_slots(network, corpus, poems, most=99)
    assert sorted(slots) == [1, 2]
    ends = [corpus.tokens[corpus.offsets[poem] : corpus.offsets[poem + 1]] for poem in (0, 1, 4)]
    marks = {corpus.vocabulary.comma, corpus.vocabulary.stop}
    last = [[int(a) for a, b in pairwise(row) if int(b) in marks] for row in ends]
    assert sorted(slots[1][2].tolist()) == sorted(last[0])
    assert sorted(slots[2][2].tolist()) == sorted(last[1] + last[2])
    assert all(len(rhymes) == len(used) == len(u) for u, used, rhymes in slots.values())
    assert len(rhyming_slots(network, corpus, poems, most=3)[2][2]) == 3


def test_the_logits_there_are_those_of_the_network(network: Network, corpus: Encoded) -> None:
    poem = np.array([0])
    u, used, rhymes = rhyming_slots(network, corpus, poem, most=99)[1]
    batch = next(iter(evaluation_batches(corpus, poem, features=True)))
    network.eval()
    with torch.no_grad():
        whole = network.logits(*network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.features)))
        mine = network.logits(u + network.features_out[FIRST + 1], used)
    there = batch.features[..., HERE] == 1
    torch.testing.assert_close(mine, whole[torch.from_numpy(there)])
    assert rhymes.tolist() == batch.targets[there].tolist()


def test_the_fitted_row_is_the_optimum(network: Network, corpus: Encoded) -> None:
    """The gradient vanishes there, and the objective is convex: a finite difference any way from it goes up."""
    seen = rhyming_slots(network, corpus, np.arange(0, 60, 3), most=99)[1]
    row = network.features_out.detach()[FIRST + 1]
    best = fitted_row(network, row, seen)

    @torch.no_grad()
    def objective(v: torch.Tensor) -> float:
        logits = network.logits(seen[0] + v, seen[1]).double()
        nats = torch.nn.functional.cross_entropy(logits, seen[2])
        return float(nats + (v - row).double().square().sum() / len(seen[2]))

    lowest = objective(best)
    assert lowest < objective(row) - 0.01
    for way in torch.eye(8):
        assert min(objective(best + 0.05 * way), objective(best - 0.05 * way)) > lowest


def test_only_the_rows_of_groups_seen_change(network: Network, corpus: Encoded) -> None:
    before = {name: parameter.detach().clone() for name, parameter in network.named_parameters()}
    found = fit(network, corpus, poems=20)
    assert sorted(found) == [1, 2, 3]
    assert all(after < start for start, after in found.values())
    for name, parameter in network.named_parameters():
        changed = (parameter.detach() != before[name]).any(-1).nonzero().flatten().tolist()
        assert changed == ([FIRST + 1, FIRST + 2, FIRST + 3] if name == "features_out" else [])
    assert network.training


def test_from_a_run_to_a_weights_file(own_corpus: Path, tmp_path: Path) -> None:
    run, out = tmp_path / "run", tmp_path / "fitted.safetensors"
    sizes = ["--embedding", "8", "--hidden", "12", "--threads", "1", "--steps", "2", "--batch-tokens", "400"]
    assert train.main(["--cell", "gru", "--data", str(own_corpus), "--out", str(run), *sizes]) == 0
    assert fit_rhymes.main([str(run), "--data", str(own_corpus), "--poems", "5"]) == 0
    assert export.main([str(run), "-o", str(out)]) == 0
    fitted = weights.load(out, kind="poetry")[0]["features_out"]
    best = weights.load(run / "best.safetensors", kind="poetry-checkpoint")[0]["network.features_out"]
    assert 1 < (np.abs(fitted - best).max(1) > 0.05).sum() <= 106
    assert model.load(out).provenance["settings"]["rhymes_fitted_on"] == 5


def test_wrong_use_is_one_line(own_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fit_rhymes.main([str(tmp_path), "--data", str(own_corpus)]) == 2
    assert fit_rhymes.main([str(tmp_path), "--data", str(own_corpus), "--poems", "0"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2

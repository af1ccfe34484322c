"""Scores by the stepper equal torch's, poem by poem."""

import numpy as np
import pytest
import torch

from charrnn_core.stepper import NumpyStepper
from poetry.corpus.batches import evaluation_batches
from poetry.measuring.scoring import score, token_nats
from poetry.training.data import load
from poetry.training.network import Network, NetworkConfig
from poetry.training.perplexity import measure
from tests.conftest import header


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("features", [False, True])
def test_perplexity_equals_torch(own_corpus, cell, features):
    torch.manual_seed(3)
    corpus = load(own_corpus)
    network = Network(NetworkConfig(cell, len(corpus.vocabulary), 12, 20, 0.0))
    for name, parameter in network.named_parameters():  # biases that are not zero show a mistake
        if "bias" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    arrays = {name: p.detach().numpy() for name, p in network.named_parameters()}
    stepper = NumpyStepper.from_arrays(arrays, header(cell, corpus.vocabulary, 12, 20, attention=128))
    poems = np.arange(30)

    found = score(stepper, corpus.vocabulary, evaluation_batches(corpus, poems, features=features))
    expected = measure(network, corpus, poems, features=features)

    assert found.hanzi == expected.hanzi > 0
    assert found.nats == pytest.approx(expected.hanzi_nats, abs=1e-5)
    assert found.perplexity == pytest.approx(expected.hanzi_perplexity, rel=1e-5)


def test_only_counted_tokens_have_nats(own_corpus):
    corpus = load(own_corpus)
    network = Network(NetworkConfig("gru", len(corpus.vocabulary), 8, 8, 0.0))
    arrays = {name: p.detach().numpy() for name, p in network.named_parameters()}
    stepper = NumpyStepper.from_arrays(arrays, header("gru", corpus.vocabulary, 8, 8, attention=128))
    (batch,) = evaluation_batches(corpus, np.arange(4))
    nats = token_nats(stepper, batch)
    assert (nats[batch.weights] > 0).all() and not nats[~batch.weights].any()

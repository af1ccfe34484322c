"""The token above a slot: which one it is, that both engines know it, and networks from before it was told."""

import numpy as np
import pytest
import torch

from charrnn_core.stepper import NumpyStepper
from poetry.batches import evaluation_batches
from poetry.slots import PLACE
from poetry.training import checkpoint
from poetry.training.data import load
from poetry.training.network import Network, NetworkConfig, tokens_above
from tests.conftest import header, random_arrays

ABOVE = ("above_in", "above_out")


def _above(places: list[int], tokens: list[int]) -> list[int]:
    columns = (torch.tensor(values)[:, None] for values in (tokens, places))
    return tokens_above(*columns)[:, 0].tolist()


def test_by_hand():
    # a prefix (91, 92), 7 8 and a mark (51), 9 6 5 and a mark (52), then the slot after the poem; a token and the place
    # of the slot after it
    tokens = [91, 92, 7, 8, 51, 9, 6, 5, 52]
    places = [0, 1, 2, 3, 1, 2, 3, 4, 1]
    assert _above(places, tokens) == [0, 0, 0, 0, 7, 8, 0, 0, 9]


def test_a_place_that_the_line_before_lacks_shows_the_last_line_that_has_it():
    lines = [[11, 12, 13], [21, 22], [31, 32, 33]]
    tokens, places, expected = [99], [], []
    for number, line in enumerate(lines):
        tokens += [*line, 50]
        places += range(1, len(line) + 2)
        for place in range(len(line)):
            expected.append(next((above[place] for above in lines[:number][::-1] if place < len(above)), 0))
        expected.append(next((above[len(line)] for above in lines[:number][::-1] if len(line) < len(above)), 0))
    assert _above(places, tokens[:-1]) == expected


def test_couplets_of_a_corpus_stand_under_each_other(own_corpus):
    corpus = load(own_corpus)
    (batch,) = evaluation_batches(corpus, np.arange(2))
    above = tokens_above(torch.from_numpy(batch.inputs), torch.from_numpy(batch.features[..., PLACE])).numpy()
    for column in range(2):
        line = batch.features[:, column, 1][batch.weights[:, column]]
        counted = batch.weights[:, column]
        targets, over = batch.targets[:, column][counted][:-1], above[:, column][counted][:-1]
        length = int((line == 0).sum())  # its mark included
        assert (over[:length] == 0).all()
        lines = targets.reshape(4, length)
        np.testing.assert_array_equal(over.reshape(4, length)[1:, :-1], lines[:-1, :-1])
        assert not over.reshape(4, length)[:, -1].any()  # nothing stands above a mark: marks are told by their place


def test_it_tells_the_network_something(vocabulary):
    arrays = random_arrays("lstm", len(vocabulary), 8, 12)
    for name in ABOVE:
        without = arrays | {name: np.zeros((8, 8), np.float32)}
        about = header("lstm", vocabulary, 8, 12)
        logits = [_last_logits(NumpyStepper.from_arrays(a, about)) for a in (arrays, without)]
        assert np.abs(logits[0] - logits[1]).max() > 0.01


def test_a_network_without_it_computes_as_with_zeros(vocabulary):
    V, about = len(vocabulary), header("gru", vocabulary, 8, 12)
    zeros = random_arrays("gru", V, 8, 12) | {name: np.zeros((8, 8), np.float32) for name in ABOVE}
    absent = {name: array for name, array in zeros.items() if name not in ABOVE}
    expected = _last_logits(NumpyStepper.from_arrays(zeros, about))
    np.testing.assert_array_equal(_last_logits(NumpyStepper.from_arrays(absent, about)), expected)
    network = Network(NetworkConfig("gru", V, 8, 12))
    torch.nn.init.normal_(network.above_in)  # must not stay
    checkpoint.restore_network(network, {f"network.{name}": array for name, array in absent.items()})
    assert not network.above_in.any() and not network.above_out.any()


@pytest.mark.parametrize("kind", ["select", "join"])
def test_rows_keep_what_they_saw(vocabulary, kind):
    stepper = NumpyStepper.from_arrays(random_arrays("rnn", len(vocabulary), 8, 12), header("rnn", vocabulary, 8, 12))
    features = np.zeros((2, 5), dtype=np.int64)
    features[:, PLACE] = 2
    _, state = stepper.step(stepper.start(2), np.array([20, 30]), features)
    if kind == "select":
        state = stepper.select(state, np.array([1, 0]))
    else:
        state = stepper.join([stepper.select(state, np.array([row])) for row in (1, 0)])
    assert state[-1][0][:, 1].tolist() == [30, 20]


def _last_logits(stepper: NumpyStepper) -> np.ndarray:
    """After two lines of two characters, at the second place of the third."""
    state = stepper.start(1)
    for number, place in enumerate([0, 1, 2, 3, 1, 2, 3, 1, 2]):
        features = np.zeros((1, 5), dtype=np.int64)
        features[:, PLACE] = place
        logits, state = stepper.step(state, np.array([20 + number]), features)
    return logits

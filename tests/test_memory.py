"""What is looked up in the text: which tokens, by hand and by both engines; networks from before they looked."""

import copy

import numpy as np
import pytest
import torch

from charrnn_core import memory
from charrnn_core.stepper import LATER, NumpyStepper
from poetry.corpus.batches import evaluation_batches
from poetry.slots.features import PLACE, PLACES, WIDTH, WORD
from poetry.training import checkpoint
from poetry.training.data import load
from poetry.training.memory import tokens_above, tokens_used
from poetry.training.network import Network, NetworkConfig
from poetry.training.trainer import Trainer, TrainingConfig
from tests.conftest import header, random_arrays

# A prefix (91, 92), a line 7 8 and its mark, a line 9 7 5 and its mark; for each token the place of the slot after it
TOKENS = [91, 92, 7, 8, 51, 9, 7, 5, 52]
NEXT_PLACES = [0, 1, 2, 3, 1, 2, 3, 4, 1]


def _columns(*rows: list[int]) -> list[torch.Tensor]:
    return [torch.tensor(row)[:, None] for row in rows]


def test_above_by_hand():
    above = tokens_above(*_columns(TOKENS, NEXT_PLACES))[:, 0]
    assert above[:, 0].tolist() == [0, 0, 0, 0, 7, 8, 0, 0, 9]
    assert above[:, 1].tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 7]


def test_used_by_hand():
    used = tokens_used(*_columns(TOKENS, NEXT_PLACES))[:, 0]
    found = [sorted(set(row) - {0}) for row in used.tolist()]
    assert found == [[], [], [], [7], [7, 8], [7, 8], [7, 8, 9], [7, 8, 9], [5, 7, 8, 9]]
    assert all(row.count(token) == 1 for row in used.tolist() for token in set(row) - {0})  # 7 stands twice


def test_a_place_that_the_line_before_lacks_shows_the_last_line_that_has_it():
    lines = [[11, 12, 13], [21, 22], [31, 32, 33]]
    tokens = [99, *lines[0], 50, *lines[1], 50, *lines[2]]
    places = [1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 4]
    above = tokens_above(*_columns(tokens, places))[:, 0]
    assert above[:, 0].tolist() == [0, 0, 0, 0, 11, 12, 13, 21, 22, 13, 0]
    assert above[:, 1].tolist() == [0, 0, 0, 0, 0, 0, 0, 11, 12, 0, 0]


@pytest.mark.parametrize("T", [5, memory.MEMORY, 3 * memory.MEMORY])
def test_numpy_remembers_what_torch_finds(T):
    rng = np.random.default_rng(T)
    tokens, places = rng.integers(1, 40, (T, 3)), rng.integers(0, PLACES, (T, 3))
    above, used = (find(torch.from_numpy(tokens), torch.from_numpy(places)) for find in (tokens_above, tokens_used))
    remembered = memory.start(3, PLACES)
    for t in range(T):
        for row in range(3):
            assert set(used[t, row].tolist()) - {0} == set(remembered[1][row].tolist()) - {0}
        found, remembered = memory.remember(remembered, tokens[t], places[t])
        assert found.tolist() == above[t].tolist()


def test_couplets_of_a_corpus_stand_under_each_other(own_corpus):
    corpus = load(own_corpus)
    (batch,) = evaluation_batches(corpus, np.arange(2))
    inputs, places = torch.from_numpy(batch.inputs), torch.from_numpy(batch.features[..., PLACE])
    above, used = tokens_above(inputs, places).numpy(), tokens_used(inputs, places).numpy()
    for column in range(2):
        counted = batch.weights[:, column]
        poem = batch.targets[counted, column][:-1].reshape(4, -1)
        one, two = above[counted, column][:-1].reshape(4, -1, 2).transpose(2, 0, 1)
        np.testing.assert_array_equal(one[1:, :-1], poem[:-1, :-1])
        np.testing.assert_array_equal(two[2:, :-1], poem[:-2, :-1])
        assert not one[0].any() and not one[:, -1].any()  # nothing stands above the marks: their place tells them
        assert not two[:2].any()
        assert set(used[counted, column][-1]) - {0} == set(poem[:, :-1].flatten())


def test_favour_counts_a_token_once_and_leaves_the_padding():
    remembered = (np.zeros((2, 3), np.int32), np.array([[0, 2, 2], [0, 0, 1]], np.int32))
    logits = np.zeros((2, 4), np.float32)
    memory.favour(logits, remembered, np.array([-1.5, 2.0], np.float32))
    assert logits.tolist() == [[0, 0, -1.5, 0], [0, 2, 0, 0]]


@pytest.mark.parametrize("name", LATER)
def test_each_tells_the_network_something(vocabulary, name):
    arrays, about = random_arrays("lstm", len(vocabulary), 8, 12), header("lstm", vocabulary, 8, 12)
    without = arrays | {name: np.zeros_like(arrays[name])}
    logits = [_last_logits(NumpyStepper.from_arrays(a, about)) for a in (arrays, without)]
    assert np.abs(logits[0] - logits[1]).max() > 0.01


def test_a_network_without_them_computes_as_with_zeros(vocabulary):
    V, about = len(vocabulary), header("gru", vocabulary, 8, 12)
    arrays = random_arrays("gru", V, 8, 12)
    zeros = arrays | {name: np.zeros_like(arrays[name]) for name in LATER}
    absent = {name: array for name, array in arrays.items() if name not in LATER}
    without = copy.deepcopy(about)
    del without["network"]["attention"]
    expected = _last_logits(NumpyStepper.from_arrays(zeros, about))
    np.testing.assert_array_equal(_last_logits(NumpyStepper.from_arrays(absent, without)), expected)
    network = Network(NetworkConfig("gru", V, 8, 12)).eval()
    checkpoint.restore_network(network, {f"network.{name}": array for name, array in absent.items()})
    assert network.attention_in.any()  # zero, it would never learn
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    about["network"]["attention"] = network.config.attention
    np.testing.assert_allclose(_last_logits(NumpyStepper.from_arrays(state, about)), expected, rtol=0, atol=1e-5)


def test_a_network_may_do_without(own_corpus, tmp_path):
    corpus = load(own_corpus)
    for memory_wanted in (True, False):
        sizes = NetworkConfig("rnn", len(corpus.vocabulary), 8, 8, memory=memory_wanted)
        config = TrainingConfig(("own",), steps=3, batch_tokens=300, validate_every=3, threads=1)
        (tmp_path / str(memory_wanted)).mkdir()
        trainer = Trainer(tmp_path / str(memory_wanted), corpus, sizes, config)
        trainer.run()
        assert [bool(getattr(trainer.network, name).any()) for name in LATER] == [memory_wanted] * len(LATER)


@pytest.mark.parametrize("kind", ["select", "join"])
def test_rows_keep_what_they_remember(vocabulary, kind):
    stepper = NumpyStepper.from_arrays(random_arrays("rnn", len(vocabulary), 8, 12), header("rnn", vocabulary, 8, 12))
    features = np.zeros((2, WIDTH), dtype=np.int64)
    features[:, PLACE] = 2
    _, state = stepper.step(stepper.start(2), np.array([20, 30]), features)
    if kind == "select":
        state = stepper.select(state, np.array([1, 0]))
    else:
        state = stepper.join([stepper.select(state, np.array([row])) for row in (1, 0)])
    by_place, recent = state[-1]
    assert by_place[:, 0, 1].tolist() == recent[:, -1].tolist() == [30, 20]


def _last_logits(stepper: NumpyStepper) -> np.ndarray:
    """After two lines of two characters, at the second place of the third."""
    state = stepper.start(1)
    for number, place in enumerate([0, 1, 2, 3, 1, 2, 3, 1, 2]):
        features = np.zeros((1, WIDTH), dtype=np.int64)
        features[:, PLACE] = place
        features[:, WORD] = [30, 31]
        logits, state = stepper.step(state, np.array([20 + number]), features)
    return logits

"""The numpy engine equals the torch network it was trained as, for every cell, also through an int8 file."""

from pathlib import Path

import numpy as np
import pytest
import torch

from charrnn_core import weights
from charrnn_core.attention import HEAD
from charrnn_core.errors import WeightsError
from charrnn_core.stepper import NumpyStepper
from poetry.slots.features import FEATURE_SIZES
from poetry.text.vocab import Vocabulary
from poetry.training.network import Network, NetworkConfig
from poetry.writing import model
from tests.conftest import header, random_arrays

D, H = 8, 12
CELLS = ("rnn", "gru", "lstm")


def _network(arrays: dict[str, np.ndarray], cell: str, V: int) -> Network:
    network = Network(NetworkConfig(cell, V, D, H, dropout=0.3, attention=HEAD)).eval()
    network.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in arrays.items()})
    return network


def _inputs(V: int, T: int, B: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    features = [rng.integers(0, size, (T, B)) for size in FEATURE_SIZES]
    word = rng.integers(0, V, (2, T, B)) * rng.integers(0, 2, (2, T, B))  # here and there none, or of one token
    return rng.integers(0, V, (T, B)), np.stack([*features, *word], axis=-1)


@pytest.mark.parametrize("cell", CELLS)
def test_numpy_equals_torch(cell: str, vocabulary: Vocabulary) -> None:
    V, T, B = len(vocabulary), 11, 3
    arrays = random_arrays(cell, V, D, H)
    ids, features = _inputs(V, T, B)
    network = _network(arrays, cell, V)
    with torch.no_grad():
        expected = network.logits(*network(torch.from_numpy(ids), torch.from_numpy(features))).numpy()
    stepper = NumpyStepper.from_arrays(arrays, header(cell, vocabulary, D, H))
    state = stepper.start(B)
    for t in range(T):
        logits, state = stepper.step(state, ids[t], features[t])
        np.testing.assert_allclose(logits, expected[t], rtol=0, atol=2e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_int8_file_gives_what_torch_computes_with_the_rounded_weights(
    cell: str, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    V = len(vocabulary)
    weights.save(tmp_path / "w.safetensors", random_arrays(cell, V, D, H), header(cell, vocabulary, D, H), int8=True)
    arrays, _ = weights.load(tmp_path / "w.safetensors", kind="poetry")
    ids, features = _inputs(V, 5, 2)
    with torch.no_grad():
        network = _network(arrays, cell, V)
        expected = network.logits(*network(torch.from_numpy(ids), torch.from_numpy(features))).numpy()
    stepper = model.load(tmp_path / "w.safetensors").stepper
    state = stepper.start(2)
    for t in range(5):
        logits, state = stepper.step(state, ids[t], features[t])
        np.testing.assert_allclose(logits, expected[t], rtol=0, atol=2e-5)


def test_selected_rows_continue_as_they_would_have(vocabulary: Vocabulary) -> None:
    V = len(vocabulary)
    stepper = NumpyStepper.from_arrays(random_arrays("lstm", V, D, H), header("lstm", vocabulary, D, H))
    ids, features = _inputs(V, 2, 3)
    _, state = stepper.step(stepper.start(3), ids[0], features[0])
    rows = np.array([2, 0, 2])
    expected, _ = stepper.step(state, ids[1], features[1])
    logits, _ = stepper.step(stepper.select(state, rows), ids[1][rows], features[1][rows])
    np.testing.assert_allclose(logits, expected[rows], rtol=0, atol=1e-5)


def test_rows_that_have_read_different_texts_are_joined(vocabulary: Vocabulary) -> None:
    V = len(vocabulary)
    stepper = NumpyStepper.from_arrays(random_arrays("gru", V, D, H), header("gru", vocabulary, D, H))
    ids, features = _inputs(V, 6, 3)
    alone, last = [], []
    for row, read in enumerate((5, 2, 3)):
        state = stepper.start(1)
        for t in range(read):
            _, state = stepper.step(state, ids[t, row : row + 1], features[t, row : row + 1])
        alone.append(state)
        last.append(stepper.step(state, ids[5, row : row + 1], features[5, row : row + 1])[0][0])
    together = stepper.join(alone)
    logits, after = stepper.step(together, ids[5], features[5])
    np.testing.assert_allclose(logits, last, rtol=0, atol=1e-5)
    assert stepper.select(after, np.array([1, 2]))[2][0].shape[2] == 4  # what only the first row had read is let go


def test_a_missing_or_misshapen_array_is_named(vocabulary: Vocabulary) -> None:
    arrays = random_arrays("gru", len(vocabulary), D, H)
    about = header("gru", vocabulary, D, H)
    with pytest.raises(WeightsError, match=r"layers\.1\.bias_hh_l0"):
        NumpyStepper.from_arrays({k: v for k, v in arrays.items() if k != "layers.1.bias_hh_l0"}, about)
    with pytest.raises(WeightsError, match=r"embedding\.weight"):
        NumpyStepper.from_arrays(arrays | {"embedding.weight": np.zeros((3, 3), np.float32)}, about)
    with pytest.raises(WeightsError, match="network"):
        NumpyStepper.from_arrays(arrays, {})

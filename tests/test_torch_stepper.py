"""bfloat16 products give the numpy network, but for their rounding, in every cell; poems still obey."""

import numpy as np
import pytest

from charrnn_core import halves
from charrnn_core.stepper import NumpyStepper
from poetry.prosody.judge import check
from poetry.slots.features import FEATURE_SIZES
from poetry.text.forms import WUJUE
from poetry.text.vocab import Vocabulary
from poetry.writing.model import Model
from poetry.writing.request import request_for
from poetry.writing.torch_stepper import TorchStepper
from poetry.writing.writer import Writer
from tests.conftest import header, random_arrays

pytest.importorskip("torch")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_it_is_the_same_network_but_for_rounding(
    cell: str, threads: int, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halves, "_pool", [])
    monkeypatch.setattr(halves, "cores", lambda: threads)
    halves.use_both_cores()
    V, D, H = len(vocabulary), 16, 24
    plain = NumpyStepper.from_arrays(random_arrays(cell, V, D, H), header(cell, vocabulary, D, H))
    fast, rng = TorchStepper.of(plain), np.random.default_rng(0)
    states = plain.start(5), fast.start(5)
    for _ in range(4):
        ids, features = rng.integers(0, V, 5), rng.integers(0, min(FEATURE_SIZES), (5, len(FEATURE_SIZES)))
        (expected, one), (found, two) = plain.step(states[0], ids, features), fast.step(states[1], ids, features)
        assert found.dtype == np.float32
        # an element of a product is off by up to 2^-8 of its largest terms, attention sharpens that
        np.testing.assert_allclose(found, expected, atol=0.03 * np.abs(expected).max())
        assert not np.array_equal(found, expected)
        states = one, two


def test_poems_still_obey(vocabulary: Vocabulary) -> None:
    plain = NumpyStepper.from_arrays(random_arrays("lstm", len(vocabulary), 8, 12), header("lstm", vocabulary, 8, 12))
    writer = Writer(Model(TorchStepper.of(plain), vocabulary, {}))
    for poem in writer.write_together([request_for(WUJUE, candidates=2)] * 5, range(5)):
        assert check(poem.lines).obeys  # type: ignore[union-attr]

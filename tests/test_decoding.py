"""The decoding loop: sequential Monte Carlo samples what a forced character makes likely."""

import numpy as np
import pytest

from charrnn_core.decoding import decode, resampled
from charrnn_core.sampling import Sampling


class TwoSteps:
    """First 0 (0.7) or 1 (0.3); then 2 follows 0 nearly never and 1 nearly always (else 3)."""

    def start(self, batch):
        return np.full(batch, -1)

    def step(self, state, ids, features):
        p = np.full((len(ids), 4), 1e-9)
        first = state < 0
        p[first, :2] = [0.7, 0.3]
        p[~first & (ids == 0), 2:] = [0.01, 0.99]
        p[~first & (ids == 1), 2:] = [0.9, 0.1]
        return np.log(p).astype(np.float32), np.zeros_like(state)

    def select(self, state, rows):
        return state[rows]


class Second:
    """A guide of two slots; the second is forced to be 2."""

    def __init__(self, rows):
        self.rows, self.position, self.taken = rows, 0, np.arange(rows)

    def features(self):
        return np.zeros((self.rows, 1), dtype=np.int64)

    def allowed(self):
        if self.position == 0:
            return None
        mask = np.zeros((self.rows, 4), dtype=bool)
        mask[:, 2] = True
        return mask

    def advance(self, ids):
        self.position += 1

    def select(self, rows):
        self.taken = self.taken[rows]

    def finished(self):
        return self.position == 2

    def active(self):
        return np.ones(self.rows, dtype=bool)


def test_rows_follow_the_posterior():
    rows, guide = 2000, Second(2000)
    uniforms = np.random.default_rng(0).random((2, rows + 1))
    stepper = TwoSteps()
    decoded = decode(stepper, stepper.start(rows), np.zeros(rows, dtype=int), guide, Sampling(), uniforms)
    # p(first = 1 | second = 2) = 0.3 * 0.9 / (0.3 * 0.9 + 0.7 * 0.01)
    assert (decoded.ids[0] == 1).mean() == pytest.approx(0.27 / 0.277, abs=0.01)
    assert (decoded.ids[1] == 2).all()
    # the record of a row moved with it
    assert np.array_equal(decoded.allowed_mass[1] > 0.5, decoded.ids[0] == 1)
    assert np.allclose(np.exp(decoded.logprobs[0]), np.where(decoded.ids[0] == 1, 0.3, 0.7), atol=1e-3)


def test_equal_weights_draw_nothing():
    assert resampled(np.zeros(8), np.array([0.3])) is None
    assert resampled(np.log([1.0, 0.6, 0.9, 0.8]), np.array([0.3])) is None


def test_resampling_is_proportional_and_ordered():
    weights = np.array([0.97, 0.0, 0.03, 0.0])
    with np.errstate(divide="ignore"):
        rows = np.concatenate([resampled(np.log(weights), np.array([u])) for u in np.linspace(0, 0.999, 500)])
    counts = np.bincount(rows, minlength=4) / len(rows)
    assert counts == pytest.approx(weights, abs=0.01)
    assert resampled(np.array([-1e4, -1e4 - 50, -2e4]), np.array([0.5])).tolist() == [0, 0, 0]

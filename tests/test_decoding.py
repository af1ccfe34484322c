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


def test_rows_are_drawn_anew_where_their_effective_number_is_below_half():
    """(1 + 3a)^2 / (1 + 3a^2) is 2, half of four rows, at a = 0.1547."""
    assert resampled(np.log([1.0, 0.17, 0.17, 0.17]), np.array([0.3])) is None
    assert resampled(np.log([1.0, 0.14, 0.14, 0.14]), np.array([0.3])) is not None


def test_each_group_is_drawn_among_its_own_and_has_equal_weights_then():
    weights = np.array([-50.0, 0.0, -0.1, 0.0, -50.0, -50.0, 0.0, -50.0])
    rows = resampled(weights, np.array([0.5, 0.5]))
    assert rows.tolist() == [0, 1, 2, 3, 6, 6, 6, 6]
    assert weights.tolist() == [-50.0, 0.0, -0.1, 0.0, 0.0, 0.0, 0.0, 0.0]


class Counting:
    """A network that is sure of the class state + 1, the state being the last class."""

    def start(self, ids):
        return np.array(ids)

    def step(self, state, ids, features):
        assert np.array_equal(state, ids), "a row has lost its state"
        logits = np.full((len(ids), 99), -30.0, dtype=np.float32)
        logits[np.arange(len(ids)), state + 1] = 0
        return logits, state + 1

    def select(self, state, rows):
        return state[rows]


class Listening(Second):
    """A guide of three free slots that keeps what each row was given."""

    def __init__(self, rows):
        super().__init__(rows)
        self.heard = np.zeros((0, rows), dtype=int)

    def allowed(self):
        return None

    def advance(self, ids):
        self.position, self.heard = self.position + 1, np.vstack([self.heard, ids])

    def select(self, rows):
        self.heard = self.heard[:, rows]

    def finished(self):
        return self.position == 3


def _count(guide, steps, **settings):
    stepper, first = Counting(), np.array([10, 20, 30, 40])
    uniforms = np.full((steps, 5), 0.5)
    return decode(stepper, stepper.start(first), first, guide, Sampling(temperature=0), uniforms, **settings)


def test_a_search_says_which_rows_go_on_and_all_of_them_goes_on():
    shown = []

    def narrow(state, ids):
        shown.append((state.copy(), ids.copy()))
        return np.array([2, 2, 0, 3]) if len(ids) == 2 else None

    guide = Listening(4)
    decoded = _count(guide, 9, narrow=narrow)
    assert decoded.ids.T.tolist() == [[31, 32, 33], [31, 32, 33], [11, 12, 13], [41, 42, 43]]
    assert np.array_equal(guide.heard, decoded.ids) and decoded.active.all() and len(shown) == 3
    assert [ids.shape for _, ids in shown] == [(1, 4), (2, 4), (3, 4)] and shown[1][0].tolist() == [12, 22, 32, 42]


def test_the_loop_ends_with_the_guide_or_with_the_random_numbers():
    assert _count(Listening(4), 2).ids.shape == (2, 4)
    done = Listening(4)
    done.position = 3
    assert [part.shape for part in vars(_count(done, 9)).values()] == [(0, 4)] * 4


def test_a_guide_moves_with_the_rows_that_are_drawn_anew():
    class Remembering(Second):
        def advance(self, ids):
            if self.position == 0:
                self.taken = ids
            super().advance(ids)

    rows, guide = 500, Remembering(500)
    uniforms = np.random.default_rng(1).random((2, rows + 1))
    stepper = TwoSteps()
    decoded = decode(stepper, stepper.start(rows), np.zeros(rows, dtype=int), guide, Sampling(), uniforms)
    assert np.array_equal(guide.taken, decoded.ids[0]) and (guide.taken == 1).mean() > 0.9
    uniforms = np.random.default_rng(1).random((2, rows + 1))
    kept = decode(
        stepper, stepper.start(rows), np.zeros(rows, dtype=int), Second(rows), Sampling(), uniforms, resample=False
    )
    assert (kept.ids[0] == 1).mean() == pytest.approx(0.3, abs=0.06)

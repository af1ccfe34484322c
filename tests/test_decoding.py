"""The decoding loop: sequential Monte Carlo samples what a forced character makes likely."""

import numpy as np
import pytest

from charrnn_core.decoding import FAVOUR, decode, resampled
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
        self.position, self.taken = 0, np.arange(rows)

    def features(self):
        return np.zeros((len(self.taken), 1), dtype=np.int64)

    def favoured(self):
        return None

    def allowed(self):
        if self.position == 0:
            return None
        mask = np.zeros((len(self.taken), 4), dtype=bool)
        mask[:, 2] = True
        return mask

    def advance(self, ids):
        self.position += 1

    def select(self, rows):
        self.taken = self.taken[rows]

    def finished(self):
        return self.position == 2

    def active(self):
        return np.ones(len(self.taken), dtype=bool)


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
    assert resampled(np.array([-1e4, 0, -1e4]), np.array([0.0])).tolist() == [1, 1, 1]  # never one of no weight


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


def test_what_a_guide_favours_is_drawn_oftener_and_costs_no_probability():
    """Of four alike the favoured one is drawn e^FAVOUR times as often; what the stepper said of it stays the same, and
    rows that share a state may favour different ones."""

    class Even:
        def step(self, state, ids, features):
            return np.log(np.full((len(ids), 4), 0.25, dtype=np.float32)), ids

        def select(self, state, rows):
            return state[rows]

    class Favouring(Listening):
        def favoured(self):
            return np.array([0, 0, 1]), np.array([2, 2, 3])  # said twice counts once

    share = np.exp(FAVOUR) / (3 + np.exp(FAVOUR))
    before = (1 - share) / 3
    just = np.array([2 * before - 1e-4, 2 * before + share + 1e-4])
    for of_third, uniform in zip((1, 3), just, strict=True):
        guide = Favouring(3)
        decoded = decode(Even(), np.arange(3), np.arange(3), guide, Sampling(), np.array([[uniform] * 3 + [0.0]]))
        assert decoded.ids[0, 0] == of_third
        assert decoded.ids[0, 2] == int(4 * uniform)
        assert np.allclose(np.exp(decoded.logprobs), 0.25) and np.allclose(decoded.allowed_mass, 1)


class Listening(Second):
    """A guide of three free slots that keeps what each row was given."""

    def __init__(self, rows):
        super().__init__(rows)
        self.heard, self.asked = np.zeros((0, rows), dtype=int), []

    def allowed(self):
        self.asked.append(len(self.taken))

    def advance(self, ids):
        self.position, self.heard = self.position + 1, np.vstack([self.heard, ids])

    def select(self, rows):
        super().select(rows)
        self.heard = self.heard[:, rows]

    def finished(self):
        return self.position == 3


def _count(guide, steps, **settings):
    stepper, first = Counting(), np.array([10, 20, 30, 40])
    uniforms = np.full((steps, 5), 0.5)
    return decode(stepper, stepper.start(first), first, guide, Sampling(temperature=0), uniforms, **settings)


def test_a_search_says_which_rows_go_on_and_all_of_them_goes_on():
    shown = []

    def narrow(state, of, ids):
        shown.append((state[of], ids.copy()))
        return np.array([2, 2, 0, 3]) if len(ids) == 2 else None

    guide = Listening(4)
    decoded = _count(guide, 9, narrow=narrow)
    assert guide.asked == [4, 4, 3]  # what is allowed is asked once for the two copies
    assert decoded.ids.T.tolist() == [[31, 32, 33], [31, 32, 33], [11, 12, 13], [41, 42, 43]]
    assert np.array_equal(guide.heard, decoded.ids) and decoded.active.all() and len(shown) == 3
    assert [ids.shape for _, ids in shown] == [(1, 4), (2, 4), (3, 4)] and shown[1][0].tolist() == [12, 22, 32, 42]


@pytest.mark.parametrize("going", [[2, 2, 0, 2], [0, 1, 1, 0]])
def test_copies_of_a_row_are_read_once(going, monkeypatch):
    read, step = [], Counting.step

    def counted(self, state, ids, features):
        read.append(len(ids))
        return step(self, state, ids, features)

    monkeypatch.setattr(Counting, "step", counted)
    decoded = _count(Listening(4), 9, narrow=lambda _state, _of, ids: np.array(going) if len(ids) == 1 else None)
    assert read == [4, 2, 2]
    assert decoded.ids.T.tolist() == [[10 * row + 11, 10 * row + 12, 10 * row + 13] for row in going]


def test_rows_may_go_on_from_one():
    first = np.array([10, 10, 30, 10])
    uniforms, guide, of = np.full((9, 5), 0.5), Listening(4), np.array([0, 0, 1, 0])
    decoded = decode(Counting(), np.array([10, 30]), first, guide, Sampling(temperature=0), uniforms, of=of)
    assert decoded.ids[-1].tolist() == [13, 13, 33, 13]


def test_rows_that_have_read_the_same_may_be_allowed_different_things():
    class Even(Counting):
        def step(self, state, ids, features):
            return np.log(np.full((len(ids), 4), 0.25, dtype=np.float32)), ids

    class Choosy(Listening):
        def allowed(self):
            return np.array([[0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 1, 0], MASKS[self.position]], dtype=bool)

    MASKS = [0, 1, 1, 0], [1, 0, 0, 0], [0, 1, 1, 1]
    uniforms = np.array([[0.1, 0.6, 0.1, 0.1, 0]] * 3)
    decoded = decode(
        Even(),
        np.zeros(1, dtype=int),
        np.zeros(4, dtype=int),
        Choosy(4),
        Sampling(),
        uniforms,
        of=np.zeros(4, dtype=int),
    )
    assert decoded.ids.tolist() == [[1, 2, 1, 1], [1, 2, 1, 0], [1, 2, 1, 1]]
    np.testing.assert_allclose(decoded.allowed_mass, [[0.5] * 4, [0.5, 0.5, 0.5, 0.25], [0.5, 0.5, 0.5, 0.75]])


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


IMPOSSIBLE = 1e-60  # 0 as a float32


class Rows:
    """A network of four rows, its state their numbers: it gives class r row r's mass, class 4 the rest."""

    def __init__(self, masses):
        self.masses = np.array(masses)

    def step(self, state, ids, features):
        p = np.full((len(state), 5), IMPOSSIBLE)
        p[:, 4] = 1 - self.masses[state]
        p[np.arange(len(state)), state] = self.masses[state]
        return np.log(np.maximum(p, IMPOSSIBLE)).astype(np.float32), state

    def select(self, state, rows):
        return state[rows]


class Own(Second):
    """A guide by which row r may only become r; `moved` says at which step which rows went on."""

    def __init__(self, steps):
        super().__init__(4)
        self.steps, self.moved = steps, []

    def allowed(self):
        return np.arange(5) == self.taken[:, None]

    def select(self, rows):
        super().select(rows)
        self.moved.append((self.position, rows.tolist()))

    def finished(self):
        return self.position == self.steps


def _weighed(masses, steps, resampling=0.0, **settings):
    guide, uniforms = Own(steps), np.full((steps, 5), 0.5)
    uniforms[:, -1] = resampling
    return guide, decode(Rows(masses), np.arange(4), np.zeros(4, dtype=int), guide, Sampling(), uniforms, **settings)


@pytest.mark.parametrize(("number", "rows"), [(0.0, [0, 0, 0, 3]), (0.9, [0, 0, 3, 3])])
def test_all_of_a_row_goes_with_it_and_the_last_number_says_where(number, rows):
    guide, decoded = _weighed([1, 1e-9, 1e-9, 0.6], 2, number)
    assert guide.moved == [(0, rows)]  # the weights are equal then, and 0.6 to 1 is even
    assert decoded.ids.tolist() == [rows, rows]
    masses = np.where(np.array(rows) == 0, 1, 0.6)
    np.testing.assert_allclose(decoded.allowed_mass, [masses, masses], rtol=1e-5)
    np.testing.assert_allclose(np.exp(decoded.logprobs), [masses, masses], rtol=1e-5)


def test_weights_are_of_all_steps_and_go_where_their_rows_go():
    """Rows of 1, 1/4, 1/4, 1/4: effectively 2.6 of them after a step, 1.4 after two."""
    assert _weighed([1, 0.25, 0.25, 0.25], 2)[0].moved == [(1, [0, 0, 0, 0])]
    back = np.array([3, 2, 1, 0])
    guide, _ = _weighed([1, 0.25, 0.25, 0.25], 2, narrow=lambda _state, _of, ids: back if len(ids) == 1 else None)
    assert guide.moved == [(1, [0, 1, 2, 3]), (1, [3, 0, 0, 0])]  # turned about, and three copies of what is first then


def test_each_row_has_a_number_of_its_own():
    class Coin(TwoSteps):
        def step(self, state, ids, features):
            return np.log(np.full((len(ids), 4), 0.25, dtype=np.float32)), state

    uniforms = np.array([[0.1, 0.3, 0.6, 0.9, 0.99]])
    decoded = decode(Coin(), np.zeros(4), np.arange(4, dtype=int), Second(4), Sampling(), uniforms)
    assert decoded.ids.tolist() == [[0, 1, 2, 3]]


def test_rows_that_are_all_impossible_go_on_alike():
    guide, decoded = _weighed([0, 0, 0, 0], 2)
    assert guide.moved == [] and decoded.ids.tolist() == [[0, 1, 2, 3]] * 2 and not decoded.allowed_mass.any()

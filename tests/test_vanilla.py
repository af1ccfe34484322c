"""The vanilla RNN: fast twin = readable twin = finite differences = torch; and what the reports got wrong."""

import numpy as np
import pytest
import torch

from charrnn_core.errors import UsageError
from charrnn_core.lab import reference, vanilla
from charrnn_core.lab.gradcheck import worst_error
from charrnn_core.lab.heads import HEADS as NAMES
from charrnn_core.lab.heads import Temperature, make_head
from charrnn_core.lab.optim import adagrad, fresh_memory
from charrnn_core.lab.vanilla import Parameters, Window, count, initial, views
from charrnn_core.numerics import softmax

V, H, T = 11, 9, 7
HEADS = [Temperature(1.0), Temperature(2.0), Temperature(0.2), *(make_head(name, 5.0) for name in NAMES[1:])]


def _random(seed: int, scale: float = 0.4) -> tuple[Parameters, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = views(rng.normal(0, scale, count(V, H)), V, H)  # biases that are not zero show a mistake
    return p, rng.integers(0, V, T), rng.integers(0, V, T), rng.normal(0, 0.5, H)


def _gradient(p, inputs, targets, h, head, module=vanilla):
    g = p.like(np.full_like(p.flat, 7.0))  # rubbish that must be overwritten
    window = (Window(p, len(inputs)),) if module is vanilla else ()
    loss, last = module.loss_and_gradients(p, g, inputs, targets, h, head, *window)
    return loss, last, g


@pytest.mark.parametrize("head", HEADS, ids=str)
@pytest.mark.parametrize("seed", [0, 1])
def test_twins_agree(head, seed):
    p, inputs, targets, h = _random(seed)
    fast, slow = _gradient(p, inputs, targets, h, head), _gradient(p, inputs, targets, h, head, reference)
    assert fast[0] == pytest.approx(slow[0], abs=1e-12)
    assert np.abs(fast[1] - slow[1]).max() < 1e-12
    assert np.abs(fast[2].flat - slow[2].flat).max() < 1e-10


def test_twins_stay_equal_over_200_iterations_of_training():
    rng = np.random.default_rng(5)
    text = np.tile(rng.integers(0, V, 13), 50)
    states = []
    for module in (vanilla, reference):
        p = initial(V, H, np.random.default_rng(3))
        g, memory, scratch = p.like(np.zeros_like(p.flat)), fresh_memory(p.flat), np.zeros_like(p.flat)
        h, losses = np.zeros(H), []
        window = (Window(p, 25),) if module is vanilla else ()
        for i in range(200):
            start = (i * 25) % (len(text) - 26)
            inputs, targets = text[start : start + 25], text[start + 1 : start + 26]
            loss, h = module.loss_and_gradients(p, g, inputs, targets, h, Temperature(1.0), *window)
            losses.append(loss)
            adagrad(p.flat, g.flat, memory, rate=0.1, clip=5, scratch=scratch)
        states.append((np.array(losses), p.flat, h))
    for one, other in zip(*states, strict=True):
        assert np.abs(one - other).max() < 1e-10
    assert states[0][0][-1] < 0.9 * states[0][0][0]  # and it learns something


@pytest.mark.parametrize("hidden", [100, 250])
def test_twins_agree_at_every_step_of_a_real_training(hidden):
    # Left to themselves two trainings drift apart: Adagrad's first steps blow a rounding error up. So both are
    # asked at the same weights, window after window.
    rng = np.random.default_rng(1)
    text = np.tile(rng.integers(0, 40, 150), 4)
    p = initial(40, hidden, rng)
    fast, slow = p.like(np.zeros_like(p.flat)), p.like(np.zeros_like(p.flat))
    memory, scratch, h, window = fresh_memory(p.flat), np.zeros_like(p.flat), np.zeros(hidden), Window(p, 25)
    for i in range(200 if hidden == 100 else 40):
        start = (i * 25) % (len(text) - 26)
        inputs, targets = text[start : start + 25], text[start + 1 : start + 26]
        other, last = reference.loss_and_gradients(p, slow, inputs, targets, h, Temperature(1.0))
        loss, h = vanilla.loss_and_gradients(p, fast, inputs, targets, h, Temperature(1.0), window)
        assert abs(loss - other) < 1e-10 * max(1, other) and np.abs(h - last).max() < 1e-10
        assert np.abs(fast.flat - slow.flat).max() < 1e-10 * max(1.0, np.abs(slow.flat).max())
        adagrad(p.flat, fast.flat, memory, rate=0.1, clip=5, scratch=scratch)


@pytest.mark.parametrize("head", HEADS, ids=str)
def test_gradients_meet_finite_differences(head):
    p, inputs, targets, h = _random(2)

    def loss(flat):
        return _gradient(p.like(flat), inputs, targets, h, head)[0]

    gradient = _gradient(p, inputs, targets, h, head)[2].flat
    assert worst_error(loss, p.flat, gradient, np.random.default_rng(0)) < 1e-7


@pytest.mark.parametrize("head", [Temperature(1.0), Temperature(2.0), make_head("gumbel-density", 5.0)], ids=str)
def test_gradients_equal_torch(head):
    p, inputs, targets, h = _random(4)
    tensors = {name: torch.tensor(getattr(p, name).copy(), requires_grad=True) for name in vanilla.NAMES}
    state, loss = torch.tensor(h), torch.tensor(0.0, dtype=torch.float64)
    for x, target in zip(inputs, targets, strict=True):
        state = torch.tanh(tensors["Wxh"][:, x] + tensors["Whh"] @ state + tensors["bh"])
        y = tensors["Why"] @ state + tensors["by"]
        z = y / head.T if isinstance(head, Temperature) else (-y - torch.exp(-y)) / head.T
        loss = loss - torch.log_softmax(z, 0)[target]
    loss.backward()
    found, last, g = _gradient(p, inputs, targets, h, head)
    assert found == pytest.approx(loss.item(), abs=1e-10)
    assert np.allclose(last, state.detach().numpy(), atol=1e-12)
    for name in vanilla.NAMES:
        assert np.allclose(getattr(g, name), tensors[name].grad.numpy(), atol=1e-10), name


def test_forward_equals_torch_rnn():
    p, inputs, _, h = _random(6)
    rnn = torch.nn.RNN(V, H, dtype=torch.float64)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(torch.tensor(p.Wxh.copy()))
        rnn.weight_hh_l0.copy_(torch.tensor(p.Whh.copy()))
        rnn.bias_ih_l0.copy_(torch.tensor(p.bh.copy()))
        rnn.bias_hh_l0.zero_()
        x = torch.nn.functional.one_hot(torch.tensor(inputs), V).double()
        out, _ = rnn(x, torch.tensor(h)[None])
    hidden = np.zeros((T + 1, H))
    logits = vanilla.forward(p, inputs, h, hidden)
    assert np.allclose(hidden[1:], out.numpy(), atol=1e-12)
    assert np.allclose(logits, out.numpy() @ p.Why.T + p.by, atol=1e-12)


def test_the_last_state_is_the_callers_own():
    p, inputs, targets, h = _random(4)
    g, window = p.like(np.zeros_like(p.flat)), Window(p, T)
    _, last = vanilla.loss_and_gradients(p, g, inputs, targets, h, Temperature(1.0), window)
    kept = last.copy()
    vanilla.loss_and_gradients(p, g, targets, inputs, last, Temperature(1.0), window)
    assert np.array_equal(last, kept)


# What the course reports got wrong, each shown wrong here, as docs/shakespeare.md tells.


def test_the_transpose_matters():
    p, inputs, targets, h = _random(2)
    right = _gradient(p, inputs, targets, h, Temperature(1.0), reference)[2].flat

    class Slip(np.ndarray):  # Whh whose .T is itself: Whh.dot(dhraw) in place of Whh.T.dot(dhraw)
        T = property(lambda self: self)

    slipped = Parameters(p.flat, p.columns, p.Whh.view(Slip), p.Why, p.bh, p.by)
    wrong = p.like(np.zeros_like(p.flat))
    reference.loss_and_gradients(slipped, wrong, inputs, targets, h, Temperature(1.0))

    def loss(flat):
        return _gradient(p.like(flat), inputs, targets, h, Temperature(1.0))[0]

    rng = np.random.default_rng
    assert worst_error(loss, p.flat, right, rng(0)) < 1e-7
    assert worst_error(loss, p.flat, wrong.flat, rng(0)) > 1e-2


def test_an_alias_overwrites_the_probabilities():
    probabilities = softmax(np.array([0.3, -1.0, 2.0]))
    kept = probabilities.copy()
    dy = probabilities  # as one report has it: no copy
    dy[1] -= 1
    assert probabilities[1] < 0 and kept[1] > 0  # the "probability" is now negative


def test_the_checker_rejects_a_slightly_wrong_gradient():
    p, inputs, targets, h = _random(2)
    gradient = _gradient(p, inputs, targets, h, Temperature(1.0))[2].flat.copy()
    gradient[: len(gradient) // 10] *= 1.01

    def loss(flat):
        return _gradient(p.like(flat), inputs, targets, h, Temperature(1.0))[0]

    assert worst_error(loss, p.flat, gradient, np.random.default_rng(0)) > 1e-5


def test_temperature_is_alpha():
    y = np.random.default_rng(0).normal(0, 3, (4, V))
    alpha = 5.0
    assert np.allclose(softmax(Temperature(1 / alpha).forward(y)), softmax(alpha * y), atol=1e-12)


def test_heads_are_finite_far_out():
    y = np.array([-1e4, 0.0, 90.0, 1e4], dtype=np.float32)
    for head in (make_head(name, 1.0) for name in NAMES):
        assert np.isfinite(head.forward(y)).all()
        assert np.isfinite(head.backward(np.ones_like(y), y)).all()
    for name, T_ in (("softmax", 0.0), ("gumbel-density", -1.0), ("softmax", float("nan")), ("other", 1.0)):
        with pytest.raises(UsageError):
            make_head(name, T_)


def test_adagrad_is_the_formula():
    rng = np.random.default_rng(0)
    flat, memory, squares = rng.normal(size=50), fresh_memory(np.zeros(50)), np.zeros(50)
    expected = flat.copy()
    for _ in range(3):
        gradient = rng.normal(0, 6, 50) * (rng.random(50) < 0.8)  # some never move: 0 / sqrt(1e-8) is 0
        g = np.clip(gradient, -5, 5)
        squares += g * g
        expected -= 0.1 * g / np.sqrt(squares + 1e-8)
        adagrad(flat, gradient, memory, rate=0.1, clip=5, scratch=np.zeros(50))
    assert np.allclose(flat, expected, atol=1e-14) and np.allclose(memory, squares + 1e-8, atol=1e-14)


def test_the_readable_adagrad_is_the_same_to_the_bit():
    p, inputs, targets, h = _random(1)
    q = p.like(p.flat.copy())
    gradients = p.like(_gradient(p, inputs, targets, h, Temperature(1.0))[2].flat * 40)
    one, two = fresh_memory(p.flat), fresh_memory(p.flat)
    for _ in range(3):
        reference.adagrad(q, q.like(gradients.flat.copy()), q.like(two), rate=0.1, clip=5)
        adagrad(p.flat, gradients.flat.copy(), one, rate=0.1, clip=5, scratch=np.zeros_like(one))
    assert np.array_equal(one, two) and np.allclose(p.flat, q.flat, rtol=0, atol=1e-15)


def test_float32_is_near_float64():
    p, inputs, targets, h = _random(1)
    single = p.like(p.flat.astype(np.float32))
    fine, coarse = (_gradient(q, inputs, targets, h.astype(q.flat.dtype), Temperature(1.0)) for q in (p, single))
    assert coarse[2].flat.dtype == np.float32
    assert np.abs(fine[2].flat - coarse[2].flat).max() < 2e-5

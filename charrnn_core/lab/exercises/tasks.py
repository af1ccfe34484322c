"""What each task is asked: the same numbers for every student, its results by name in the order they come about.

A task runs a module, the student's or the solution, and gives {name: array}. The first name at which two modules part
is where the slip is. Everything is float64 and drawn from one seed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

V, H, T = 7, 6, 5
LIVELY = 4.0  # times the recurrent weights, where a network writes: it does not fall into one character
HEADS = "日红山夜湖海月君"  # the first characters of the verse task

Results = dict[str, np.ndarray]


@dataclass(frozen=True)
class Task:
    """`name` is the file's; `title` says what it is about, in Chinese and English."""

    name: str
    title: str
    run: Callable[[ModuleType], Results]


def _rng() -> np.random.Generator:
    return np.random.default_rng(20)


def _weights(rng: np.random.Generator) -> list[np.ndarray]:
    """Wxh, Whh, Why, bh, by: biases that are not zero show a mistake."""
    return [rng.normal(0, 0.6, shape) for shape in ((H, V), (H, H), (V, H), H, V)]


def _rows(name: str, array: Any, order: range | None = None) -> Results:
    """A result step by step."""
    rows = np.asarray(array, dtype=np.float64)
    return {f"{name}[{t}]": rows[t] for t in (order or range(len(rows)))}


def _forward(module: ModuleType) -> Results:
    rng = _rng()
    weights, inputs, h0 = _weights(rng), rng.integers(0, V, T), rng.normal(0, 0.5, H)
    hs, ys, ps = module.forward(*weights, inputs, h0)
    far = module.softmax(np.array([1000.0, 0.0, -1000.0]))
    return _rows("h", hs) | _rows("y", ys) | _rows("p", ps) | {"softmax(1000, 0, -1000)": far}


def _bptt(module: ModuleType) -> Results:
    rng = _rng()
    Wxh, Whh, Why, bh, by = _weights(rng)
    inputs, targets, h0 = rng.integers(0, V, T), rng.integers(0, V, T), rng.normal(0, 0.5, H)
    hs, ys, ps = module.forward(Wxh, Whh, Why, bh, by, inputs, h0)
    results = module.backward(Wxh, Whh, Why, inputs, targets, hs, ys, ps)
    named = dict(zip(("loss", "dWxh", "dWhh", "dWhy", "dbh", "dby"), results, strict=True))
    order = ("loss", "dby", "dWhy", "dbh", "dWhh", "dWxh")  # as they come about
    # ps is compared last: who writes into it has passed all else.
    return {name: np.asarray(named[name]) for name in order} | _rows("p", ps)


def _temperature(module: ModuleType) -> Results:
    rng, found = _rng(), {}
    y = rng.normal(0, 3, V)
    for T_ in (0.5, 2.0):
        found[f"p (T = {T_})"] = module.probabilities(y, T_)
        loss, dy = module.loss_and_gradient(y, 2, T_)
        found |= {f"loss (T = {T_})": np.asarray(loss), f"dy (T = {T_})": np.asarray(dy)}
        found[f"sample (T = {T_})"] = np.array([module.sample(y, T_, u) for u in np.linspace(0.01, 0.99, 40)])
    return found


def _gumbel(module: ModuleType) -> Results:
    rng = _rng()
    y, u, ds = rng.normal(0, 1, V), rng.random((40, V)), rng.normal(size=V)
    s = module.gumbel_softmax(y, u[0], 0.7)
    return {
        "noise": np.asarray(module.noise(u[0])),
        "gumbel_max": np.array([module.gumbel_max(y, row) for row in u]),
        "gumbel_softmax": np.asarray(s),
        "gumbel_softmax_backward": np.asarray(module.gumbel_softmax_backward(ds, np.asarray(s), 0.7)),
    }


def _complete(module: ModuleType) -> Results:
    rng = _rng()
    Wxh, Whh, Why, bh, by = _weights(rng)
    Whh *= LIVELY
    starter = rng.integers(0, V, T)
    found = {"h": np.asarray(module.encode(Wxh, Whh, bh, starter))}
    return found | _rows("written", module.complete(Wxh, Whh, Why, bh, by, starter, 12))


def _colon(module: ModuleType) -> Results:
    rng = _rng()
    Wxh, _, Why, _, _ = _weights(rng)
    h, a = np.tanh(rng.normal(size=H)), 0
    j, weight = module.strongest_unit(Wxh, a)
    return {
        "j": np.asarray(j),
        "Wxh[j, a]": np.asarray(weight),
        "raised": np.asarray(module.raised(Why, 2, 3)),
        "contribution": np.asarray(module.contribution(Why, h, 5)),
    }


def _cell_case(gates: int) -> tuple[np.random.Generator, list[np.ndarray], np.ndarray, np.ndarray]:
    """Weights, inputs (T, I) and dloss/dh[t] (T, H) of a sequence whose loss is a weighted sum of its states."""
    rng = _rng()
    weights = [rng.normal(0, 0.6, shape) for shape in ((gates * H, 4), (gates * H, H), gates * H, gates * H)]
    return rng, weights, rng.normal(size=(T, 4)), rng.normal(size=(T, H))


def _gru(module: ModuleType) -> Results:
    rng, weights, xs, ds = _cell_case(3)
    W_ih, W_hh, _, _ = weights
    hs, kept = [rng.normal(0, 0.5, H)], []
    for x in xs:
        new, inner = module.forward(x, hs[-1], *weights)
        hs.append(np.asarray(new))
        kept.append(inner)
    found, dh, sums = _rows("h", hs), np.zeros(H), [np.zeros_like(w) for w in weights]
    for t in reversed(range(T)):
        dx, dh, *grads = module.backward(dh + ds[t], kept[t], xs[t], hs[t], W_ih, W_hh)
        found |= {f"dx[{t}]": np.asarray(dx), f"dh[{t}]": np.asarray(dh)}
        sums = [s + g for s, g in zip(sums, grads, strict=True)]
    return found | dict(zip(("dW_ih", "dW_hh", "db_ih", "db_hh"), sums, strict=True))


def _lstm(module: ModuleType) -> Results:
    rng, weights, xs, ds = _cell_case(4)
    W_ih, W_hh, _, _ = weights
    hs, cs, kept = [rng.normal(0, 0.5, H)], [rng.normal(0, 0.5, H)], []
    for x in xs:
        h, c, inner = module.forward(x, hs[-1], cs[-1], *weights)
        hs.append(np.asarray(h))
        cs.append(np.asarray(c))
        kept.append(inner)
    found = _rows("c", cs) | _rows("h", hs)
    dh, dc, sums = np.zeros(H), np.zeros(H), [np.zeros_like(w) for w in weights[:3]]
    for t in reversed(range(T)):
        dx, dh, dc, *grads = module.backward(dh + ds[t], dc, kept[t], xs[t], hs[t], cs[t], W_ih, W_hh)
        found |= {f"dx[{t}]": np.asarray(dx), f"dh[{t}]": np.asarray(dh), f"dc[{t}]": np.asarray(dc)}
        sums = [s + g for s, g in zip(sums, grads, strict=True)]
    return found | dict(zip(("dW_ih", "dW_hh", "db"), sums, strict=True))


def _verse(module: ModuleType) -> Results:
    """A little random network over the eight characters and the two tokens; its id 8 is the start, 9 the end."""
    rng, size = _rng(), len(HEADS) + 2
    embedding, U, out = rng.normal(0, 2, (size, H)), LIVELY * rng.normal(0, 0.6, (H, H)), rng.normal(0, 1, (size, H))

    def step(state: np.ndarray, i: int) -> tuple[np.ndarray, np.ndarray]:
        state = np.tanh(embedding[i] + U @ state)
        return out @ state, state

    found = {}
    for i, first in enumerate(HEADS):
        written = module.write(step, np.zeros(H), size - 2, size - 1, i, 20)
        found[first] = np.array([*written, -1])
    return found


TASKS = (
    Task("forward", "前向 / the forward pass", _forward),
    Task("bptt", "沿时间反向传播 / backpropagation through time", _bptt),
    Task("temperature", "温度 / temperature", _temperature),
    Task("gumbel", "Gumbel-max 与 Gumbel-softmax / Gumbel-max and Gumbel-softmax", _gumbel),
    Task("complete", "续写 / completing a starter", _complete),
    Task("colon", "冒号的权重 / the colon's weights", _colon),
    Task("gru", "GRU", _gru),
    Task("lstm", "LSTM", _lstm),
    Task("verse", "写诗 / verse", _verse),
)
BY_NAME = {task.name: task for task in TASKS}

"""Windows in a second of processor time: the vanilla RNN in float64 and float32, the plain script, torch.

The plain script is charrnn_core.lab.reference: one-hot vectors, products step by step, Adagrad matrix by matrix,
float64; it takes no longer than the classic script of a hundred lines, whose operations it has. What bounds the fast
twin is timed beside it: `bound` runs the numpy calls that no rewriting spares, and nothing else (two products with Whh
and one tanh a step, the products over the whole window, the square root and the quotient of Adagrad). torch is
torch.nn.RNN with one-hot inputs, cross-entropy and torch.optim.Adagrad, one thread, float32. All
train on the same windows of 25; one BLAS thread. The losses of the twins are compared at the same weights along one
training: Adagrad's first steps are so large that a rounding error in one of them, left to itself, grows to whole
nats within twenty windows.
"""

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.lab import reference, vanilla
from charrnn_core.lab.heads import Temperature
from charrnn_core.lab.optim import adagrad, fresh_memory
from charrnn_core.lab.vanilla import Window, initial

V, T = 62, 25


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.vanilla_speed", description="普通 RNN 的训练速度 / speed of the vanilla RNN")
    parser.add_argument("--seconds", type=float, default=2.0, help="每轮几秒 / seconds a turn")
    parser.add_argument("--turns", type=int, default=3, help="几轮，取最快 / turns; the fastest counts")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    text = _text(np.random.default_rng(0))
    figures = {}
    for H in (100, 250):
        plain, fast = Loop(text, H, np.float64, plain=True), Loop(text, H, np.float64)
        difference = _difference(fast)
        makers: dict[str, Callable[[], object]] = {
            "plain": plain.step,
            "float64": fast.step,
            "float32": Loop(text, H, np.float32).step,
            "bound_float64": _bound(H, np.float64),
            "bound_float32": _bound(H, np.float32),
            "torch": _torch(text, H),
        }
        best = dict.fromkeys(makers, 0.0)
        for _ in range(arguments.turns):
            for name, step in makers.items():
                best[name] = max(best[name], _rate(step, arguments.seconds))
        figures[f"hidden_{H}"] = {
            **{f"{name}_per_second": round(rate) for name, rate in best.items()},
            "float64_over_plain": round(best["float64"] / best["plain"], 2),
            "float32_over_plain": round(best["float32"] / best["plain"], 2),
            "bound_float64_over_plain": round(best["bound_float64"] / best["plain"], 2),
            "bound_float32_over_plain": round(best["bound_float32"] / best["plain"], 2),
            "float32_over_torch": round(best["float32"] / best["torch"], 2),
            "largest_loss_difference_in_200_steps": difference,
        }
    report("vanilla_speed", figures)


def _text(rng: np.random.Generator) -> np.ndarray:
    """(20000,) ids of words from a made-up lexicon, so that there is something to learn."""
    lexicon = [np.append(rng.integers(1, V, rng.integers(2, 8)), 0) for _ in range(300)]
    return np.concatenate([lexicon[i] for i in np.minimum(rng.geometric(0.02, 5000), 299)])[:20_000]


class Loop:
    """The classic loop over one text."""

    def __init__(self, text: np.ndarray, H: int, dtype: type, *, plain: bool = False) -> None:
        self.text, self.place, self.plain = text, 0, plain
        self.p = initial(V, H, np.random.default_rng(1), dtype)
        self.g = self.p.like(np.zeros_like(self.p.flat))
        self.memory, self.scratch = fresh_memory(self.p.flat), np.zeros_like(self.p.flat)
        self.h: np.ndarray = np.zeros(H, dtype)
        self.window = Window(self.p, T)

    def step(self) -> float:
        """One window."""
        if self.place + T + 1 > len(self.text):
            self.place = 0
            self.h = np.zeros_like(self.h)
        inputs = self.text[self.place : self.place + T]
        targets = self.text[self.place + 1 : self.place + T + 1]
        self.place += T
        head = Temperature(1.0)
        if self.plain:
            loss, self.h = reference.loss_and_gradients(self.p, self.g, inputs, targets, self.h, head)
            reference.adagrad(self.p, self.g, self.p.like(self.memory), rate=0.1, clip=5)
        else:
            loss, self.h = vanilla.loss_and_gradients(self.p, self.g, inputs, targets, self.h, head, self.window)
            adagrad(self.p.flat, self.g.flat, self.memory, rate=0.1, clip=5, scratch=self.scratch)
        return loss


def _difference(loop: Loop, steps: int = 200) -> float:
    """The largest difference between the plain script's loss and the loop's own, window by window."""
    worst = 0.0
    for _ in range(steps):
        if loop.place + T + 1 > len(loop.text):
            break
        window = loop.text[loop.place : loop.place + T + 1]
        gradients = loop.p.like(np.zeros_like(loop.p.flat))
        plain, _ = reference.loss_and_gradients(loop.p, gradients, window[:-1], window[1:], loop.h, Temperature(1.0))
        worst = max(worst, abs(plain - loop.step()))
    return worst


def _bound(H: int, dtype: type) -> Callable[[], object]:
    """The calls of one window that cannot be left out, on arrays of the right sizes."""
    rng = np.random.default_rng(0)
    p = initial(V, H, rng, dtype)
    gradient, memory, scratch = p.like(np.ones_like(p.flat)), np.ones_like(p.flat), np.empty_like(p.flat)
    w = Window(p, T)
    dy: np.ndarray = np.ones((T, V), dtype)
    state: np.ndarray = np.ones(H, dtype)
    out: np.ndarray = np.empty(H, dtype)

    def step() -> None:
        for _ in range(T):
            p.Whh.dot(state, out)
            np.tanh(out, out)
        w.hidden[1:].dot(p.Why.T)
        np.dot(dy, p.Why, w.d)
        for _ in range(T):
            state.dot(p.Whh, out)
        np.dot(w.onehot, w.d, gradient.columns)
        np.dot(w.d.T, w.hidden[:-1], gradient.Whh)
        np.dot(dy.T, w.hidden[1:], gradient.Why)
        np.sqrt(memory, scratch)
        np.divide(gradient.flat, scratch, scratch)

    return step


def _torch(text: np.ndarray, H: int) -> Callable[[], object]:
    import torch

    torch.set_num_threads(1)
    rnn, out = torch.nn.RNN(V, H), torch.nn.Linear(H, V)
    parameters = [*rnn.parameters(), *out.parameters()]
    optimiser = torch.optim.Adagrad(parameters, lr=0.1)
    ids, eye = torch.from_numpy(text), torch.eye(V)
    place, h = 0, torch.zeros(1, H)

    def step() -> float:
        nonlocal place, h
        if place + T + 1 > len(text):
            place, h = 0, torch.zeros(1, H)
        states, h = rnn(eye[ids[place : place + T]], h.detach())
        loss = torch.nn.functional.cross_entropy(out(states), ids[place + 1 : place + T + 1], reduction="sum")
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_value_(parameters, 5)
        optimiser.step()
        place += T
        return loss.item()

    return step


def _rate(step: Callable[[], object], seconds: float) -> float:
    """Windows in a second of the processor's time: what else runs on the machine does not count."""
    step()
    start, done = time.process_time(), 0
    while time.process_time() - start < seconds:
        step()
        done += 1
    return done / (time.process_time() - start)


if __name__ == "__main__":
    sys.exit(main())

"""The losses that the course's reports recorded for the classic script, reached by charrnn_core.

shakespeare_train.txt, hidden 100, windows of 25, Adagrad 0.1, smoothed loss a window, several seeds. "Gumbel
density" is the loss through (-y - exp(y)) / 5.

The last rows train with a wrong gradient, dy = T (p - onehot) where the loss of softmax(y / T) has
(p - onehot) / T. The larger gradient meets the clipping at 5 and Adagrad otherwise, and happens to learn faster.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_trainer import CharTrainer, TrainConfig, read_text
from charrnn_core.lab.heads import Head, make_head

TOLERANCE = 2.0


@dataclass(frozen=True)
class TimesT:
    """z = y / T with a gradient that multiplies by T: an error to be shown, not to be used."""

    T: float

    def forward(self, y: np.ndarray) -> np.ndarray:
        """(..., V) -> (..., V)."""
        return y / self.T

    def backward(self, dz: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Wrong on purpose."""
        return dz * self.T


RECORDED: list[tuple[str, Head, dict[int, float]]] = [
    ("softmax, T = 1", make_head("softmax", 1), {10_000: 55.91, 20_000: 53.48, 50_000: 50.81}),
    ("softmax, T = 2", make_head("softmax", 2), {10_000: 53.34, 20_000: 48.27, 50_000: 45.38, 100_000: 42.33}),
    ("Gumbel density, T = 5", make_head("gumbel-density", 5), {10_000: 62.77, 20_000: 57.93, 25_000: 55.64}),
    ("softmax, T = 2, gradient times T", TimesT(2), {10_000: 53.34, 20_000: 48.27, 50_000: 45.38, 100_000: 42.33}),
]


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.recorded_losses", description="课程报告的损失 / the losses of the reports")
    parser.add_argument("text", type=Path, help="shakespeare_train.txt")
    parser.add_argument("--seeds", type=int, default=5, help="几个随机种子 / how many seeds")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    text = read_text(arguments.text, is_bytes=False)
    rows = []
    for name, head, recorded in RECORDED:
        losses = np.array([_losses(text, head, list(recorded), seed, name) for seed in range(arguments.seeds)])
        for column, (iterations, loss) in zip(losses.T, recorded.items(), strict=True):
            rows.append(
                {
                    "head": name,
                    "iterations": iterations,
                    "recorded": loss,
                    "lowest": round(float(column.min()), 2),
                    "median": round(float(np.median(column)), 2),
                    "highest": round(float(column.max()), 2),
                    "seeds_within_2": int((np.abs(column - loss) <= TOLERANCE).sum()),
                }
            )
            print(rows[-1], file=sys.stderr)
    report("recorded_losses", {"seeds": arguments.seeds, "rows": rows})


def _losses(text: str, head: Head, points: list[int], seed: int, name: str) -> list[float]:
    """The smoothed loss after each number of iterations."""
    trainer = CharTrainer(text, Alphabet.of(text), TrainConfig(seed=seed))
    trainer.head = head
    found = []
    for _ in tqdm(range(max(points)), unit="step", desc=f"{name}, seed {seed}"):
        trainer.step()
        if trainer.iteration in points:
            found.append(trainer.smooth)
    return found


if __name__ == "__main__":
    sys.exit(main())

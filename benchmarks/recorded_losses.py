"""The losses that the course's reports recorded for the classic script, reached by charrnn_core.

shakespeare_train.txt, hidden 100, windows of 25, Adagrad 0.1, smoothed loss a window, several seeds. The report that
trains through -y - exp(y) over 5 takes max(y) from y before exp and divides dy by T; it holds the maximum to be a
constant, so that its dy is not the whole gradient. Both are trained here: as it stands there, and with the gradient of
the same loss.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_trainer import CharTrainer, TrainConfig, read_text
from charrnn_core.lab.heads import Density, Head, make_head

TOLERANCE = 2.0


class AsReported(Density):
    """report-density with the gradient that the report's code has."""

    def backward(self, dz: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Without the derivative of max(y)."""
        return dz * (-1 - np.exp(y - y.max(axis=-1, keepdims=True))) / self.T


DENSITY = {10_000: 62.77, 20_000: 57.93, 25_000: 55.64}
RECORDED: list[tuple[str, Head, dict[int, float]]] = [
    ("softmax, T = 1", make_head("softmax", 1), {10_000: 55.91, 20_000: 53.48, 50_000: 50.81}),
    ("softmax, T = 2", make_head("softmax", 2), {10_000: 53.34, 20_000: 48.27, 50_000: 45.38, 100_000: 42.33}),
    ("report-density, T = 5, its own gradient", AsReported(5, "report-density", 1, shifted=True), DENSITY),
    ("report-density, T = 5, the whole gradient", make_head("report-density", 5), DENSITY),
]


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.recorded_losses", description="课程报告的损失 / the losses of the reports")
    parser.add_argument("text", type=Path, help="shakespeare_train.txt")
    parser.add_argument("--only", default="", help="只训练名字含此的 / only the rows whose name holds this")
    parser.add_argument("--seeds", type=int, default=5, help="几个随机种子 / how many seeds")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    text = read_text(arguments.text, is_bytes=False)
    rows = []
    for name, head, recorded in (row for row in RECORDED if arguments.only in row[0]):
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

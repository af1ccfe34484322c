"""The losses that the course's reports recorded for the classic script, reached by charrnn_core.

shakespeare_train.txt, hidden 100, windows of 25, Adagrad 0.1, smoothed loss a window. "Gumbel density" is
the loss through (-y - exp(y)) / 5. Seeds differed from run to run: 2 either way is agreement.
"""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from benchmarks.report import report
from charrnn_core.alphabet import Alphabet
from charrnn_core.char_trainer import CharTrainer, TrainConfig, read_text
from charrnn_core.command import Parser, run

RECORDED = {
    ("softmax", 1.0): {10_000: 55.91, 20_000: 53.48, 50_000: 50.81},
    ("softmax", 2.0): {10_000: 53.34, 20_000: 48.27, 50_000: 45.38, 100_000: 42.33},
    ("gumbel-density", 5.0): {10_000: 62.77, 20_000: 57.93, 25_000: 55.64},
}
TOLERANCE = 2.0


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.recorded_losses", description="课程报告的损失 / the losses of the reports")
    parser.add_argument("text", type=Path, help="shakespeare_train.txt")
    parser.add_argument("--seed", type=int, default=0, help="随机种子 / seed")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    text = read_text(arguments.text, is_bytes=False)
    rows = []
    for (head, temperature), recorded in RECORDED.items():
        config = TrainConfig(head=head, temperature=temperature, seed=arguments.seed)
        trainer = CharTrainer(text, Alphabet.of(text), config)
        for _ in tqdm(range(max(recorded)), unit="step", desc=f"{head} {temperature:g}"):
            trainer.step()
            if trainer.iteration in recorded:
                rows.append(
                    {
                        "head": head,
                        "temperature": temperature,
                        "iterations": trainer.iteration,
                        "recorded": recorded[trainer.iteration],
                        "loss": round(trainer.smooth, 2),
                        "within_2": abs(trainer.smooth - recorded[trainer.iteration]) <= TOLERANCE,
                    }
                )
    report("recorded_losses", {"seed": arguments.seed, "rows": rows})


if __name__ == "__main__":
    sys.exit(main())

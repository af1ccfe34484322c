"""The course's model, as students first write it, on the same split: what does the recipe bring?

Embedding 100, two LSTM layers of 128, ReLU before the softmax, one poem at a time, RMSprop with rate 0.01,
float32. It reads what the networks read (form token, start, poem, end) and is measured on the same test
poems after the given minutes of training; perplexity per Hanzi as poetry.training.perplexity defines it.
"""

import argparse
import math
import sys
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.batches import assemble
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TEST, TRAIN


class CourseModel(nn.Module):
    """tokens (T, 1) -> logits (T, 1, V), never negative because of the ReLU."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 100)
        self.lstm = nn.LSTM(100, 128, num_layers=2)
        self.output = nn.Linear(128, vocabulary)

    def forward(self, tokens: Tensor) -> Tensor:
        """See the class."""
        return torch.relu(self.output(self.lstm(self.embedding(tokens))[0]))


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.course_model", description="课程的原始模型 / the course's own model")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--minutes", type=float, default=30, help="训练多少分钟 / minutes of training")
    parser.add_argument("--points", type=int, default=6, help="中途测几次 / how often it is measured on the way")
    parser.add_argument("--threads", type=int, default=2, help="线程数 / threads")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    corpus = encoding.load(arguments.data)
    model = CourseModel(len(corpus.vocabulary))
    optimiser = torch.optim.RMSprop(model.parameters(), lr=0.01)
    training, test = corpus.select(TRAIN, ["tang"]), corpus.select(TEST, ["tang"])
    order: Iterator[int] = iter(())
    rng = np.random.default_rng(1)
    trained, spent, curve = 0, 0.0, []
    with tqdm(unit="poem") as bar:
        for point in range(1, arguments.points + 1):
            while spent < 60 * arguments.minutes * point / arguments.points:
                start = time.perf_counter()
                poem = next(order, None)
                if poem is None:
                    order = iter(rng.permutation(training))
                    poem = next(order)
                _step(model, optimiser, corpus, poem)
                spent += time.perf_counter() - start
                trained += 1
                bar.update()
            found, alive = measured(model, corpus, test)
            curve.append({"minutes": round(spent / 60, 1), "perplexity": round(found, 1), "outputs_alive": alive})
            print(curve[-1], file=sys.stderr)
    best = min(point["perplexity"] for point in curve)
    report("course_model", {"poems_trained": trained, "best_perplexity": best, "curve": curve})


def _step(model: CourseModel, optimiser: torch.optim.Optimizer, corpus: Encoded, poem: int) -> None:
    inputs, targets, counted = _one(corpus, poem)
    loss = nn.functional.cross_entropy(model(inputs)[:, 0][counted], targets[counted])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def _one(corpus: Encoded, poem: int) -> tuple[Tensor, Tensor, Tensor]:
    batch = assemble(corpus, np.array([poem]), np.zeros(1, dtype=np.int64), None)
    return (
        torch.from_numpy(batch.inputs),
        torch.from_numpy(batch.targets[:, 0].copy()),
        torch.from_numpy(batch.weights[:, 0].copy()),
    )


@torch.no_grad()
def measured(model: CourseModel, corpus: Encoded, poems: np.ndarray) -> tuple[float, int]:
    """Perplexity per Hanzi, over whole poems; and for how many tokens the ReLU ever lets more than zero through."""
    is_hanzi = torch.from_numpy(corpus.vocabulary.counted)
    nats, hanzi, alive = 0.0, 0, torch.zeros(len(is_hanzi), dtype=torch.bool)
    for poem in poems:
        inputs, targets, counted = _one(corpus, int(poem))
        chosen = counted & is_hanzi[targets]
        logits = model(inputs)[:, 0][chosen]
        nats += nn.functional.cross_entropy(logits, targets[chosen], reduction="sum").item()
        hanzi += int(chosen.sum())
        alive |= (logits > 0).any(0)
    return math.exp(nats / hanzi), int(alive.sum())


if __name__ == "__main__":
    sys.exit(main())

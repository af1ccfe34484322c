"""Training speed: poetry.train's own step against a straightforward loop of the same network, by turns.

The straightforward loop: float32, F.cross_entropy on all logits, random poems padded to the longest of the
batch, AdamW with its defaults. Both get about as many tokens a batch; tokens counted are real ones. The
share of the peak is the arithmetic of the matrix products (2 forward, 4 backward for each weight and token)
against what a large bf16 product reaches on the same machine in the same run.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.batches import LONGEST, Batch, assemble, training_batches
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TRAIN
from poetry.training.network import Network, NetworkConfig
from poetry.training.trainer import Trainer, TrainingConfig

SIZE = 4096  # of the square matrices that measure the peak


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.training_speed", description="训练速度 / training speed")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--steps", type=int, default=15, help="每轮几步 / steps a turn")
    parser.add_argument("--turns", type=int, default=3, help="几轮，取最快 / turns; the fastest counts")
    parser.add_argument("--tokens", type=int, default=3000, help="每步多少字符 / tokens a step")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    config = NetworkConfig("lstm", len(corpus.vocabulary), 384, 768, 0.0)
    settings = TrainingConfig(sources=("tang", "song"), steps=1, batch_tokens=arguments.tokens)
    poems = corpus.select(TRAIN, settings.sources)
    ours = training_batches(corpus, poems, tokens=arguments.tokens, seed=1, epoch=0, first=0)
    plain = _random_batches(corpus, poems, arguments.tokens)
    with tempfile.TemporaryDirectory() as folder:
        trainer, loop = Trainer(Path(folder), corpus, config, settings), PlainLoop(config)
        fast, slow, peak = 0.0, 0.0, 0.0
        for _ in range(arguments.turns):
            fast = max(fast, _rate(lambda: trained(trainer, next(ours)), arguments.steps))
            slow = max(slow, _rate(lambda: loop.step(next(plain)), arguments.steps))
            peak = max(peak, bf16_peak())
    flops = 6 * matrix_weights(trainer.network)
    figures = {
        "tokens_per_second": round(fast),
        "straightforward_tokens_per_second": round(slow),
        "ratio": round(fast / slow, 2),
        "gflops": round(fast * flops / 1e9),
        "bf16_peak_gflops": round(peak),
        "share_of_peak": round(fast * flops / 1e9 / peak, 3),
    }
    report("training_speed", figures | {"precision": str(trainer.dtype)})


class PlainLoop:
    """The same network, trained the plain way."""

    def __init__(self, config: NetworkConfig) -> None:
        self.network = Network(config)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=1e-3)

    def step(self, batch: Batch) -> int:
        """One update; returns how many tokens counted."""
        counted = torch.from_numpy(batch.weights)
        targets = torch.from_numpy(batch.targets).masked_fill(~counted, -100)
        logits = self.network.logits(*self.network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.features)))
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return int(counted.sum())


def _random_batches(corpus: Encoded, poems: np.ndarray, tokens: int) -> Iterator[Batch]:
    """Random poems, as many as fill `tokens` on average; long ones are cut as poetry.train cuts them."""
    rng = np.random.default_rng(1)
    mean = np.minimum(corpus.offsets[poems + 1] - corpus.offsets[poems], LONGEST).mean()
    while True:
        chosen = rng.choice(poems, max(1, int(tokens // mean)))
        yield assemble(corpus, chosen, rng.integers(0, 2, len(chosen)), rng)


def trained(trainer: Trainer, batch: Batch) -> int:
    """One step of a trainer; how many tokens it learned from."""
    trainer._step(batch)
    return int(batch.weights.sum())


def _rate(step: Callable[[], int], steps: int) -> float:
    """Tokens per second of `step`, after one step that does not count."""
    step()
    start = time.perf_counter()
    tokens = sum(step() for _ in range(steps))
    return tokens / (time.perf_counter() - start)


def matrix_weights(network: Network) -> int:
    """How many weights take part in matrix products for each token: the layers' and the output's."""
    layers = sum(p.numel() for name, p in network.layers.named_parameters() if "weight" in name)
    return layers + network.embedding.weight.numel()


def bf16_peak(repeats: int = 5) -> float:
    """GFLOP/s of a product of two bf16 matrices of SIZE x SIZE."""
    a = torch.randn(SIZE, SIZE).to(torch.bfloat16)
    b = torch.randn(SIZE, SIZE).to(torch.bfloat16)
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return 2 * SIZE**3 / best / 1e9


if __name__ == "__main__":
    sys.exit(main())

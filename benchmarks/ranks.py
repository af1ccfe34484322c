"""Ranks: training of one network by two processes under torchrun against one process, with the same global batch.

One process is measured with one thread and with as many threads as there are ranks; each rank has one thread. So the
first ratio says what a second core brings, the second whether ranks or threads use it better.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.errors import CharRNNError

CELL, EMBEDDING, HIDDEN = "lstm", 384, 768


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.ranks", description="两个进程的训练速度 / training speed of two ranks")
    add = parser.add_argument
    add("--data", type=Path, default=Path("data/cache/corpus.npz"), help="编码好的语料 / the encoded corpus")
    add("--ranks", type=int, default=2, help="几个进程 / how many ranks")
    add("--steps", type=int, default=15, help="每轮几步 / steps a turn")
    add("--turns", type=int, default=3, help="几轮，取最快 / turns; the fastest counts")
    add("--tokens", type=int, default=3600, help="每步约多少字符，各进程合计 / tokens a step, of all ranks together")
    add("--measure", type=Path, help=argparse.SUPPRESS)  # one measurement, started by the benchmark itself
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if arguments.measure:
        _measure(arguments)
        return
    ways = {"one_thread": (1, 1), "threads": (1, arguments.ranks), "ranks": (arguments.ranks, 1)}
    best = dict.fromkeys(ways, 0.0)
    for _ in range(arguments.turns):  # by turns, so that a busy moment touches all
        for name, (ranks, threads) in ways.items():
            best[name] = max(best[name], _speed(arguments, ranks, threads))
    figures = {f"{name}_tokens_per_second": round(speed) for name, speed in best.items()}
    ratios = {f"ranks_to_{name}": round(best["ranks"] / best[name], 2) for name in ("one_thread", "threads")}
    report("ranks", {"ranks": arguments.ranks, "tokens_a_step": arguments.tokens} | figures | ratios)


def _speed(arguments: argparse.Namespace, ranks: int, threads: int) -> float:
    """Tokens per second of all ranks together, in processes of their own."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "speed.json"
        options = ["--data", arguments.data, "--steps", arguments.steps, "--tokens", arguments.tokens]
        command = ["-m", "torch.distributed.run", "--nproc-per-node", ranks, "-m", "benchmarks.ranks", *options]
        environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
        done = subprocess.run([sys.executable, *map(str, command), "--measure", result], env=environment, check=False)
        if done.returncode:
            raise CharRNNError(f"the measurement of {ranks} ranks failed; see the lines above")
        return json.loads(result.read_text())


def _measure(arguments: argparse.Namespace) -> None:
    """Time the trainer's own step on this rank; the first one writes the speed."""
    from benchmarks.training_speed import trained
    from poetry.corpus.batches import training_batches
    from poetry.training import data
    from poetry.training.network import NetworkConfig
    from poetry.training.ranks import launched
    from poetry.training.trainer import Trainer, TrainingConfig

    corpus = data.load(arguments.data)
    sources = ("tang", "song") if arguments.data.suffix == ".npz" else ("own",)
    settings = TrainingConfig(sources=sources, steps=arguments.steps, batch_tokens=arguments.tokens)
    network = NetworkConfig(CELL, len(corpus.vocabulary), EMBEDDING, HIDDEN, 0.0)
    with launched("cpu") as ranks:
        trainer = Trainer(arguments.measure.parent, corpus, network, settings, ranks)
        batches = training_batches(corpus, trainer.poems, tokens=arguments.tokens, seed=1, epoch=0, first=0)
        for _ in range(2):  # the first steps allocate, and DistributedDataParallel arranges its buckets
            trainer._step(next(batches))
        start = time.perf_counter()
        tokens = sum(trained(trainer, next(batches)) for _ in range(arguments.steps))
        seconds = time.perf_counter() - start
        if ranks.first:
            arguments.measure.write_text(json.dumps(tokens / seconds))


if __name__ == "__main__":
    sys.exit(main())

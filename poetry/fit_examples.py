"""示范 (examples): `python -m poetry.fit_examples RUN --data CORPUS --examples FILE` learns from poems to titles.

The step after `python -m poetry.train`. Input: a run's best checkpoint, the corpus that it learned from, and poems that
were written to titles (recipes/examples.jsonl). Output: taught.safetensors in the run's folder; see
poetry.training.examples.
"""

import argparse
import sys
from pathlib import Path

from charrnn_core.atomic import ensure_writable
from charrnn_core.command import Parser, require_torch, run
from poetry.training.exporting import BEST, TAUGHT


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(
        prog="poetry.fit_examples", description="向示范的诗学 / learn from poems that were written to titles"
    )
    add = parser.add_argument
    add("run", type=Path, help="训练目录 / the run's folder")
    add("--data", type=Path, required=True, help="编码好的语料或纯文本 / encoded corpus or plain text")
    add("--examples", type=Path, nargs="+", required=True, help="按题写的诗，JSON 行 / poems to titles, JSON lines")
    add("--learning-rate", type=float, default=6e-4, help="学习率 / learning rate")
    add("--epochs", type=float, default=6.0, help="几遍 / how many times over the examples")
    add("--seed", type=int, default=1, help="随机种子 / seed")
    add("--device", choices=("cpu", "cuda"), default="cpu", help="设备 / device")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    require_torch()
    from poetry.training import checkpoint, data, examples, lessons
    from poetry.training.device import low_precision, require

    given = [example for path in arguments.examples for example in lessons.examples(path)]
    require(arguments.device)
    out = arguments.run / TAUGHT
    ensure_writable(out)
    corpus = data.load(arguments.data)
    network, header = checkpoint.network_of(arguments.run / BEST, corpus, dropout=0.1)
    stage = examples.Stage(
        *(network.to(arguments.device), corpus, given, low_precision(arguments.device)),
        learning_rate=arguments.learning_rate,
        epochs=arguments.epochs,
        seed=arguments.seed,
    )
    before, after = stage.fit()
    header["settings"]["examples"] = len(given)
    checkpoint.save_network(out, network, header)
    print(
        f"{len(given)} examples: perplexity of those not learned, told their titles, {before:.1f} -> {after:.1f}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(main())

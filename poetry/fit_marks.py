"""读者的分 (readers' marks): `python -m poetry.fit_marks RUN --data CORPUS --marks FILE` learns what readers prefer.

The step before `python -m poetry.fit_rhymes`. Input: what `python -m poetry.train`, or `python -m poetry.fit_examples`
after it, left in a run's folder, the corpus that it learned from, and poems that the network wrote, with readers' marks
(recipes/marks.jsonl). Output: preferred.safetensors beside it; see poetry.training.preference.
"""

import argparse
import sys
from pathlib import Path

from charrnn_core.atomic import ensure_writable
from charrnn_core.command import Parser, require_torch, run
from poetry.training.exporting import PREFERRED, finished


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.fit_marks", description="向读者的分学 / learn from the marks that readers gave")
    add = parser.add_argument
    add("run", type=Path, help="训练目录 / the run's folder")
    add("--data", type=Path, required=True, help="编码好的语料或纯文本 / encoded corpus or plain text")
    add("--marks", type=Path, nargs="+", required=True, help="读者评过的诗，JSON 行 / marked poems, JSON lines")
    add("--learning-rate", type=float, default=1.5e-4, help="学习率 / learning rate")
    add("--epochs", type=float, default=1.0, help="几遍 / how many times over the marks")
    add("--seed", type=int, default=1, help="随机种子 / seed")
    add("--device", choices=("cpu", "cuda"), default="cpu", help="设备 / device")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    require_torch()
    from poetry.training import checkpoint, data, lessons, preference
    from poetry.training.device import low_precision, require

    marked = [poem for path in arguments.marks for poem in lessons.marks(path)]
    require(arguments.device)
    out = arguments.run / PREFERRED
    ensure_writable(out)
    corpus = data.load(arguments.data)
    network, header = checkpoint.network_of(
        arguments.run / finished(arguments.run, before=PREFERRED), corpus, dropout=0.0
    )
    stage = preference.Stage(
        *(network.to(arguments.device), corpus, marked, low_precision(arguments.device)),
        learning_rate=arguments.learning_rate,
        epochs=arguments.epochs,
        seed=arguments.seed,
        taught="examples" in header["settings"],
    )
    share = stage.fit()
    header["settings"]["marks"] = len(marked)
    checkpoint.save_network(out, network, header)
    print(
        f"{len(marked)} marked poems: of pairs not yet learned {share:.1%} came to be as readers have them",
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(main())

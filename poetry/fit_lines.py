"""逐句的分 (marks of lines): `python -m poetry.fit_lines RUN --data CORPUS --lines FILE` learns which readers prefer.

Goes on from what `python -m poetry.fit_marks` or `python -m poetry.fit_rhymes` left in a run's folder. Input: the
corpus that the network learned from, and lines that it offered for places in poems, with readers' marks
(recipes/lines.jsonl). Output: chosen.safetensors beside it; see poetry.training.offers.
"""

import argparse
import sys
from pathlib import Path

from charrnn_core.atomic import ensure_writable
from charrnn_core.command import Parser, require_torch, run
from poetry.training.exporting import CHOSEN, finished


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.fit_lines", description="向读者逐句的分学 / learn from the marks of single lines")
    add = parser.add_argument
    add("run", type=Path, help="训练目录 / the run's folder")
    add("--data", type=Path, required=True, help="编码好的语料或纯文本 / encoded corpus or plain text")
    add("--lines", type=Path, nargs="+", required=True, help="读者评过的诗句，JSON 行 / marked lines, JSON lines")
    add("--learning-rate", type=float, default=1.5e-4, help="学习率 / learning rate")
    add("--epochs", type=float, default=1.0, help="几遍 / how many times over the marks")
    add("--seed", type=int, default=1, help="随机种子 / seed")
    add("--device", choices=("cpu", "cuda"), default="cpu", help="设备 / device")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    require_torch()
    from poetry.training import checkpoint, data, lessons, offers
    from poetry.training.device import low_precision, require

    offered = [place for path in arguments.lines for place in lessons.offers(path)]
    require(arguments.device)
    out = arguments.run / CHOSEN
    ensure_writable(out)
    corpus = data.load(arguments.data)
    network, header = checkpoint.network_of(arguments.run / finished(arguments.run, before=CHOSEN), corpus, dropout=0.0)
    stage = offers.Stage(
        *(network.to(arguments.device), corpus, offered, low_precision(arguments.device)),
        learning_rate=arguments.learning_rate,
        epochs=arguments.epochs,
        seed=arguments.seed,
        taught="examples" in header["settings"],
    )
    share = stage.fit()
    header["settings"]["lines"] = len(offered)
    checkpoint.save_network(out, network, header)
    print(
        f"{len(offered)} places: of pairs not yet learned {share:.1%} came to be as readers have them", file=sys.stderr
    )


if __name__ == "__main__":
    sys.exit(main())

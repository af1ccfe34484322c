"""品句 (taste): `python -m poetry.fit_taste WEIGHTS --lines FILE -o FILE` gives a network taste.

The last step of making weights, after `python -m poetry.fit_phrases`, whose list it is shown. Input: a weights file,
and lines that networks offered for places in poems, with readers' marks (recipes/taste.jsonl). Output: the same network
with the arrays of poetry.writing.taste; see poetry.training.tasting. Of each line 5 KB are held in memory.
"""

import argparse
import sys
from pathlib import Path

from charrnn_core import weights
from charrnn_core.atomic import ensure_writable
from charrnn_core.command import Parser, require_torch, run
from charrnn_core.errors import UsageError
from poetry.writing import model


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.fit_taste", description="学读者怎样品句 / learn how readers judge a line")
    add = parser.add_argument
    add("weights", type=Path, help="权重文件 / the weights file")
    add("--lines", type=Path, nargs="+", required=True, help="读者评过的诗句，JSON 行 / marked lines, JSON lines")
    add("--epochs", type=float, default=6.0, help="几遍 / how many times over the marks")
    add("--seed", type=int, default=1, help="随机种子 / seed")
    add("-o", "--out", type=Path, required=True, help="权重文件 / the weights file to write")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    require_torch()
    from poetry.training import lessons, tasting

    if not arguments.epochs > 0:
        raise UsageError("--epochs is {epochs}; give more than 0", epochs=arguments.epochs)
    ensure_writable(arguments.out)
    offered = [place for path in arguments.lines for place in lessons.offers(path)]
    arrays, header = weights.load(arguments.weights, kind=model.KIND)
    if "phrases" not in header:
        raise UsageError("the weights have no phrases, which taste is shown; run poetry.fit_phrases first")
    shown = tasting.Shown.of(model.load(arguments.weights), offered)
    taste, agreement = tasting.fit(shown, epochs=arguments.epochs, seed=arguments.seed)
    about = {"places": len(offered), "agreement": round(agreement, 4)}
    weights.save(arguments.out, arrays | taste, header | {"taste": about}, int8=True)
    print(
        f"{len(offered)} places: agreement with marks of titles that it has not seen {agreement:.3f}", file=sys.stderr
    )


if __name__ == "__main__":
    sys.exit(main())

"""韵脚 (rhyme words): `python -m poetry.fit_rhymes RUN --data CORPUS` fits the rows that tell the rhyme once more.

The step before `python -m poetry.fit_lines` or `.export`. Input: what `python -m poetry.train`, or `python -m
poetry.fit_marks` after it, left in a run's folder, and the corpus it learned from. Output: rhymes.safetensors beside
it, the same network but for these rows; see poetry.training.rhyme_rows.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from charrnn_core.command import Parser, require_torch, run
from charrnn_core.errors import UsageError
from poetry.training.exporting import RHYMES, finished


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.fit_rhymes", description="稀见的韵部也守得住 / the rows of rare rhyme groups, fitted")
    parser.add_argument("run", type=Path, help="训练目录 / the run's folder")
    parser.add_argument("--data", type=Path, required=True, help="编码好的语料或纯文本 / encoded corpus or plain text")
    parser.add_argument("--poems", type=int, default=250, help="每个韵部取几首诗 / poems for each rhyme group")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    require_torch()
    from poetry.training import checkpoint, data
    from poetry.training.rhyme_rows import fit

    if arguments.poems < 1:
        raise UsageError("--poems is {poems}; give at least 1", poems=arguments.poems)
    corpus = data.load(arguments.data)
    network, header = checkpoint.network_of(arguments.run / finished(arguments.run, before=RHYMES), corpus)
    found = fit(network, corpus, poems=arguments.poems)
    header["settings"]["rhymes_fitted_on"] = arguments.poems
    checkpoint.save_network(arguments.run / RHYMES, network, header)
    before, after = np.mean(list(found.values()), axis=0) if found else (0.0, 0.0)
    print(f"{len(found)} groups: {before:.3f} -> {after:.3f} nats a rhyme word", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

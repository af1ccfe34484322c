"""Count what poets do: `python -m poetry.corpus.build_customs --data data/cache/corpus.npz` (poetry.slots.customs)."""

import argparse
import sys
from pathlib import Path

import numpy as np

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TRAIN
from poetry.prosody.table import LEVEL_GROUPS
from poetry.slots import customs
from poetry.text.forms import FORMS, REGULATED, Form

DEFAULT = Path(customs.__file__).parent
OFTEN, SHARE = 60, 0.02  # times a character is doubled in the corpus at least, and of its occurrences


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.corpus.build_customs", description="诗人的习惯：首句与韵部 / the customs of poets")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("-o", "--out", type=Path, default=DEFAULT, help="输出目录 / the folder for both files")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    rows = [[form.name, *map(str, count(corpus, form).tolist())] for form in REGULATED]
    write_text(arguments.out / customs.FILE, "".join("\t".join(row) + "\n" for row in rows))
    write_text(arguments.out / customs.DOUBLED, doubled(corpus) + "\n")


def doubled(corpus: Encoded) -> str:
    """The characters that stand twice running OFTEN and in a SHARE of their occurrences, the commonest first."""
    tokens, v = corpus.tokens.astype(np.int64), corpus.vocabulary
    twice = (tokens[1:] == tokens[:-1]) & v.is_hanzi[tokens[1:]]
    pairs, single = np.bincount(tokens[1:][twice], minlength=len(v)), np.bincount(tokens, minlength=len(v))
    chosen = np.flatnonzero((pairs >= OFTEN) & (pairs >= SHARE * single))
    return "".join(v.tokens[i] for i in chosen[np.argsort(-pairs[chosen], kind="stable")])


def count(corpus: Encoded, form: Form) -> np.ndarray:
    """(2 + 30,) int64 for the training poems of a form that rhyme in a level group; see poetry.slots.customs."""
    poems = corpus.select(TRAIN)
    first = corpus.offsets[poems[corpus.form[poems] == FORMS.index(form)]]
    opening, group = corpus.rhyme[first], corpus.rhyme[first + form.length + 1]
    level = (group >= 1) & (group <= LEVEL_GROUPS)
    rhymed = int((opening == group)[level].sum())
    groups = np.bincount(group[level], minlength=LEVEL_GROUPS + 1)[1:]
    return np.concatenate([[rhymed, level.sum() - rhymed], groups]).astype(np.int64)


if __name__ == "__main__":
    sys.exit(main())

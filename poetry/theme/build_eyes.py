"""Count which words of titles poems name: `python -m poetry.theme.build_eyes --data data/cache/corpus.npz`.

Output: eyes.tsv (poetry.theme.eyes), of the regulated poems of the training part: word, share of the poems with it in
the title that have it in a line, share of all poems.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.encoding import SOURCES
from poetry.corpus.split import TRAIN
from poetry.measuring.evaluation import human
from poetry.text.forms import REGULATED, recognise
from poetry.text.hanzi import HANZI
from poetry.theme import eyes, vectors

_HANZI = re.compile(f"[{HANZI}]+")
DEFAULT = Path(eyes.__file__).parent / eyes.FILE
TITLES, POEMS = 12, 60  # different titles with the word, and poems, at least
SHARE, WORTH = 0.08, 0.15  # of its poems that name it, and poetry.theme.eyes.worth, at least


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.theme.build_eyes", description="题眼：诗里会说到题中哪个词 / the eyes of titles")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("-o", "--out", type=Path, default=DEFAULT, help="输出 / the table")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    verses = human(encoding.load(arguments.data), TRAIN, SOURCES)
    poems = [(verse.title, verse.lines) for verse in verses if recognise(verse.lines) in REGULATED]
    rows = counted(poems)
    write_text(arguments.out, "".join(f"{word}\t{share:.3f}\t{of_all:.6f}\n" for word, share, of_all in rows))


def counted(poems: Sequence[tuple[str, Sequence[str]]]) -> list[tuple[str, float, float]]:
    """(word, share of the poems titled by it that name it, share of all), the most telling first."""
    titled, named, everywhere = Counter[str](), Counter[str](), Counter[str]()
    titles = Counter(word for title in {title for title, _ in poems} for word in _words([title]))
    for title, lines in poems:
        of_title, of_lines = _words([title]), _words(lines)
        titled.update(of_title)
        named.update(of_title & of_lines)
        everywhere.update(of_lines)
    rows = [
        (word, named[word] / count, everywhere[word] / len(poems))
        for word, count in titled.items()
        if titles[word] >= TITLES
        and everywhere[word] >= POEMS
        and named[word] >= SHARE * count
        and _HANZI.fullmatch(word)
    ]
    telling = {row: eyes.worth(row[1], row[2]) for row in rows}
    return sorted((row for row in rows if telling[row] >= WORTH), key=lambda row: -telling[row])


def _words(texts: Iterable[str]) -> set[str]:
    """The Hanzi, and the words of verse, within the texts."""
    pieces = {text[k : k + n] for text in texts for n in (1, 2) for k in range(len(text) - n + 1)}
    return {piece for piece in pieces if len(piece) == 1 or vectors.shipped().is_word(piece)}


if __name__ == "__main__":
    sys.exit(main())

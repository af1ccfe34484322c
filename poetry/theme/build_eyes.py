"""Count which words poems name under their titles: `python -m poetry.theme.build_eyes --data data/cache/corpus.npz`.

Output, of the regulated poems of the training part (poetry.theme.eyes):

- eyes.tsv: word, share of the poems with it in the title that have it in a line, share of all poems;
- subjects.tsv: word of a title, then words that poems under such titles have, each with its worth.
"""

import argparse
import math
import re
import sys
from collections import Counter, defaultdict
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
DEFAULT, SUBJECTS = (Path(eyes.__file__).parent / name for name in (eyes.FILE, eyes.SUBJECTS))
TITLES, POEMS = 12, 60  # different titles with the word, and poems, at least
SHARE, WORTH = 0.08, 0.15  # of its poems that name it, and poetry.theme.eyes.worth, at least
# Of a subject: different titles at least, poems counted of one title at most, how much more often its parts must stand
# together than by chance (nats; 人出 is no subject); of its words: worth at least, how many.
SUBJECT_TITLES, OF_ONE_TITLE, TOGETHER, SUBJECT_WORTH, SUBJECT_WORDS = 25, 2, 1.0, 0.55, 5


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.theme.build_eyes", description="题眼：诗里会说到题中哪个词 / the eyes of titles")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("-o", "--out", type=Path, default=DEFAULT, help="题眼表 / the table of eyes")
    parser.add_argument("--subjects", type=Path, default=SUBJECTS, help="题材表 / the table of subjects")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    verses = human(encoding.load(arguments.data), TRAIN, SOURCES)
    poems = [(verse.title, verse.lines) for verse in verses if recognise(verse.lines) in REGULATED]
    rows = counted(poems)
    write_text(arguments.out, "".join(f"{word}\t{share:.3f}\t{of_all:.6f}\n" for word, share, of_all in rows))
    found = subjects(poems)
    write_text(
        arguments.subjects,
        "".join("\t".join((title, *(f"{word} {worth:.2f}" for word, worth in said))) + "\n" for title, said in found),
    )


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


def subjects(poems: Sequence[tuple[str, Sequence[str]]]) -> list[tuple[str, list[tuple[str, float]]]]:
    """(two or three Hanzi of titles, the words that poems under such titles say more than others, with their worth)."""
    everywhere, titled, together = Counter[str](), Counter[str](), defaultdict[str, Counter[str]](Counter)
    different, of_title = defaultdict[str, set[str]](set), Counter[str]()
    for title, lines in poems:
        words = _words(lines)
        everywhere.update(words)
        of_title[title] += 1
        if of_title[title] > OF_ONE_TITLE:  # a long series says what one poet thinks of
            continue
        for part in {title[k : k + n] for n in (1, 2, 3) for k in range(len(title) - n + 1)}:
            titled[part] += 1
            if len(part) > 1:
                different[part].add(title)
                together[part].update(words)
    found = []
    for part, count in sorted(titled.items()):
        if len(different[part]) < SUBJECT_TITLES or not _HANZI.fullmatch(part):
            continue
        chance = max(titled[part[:k]] * titled[part[k:]] / len(poems) for k in range(1, len(part)))
        if math.log(count / chance) < TOGETHER:
            continue
        worth = {
            word: eyes.worth(named / count, everywhere[word] / len(poems))
            for word, named in together[part].items()
            if everywhere[word] >= POEMS and named >= SHARE * count
        }
        wider = {word for word in worth if len(word) > 1}
        said = sorted(
            (-value, word)
            for word, value in worth.items()
            if value >= SUBJECT_WORTH
            and not any(word in w and w != word and worth[w] > eyes.WIDER * value for w in wider)
        )
        if said:
            found.append((part, [(word, -value) for value, word in said[:SUBJECT_WORDS]]))
    return found


def _words(texts: Iterable[str]) -> set[str]:
    """The Hanzi, and the words of verse, within the texts."""
    pieces = {text[k : k + n] for text in texts for n in (1, 2) for k in range(len(text) - n + 1)}
    return {piece for piece in pieces if len(piece) == 1 or vectors.shipped().is_word(piece)}


if __name__ == "__main__":
    sys.exit(main())

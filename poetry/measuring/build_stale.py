"""What the network says much oftener than poets do: `python -m poetry.measuring.build_stale --data corpus.npz POEMS`.

A phrase of two or three Hanzi is stale (陈言, poetry.slots.stale) when it stands in OFTEN of the machine's poems and
OVERUSE times as often as in the regulated poems of the training part, line for line. Beside it stands the share of
poems to which it is to be open: TOLERATED / (machine's share / poets' share). What is listed already stays, for its
share is what keeps it down now; overused all the same, it is opened to fewer poems.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.encoding import SOURCES
from poetry.corpus.split import TRAIN
from poetry.measuring.evaluation import human, read
from poetry.slots import stale
from poetry.text.forms import REGULATED, recognise

DEFAULT = Path(stale.__file__).parent / stale.FILE
OFTEN, OVERUSE, TOLERATED = 0.01, 5.0, 2.0
FEWEST = 0.5  # times that a phrase unknown to poets counts among theirs


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.measuring.build_stale", description="陈言：机器说得太多的话 / what it overuses")
    parser.add_argument("poems", type=Path, nargs="+", help="机器写的诗 / poems of the network")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("-o", "--out", type=Path, default=DEFAULT, help="输出 / the list")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    verses = human(encoding.load(arguments.data), TRAIN, SOURCES)
    poets = [verse.lines for verse in verses if recognise(verse.lines) in REGULATED]
    machine = [verse.lines for path in arguments.poems for verse in read(path)]
    found = added(stale.stale(), overused(machine, poets))
    write_text(arguments.out, "".join(f"{phrase}\t{share:.3f}\n" for phrase, share in found.items()))


def added(listed: Mapping[str, float], found: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The list with what is overused now."""
    return {**listed, **{phrase: share * listed.get(phrase, 1.0) for phrase, share in found}}


def overused(machine: Sequence[Sequence[str]], poets: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
    """Phrases, the commonest of the machine's first, each with the share of poems to which it is to be open."""
    ours, theirs = phrases(machine), phrases(poets)
    lines, their_lines = sum(map(len, machine)), sum(map(len, poets))
    found = []
    for phrase, count in ours.most_common():
        if count < OFTEN * len(machine):
            break
        ratio = count / lines / (max(theirs[phrase], FEWEST) / their_lines)
        if ratio >= OVERUSE:
            found.append((phrase, min(1.0, TOLERATED / ratio)))
    return found


def phrases(poems: Iterable[Sequence[str]]) -> Counter[str]:
    """How many poems hold each phrase of two or three Hanzi within a line."""
    return Counter(
        phrase
        for lines in poems
        for phrase in {line[k : k + n] for line in lines for n in (2, 3) for k in range(len(line) - n + 1)}
    )


if __name__ == "__main__":
    sys.exit(main())

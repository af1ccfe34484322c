"""诗料 (the matter of verse): what poems name under a title that has a word in it, and what jars there.

Poets kept encyclopaedias by subject (类书; 诗学含英 for verse) to look up what is said of plums or of farewells; a network of
this size has read of many subjects too seldom to know. matter.tsv has a subject a line: a word of titles, the words of
one or two Hanzi that a poem about it names, the most telling first, and those that careless verse brings in and that
jar: another season's, another flower's. A large language model wrote it, of words that titles of the corpus often have
and by kinds of subjects (plants, persons, hours, trades ...); words that poems of the corpus have not at least three
times are left out. How it is put to use: poetry.slots.matter, poetry.writing.search.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FILE = "matter.tsv"
LONGEST = 4  # Hanzi of a subject
ALONE = 0.5  # of the worth of longer subjects is that of one Hanzi: 山 says less of a poem than 深山


@dataclass(frozen=True)
class Subject:
    """A word of a title with its matter."""

    name: str
    fits: tuple[str, ...]
    jars: tuple[str, ...]

    @property
    def worth(self) -> float:
        """How much it matters that a poem names it, beside other subjects of its title."""
        return 1.0 if len(self.name) > 1 else ALONE


@cache
def _rows() -> dict[str, str]:
    """Subject -> the rest of its line, which is split when it is asked for."""
    text = files("poetry.theme").joinpath(FILE).read_text(encoding="utf-8")
    return dict(row.split("\t", 1) for row in text.splitlines())


@cache
def subjects(title: str) -> tuple[Subject, ...]:
    """The subjects of a title, in its order, none within another: of all ways to read it the one with the greatest sum
    of squared lengths."""
    best: list[tuple[int, tuple[str, ...]]] = [(0, ())]  # of the first k Hanzi
    for end in range(1, len(title) + 1):
        ways = [best[-1]]
        for length in range(1, min(LONGEST, end) + 1):
            if (word := title[end - length : end]) in _rows():
                score, before = best[end - length]
                ways.append((score + length**2, (*before, word)))
        best.append(max(ways, key=lambda way: way[0]))
    return tuple(_subject(name) for name in dict.fromkeys(best[-1][1]))


def _subject(name: str) -> Subject:
    fits, jars = _rows()[name].split("\t")
    return Subject(name, tuple(fits.split()), tuple(jars.split()))


def jarring(title: str, told: Sequence[str] = ()) -> tuple[str, ...]:
    """What jars under a title, less what fits another subject of it, or is named by itself or by what is `told`."""
    found = subjects(title)
    fits = {word for subject in found for word in subject.fits}
    named = "□".join((title, *told))
    return tuple(dict.fromkeys(word for s in found for word in s.jars if word not in fits and word not in named))

"""诗料 (the matter of verse): what poems name under a title that has a word in it, and what jars there.

Poets kept encyclopaedias by subject (类书; 诗学含英 for verse) to look up what is said of plums or farewells; a network
of this size has read of many subjects too seldom to know. matter.tsv has a subject a line: a word of titles, the words
of one or two Hanzi that a poem about it names, the most telling first, and those that careless verse brings in and that
jar: another season's, another flower's. A large language model wrote it, of words that titles of the corpus often have
and by kinds of subjects (plants, persons, hours, trades ...); words that poems of the corpus have not at least three
times are left out. Words of today have theirs in poetry.theme.modern. How it is put to use: poetry.slots.matter,
poetry.writing.search.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from poetry.theme import modern as today

FILE = "matter.tsv"
LONGEST = 5  # Hanzi of a subject
# What is done, in one Hanzi.
ACTS = (
    "送寄赠别归还登游过宿泊访寻遇逢携望眺闻听看观赏玩读忆怀梦思"
    "悼哭挽吊贺谢答酬赴发泛渡钓猎采种栽移买借乞煮饮酌醉病卧睡浴"
)
LITTLE = "歌行吟词曲引谣篇诗咏作中上下前后里间边头底内外初尽末半意情怀兴"  # what may follow the thing that is meant
APART = "□"  # in no subject
ALONE = 0.5  # the worth of one Hanzi beside that of a longer subject: 山 says less of a poem than 深山


@dataclass(frozen=True)
class Subject:
    """A word of a title with its matter."""

    name: str
    fits: tuple[str, ...]
    jars: tuple[str, ...]
    modern: bool = False  # whether it is a word of today

    @property
    def worth(self) -> float:
        """How much it matters that a poem names it, beside other subjects of its title."""
        return 1.0 if len(self.name) > 1 else ALONE


@cache
def _rows() -> dict[str, str]:
    """Subject of titles -> the rest of its line, which is split when it is asked for."""
    text = files("poetry.theme").joinpath(FILE).read_text(encoding="utf-8")
    return dict(row.split("\t", 1) for row in text.splitlines())


def knows(word: str) -> bool:
    """Whether a word is one of titles."""
    return word in _rows()


@lru_cache(maxsize=1024)  # batches have many titles
def subjects(title: str, stands_for: tuple[str, ...] = ()) -> tuple[Subject, ...]:
    """The subjects of a title, and first the modern words that it stands for, which have matter of their own
    (poetry.theme.modern); what they are called in verse is then no subject besides."""
    rest, found = title, list[Subject]()
    for word in stands_for:
        if word in today.matter():
            found.append(_subject(word, modern=True))
            for verse in today.verses(word):
                rest = rest.replace(verse, APART)
    return (*found, *_titled(rest))


def _titled(title: str) -> tuple[Subject, ...]:
    """The subjects of a title, none within another: of all ways to read it the one with the greatest sum of squared
    lengths. One Hanzi that is no act stands for a thing only where it closes the title, but for little words, or
    another subject follows: 荷 in 盆荷, 秋 in 秋塘, 楼 in 楼前, but no 熊 in 熊安生."""
    found: list[str] = []
    follows = len(title.rstrip(LITTLE))
    for start, end in reversed(_spans(title)):
        word = title[start:end]
        if len(word) > 1 or word in ACTS or end == follows:
            found.append(word)
            follows = start
    return tuple(_subject(name, modern=not knows(name)) for name in dict.fromkeys(reversed(found)))


def _spans(title: str) -> tuple[tuple[int, int], ...]:
    """Where the words of a title that are in the table stand, as `subjects` reads it."""
    best: list[tuple[int, tuple[tuple[int, int], ...]]] = [(0, ())]  # of the first k Hanzi
    for end in range(1, len(title) + 1):
        ways = [best[-1]]
        for start in range(max(0, end - LONGEST), end):
            if (word := title[start:end]) in _rows() or word in today.matter():
                score, before = best[start]
                ways.append((score + (end - start) ** 2, (*before, (start, end))))
        best.append(max(ways, key=lambda way: way[0]))
    return best[-1][1]


def _subject(name: str, *, modern: bool) -> Subject:
    fits, jars = (today.matter() if modern else _rows())[name].split("\t")
    return Subject(name, tuple(fits.split()), tuple(jars.split()), modern)


def jarring(title: str, told: Sequence[str], stands_for: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What jars under a title, less what fits another subject of it or is named by what is `told`, the title too."""
    found = subjects(title, stands_for)
    fits = {word for subject in found for word in subject.fits}
    named = "□".join((title, *told))
    return tuple(dict.fromkeys(word for s in found for word in s.jars if word not in fits and word not in named))


def taken_up(
    lines: Sequence[str], title: str, stands_for: tuple[str, ...] = ()
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Of each subject of a title its name and the words of its matter that lines of a poem name, in their order."""
    return tuple(
        (subject.name, tuple(word for line in lines for word in _in_order(line, subject.fits)))
        for subject in subjects(title, stands_for)
    )


def _in_order(line: str, words: Sequence[str]) -> list[str]:
    return sorted((word for word in words if word in line), key=line.index)

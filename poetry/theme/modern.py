"""今题 (modern themes): what a word of today is called in verse, and what poems would name under it.

modern.tsv has a word a line: the word as people say it, its counterparts in verse, which make the title, the first said
first; then, as poetry.theme.matter has them of titles, the words of one or two Hanzi that a poem about it names (诗料),
the most telling first, and those that jar. A large language model wrote the matter; words that poems of the corpus have
not at least three times are left out.
"""

from collections.abc import Collection
from functools import cache
from importlib.resources import files

FILE = "modern.tsv"


@cache
def _rows() -> dict[str, str]:
    """Word -> the rest of its line, which is split when it is asked for."""
    text = files("poetry.theme").joinpath(FILE).read_text(encoding="utf-8")
    return dict(row.split("\t", 1) for row in text.splitlines())


def words() -> Collection[str]:
    """The words of the table."""
    return _rows().keys()


def verses(word: str) -> tuple[str, ...]:
    """What a word of the table is called in verse."""
    return tuple(_rows()[word].split("\t")[0].split())


@cache
def matter() -> dict[str, str]:
    """Of the words that have matter of their own, as poetry.theme.matter has them: what fits, a tab, what jars."""
    cells = ((word, *rest.split("\t", 1)) for word, rest in _rows().items())
    return {word: about for word, _, about in cells if not about.startswith("\t")}

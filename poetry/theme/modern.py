"""今题 (modern themes): what a word of today is called in verse, and what poems would name under it.

modern.tsv has a word a line: the word as people say it, its counterparts in verse, which make the title, the first said
first; then, as poetry.theme.matter has them of titles, the words of one or two Hanzi that a poem about it names (诗料),
the most telling first, and those that jar. A large language model wrote the matter; words that poems of the corpus have
not at least three times are left out.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FILE = "modern.tsv"


@dataclass(frozen=True)
class Modern:
    """What stands beside a word."""

    verses: tuple[str, ...]
    fits: tuple[str, ...]
    jars: tuple[str, ...]


@cache
def modern() -> dict[str, Modern]:
    """The table."""
    rows = files("poetry.theme").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return {
        word: Modern(*(tuple(cell.split()) for cell in cells)) for word, *cells in (row.split("\t") for row in rows)
    }

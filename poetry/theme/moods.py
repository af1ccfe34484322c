"""心情 (mood) of a poem: cheerful, neutral or sad, asked for and measured with one small lexicon, moods.tsv.

A mood gives the network key words, and keeps the characters of the opposite mood (of both, where it is neutral) out of
every place. The measure counts also words that are never kept out, so that it can tell when the wish has failed.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

CHEERFUL, NEUTRAL, SAD = "cheerful", "neutral", "sad"
MOODS = (CHEERFUL, NEUTRAL, SAD)
_NAMES = {"欢": CHEERFUL, "愁": SAD}
KEYS = 2  # words that a mood gives


@dataclass(frozen=True)
class Lexicon:
    """What belongs to a mood: key `words` to write by, `characters`, and further words to `measure` by."""

    words: tuple[str, ...]
    characters: str
    measure: tuple[str, ...]


@cache
def lexicons() -> dict[str, Lexicon]:
    """The lexicon of CHEERFUL and of SAD."""
    rows = files("poetry").joinpath("theme", "moods.tsv").read_text(encoding="utf-8").splitlines()
    parts = (row.split("\t") for row in rows if not row.startswith("#"))
    return {_NAMES[name]: Lexicon(tuple(w.split()), c, tuple(m.split())) for name, w, c, m in parts}


def key_words(mood: str, seed: int) -> tuple[str, ...]:
    """KEYS words of a mood, another choice for another seed; none for NEUTRAL."""
    if mood == NEUTRAL:
        return ()
    words = lexicons()[mood].words
    return tuple(words[i] for i in np.random.default_rng(seed).choice(len(words), KEYS, replace=False))


def kept_out(mood: str) -> str:
    """The characters that a mood does without."""
    return "".join(lexicon.characters for name, lexicon in lexicons().items() if name != mood)


def measured(text: str) -> dict[str, int]:
    """How many characters and words of CHEERFUL and of SAD a text has."""
    return {
        mood: sum(text.count(each) for each in (*lexicon.characters, *lexicon.measure))
        for mood, lexicon in lexicons().items()
    }

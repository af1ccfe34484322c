"""From a theme in modern Chinese to words of verse.

jieba cuts the text into words. What only speaks of the wish itself (我想写一首……的诗) is left out. A modern word has
its counterpart in poetry.theme.modern; a word of verse, or of titles (poetry.theme.matter), is taken as it is; another
is mapped to the word of verse nearest in meaning. The words that tell most about a poem come first; at most three are
taken, and what is only near in meaning where there is nothing else.
"""

import atexit
import logging
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from charrnn_core.errors import UsageError
from poetry.text.files import data_folder
from poetry.text.hanzi import HANZI, simplify
from poetry.text.vocab import MOST_KEYS
from poetry.theme import matter, modern, vectors
from poetry.theme.vectors import WordVectors

LONGEST = 200  # characters
# The cosine from which a word of verse is near in meaning: when it shares a Hanzi with what was said, or not.
NEAR_SHARED, NEAR = 0.65, 0.75
_DIGIT = "[零一二三四五六七八九十百千两]"
_NUMBER = re.compile(
    f"第.{{1,3}}|{_DIGIT}+(?:个[月星期周]*|岁|周年|点|次|位|届)?|{_DIGIT}{{2,}}年"
)  # how many, not what
_FOREIGN = re.compile(rf"[^\W_{HANZI}]+")  # Latin words, numbers, kana
COMMON, FREQUENCY = 100, 20_000  # words of verse in so many poems are made known to jieba, as common ones


@dataclass(frozen=True)
class Theme:
    """`words` make the title that the network writes to; `mapped` are (what was said, the word of verse) where they
    differ; `unknown` was understood as no word of verse, or is not Chinese; `left` is known but not taken."""

    words: tuple[str, ...]
    mapped: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    left: tuple[str, ...] = ()

    @property
    def said(self) -> dict[str, str]:
        """Each of `words`, and what was said for it."""
        spoken = {verse: said for said, verse in self.mapped}
        return {verse: spoken.get(verse, verse) for verse in self.words}

    @property
    def modern(self) -> tuple[str, ...]:
        """The words of poetry.theme.modern that were said, whole or in pieces, and for which `words` stand."""
        stands = ((piece, verse) for verse, said in self.said.items() for piece in _pieces(said))
        return tuple(piece for piece, verse in stands if piece in modern.words() and verse in modern.verses(piece))

    def shown(self) -> list[str]:
        """Each of `words`, after what was said for it where that differs."""
        return [verse if said == verse else f"{said}→{verse}" for verse, said in self.said.items()]

    def describe(self) -> str:
        """One line that says what was made of the theme."""
        words = " ".join(self.shown())
        unknown = f"；不认识 / unknown: {' '.join(self.unknown)}" if self.unknown else ""
        left = f"；未用 / not used: {' '.join(self.left)}" if self.left else ""
        return f"主题 / theme: {words}{unknown}{left}"


def read_theme(text: str, table: WordVectors | None = None) -> Theme:
    """Words of verse for a theme. Raises UsageError when the text is too long or nothing in it is understood."""
    if len(text) > LONGEST:
        raise UsageError("the theme has more than {longest} characters; say it shorter", longest=LONGEST)
    table = table or vectors.shipped()
    said = list(dict.fromkeys(_spoken(text)))
    spoken = [word for word in said if not _NUMBER.fullmatch(word)] or said
    if not spoken:
        raise UsageError("the theme names nothing to write about; name a thing, a place or a feeling in Chinese")
    found: dict[str, str] = {}  # word of verse: what was said
    sure, unknown = set(), []
    for word in spoken:
        known = _known(word, table)
        verse = _first(known or _near(word, table), taken=set(found))
        if verse:
            found.setdefault(verse, word)
            sure |= {verse} & set(known)
        else:
            unknown.append(word)
    unknown += dict.fromkeys(_FOREIGN.findall(text))
    if not found:
        raise UsageError("no word of verse is near to {words}; say it in other words", words="、".join(unknown))
    ranked = sorted(found, key=lambda verse: (verse not in sure, -table.weight(verse)))
    words = ranked[: min(MOST_KEYS, len(sure) or MOST_KEYS)]
    mapped = tuple((found[verse], verse) for verse in words if found[verse] != verse)
    left = *(found[verse] for verse in ranked[len(words) :]), *(word for word in said if word not in spoken)
    return Theme(tuple(words), mapped, tuple(unknown), left)


def _spoken(text: str) -> Iterator[str]:
    """The words that name something."""
    for run in re.findall(f"[{HANZI}]+", simplify(text)):
        for word in _cutter().cut(run):
            if word not in _wish():
                yield word


def _known(word: str, table: WordVectors) -> list[str]:
    """The words of verse that a spoken word is or stands for; else those of its pieces of two Hanzi."""
    whole, *pieces = (_counterparts(piece, table) for piece in _pieces(word))
    return whole or [verse for piece in pieces for verse in piece]


def _pieces(word: str) -> list[str]:
    """A word, and the pieces of two Hanzi of a longer one."""
    return [word, *(word[i : i + 2] for i in range(len(word) - 1) if len(word) > 2)]


def _counterparts(word: str, table: WordVectors) -> list[str]:
    """What a modern word is called in verse, else the word itself if it is one of verse or of titles."""
    if word in modern.words():
        verses = modern.verses(word)
        return [word] if word in verses else [*verses]
    return [word] * (table.is_word(word) or (len(word) > 1 and matter.knows(word)))


def _first(verses: list[str], taken: set[str]) -> str:
    """The first word of verse not yet taken, if possible; empty when there is none."""
    return next((verse for verse in verses if verse not in taken), verses[0] if verses else "")


def _near(word: str, table: WordVectors) -> list[str]:
    """Words of verse near in meaning, those that share a Hanzi first."""
    found = table.nearest(table.meaning(word), 50)
    shared = [near for near, cosine in found if cosine >= NEAR_SHARED and set(near) & set(word)]
    return shared or [near for near, cosine in found if cosine >= NEAR]


@cache
def _wish() -> frozenset[str]:
    """What speaks of the wish for a poem, or holds a sentence together."""
    return frozenset(files("poetry").joinpath("theme", "wish.txt").read_text(encoding="utf-8").split())


@cache
def _cutter():  # type: ignore[no-untyped-def]  # jieba has no types
    """jieba's tokenizer, quiet, its cache in a folder of our own, with the words of verse (送别的 is not 送 别的) and
    those that have counterparts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its sources still use forms that newer Pythons warn of
        import jieba
    jieba.setLogLevel(logging.CRITICAL)
    cutter = jieba.Tokenizer()
    folder = data_folder(None) / "jieba"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:  # a cache for this run only; never one that others could have written
        folder = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    cutter.tmp_dir = str(folder)
    cutter.initialize()
    table = vectors.shipped()
    for word, count in zip(table.items[: table.words], table.counts, strict=False):
        if count >= COMMON:
            cutter.add_word(word, FREQUENCY)
    for word in modern.words():
        cutter.add_word(word, FREQUENCY)
    return cutter

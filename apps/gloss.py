"""英文字义 (gloss): a poem word by word in English, and in three sentences its form, its tones and its rhyme.

The senses are those of CC-CEDICT (data/gloss.tsv), before them classical ones by hand (data/classical.tsv). It is a
gloss and no translation: which sense is meant is the reader's to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from apps.card import rhymes_at
from apps.current import ENGLISH, language
from apps.pinyin import sounds_of
from apps.texts import say
from charrnn_core.escape import escape
from poetry.prosody.heard import LEVEL, OBLIQUE, tone_set
from poetry.prosody.judge import Report
from poetry.prosody.table import MODERN, book

NONE = "-"  # the senses of a word that is none in verse
CONTOUR = {LEVEL: "–", OBLIQUE: "|", LEVEL | OBLIQUE: "¦"}
_SOURCE = "https://cc-cedict.org"


@dataclass(frozen=True)
class Word:
    """A word of a line: one character or two, the sound of each, and the senses; of two those of each, too."""

    text: str
    sounds: tuple[str, ...]
    senses: str
    parts: tuple[str, ...] = ()


def describe(report: Report) -> str:
    """A poem that was judged, glossed, as HTML; open at once for who reads the page in English."""
    explained = "".join(f"<p>{escape(sentence)}</p>" for sentence in explain(report))
    found = [words(line.text, sounds_of(line)) for line in report.lines]
    rows = "".join(f'<p class="glossed">{"".join(map(_cell, line))}</p>' for line in found)
    opened = " open" if language() == ENGLISH else ""
    source = escape(say("gloss_source", source=_SOURCE))
    return (
        f'<details class="gloss"{opened}><summary>{escape(say("gloss"))}</summary>{explained}'
        f'{rows}<p class="legend">{source}</p></details>'
    )


def explain(report: Report) -> list[str]:
    """Three sentences: the form, the tones, the rhyme."""
    length = max(len(line.text) for line in report.lines)
    count = len(report.lines)
    form = say("gloss_form", form=report.form, lines=count, length=length)
    return [form if report.pattern else say("gloss_free", lines=count), _tones(report), _rhyme(report)]


def _tones(report: Report) -> str:
    first = [" ".join(CONTOUR.get(tone_set(c), "?") for c in line.text) for line in report.lines[:2]]
    if not report.pattern or len(first) < 2:
        return say("gloss_no_tones")
    return say("gloss_tones" if report.obeys else "gloss_tones_broken", first=first[0], second=first[1])


def _rhyme(report: Report) -> str:
    lines = [index for index in range(len(report.lines)) if rhymes_at(index, report)]
    if not report.group or len(lines) < 2:
        return say("gloss_no_rhyme")
    ends = [report.lines[index] for index in lines]
    modern = [set(book(MODERN).readings.get(line.text[-1], ())) for line in ends]
    still = "gloss_rhyme_still" if modern and set.intersection(*modern) else "gloss_rhyme_moved"
    named = ", ".join(f"{line.text[-1]} {sounds_of(line)[-1]}" for line in ends)
    return say(still, lines=", ".join(str(index + 1) for index in lines), words=named, group=report.group)


def words(line: str, sounds: Sequence[str]) -> list[Word]:
    """The words of a line, where the rhythm parts it: two by two, and three at the end, 2 + 1 or 1 + 2.

    >>> [word.text for word in words("明月松间照", ["míng", "yuè", "sōng", "jiān", "zhào"])]
    ['明月', '松', '间', '照']
    """
    found: list[Word] = []
    place = 0
    while place < len(line):
        pair = line[place : place + 2]
        paced = place % 2 == 0 or place == len(line) - 2
        size = 2 if paced and len(pair) == 2 and _is_word(pair) else 1
        text, heard = line[place : place + size], tuple(sounds[place : place + size])
        parts = tuple(_senses(c, s) for c, s in zip(text, heard, strict=True))
        found.append(Word(text, heard, senses_of_pair(text) if size == 2 else parts[0], parts if size == 2 else ()))
        place += size
    return found


def _is_word(pair: str) -> bool:
    return bool(senses_of_pair(pair))


def senses_of_pair(pair: str) -> str:
    """The senses of a word of two characters; empty where it is none, or none in verse."""
    senses = next(iter(_table().get(pair, {}).values()), "")
    return "" if senses == NONE else senses


def _senses(character: str, sound: str) -> str:
    """The senses of a character that sounds so, of any sound where that one is not known; empty where none is."""
    known = _table().get(character, {})
    return known.get(sound) or known.get("") or next(iter(known.values()), "")


@cache
def _table() -> dict[str, dict[str, str]]:
    """Word -> sound -> senses; the classical ones, whose sound may be any (""), go before."""
    table: dict[str, dict[str, str]] = {}
    for name in ("classical.tsv", "gloss.tsv"):
        for row in files("data").joinpath(name).read_text(encoding="utf-8").splitlines():
            if not row.startswith("#"):
                word, sound, senses = row.split("\t")
                known = table.setdefault(word, {})
                if "" not in known:
                    known.setdefault(sound, senses)
    return table


def _cell(word: Word) -> str:
    tones = " ".join(CONTOUR.get(tone_set(c), "?") for c in word.text)
    parts = " · ".join(part.split(";")[0] or "?" for part in word.parts)
    parts = f" <small>({escape(parts)})</small>" if parts else ""
    sounds = escape(" ".join(word.sounds))
    return (
        f'<span class="word"><b lang="zh-Hans">{escape(word.text)}</b><i>{sounds}</i><i aria-hidden="true">{tones}</i>'
        f'<em lang="en">{escape(word.senses or "?")}{parts}</em></span>'
    )

"""Write the table of glosses from CC-CEDICT: `python -m apps.build_gloss cedict_ts.u8`.

Kept are the characters of the shipped vocabulary and those words of two characters that the corpus holds as a phrase
(charrnn_core.phrases). Of an entry the first senses are kept, without those that are of no use in verse: surnames,
variants, measure words, slang. What classical.tsv says of a character goes before all.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from charrnn_core.phrases import coded
from poetry.writing.model import shipped

HEAD = """\
# Glosses of Chinese characters, and of words of two that are met in verse: word, sound, senses.
# From CC-CEDICT (https://cc-cedict.org), Creative Commons Attribution-ShareAlike 4.0 International. This table, which
# python -m apps.build_gloss made of it, shortened and changed, is under the same licence:
# https://creativecommons.org/licenses/by-sa/4.0/
"""
SENSES, LONGEST = 3, 64  # senses of an entry, and characters of them together
RAREST = 20  # times that a word of two is met in the corpus
_ENTRY = re.compile(r"(\S+) (\S+) \[([^\]]+)\] /(.+)/")
_USELESS = re.compile(
    r"(?:\w+ )?variant of|abbr\.|see |also written|surname|CL:|\(Tw\)|\(slang\)|\(coll|\(Internet|\(computing|used in|"
    r"\(chemistry|\(loanword|old name|Taiwan|Japanese|phonetic|\(physics|\(math|\(dialect|\(Cantonese|also pr|erhua|"
    r".*(?:district|county|prefecture|township|city) (?:of|in)|.*\bPRC\b|\(vulgar"
)
_CHINESE = re.compile(r"[^\s,;(/]+\|([^\s,;(/\[]+)\[[^\]]*\]|([\u4e00-\u9fff]+)\[[^\]]*\]")
_MARKS = {"a": "āáǎà", "e": "ēéěè", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "ü": "ǖǘǚǜ"}


@dataclass(frozen=True)
class Entry:
    """An entry of the dictionary, of simplified characters."""

    word: str
    sound: str
    senses: tuple[str, ...]
    last: bool  # a name or of no use: only for a word that has nothing else


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="apps.build_gloss", description="由 CC-CEDICT 生成英文字义表 / write the table of glosses")
    parser.add_argument("dictionary", type=Path, help="CC-CEDICT 的文件 / its file: cedict_ts.u8")
    parser.add_argument("--out", type=Path, default=Path("data/gloss.tsv"), help="写到哪里 / where to write")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    entries = list(read(arguments.dictionary.read_text(encoding="utf-8").splitlines()))
    rows = "".join(f"{entry.word}\t{entry.sound}\t{_told(entry)}\n" for entry in chosen(entries, *_wanted()))
    write_text(arguments.out, HEAD + rows)


def read(lines: Iterable[str]) -> Iterator[Entry]:
    """The entries of a file of CC-CEDICT with the senses that are of use, or one where none is."""
    for line in lines:
        found = _ENTRY.match(line)
        if found:
            _, word, sound, senses = found.groups()
            each = senses.split("/")
            kept = tuple(filter(None, (_clean(sense) for sense in each if not _USELESS.match(sense))))
            yield Entry(word, spelled(sound), kept or (_clean(each[0]),), sound[0].isupper() or not kept)


def _clean(sense: str) -> str:
    """A sense without notes and without the other script."""
    bare = _CHINESE.sub(lambda found: found[1] or found[2], sense)
    bare = re.sub(r"\((?:bound form|literary|archaic|classical|old|arch\.|fig\.|lit\.)\) ?", "", bare)
    return re.sub(r"\s+", " ", re.sub(r"\s*\((?:[^()]*(?:CL:|also|abbr|see)[^()]*)\)", "", bare)).strip(" ;,")


def spelled(sound: str) -> str:
    """Numbers of tones as marks.

    >>> spelled("Chun1 lü4"), spelled("lu:e4 xiu1 gui1"), spelled("zhe5")
    ('chūn lǜ', 'lüè xiū guī', 'zhe')
    """
    return " ".join(_spelled(each.lower().replace("u:", "ü").replace("v", "ü")) for each in sound.split())


def _spelled(syllable: str) -> str:
    bare, tone = syllable[:-1], syllable[-1]
    if tone not in "12345":
        return syllable
    place = next((bare.index(v) for v in ("a", "e", "ou") if v in bare), None)
    if place is None:
        place = max((k for k, letter in enumerate(bare) if letter in _MARKS), default=None)
    if tone == "5" or place is None:
        return bare
    return bare[:place] + _MARKS[bare[place]][int(tone) - 1] + bare[place + 1 :]


def _wanted() -> tuple[set[str], set[str]]:
    """The characters of the vocabulary, and the phrases of two that are common enough."""
    model = shipped()
    tokens, phrases = model.vocabulary.tokens, getattr(model.stepper, "phrases", None)
    characters = set(tokens[model.vocabulary.first_hanzi :])
    if phrases is None:
        return characters, set()
    begins, second, codes = phrases.levels[0].begins, phrases.levels[0].tokens, phrases.levels[0].codes
    first, common = np.repeat(np.arange(len(begins) - 1), np.diff(begins)), codes >= coded(np.array(RAREST))
    return characters, {tokens[one] + tokens[two] for one, two in zip(first[common], second[common], strict=True)}


def chosen(entries: Iterable[Entry], characters: set[str], words: set[str]) -> list[Entry]:
    """The entries that are kept, one for each word and sound."""
    by_word: dict[str, dict[str, Entry]] = defaultdict(dict)
    wanted = characters | words
    for entry in sorted(entries, key=lambda entry: entry.last):
        if entry.word not in wanted or not any(entry.senses):
            continue
        known = by_word[entry.word]
        if entry.last and known:
            continue
        senses = known[entry.sound].senses if entry.sound in known else ()
        known[entry.sound] = Entry(entry.word, entry.sound, senses + entry.senses, entry.last)
    return [entry for word in sorted(by_word) for entry in by_word[word].values()]


def _told(entry: Entry) -> str:
    """The first senses, as many as there is room for."""
    told = ""
    for sense in dict.fromkeys(entry.senses[:SENSES]):
        longer = f"{told}; {sense}" if told else sense
        if told and len(longer) > LONGEST:
            break
        told = longer
    return told if len(told) <= 2 * LONGEST else told[: 2 * LONGEST].rsplit(" ", 1)[0] + " …"


if __name__ == "__main__":
    sys.exit(main())

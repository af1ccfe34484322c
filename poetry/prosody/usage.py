"""How poets use the characters: `python -m poetry.prosody.usage` writes within.tsv and lists what is doubtful.

平仄 alternate within a line, and 对 and 粘 bind the lines, so the other characters of a regulated poem tell the tone
that each of its positions 2, 4, 6 asks for. (The last of them is left out in lines that do not rhyme: 拗 is common
there.) A poem whose characters all fit shows in which of its tones a character of several readings was meant; one
in which a single character does not fit speaks for a reading that the rhyme book lacks, or for a fault of the poet.

In 平水韵 the second happens to a character of one tone in 0.1 % of its uses (median), to 98 % of such characters in
less than 0.6 %. So a tone that a character shows in less than 1 % of its uses within lines is none that poets gave
it there (RARE), and one that it shows in more and that the book lacks is worth a look (`doubtful`).
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from poetry.corpus.prepare import prepare
from poetry.prosody.heard import LEVEL, OBLIQUE, tone_set
from poetry.prosody.table import GROUP_NAMES, LEVEL_GROUPS, pingshui

RARE = 0.01  # share of a character's uses
ENOUGH = 30  # uses within lines from which a tone that does not occur counts as unused
FEWEST = 4  # uses that speak for a reading before it is called doubtful
_SURE = 10  # places of a poem from which one misfit is blamed on its character
_OFTEN = 0.2  # share of a word's uses with the rare tone from which the word is listed
_RHYMES = 0.25  # share of a character's rhymes in a group that is not its own

HEADER = """\
# Characters that within a line have one of their tones only: the tone, how often poets give it there, how often the
# other, and the words in which the other is meant. At the end of a line every reading counts.
# Written by python -m poetry.prosody.usage.
"""


@dataclass
class Usage:
    """Counts of a corpus: uses of a character in a tone, alone and in words of two, and as a rhyme of a group."""

    tones: Counter[tuple[str, int]] = field(default_factory=Counter)
    words: dict[tuple[str, int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    rhymes: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def share(self, character: str, tone: int) -> float:
        """Of the uses of a character within lines, those in a tone; 0 when there is none."""
        uses = self.tones[character, LEVEL] + self.tones[character, OBLIQUE]
        return self.tones[character, tone] / uses if uses else 0.0


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.prosody.usage", description="诗人怎样用多音字 / how poets use characters of two tones")
    parser.add_argument("--data-dir", type=Path, help="数据文件夹 / the data folder")
    parser.add_argument("--out", type=Path, default=Path("poetry/prosody"), help="写到哪里 / where to write")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    usage = count(poem.lines for poem in prepare(arguments.data_dir).poems)
    write_text(arguments.out / "within.tsv", HEADER + "".join("\t".join(row) + "\n" for row in within(usage)))
    found = doubtful(usage)
    print(f"{len(found)} readings are doubtful:")
    for character, reading, uses, share in found:
        print(f"{character}\t{reading}\t{uses}\t{share:.1%}")


def count(poems: Iterable[Sequence[str]]) -> Usage:
    """Count the uses of characters in poems, given as lines; those of mixed line lengths show nothing."""
    table, usage = pingshui(), Usage()
    for lines in poems:
        if len(lines) >= 4 and len(lines) % 2 == 0 and {len(line) for line in lines} in ({5}, {7}):
            _count_rhymes(lines, table, usage)
            level = [any(g <= LEVEL_GROUPS for g in table.get(line[-1], ())) for line in lines[1::2]]
            if level.count(False) <= 1:
                _count_tones(lines, usage)
    return usage


def _count_rhymes(lines: Sequence[str], table: Mapping[str, tuple[int, ...]], usage: Usage) -> None:
    """A rhyme word is in the group, if there is but one, that the others (of four lines, the first too) share."""
    words = [line[-1] for line in lines[1::2]]
    if len(lines) > 8:
        return  # the rhyme may change
    for index, word in enumerate(words):
        others = words[:index] + words[index + 1 :] + ([lines[0][-1]] if len(words) == 2 else [])
        shared = set.intersection(*(set(table.get(other, ())) for other in others))
        if len(shared) == 1:
            usage.rhymes[word][shared.pop()] += 1


def _count_tones(lines: Sequence[str], usage: Usage) -> None:
    places = _places(len(lines), len(lines[0]))
    for lead in (LEVEL, OBLIQUE):
        wanted = [(i, j, lead if same else 3 - lead) for i, j, same in places]
        misfits = [place for place in wanted if not _tones_of(lines[place[0]][place[1]]) & place[2]]
        if not misfits or (len(misfits) == 1 and len(places) >= _SURE):
            for i, j, tone in misfits or wanted:
                character = lines[i][j]
                usage.tones[character, tone] += 1
                usage.words[character, tone].update((lines[i][j - 1 : j + 1], lines[i][j : j + 2]))
            return


def _places(lines: int, length: int) -> list[tuple[int, int, bool]]:
    """(line, position, whether it has the tone of the first line's second character) of the places that show a tone."""
    return [
        (i, j, (i % 4 in (0, 3)) == (j % 4 == 1))
        for i in range(lines)
        for j in range(1, length - 1 if i % 2 else length - 2, 2)
    ]


@cache
def _tones_of(character: str) -> int:
    """As tone_set; an unknown character fits everything."""
    return tone_set(character) or LEVEL | OBLIQUE


def within(usage: Usage) -> list[tuple[str, str, str, str, str]]:
    """The rows of within.tsv by falling use."""
    rows = []
    for character in {character for character, _ in usage.tones}:
        counts = {tone: usage.tones[character, tone] for tone in (LEVEL, OBLIQUE)}
        rare = min(counts, key=lambda tone: counts[tone])
        both, enough = tone_set(character) == LEVEL | OBLIQUE, sum(counts.values()) >= ENOUGH
        if both and enough and usage.share(character, rare) < RARE:
            common = "平" if rare == OBLIQUE else "仄"
            words = " ".join(_meant(usage, character, rare))
            rows.append((character, common, str(counts[3 - rare]), str(counts[rare]), words))
    return sorted(rows, key=lambda row: (-int(row[2]), row[0]))


def _meant(usage: Usage, character: str, tone: int) -> list[str]:
    """The words in which a character often has its rare tone."""
    other = usage.words[character, 3 - tone]
    return sorted(w for w, n in usage.words[character, tone].items() if n >= 2 and n / (n + other[w]) >= _OFTEN)


def doubtful(usage: Usage) -> list[tuple[str, str, int, float]]:
    """(character, tone or rhyme group that the book lacks, uses, share of its uses) by falling use."""
    rows = []
    for (character, tone), uses in usage.tones.items():
        if not _tones_of(character) & tone and uses >= FEWEST and usage.share(character, tone) >= RARE:
            rows.append((character, "平" if tone == LEVEL else "仄", uses, usage.share(character, tone)))
    for character, groups in usage.rhymes.items():
        total = sum(groups.values())
        for group, uses in groups.items():
            own = group in pingshui().get(character, ())
            if group <= LEVEL_GROUPS and not own and uses >= FEWEST and uses / total >= _RHYMES:
                rows.append((character, GROUP_NAMES[group], uses, uses / total))
    return sorted(rows, key=lambda row: (-row[2], row[0]))


if __name__ == "__main__":
    sys.exit(main())

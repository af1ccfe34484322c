"""修改 (repair): what would mend a fault that the checker found, ranked by the network.

First other characters for the place, of which only those count that leave fewer faults; where none does, as where a
whole couplet is not joined, the line written anew.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps import networks, service
from charrnn_core.errors import UsageError
from poetry.prosody.judge import Report, check
from poetry.text.hanzi import HANZI, simplify, to_traditional
from poetry.text.pasted import GAP
from poetry.writing.poem import Poem
from poetry.writing.rewriting import alternatives

MOST = 8  # proposals
TRIED = 32  # characters of which they are chosen
_HANZI = re.compile(f"[{HANZI}]")
LINES = 4  # times that a line is written anew


@dataclass(frozen=True)
class Repair:
    """A line as it could be, with how many faults the poem then has; `gain` (nats) where one character is another."""

    line: str
    faults: int
    gain: float | None = None


def repairs(report: Report, line: int, position: int, policy: str, book: str, cell: str) -> list[Repair]:
    """Proposals for a place at fault, from 0; none where nothing helps. Raises UsageError for what has no pattern."""
    lines = [each.text for each in report.lines]
    poem = Poem(report.form, "".join(text + "，。"[i % 2] for i, text in enumerate(lines)), 0, 0.0)
    found = _better(report, policy, book, line, _characters(poem, line, position, cell))
    return found or _better(report, policy, book, line, _rewritten(poem, line, cell))


def _better(
    report: Report, policy: str, book: str, line: int, proposals: Iterator[tuple[str, float | None]]
) -> list[Repair]:
    """Of lines with their gains those that leave fewer faults."""
    lines, found = [each.text for each in report.lines], list[Repair]()
    for text, gain in proposals:
        faults = len(check([*lines[:line], text, *lines[line + 1 :]], policy, book).faults)
        if faults < len(report.faults) and text not in [each.line for each in found]:
            found.append(Repair(text, faults, gain))
    return sorted(found, key=lambda each: each.faults)[:MOST]


def _characters(poem: Poem, line: int, position: int, cell: str) -> Iterator[tuple[str, float | None]]:
    old = poem.lines[line]
    try:
        others = alternatives(networks.writer(cell).model, poem.lines, (line, position), TRIED)
    except UsageError:  # no other character fits
        return
    for each in others:
        yield old[:position] + each.character + old[position + 1 :], each.gain


def _rewritten(poem: Poem, line: int, cell: str) -> Iterator[tuple[str, float | None]]:
    for seed in range(LINES):
        yield service.rewrite(poem.text, str(line + 1), None, seed, cell).lines[line], None


def mended(text: str, reports: Sequence[Report], poem: int, line: int, new: str) -> str:
    """A text with a line of one of its poems in place of the old one; what stands around its characters stays."""
    hanzi = [place for place, character in enumerate(text) if _counts(character)]
    stream = simplify("".join(text[place] for place in hanzi))
    new = new if text == simplify(text) else to_traditional(new)
    at = 0
    for number, report in enumerate(reports):
        for index, each in enumerate(report.lines):
            at = stream.find(each.text, at)
            if at < 0:
                return _written(reports, poem, line, new)
            if (number, index) == (poem, line):
                characters = list(text)
                for place, character in zip(hanzi[at : at + len(each.text)], new, strict=True):
                    characters[place] = character
                return "".join(characters)
            at += len(each.text)
    raise AssertionError((poem, line))


def _counts(character: str) -> bool:
    return character == GAP or bool(_HANZI.match(character))


def _written(reports: Sequence[Report], poem: int, line: int, new: str) -> str:
    """The poems anew, where their lines cannot be found in what was pasted."""
    blocks = []
    for number, report in enumerate(reports):
        lines = [new if (number, k) == (poem, line) else each.text for k, each in enumerate(report.lines)]
        verse = service.rows("".join(each + "，。"[k % 2] for k, each in enumerate(lines)))
        blocks.append("\n".join(filter(None, [report.title, verse])))
    return "\n\n".join(blocks)

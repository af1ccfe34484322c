"""Read slots back from a poem: the tone of every Hanzi and the rhyme group of every line.

Input: the lines of a human poem. Output: tone needs and rhyme groups as the poem itself fulfils them.
A character of several readings takes the tone that the pattern nearest to the poem has at its place;
where no pattern is near, its tone stays ANY. So the network learns that 看 can stand for either tone.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from poetry.prosody.heard import tone_sets
from poetry.prosody.table import LEVEL_GROUPS, pingshui
from poetry.prosody.tones import Tone

NEAR = 0.85  # share of binding positions a poem must fit before its pattern decides doubtful readings


def rhyme_groups(lines: Sequence[str]) -> list[int]:
    """For every line the group with which it rhymes, or 0.

    The poem's group is the one most even lines can end in (the smaller number on a tie); an odd line
    counts as rhyming only when it is the first.
    """
    table = pingshui()
    ends = [table.get(line[-1], ()) for line in lines]
    counts = Counter(group for groups in ends[1::2] for group in groups)
    if not counts:
        return [0] * len(lines)
    group, votes = min(counts.items(), key=lambda item: (-item[1], item[0]))
    if votes < max(2, len(lines) // 4):
        return [0] * len(lines)
    return [group if group in groups and (i % 2 == 1 or i == 0) else 0 for i, groups in enumerate(ends)]


def tones(lines: Sequence[str], groups: Sequence[int]) -> list[np.ndarray]:
    """For every line an int array of Tone: what its Hanzi are, ANY where that is not decided.

    `groups` is what rhyme_groups gave: a rhyming end has its group's tone.
    """
    lengths = {len(line) for line in lines}
    readings = [np.array(tone_sets(line), dtype=np.uint8) for line in lines]
    decided = [np.array([0, 1, 2, 0], dtype=np.uint8)[sets] for sets in readings]  # both readings: undecided
    if lengths in ({5}, {7}) and len(lines) >= 4:
        _follow_pattern(readings, decided)
    for row, group in zip(decided, groups, strict=True):
        if group:
            row[-1] = Tone.LEVEL if group <= LEVEL_GROUPS else Tone.OBLIQUE
    return decided


def _follow_pattern(readings: list[np.ndarray], decided: list[np.ndarray]) -> None:
    """Decide doubtful characters at positions 2, 4, 6 by 对 (opposition) and 粘 (agreement), in place.

    Position 2 of lines 1, 2, 3, 4, 5 ... runs a, -a, -a, a, a ...; positions 4 and 6 alternate. Of the
    two choices of a the one that more characters fit is taken, if it fits nearly all.
    """
    length = len(decided[0])
    columns = np.arange(1, length - 1, 2)  # positions 2, 4, 6 from 0: 1, 3, 5
    lead = np.array([1, 2, 2, 1], dtype=np.uint8)[np.arange(len(decided)) % 4]
    wanted = np.where((np.arange(len(columns)) % 2 == 0)[None, :], lead[:, None], 3 - lead[:, None]).astype(np.uint8)
    sets = np.stack([row[columns] for row in readings])
    known = np.maximum((sets > 0).sum(), 1)
    fits = [((sets & choice) > 0).sum() / known for choice in (wanted, 3 - wanted)]
    if max(fits) < NEAR:
        return
    best = wanted if fits[0] >= fits[1] else 3 - wanted
    for row, sets_of_line, tone in zip(decided, sets, best, strict=True):
        row[columns] = np.where(sets_of_line == 3, tone, row[columns])

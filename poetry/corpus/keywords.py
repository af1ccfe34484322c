"""主题词 (key words) of a poem: two-Hanzi words drawn from the poem itself, and its plan, one word for each line.

Verse of five or seven Hanzi pauses after its second (and fourth) Hanzi, so the pairs that may be words
stand at fixed places of a line; of these, a pair is a word when it recurs and its Hanzi attract each
other (pointwise mutual information). No dictionary of modern Chinese is needed.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

MIN_COUNT = 20
MIN_PMI = 2.0
PER_POEM = 6
RARE = 200  # in fewer poems than this a word is no more telling: 渔舟 says as much as a name that stands once


def pairs(lines: Sequence[str]) -> list[str]:
    """The pairs of Hanzi at word places, in order: (1,2) (3,4) and the last two of a line."""
    found = []
    for line in lines:
        n = len(line)
        starts = {i for i in (*range(0, n - 2, 2), n - 2) if i >= 0}
        found += [line[i : i + 2] for i in sorted(starts) if n - i >= 2]
    return found


def lexicon(poems: Iterable[Sequence[str]]) -> dict[str, int]:
    """Words of verse and in how many poems each occurs, from the lines of the training poems."""
    documents: Counter[str] = Counter()
    hanzi: Counter[str] = Counter()
    for lines in poems:
        documents.update(set(pairs(lines)))
        for line in lines:
            hanzi.update(line)
    total = sum(hanzi.values())
    return {
        word: count
        for word, count in documents.items()
        if count >= MIN_COUNT and math.log(count * total / (hanzi[word[0]] * hanzi[word[1]])) >= MIN_PMI
    }


def draw(lines: Sequence[str], words: dict[str, int]) -> list[str]:
    """Up to six different key words of a poem, rarest first: they say most about it."""
    candidates = {pair for pair in pairs(lines) if pair in words}
    return sorted(candidates, key=lambda word: (words[word], word))[:PER_POEM]


def plan(lines: Sequence[str], words: dict[str, int], hanzi: dict[str, int]) -> list[str]:
    """The most telling word of each line: of its pairs that are words the one in fewest poems, but rarer than RARE is
    no gain; among equals the one whose Hanzi are bound closest. A line without a word gives its rarest pair.

    `words` as `lexicon` gives them, `hanzi`: how often each Hanzi stands in the same poems. Lines of one Hanzi give it.
    """
    return [_telling(line, words, hanzi) for line in lines]


def _telling(line: str, words: dict[str, int], hanzi: dict[str, int]) -> str:
    def bound(pair: str) -> float:
        return math.log(words.get(pair, 1) / (hanzi.get(pair[0], 1) * hanzi.get(pair[1], 1)))

    found = pairs([line])
    if known := [pair for pair in found if pair in words]:
        return min(known, key=lambda pair: (max(words[pair], RARE), -bound(pair), pair))
    return min(found, key=lambda pair: (sum(hanzi.get(c, 0) for c in pair), pair)) if found else line

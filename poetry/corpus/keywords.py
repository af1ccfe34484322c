"""主题词 (key words) of a poem: two-Hanzi words drawn from the poem itself, and its plan, one word for each line.

Verse of five or seven Hanzi pauses after its second (and fourth) Hanzi, so the pairs that may be words
stand at fixed places of a line; of these, a pair is a word when it recurs and its Hanzi attract each
other (pointwise mutual information). No dictionary of modern Chinese is needed.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

MIN_COUNT = 20
MIN_PMI = 2.0
PER_POEM = 6
RARE = 1000  # in fewer poems than this a word is no more telling: 渔舟 says as much as a name that stands once
MIN_TOGETHER = 4


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


def associations(poems: Sequence[tuple[Sequence[str], str]], words: dict[str, int]) -> dict[tuple[str, str], float]:
    """(word, Hanzi of a title) -> pointwise mutual information (nats) of their standing in one poem, from the lines and
    titles of the training poems; only what stands together MIN_TOGETHER times and attracts each other."""
    numbers = {word: number for number, word in enumerate(words)}
    hanzi = sorted({c for _, title in poems for c in title})
    places = {c: number for number, c in enumerate(hanzi)}
    found, titled = [], np.zeros(len(hanzi))
    for lines, title in poems:
        of_title = np.array([places[c] for c in set(title)], dtype=np.int64)
        of_lines = np.array([numbers[pair] for pair in set(pairs(lines)) if pair in numbers], dtype=np.int64)
        found.append((of_lines[:, None] * len(hanzi) + of_title).ravel())
        titled[of_title] += 1
    together, counts = np.unique(np.concatenate(found), return_counts=True)
    together, counts = together[counts >= MIN_TOGETHER], counts[counts >= MIN_TOGETHER]
    word, character = np.divmod(together, len(hanzi))
    of_word = np.array(list(words.values()))[word]
    pmi = np.log(counts * len(poems) / (of_word * titled[character]))
    names = list(words)
    close = zip(word.tolist(), character.tolist(), pmi.tolist(), strict=True)
    return {(names[w], hanzi[c]): value for w, c, value in close if value > 0}


def plan(lines: Sequence[str], title: str, words: dict[str, int], close: dict[tuple[str, str], float]) -> list[str]:
    """The most telling word of each line: of its pairs that are words the one that the title's Hanzi attract most;
    where the title says nothing the one in fewest poems, but rarer than RARE is no gain. No word comes twice. A line
    without a word gives its last pair.

    `words` as `lexicon` gives them, `close` as `associations`. Lines of one Hanzi give it.
    """
    chosen: list[str] = []
    for line in lines:
        found = [pair for pair in pairs([line]) if pair not in chosen] or [line[-2:]]
        known = [pair for pair in found if pair in words] or found[-1:]
        chosen.append(min(known, key=lambda pair: (-_told(pair, title, close), max(words.get(pair, 0), RARE), pair)))
    return chosen


def _told(word: str, title: str, close: dict[tuple[str, str], float]) -> float:
    return sum(close.get((word, c), 0.0) for c in set(title))

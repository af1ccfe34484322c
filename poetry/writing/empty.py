"""虚字 (empty characters): those that say how, whether and why, not what; 实字 (solid ones) are all others.

A line of many (何人得此时, 不知何处是) fits any title; as the key word of a line they say nothing.
"""

import numpy as np

from poetry.text.vocab import Vocabulary

EMPTY = "不无何莫谁可如若此唯惟自应从更犹还未已欲须堪得有几是似且与因为必岂能曾却即亦皆但所之其而于以乃则也者矣哉乎"


def empty(v: Vocabulary) -> np.ndarray:
    """(V,) bool: which tokens are empty characters."""
    found = np.zeros(len(v), dtype=bool)
    found[[v.id(c) for c in EMPTY if c in v]] = True
    return found

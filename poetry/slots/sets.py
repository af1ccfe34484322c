"""Which characters of a vocabulary fit a tone need and a rhyme group.

Input: a vocabulary. Output: for each need a set of ids, (V,) bool, which guides and plans use as masks.
"""

from functools import cached_property, lru_cache

import numpy as np

from charrnn_core.errors import UsageError
from poetry.prosody.table import LEVEL_GROUPS, membership
from poetry.prosody.tones import Tone
from poetry.slots.plan import Plan, named
from poetry.text.vocab import Vocabulary


class CharacterSets:
    """Which ids of a vocabulary may stand for a tone, and which rhyme with a group. Built on first use."""

    def __init__(self, vocabulary: Vocabulary, *, strict: bool = False) -> None:
        self.vocabulary, self.strict = vocabulary, strict
        self._cache: dict[tuple[int, int], np.ndarray] = {}

    @cached_property
    def groups(self) -> np.ndarray:
        """(V, 107) bool: membership in the rhyme groups."""
        return _groups(self.vocabulary.tokens)

    def admitted(self, tone: int, rhyme: int = 0) -> np.ndarray:
        """(V,) bool: the writable Hanzi that fit a tone need and a rhyme group (0: none).

        Usually some reading must fit; when strict, every reading must have the tone, and be in the group.
        """
        key = (tone, rhyme)
        if key not in self._cache:
            self._cache[key] = self.vocabulary.writable & self._fitting(self.groups, tone, rhyme)
        return self._cache[key]

    def fits(self, character: str, tone: int, rhyme: int = 0) -> bool:
        """Whether one character, in the vocabulary or not, fits a tone need and a rhyme group."""
        return bool(self._fitting(membership([character]), tone, rhyme)[0])

    def require(self, plan: Plan) -> None:
        """Raises UsageError naming the first slot of a plan that no character fits."""
        for slot in plan.slots:
            if not slot.forced and not self.admitted(slot.tone, slot.rhyme).any():
                raise UsageError(
                    "{place}: no character of the vocabulary fits; choose another rhyme or pattern",
                    place=named((slot.line, slot.position)),
                )

    def _fitting(self, groups: np.ndarray, tone: int, rhyme: int) -> np.ndarray:
        fits = np.ones(len(groups), dtype=bool)
        if tone:
            level, oblique = groups[:, 1 : LEVEL_GROUPS + 1].any(1), groups[:, LEVEL_GROUPS + 1 :].any(1)
            wanted, other = (level, oblique) if tone == Tone.LEVEL else (oblique, level)
            fits &= wanted & ~other if self.strict else wanted
        if rhyme:
            fits &= groups[:, rhyme]
            if self.strict:
                fits &= groups.sum(1) == 1
        return fits


@lru_cache(maxsize=4)
def _groups(tokens: tuple[str, ...]) -> np.ndarray:
    """As `membership`; looked up once for a vocabulary, by whoever asks (a model's phrases, then its writer)."""
    return membership(tokens)

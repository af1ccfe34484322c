"""Which characters of a vocabulary fit a tone need and a rhyme group.

Input: a vocabulary. Output: for each need a set of ids, (V,) bool, of which poetry.slots.constraints makes masks.
"""

from functools import cached_property, lru_cache

import numpy as np

from charrnn_core.errors import UsageError
from poetry.prosody.heard import within_line
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

    @cached_property
    def _tones(self) -> np.ndarray:
        return _tones(self.vocabulary.tokens)

    def admitted(self, tone: int, rhyme: int = 0, excluded: str = "") -> np.ndarray:
        """(V,) bool: the writable Hanzi that fit a tone need and a rhyme group (0: none) and are none of the excluded.

        Usually some reading must fit; when strict, every reading must have the tone, and be in the group.
        """
        key = (tone, rhyme)
        if key not in self._cache:
            self._cache[key] = self.vocabulary.writable & self._fitting(self.groups, self._tones, tone, rhyme)
        admitted = self._cache[key]
        if excluded:
            admitted = admitted.copy()
            admitted[self.vocabulary.ids(excluded)] = False
        return admitted

    def fits(self, character: str, tone: int, rhyme: int = 0) -> bool:
        """Whether one character, in the vocabulary or not, fits a tone need and a rhyme group."""
        return bool(self._fitting(membership([character]), _tones((character,)), tone, rhyme)[0])

    def require(self, plan: Plan) -> None:
        """Raises UsageError naming the first slot of a plan that no character fits."""
        for slot in plan.slots:
            if not slot.forced and not self.admitted(slot.tone, slot.rhyme, slot.excluded).any():
                raise UsageError(
                    "{place}: no character of the vocabulary fits; choose another rhyme or pattern",
                    place=named((slot.line, slot.position)),
                )

    def _fitting(self, groups: np.ndarray, tones: np.ndarray, tone: int, rhyme: int) -> np.ndarray:
        fits = np.ones(len(groups), dtype=bool)
        if tone and self.strict:
            level, oblique = groups[:, 1 : LEVEL_GROUPS + 1].any(1), groups[:, LEVEL_GROUPS + 1 :].any(1)
            fits &= level & ~oblique if tone == Tone.LEVEL else oblique & ~level
        if tone and not rhyme:  # else the group tells the tone, in a reading that may be a rhyme only
            fits &= tones & tone > 0
        if rhyme:
            fits &= groups[:, rhyme]
            if self.strict:
                fits &= groups.sum(1) == 1
        return fits


@lru_cache(maxsize=4)
def _groups(tokens: tuple[str, ...]) -> np.ndarray:
    """As `membership`; looked up once for a vocabulary, by whoever asks (a model's phrases, then its writer)."""
    return membership(tokens)


@lru_cache(maxsize=4)
def _tones(tokens: tuple[str, ...]) -> np.ndarray:
    """(V,) uint8: the tones, as bits, that each token may have within a line."""
    return np.array([within_line(token) for token in tokens], dtype=np.uint8)

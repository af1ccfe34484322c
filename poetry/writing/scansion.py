"""合律 (scansion): how far lines keep the rules of regulated verse where nobody asked them to.

A poem that is asked for without tones and rhyme is not held to them; of its lines, when others are as good, those go on
that scan (poetry.writing.search).
"""

import numpy as np

from poetry.prosody.patterns import LOOSE, RHYMING, Template, patterns, templates
from poetry.prosody.table import LEVEL_GROUPS
from poetry.prosody.tones import Tone
from poetry.slots.sets import CharacterSets
from poetry.text.forms import Form


class Scansion:
    """Of poems of one form, in ids of the sets' vocabulary."""

    def __init__(self, form: Form, sets: CharacterSets) -> None:
        self._types = [pattern.types(form.lines) for pattern in patterns(form.length)]
        self._fits = np.stack([sets.admitted(tone) for tone in Tone])  # (tones, V)
        self._groups = sets.groups[:, 1 : LEVEL_GROUPS + 1]

    def share(self, lines: np.ndarray) -> np.ndarray:
        """(B,) of (L, n, B) ids, the first L lines of poems: the share of them that run as one pattern has it, those
        of its rhyming lines that rhyme with the rhyming lines before."""
        return np.max([self._kept(lines, types) for types in self._types], axis=0) / len(lines)

    def _kept(self, lines: np.ndarray, types: str) -> np.ndarray:
        """(B,) how many lines keep one pattern."""
        found = np.zeros(lines.shape[2])
        rhymes = np.ones((lines.shape[2], self._groups.shape[1]), dtype=bool)  # groups that are open yet
        for ids, kind in zip(lines, types, strict=False):
            keeps = self._runs(ids, kind)
            if kind in RHYMING:
                both = rhymes & self._groups[ids[-1]]
                keeps &= both.any(axis=1)
                rhymes = np.where(keeps[:, None], both, rhymes)
            found += keeps
        return found

    def _runs(self, ids: np.ndarray, kind: str) -> np.ndarray:
        """(B,) whether (n, B) ids have the tones of a type, of no licence that the line after must answer for."""
        accepted = [t for t in templates(kind) if t.name not in LOOSE and not t.needs_rescue]
        return np.any([self._fit(ids, template) for template in accepted], axis=0)

    def _fit(self, ids: np.ndarray, template: Template) -> np.ndarray:
        return np.all(
            [self._fits[tone, place] for tone, place in zip(template.tones(len(ids)), ids, strict=True)], axis=0
        )

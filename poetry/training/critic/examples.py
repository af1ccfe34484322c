"""What the critic learns from: human verse, the writer's own, and human verse with lines exchanged.

Human poems are those that look like the writer's: in one of the four forms, its tones and rhyme, every Hanzi known
and none twice; a critic shown others would learn the rules, which decoding keeps anyway. Lines are exchanged for others
of the same place, tones and rhyme (same key), from poems of the same part, and bring no Hanzi twice either.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from charrnn_core.errors import DataError
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import PARTS, TEST, TRAIN, VALIDATION
from poetry.measuring.evaluation import Verse, read
from poetry.prosody.table import GROUPS, LEVEL_GROUPS
from poetry.prosody.tones import Tone
from poetry.text.forms import FORMS, REGULATED, Form, recognise
from poetry.text.vocab import MAX_TITLE, Vocabulary

_TRIES = 6  # to find a line that repeats no Hanzi
_NEAR = 500  # poems are as rare as another when at most this part of all lies between them


@dataclass(frozen=True)
class Human:
    """Human poems of one form and part: poems (N, L, n) int64 ids, titles (N, 16) int64 padded with 0, and for every
    line (N, L) int64 the key of those it may be exchanged for."""

    poems: np.ndarray
    titles: np.ndarray
    keys: np.ndarray

    @cached_property
    def _by_key(self) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of all lines in the order of their keys, and the keys in that order."""
        order = np.argsort(self.keys, axis=None, kind="stable")
        return order, self.keys.ravel()[order]

    @cached_property
    def _by_rarity(self) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of all poems in the order of their rarity, and the rarities in that order."""
        rarities = rarity(self.poems)
        order = np.argsort(rarities, kind="stable")
        return order, rarities[order]

    def as_rare(self, poems: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """For each of (B, L, n) poems the row of a human one whose Hanzi are about as rare."""
        order, ordered = self._by_rarity
        near = len(order) // _NEAR
        places = np.searchsorted(ordered, rarity(poems)) + rng.integers(-near, near + 1, len(poems))
        return order[np.clip(places, 0, len(order) - 1)]

    def exchanged(self, rows: np.ndarray, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """(B, L, n): the poems of the rows, the lines chosen (B, L) bool exchanged for others of their key. Where none
        is found that brings no Hanzi twice, the line stays."""
        mixed = self.poems[rows].copy()
        L, n = mixed.shape[1:]
        lines = self.poems.reshape(-1, n)
        for line in range(L):
            waiting = np.flatnonzero(chosen[:, line])
            others = np.delete(np.arange(L), line)
            for _ in range(_TRIES):
                if not len(waiting):
                    break
                found = lines[self._drawn(self.keys[rows[waiting], line], rng)]
                rest = mixed[waiting][:, others].reshape(len(waiting), -1)
                new = (found != mixed[waiting, line]).any(axis=1)
                good = new & ~(found[:, :, None] == rest[:, None, :]).any(axis=(1, 2))
                mixed[waiting[good], line] = found[good]
                waiting = waiting[~good]
        return mixed

    def _drawn(self, keys: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """For every key a line that has it."""
        order, ordered = self._by_key
        first = np.searchsorted(ordered, keys)
        count = np.searchsorted(ordered, keys, side="right") - first
        return order[first + (rng.random(len(keys)) * count).astype(np.int64)]


def human(corpus: Encoded, form: Form, part: str) -> Human:
    """The poems of a form and part that look like the writer's. Raises DataError when there is none."""
    L, n = form.lines, form.length
    rows = corpus.select(part)
    rows = rows[corpus.form[rows] == FORMS.index(form)]
    places = corpus.offsets[rows][:, None] + np.arange(L * (n + 1))
    shape = (len(rows), L, n + 1)
    poems = corpus.tokens[places].reshape(shape)[:, :, :n].astype(np.int64)
    tones = corpus.tone[places].reshape(shape)[:, :, :n]
    rhymes = corpus.rhyme[places].reshape(shape)[:, :, 0].astype(np.int64)
    kept = regulated(tones, rhymes) & corpus.vocabulary.is_hanzi[poems].all(axis=(1, 2)) & ~repeating(poems)
    if not kept.any():
        raise DataError(
            "the corpus has no regulated {name} in its {part} part; encode a larger one", name=form.name, part=part
        )
    lead = _lead(tones)[:, None] ^ _alternation(L)  # whether position 2 is oblique
    titles = np.zeros((len(rows), MAX_TITLE), dtype=np.int64)
    for row, poem in enumerate(rows):
        title = corpus.titles[corpus.title_offsets[poem] : corpus.title_offsets[poem + 1]][:MAX_TITLE]
        titles[row, : len(title)] = title
    keys = (np.arange(L) * (GROUPS + 1) + rhymes) * 2 + lead
    return Human(poems[kept], titles[kept], keys[kept])


def _alternation(lines: int) -> np.ndarray:
    """(L,) bool: whether position 2 differs from that of the first line, by 对 and 粘: a, -a, -a, a, a ..."""
    return np.array([False, True, True, False])[np.arange(lines) % 4]


def _lead(tones: np.ndarray) -> np.ndarray:
    """(N,) bool: whether position 2 of the first line is oblique, as most lines have it."""
    second = tones[:, :, 1]
    oblique = np.where(second == Tone.ANY, 0, np.where(second == Tone.OBLIQUE, 1, -1))
    return (oblique * np.where(_alternation(tones.shape[1]), -1, 1)).sum(axis=1) > 0


def regulated(tones: np.ndarray, rhymes: np.ndarray) -> np.ndarray:
    """(N,) bool: poems (N, L, n) of tones, ANY where a reading is open, with lines' rhyme groups (N, L), that keep
    the rules of positions 2, 4, 6, of the last three and of rhyme; with 拗救 none does."""
    n, L = tones.shape[2], tones.shape[1]
    columns = np.arange(1, n - 1, 2)
    oblique = _lead(tones)[:, None, None] ^ _alternation(L)[:, None] ^ (np.arange(len(columns)) % 2 == 1)
    wanted = np.where(oblique, Tone.OBLIQUE, Tone.LEVEL)
    held = tones[:, :, columns]
    in_pattern = ((held == wanted) | (held == Tone.ANY)).all(axis=(1, 2))
    three_level = (tones[:, :, -3:] == Tone.LEVEL).all(axis=2).any(axis=1)
    group = rhymes[:, 1]
    rhymed = (group > 0) & (group <= LEVEL_GROUPS) & (rhymes[:, 1::2] == group[:, None]).all(axis=1)
    ends = (tones[:, 2::2, -1] != Tone.LEVEL).all(axis=1)
    first = (rhymes[:, 0] > 0) | (tones[:, 0, -1] != Tone.LEVEL)
    return in_pattern & ~three_level & rhymed & ends & first


def repeating(poems: np.ndarray) -> np.ndarray:
    """(N,) bool: poems (N, L, n) that use a Hanzi twice."""
    ordered = np.sort(poems.reshape(len(poems), poems.shape[1] * poems.shape[2]), axis=1)
    return (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)


def rarity(poems: np.ndarray) -> np.ndarray:
    """(N,) mean log of the ids of poems (N, L, n): ids fall with frequency, so they are ranks."""
    return np.log(poems).mean(axis=(1, 2))


@dataclass(frozen=True)
class Machine:
    """Poems of the writer of one form and part: (N, L, n) int64 ids, and (N,) which of the files each is from."""

    poems: np.ndarray
    source: np.ndarray

    @cached_property
    def _chances(self) -> np.ndarray:
        chances = 1 / np.bincount(self.source)[self.source]
        return chances / chances.sum()

    def drawn(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """(count, L, n): poems drawn, from every file as many on average."""
        return self.poems[rng.choice(len(self.poems), count, p=self._chances)]


def machine(paths: Sequence[Path], vocabulary: Vocabulary) -> dict[tuple[str, str], Machine]:
    """The poems of files of the writer, by name of form and part: a tenth to validation, a tenth to test, by a hash of
    the text. Raises UsageError naming a bad file, DataError when a form and part have none."""
    rows: dict[tuple[str, str], list[tuple[list[list[int]], int]]] = {
        (form.name, part): [] for form in REGULATED for part in PARTS
    }
    for source, path in enumerate(paths):
        for verse in read(path):
            form = recognise(verse.lines)
            if form in REGULATED and all(c in vocabulary for line in verse.lines for c in line):
                rows[form.name, _part(verse)].append(([vocabulary.ids(line) for line in verse.lines], source))
    for (name, part), some in rows.items():
        if not some:
            raise DataError(
                "the machine's poems have no {name} for {part}; write more with poetry.batch", name=name, part=part
            )
    return {
        key: Machine(np.array([ids for ids, _ in some]), np.array([source for _, source in some]))
        for key, some in rows.items()
    }


def _part(verse: Verse) -> str:
    digest = hashlib.sha256(json.dumps(verse.lines).encode()).digest()
    return {0: TEST, 1: VALIDATION}.get(digest[0] % 10, TRAIN)


def mixing(count: int, lines: int, most: int, rng: np.random.Generator) -> np.ndarray:
    """(count, lines) bool: one to `most` of the lines of each poem, to be exchanged."""
    places = rng.random((count, lines)).argsort(axis=1).argsort(axis=1)
    return places < rng.integers(1, most + 1, count)[:, None]


def second_lines(count: int, lines: int, rng: np.random.Generator) -> np.ndarray:
    """(count, lines) bool: the second line of a middle couplet that is finished, one in each poem of eight."""
    chosen = np.zeros((count, lines), dtype=bool)
    seconds = [line for line in (3, 5) if line < lines]
    chosen[np.arange(count), rng.choice(seconds, count)] = True
    return chosen

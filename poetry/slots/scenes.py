"""时令与时辰 (season and hour): what poets seldom put into one poem, oriole and wild goose, evening sun and moon.

scenes.tsv has a scene a line: its name, the phrases of one or two Hanzi that mean it, the scenes it does not go with.
The network mixes them, and readers of its verse object to little as often (docs/panel.md). Where a title names both,
both are open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from poetry.text.vocab import Vocabulary

FILE = "scenes.tsv"
NOTHING, NEVER = -1, -2  # no Hanzi before it is asked for; no token


@cache
def _rows() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    rows = files("poetry.slots").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return tuple((name, tuple(said.split()), tuple(against.split())) for name, said, against in map(_cells, rows))


def _cells(row: str) -> tuple[str, str, str]:
    name, said, against = row.split("\t")
    return name, said, against


@dataclass(frozen=True)
class Scenes:
    """The phrases in ids, (P,) each: the last Hanzi, the one before it, NOTHING where there is none, and the scene's
    number; and (S, S) bool which scenes do not go together."""

    last: np.ndarray
    before: np.ndarray
    scene: np.ndarray
    against: np.ndarray

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "Scenes":
        """Of the table, without phrases that the vocabulary lacks."""
        number = {name: place for place, (name, _, _) in enumerate(_rows())}
        against = np.zeros((len(number), len(number)), dtype=bool)
        rows = []
        for name, said, others in _rows():
            against[number[name], [number[other] for other in others]] = True
            for phrase in said:
                if all(c in vocabulary for c in phrase):
                    *before, last = vocabulary.ids(phrase)
                    rows.append((last, before[0] if before else NOTHING, number[name]))
        phrases = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return cls(phrases[:, 0], phrases[:, 1], phrases[:, 2], against | against.T)


class SceneSoFar:
    """Which scenes B rows have named, to know which next Hanzi would name one that does not go with them."""

    def __init__(self, scenes: Scenes, told: Sequence[Sequence[int]]) -> None:
        """`told` are the ids of what each row's poem is about."""
        self._scenes = scenes
        self._named = np.zeros((len(told), len(scenes.against)), dtype=bool)
        self._last = np.full(len(told), NEVER)
        longest = max(map(len, told), default=0)
        for place in range(longest):
            self.advance(np.array([ids[place] if place < len(ids) else NEVER for ids in told]))
        self.advance(self._last, ends=True)

    def closes(self) -> tuple[np.ndarray, np.ndarray]:
        """(rows, ids): the Hanzi that are closed to rows next."""
        s = self._scenes
        shut = (self._named @ s.against & ~self._named)[:, s.scene]
        rows, phrases = np.nonzero(shut & self._continued())
        return rows, s.last[phrases]

    def advance(self, ids: np.ndarray, ends: bool = False) -> None:
        """(B,) ids were chosen; `ends`: no phrase goes on from here."""
        rows, phrases = np.nonzero(self._continued() & (self._scenes.last == ids[:, None]))
        self._named[rows, self._scenes.scene[phrases]] = True
        self._last = np.full(len(ids), NEVER) if ends else ids

    def select(self, rows: np.ndarray) -> None:
        """Go on with these rows."""
        self._named, self._last = self._named[rows], self._last[rows]

    def _continued(self) -> np.ndarray:
        """(B, P) bool: the phrases of which all but the last Hanzi stand there."""
        before = self._scenes.before
        return (before == NOTHING) | (before == self._last[:, None])

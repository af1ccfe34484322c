"""时令、时辰、晴雨、居处与合掌 (season, hour, weather, dwelling, and the same thing said twice): what poets seldom put
into one poem.

scenes.tsv has a scene a line: its name, the phrases of one or two Hanzi that mean it, the scenes it does not go with,
which name it in turn: oriole and wild goose, evening sun and moon. A scene that does not go with itself is one that
poets name once: a couplet of which both lines say the same is at fault (合掌, palms put together), and of poems that
name 扁舟 or 孤帆 one in sixty names another such boat; the network's are one in six (`docs/panel.md`).
What a title or a given word names is open whatever it goes with, as often as may be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from poetry.slots.phrases import NEVER, Phrases, PhrasesSoFar
from poetry.text.vocab import Vocabulary

FILE = "scenes.tsv"


@cache
def _rows() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    rows = files("poetry.slots").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return tuple((name, tuple(said.split()), tuple(against.split())) for name, said, against in map(_cells, rows))


def _cells(row: str) -> tuple[str, str, str]:
    name, said, against = row.split("\t")
    return name, said, against


@dataclass(frozen=True)
class Scenes:
    """The phrases, (P,) the number of the scene that each means, and (S, S) bool which scenes do not go together."""

    phrases: Phrases
    scene: np.ndarray
    against: np.ndarray

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "Scenes":
        """Of the table, without phrases that the vocabulary lacks."""
        number = {name: place for place, (name, _, _) in enumerate(_rows())}
        against = np.zeros((len(number), len(number)), dtype=bool)
        for name, _, others in _rows():
            against[number[name], [number[other] for other in others]] = True
        said = [(phrase, number[name]) for name, phrases, _ in _rows() for phrase in phrases]
        phrases = Phrases.of(vocabulary, [phrase for phrase, _ in said])
        return cls(phrases, np.array([scene for _, scene in said])[phrases.place], against)


class SceneSoFar:
    """Which scenes B rows have named, to know which next Hanzi would name one that does not go with them."""

    def __init__(self, scenes: Scenes, told: Sequence[Sequence[int]]) -> None:
        """`told` are the ids of what each row's poem is about."""
        self._scenes = scenes
        self._once, self._others = scenes.against.diagonal(), scenes.against & ~np.eye(len(scenes.against), dtype=bool)
        self._named = np.zeros((len(told), len(scenes.against)), dtype=bool)
        self._phrases = PhrasesSoFar(scenes.phrases, len(told))
        for place in range(max(map(len, told), default=0)):
            self.advance(np.array([ids[place] if place < len(ids) else NEVER for ids in told]))
        self.advance(np.full(len(told), NEVER), ends=True)
        self._told = self._named.copy()

    def closes(self) -> tuple[np.ndarray, np.ndarray]:
        """(rows, ids): the Hanzi that are closed to rows next."""
        s = self._scenes
        shut = ((self._named @ self._others & ~self._named) | (self._named & self._once & ~self._told))[:, s.scene]
        rows, phrases = np.nonzero(shut & self._phrases.begun())
        return rows, s.phrases.last[phrases]

    def advance(self, ids: np.ndarray, ends: bool = False) -> None:
        """(B,) ids were chosen; `ends`: no phrase goes on from here."""
        rows, phrases = np.nonzero(self._phrases.begun() & (self._scenes.phrases.last == ids[:, None]))
        self._named[rows, self._scenes.scene[phrases]] = True
        self._phrases.advance(ids, ends=ends)

    def select(self, rows: np.ndarray) -> None:
        """Go on with these rows."""
        self._named, self._told = self._named[rows], self._told[rows]
        self._phrases.select(rows)

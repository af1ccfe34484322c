"""A finished poem and what is told of it."""

from dataclasses import dataclass
from math import isnan
from typing import Any

from poetry.slots.plan import Plan
from poetry.slots.regulated import Wish
from poetry.text.hanzi import COMMA, STOP


@dataclass(frozen=True)
class Poem:
    """A finished poem. score is the mean log-probability (nats) of its tokens under the network, NaN where the poem was
    changed by hand."""

    form: str
    text: str
    seed: int
    score: float
    plan: Plan | None = None  # what it was written under; None for free verse
    allowed_mass: tuple[float, ...] = ()  # a number for each slot: what the network gave to all that was allowed
    title: str = ""
    words: tuple[str, ...] = ()  # the key word of each line
    asked: tuple[str, ...] = ()  # of these a person's, or the title's eye; others are empty
    wish: Wish | None = None  # what was asked for, which a rewriting keeps; None for free verse
    unknown: str = ""  # characters that were asked for and are not in the network's vocabulary
    name: str = ""  # what it is called where the person has words of their own for it
    link: str = ""  # the query of an address that brings it back: its order and seed; empty once it is changed
    stands_for: tuple[str, ...] = ()  # the modern words that the title has theirs of verse for

    def __str__(self) -> str:
        return self.text

    @property
    def lines(self) -> list[str]:
        """The lines without punctuation."""
        return [line for line in self.text.replace(STOP, COMMA).split(COMMA) if line]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able data."""
        title = self.name or self.title
        theme: dict[str, Any] = {"title": title} if title else {}
        if self.words:
            theme |= {"words": list(self.words)}
        if self.unknown:
            theme |= {"unknown": self.unknown}
        return {
            "form": self.form,
            **theme,
            "lines": self.lines,
            "text": self.text,
            "seed": self.seed,
            **({} if isnan(self.score) else {"score": round(self.score, 4)}),
        }

"""Versions of what one works on, to go back and forth between: undo and redo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST = 50


@dataclass(frozen=True)
class Versions:
    """What there was before what is there now, and what was undone of it; the newest last in both."""

    before: tuple[Sequence[Any], ...] = ()
    after: tuple[Sequence[Any], ...] = ()

    def changed(self, now: Sequence[Any]) -> "Versions":
        """Once `now` has become something else; what had been undone is gone."""
        return Versions((*self.before, now)[-MOST:])

    def undone(self, now: Sequence[Any]) -> tuple[Sequence[Any], "Versions"]:
        """What there was before; `now` where there was nothing."""
        if not self.before:
            return now, self
        return self.before[-1], Versions(self.before[:-1], (*self.after, now))

    def redone(self, now: Sequence[Any]) -> tuple[Sequence[Any], "Versions"]:
        """What was undone last; `now` where nothing was."""
        if not self.after:
            return now, self
        return self.after[-1], Versions((*self.before, now), self.after[:-1])

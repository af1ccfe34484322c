"""The characters a network knows, and text to ids and back.

A text is read as characters or as bytes; a byte is kept as the character with its number (Latin-1), so
that any file round-trips.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from charrnn_core.errors import UsageError


class UnknownCharacterError(UsageError):
    """A character that the network does not know."""


@dataclass(frozen=True)
class Alphabet:
    """`characters` in the order of their ids; `is_bytes` when each stands for one byte."""

    characters: tuple[str, ...]
    is_bytes: bool = False

    def __post_init__(self) -> None:
        single = all(isinstance(character, str) and len(character) == 1 for character in self.characters)
        if not self.characters or not single or len(set(self.characters)) != len(self.characters):
            raise UsageError("an alphabet needs characters, each once")

    @classmethod
    def of(cls, text: str, *, is_bytes: bool = False) -> "Alphabet":
        """The characters of a text, sorted."""
        return cls(tuple(sorted(set(text))), is_bytes)

    def __len__(self) -> int:
        return len(self.characters)

    def __contains__(self, character: str) -> bool:
        return character in self._ids

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {character: i for i, character in enumerate(self.characters)}

    def id(self, character: str) -> int:
        """The id of one character. Raises UnknownCharacterError."""
        return int(self.encode(character)[0])

    def encode(self, text: str, *, skip_unknown: bool = False) -> np.ndarray:
        """(T,) int64 ids. Raises UnknownCharacterError naming the first unless they are skipped."""
        ids = [self._ids.get(character, -1) for character in text]
        if -1 in ids and not skip_unknown:
            bad = text[ids.index(-1)]
            raise UnknownCharacterError(
                "{bad!r} (U+{code:04X}) is not among the network's {count} characters; leave it out",
                bad=bad,
                code=ord(bad),
                count=len(self),
            )
        return np.array([i for i in ids if i >= 0], dtype=np.int64)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids."""
        return "".join(self.characters[i] for i in ids)


def show(character: str) -> str:
    """A character as people can see it: newline, space and control characters by name."""
    return {"\n": "newline", " ": "space", "\t": "tab"}.get(
        character, character if character.isprintable() else f"U+{ord(character):04X}"
    )

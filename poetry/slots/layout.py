"""The slots of several plans of one form side by side: what each row's next slot is, as arrays (T slots, B rows)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poetry.slots.plan import Plan
from poetry.text.vocab import Vocabulary


@dataclass(frozen=True)
class Layout:
    """See the module's docstring. Lines and marks are those of the form, the same for all rows."""

    forced: np.ndarray  # (T, B) bool
    forced_ids: np.ndarray  # (T, B): the character that is forced there, as an id
    rhyming: np.ndarray  # (T, B) bool
    marks: tuple[bool, ...]  # (T,): the mark that ends a line

    @classmethod
    def of(cls, plans: Sequence[Plan], vocabulary: Vocabulary) -> "Layout":
        """The layout of plans of one form."""
        slots = np.array([plan.slots for plan in plans], dtype=object).T
        return cls(
            np.array([[bool(slot.forced) for slot in row] for row in slots]),
            np.array([[vocabulary.id(slot.forced) for slot in row] for row in slots]),
            np.array([[bool(slot.rhyme) for slot in row] for row in slots]),
            tuple(slot.position == plans[0].form.length for slot in plans[0].slots),
        )

    def __len__(self) -> int:
        return len(self.marks)

    def select(self, rows: np.ndarray) -> "Layout":
        """The layout of the given rows."""
        return Layout(self.forced[:, rows], self.forced_ids[:, rows], self.rhyming[:, rows], self.marks)

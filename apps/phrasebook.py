"""Lines of one language in another: a line is found by its template, and what stands in its gaps is translated in turn.

Input: pairs of templates. A gap is {} in the one that is known and {0}, {1}, ... in the other, so that their order may
differ. What it does not know stays as it is: a foreign line says more than none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

GAP = "{}"
ANYTHING = "(.+?)"
WITHIN = "((?:(?!; ).)+?)"  # what fills a gap seldom holds two sentences


@dataclass(frozen=True)
class Phrasebook:
    """Pairs (template of a line, template of its translation); where several fit, the one that says most counts."""

    pairs: Sequence[tuple[str, str]]

    @cached_property
    def _known(self) -> list[tuple[re.Pattern[str], str]]:
        by_words = sorted(self.pairs, key=lambda pair: -len(pair[0].replace(GAP, "")))
        return [
            (re.compile(gap.join(map(re.escape, known.split(GAP)))), said)
            for gap in (WITHIN, ANYTHING)
            for known, said in by_words
        ]

    def say(self, line: str) -> str:
        """The line in the other language, or as it is."""
        for pattern, said in self._known:
            found = pattern.fullmatch(line)
            if found:
                return said.format(*map(self.say, found.groups()))
        return line

"""A poem's text and its lines."""

import re
from collections.abc import Sequence

from poetry.text.hanzi import COMMA, STOP


def split_lines(text: str) -> list[str]:
    """Lines of a clean text, without punctuation."""
    return [line for line in re.split(f"[{COMMA}{STOP}]", text) if line]


def join_lines(lines: Sequence[str]) -> str:
    """The lines as one text, odd ones closed by ，, even ones by 。."""
    return "".join(line + (COMMA, STOP)[i % 2] for i, line in enumerate(lines))

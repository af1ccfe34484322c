"""A poem's text and its lines."""

import re

from poetry.text.hanzi import COMMA, STOP


def split_lines(text: str) -> list[str]:
    """Lines of a clean text, without punctuation."""
    return [line for line in re.split(f"[{COMMA}{STOP}]", text) if line]

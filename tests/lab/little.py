"""A little text with names, lines and words, and a command run on it."""

from collections.abc import Callable

import numpy as np
import pytest

WORDS = ["the king", "my lord", "good night", "sweet queen", "what news", "no more"]
NAMES = ["ANNA:", "Old Man:", "KING:"]


def _text(lines: int = 120) -> str:
    rng = np.random.default_rng(2)
    rows = []
    for i in range(lines):
        if i % 3 == 0:
            rows += ["", NAMES[rng.integers(len(NAMES))]]
        rows.append(" ".join(WORDS[k] for k in rng.integers(0, len(WORDS), 3)) + ".")
    return "\n".join(rows)[1:] + "\n"


TEXT = _text()


def run(
    main: Callable[[list[str]], int], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> tuple[int, str, str]:
    """The exit code of a command, what it printed and what it complained of."""
    try:
        code = main(arguments)
    except SystemExit as error:
        code = int(error.code or 0)
    return code, *capsys.readouterr()

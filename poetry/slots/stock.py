"""熟境 (stock scenes): where the network's poems dwell whatever their title, and poets' seldom do.

Left alone it is evening at the waterside in one poem of three; of poets' quatrains one in a hundred has 汀洲, 白苹 and
their like, one in twenty 晚 or 暮 (docs/panel.md). stock.tsv has a scene a line: its name, the share of quatrains to
which it is open, a few times that of poets, and its phrases of one or two Hanzi. It is open besides to a poem that is
told of it: whose title or key words name one of the phrases, or whose subjects do (poetry.theme.matter).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

FILE = "stock.tsv"
QUATRAIN = 4


@dataclass(frozen=True)
class Scene:
    """A line of the table."""

    name: str
    share: float
    phrases: tuple[str, ...]


@cache
def scenes() -> tuple[Scene, ...]:
    """The table."""
    rows = files("poetry.slots").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return tuple(
        Scene(name, float(share), tuple(said.split())) for name, share, said in (row.split("\t") for row in rows)
    )


def closed(uniforms: np.ndarray, told: Sequence[str], lines: int) -> tuple[str, ...]:
    """The phrases that a poem of so many lines must do without, by random numbers (scenes,) in [0, 1) and all that it
    is told. A longer poem has as many chances as it has quatrains."""
    named = "□".join(told)
    shut: list[str] = []
    for scene, chance in zip(scenes(), uniforms, strict=True):
        share = 1 - (1 - scene.share) ** (lines / QUATRAIN)
        if chance >= share and not any(phrase in named for phrase in scene.phrases):
            shut += scene.phrases
    return tuple(shut)

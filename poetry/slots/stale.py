"""陈言 (stale phrases): what the network says much oftener than poets do, 不知何处, 无人到.

惟陈言之务去 (what is stale must go; 韩愈). The likeliest poem is made of phrases that fit every title. Each of those in
stale.tsv, of two or three Hanzi, is therefore open to a poem only by lot, with the share that stands beside it, and
closed to the others. `python -m poetry.measuring.build_stale` writes the list.
"""

from functools import cache
from importlib.resources import files

import numpy as np

FILE = "stale.tsv"


@cache
def stale() -> dict[str, float]:
    """Phrase -> the share of poems to which it is open."""
    rows = files("poetry.slots").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return {phrase: float(share) for phrase, share in (row.split("\t") for row in rows)}


def closed(uniforms: np.ndarray, told: str) -> np.ndarray:
    """(P,) bool for random numbers (P,) of a poem: the phrases, in the list's order, that it must do without. What the
    poem is told to speak of it may say."""
    shut = uniforms >= np.fromiter(stale().values(), dtype=np.float64, count=len(uniforms))
    return shut & np.array([phrase not in told for phrase in stale()])

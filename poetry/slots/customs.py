"""What poets do where the rules leave a choice: how often a first line rhymes, and in which level group a poem does.

The counts are in customs.tsv, of the regulated poems of the corpus's training part: form, poems whose first line rhymes
and whose does not, then those of each of the thirty level groups. `python -m poetry.corpus.build_customs` writes it.
"""

from functools import cache
from importlib.resources import files

import numpy as np

from poetry.text.forms import QILU, REGULATED, WULU, Form

FILE = "customs.tsv"


@cache
def _counts() -> dict[str, np.ndarray]:
    """Form -> (2 + 30,) counts."""
    rows = files("poetry.slots").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return {name: np.array(counts, dtype=np.float64) for name, *counts in (row.split("\t") for row in rows)}


def _of(form: Form) -> np.ndarray:
    """A form's counts; a 排律 keeps the customs of the 律诗."""
    return _counts()[form.name if form in REGULATED else (WULU if form.length == WULU.length else QILU).name]


def rhymed_first(form: Form) -> float:
    """The share of poems whose first line rhymes."""
    rhymed, unrhymed, *_ = _of(form)
    return float(rhymed / (rhymed + unrhymed))


def rhyme_counts(form: Form) -> np.ndarray:
    """(31,) float64: how many poems rhyme in each level group, by its number; 0 first, at least 1 for each group."""
    return np.concatenate([[0.0], np.maximum(_of(form)[2:], 1)])

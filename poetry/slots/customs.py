"""What poets do where the rules leave a choice: how often a first line rhymes, in which level group a poem does, and
which characters are said twice running (叠字: 悠悠, 年年).

The counts are in customs.tsv, of the regulated poems of the corpus's training part: form, poems whose first line rhymes
and whose does not, then those of each of the thirty level groups. The characters are in doubled.txt.
`python -m poetry.corpus.build_customs` writes both.
"""

from functools import cache
from importlib.resources import files

import numpy as np

from poetry.text.forms import QILU, REGULATED, WULU, Form

FILE, DOUBLED = "customs.tsv", "doubled.txt"


@cache
def _counts() -> dict[str, np.ndarray]:
    """Form -> (2 + 30,) counts."""
    rows = files("poetry.slots").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return {name: np.array(counts, dtype=np.float64) for name, *counts in (row.split("\t") for row in rows)}


def _of(form: Form) -> np.ndarray:
    """A form's counts; a 排律 keeps the customs of the 律诗."""
    return _counts()[form.name if form in REGULATED else (WULU if form.length == WULU.length else QILU).name]


@cache
def doubled() -> str:
    """The characters that poets say twice running, the commonest first."""
    return files("poetry.slots").joinpath(DOUBLED).read_text(encoding="utf-8").strip()


def rhymed_first(form: Form) -> float:
    """The share of poems whose first line rhymes."""
    rhymed, unrhymed, *_ = _of(form)
    return float(rhymed / (rhymed + unrhymed))


def rhyme_counts(form: Form) -> np.ndarray:
    """(31,) float64: how many poems rhyme in each level group, by its number; 0 first, at least 1 for each group."""
    return np.concatenate([[0.0], np.maximum(_of(form)[2:], 1)])

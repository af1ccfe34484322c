"""Variant characters (异体字) and the standard simplified character that each is written as: 疎 -> 疏, 簷 -> 檐.

The table is variants.tsv, written by poetry/prosody/build_variants.py, which names its sources and rules. Its rows are
a source and pairs of characters, the variant first; the rows `apart` list variants that stay as they are.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

APART = "apart"


def standard(text: str) -> str:
    """`text` with every variant of the table replaced; the length never changes. For simplified text."""
    return text.translate(_translation())


@cache
def table() -> Mapping[str, str]:
    """Variant -> standard simplified character. Read once, on first use."""
    return {pair[0]: pair[1] for source, entries in rows() if source != APART for pair in entries}


def rows() -> list[tuple[str, list[str]]]:
    """The rows of variants.tsv: (source, its pairs or, in `apart`, its characters)."""
    lines = files("poetry.text").joinpath("variants.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return [(source, entries.split()) for source, entries in pairs]


@cache
def _translation() -> Mapping[int, str]:
    return str.maketrans(dict(table()))

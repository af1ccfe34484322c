"""What a training run reads: an encoded corpus, or a plain-text file encoded on the spot."""

import sys
from pathlib import Path

from poetry.corpus import encoding
from poetry.corpus.prepare import prepare

OWN_MIN_COUNT = 2  # a user's own corpus is small: keep all but the Hanzi seen once


def load(path: Path) -> encoding.Encoded:
    """An .npz as `python -m poetry.corpus encode` writes it, or a text with one poem a line; of a text it is said on
    standard error how many poems are left out and why."""
    if path.suffix == ".npz":
        return encoding.load(path)
    prepared = prepare(text=path)
    if prepared.left_out:
        print(prepared.describe(), file=sys.stderr)
    return encoding.encode(prepared.poems, min_count=OWN_MIN_COUNT, provenance=prepared.provenance)

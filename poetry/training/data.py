"""What a training run reads: an encoded corpus, or a plain-text file encoded on the spot."""

import hashlib
from pathlib import Path

from charrnn_core.errors import DataError
from poetry import encoding
from poetry.corpus.clean import clean
from poetry.corpus.dedupe import distinct
from poetry.corpus.read import read_plain

OWN_MIN_COUNT = 2  # a user's own corpus is small: keep all but the Hanzi seen once


def load(path: Path) -> encoding.Encoded:
    """An .npz as `python -m poetry.corpus encode` writes it, or a text with one poem a line."""
    if path.suffix == ".npz":
        return encoding.load(path)
    poems = distinct(list(clean(read_plain(path))))
    if not poems:
        raise DataError(f"{path} holds no poem that passes the cleaning rules; see `python -m poetry.corpus inspect`")
    provenance = {"files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}, "poems": len(poems)}
    return encoding.encode(poems, min_count=OWN_MIN_COUNT, provenance=provenance)

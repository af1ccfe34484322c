"""A network's rows for another vocabulary than it was trained with: training goes on after the vocabulary changed.

A token has a row of E and a number of b (poetry.training.network). Rows of tokens in both vocabularies are copied. A
variant that the corpus now writes as its standard character (poetry.text.variants) falls together with it: their rows'
mean, weighted by how often the corpus held each. A token that is new starts as <unk>, as which the network has read it
so far, and shares <unk>'s probability with the others that are new.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from charrnn_core.errors import WeightsError
from poetry.corpus.encoding import Encoded
from poetry.text.variants import table
from poetry.text.vocab import SPECIALS, UNKNOWN

EMBEDDING, BIAS = "network.embedding.weight", "network.bias"

Arrays = dict[str, np.ndarray]


def fit_rows(arrays: Arrays, old: Sequence[str], corpus: Encoded) -> Arrays:
    """A checkpoint's arrays, their rows those of the corpus's vocabulary. Raises WeightsError as merge_rows does."""
    new = corpus.vocabulary.tokens
    return arrays if tuple(old) == new else merge_rows(arrays, old, new, _occurrences(corpus))


def merge_rows(arrays: Arrays, old: Sequence[str], new: Sequence[str], occurrences: Mapping[str, int]) -> Arrays:
    """`arrays` with E (len(old), D) and b (len(old),) made (len(new), D) and (len(new),), both float32.

    `occurrences` of the old tokens in the corpus weigh those that fall together; one it does not know counts once.
    Raises WeightsError when the arrays do not fit the old vocabulary.
    """
    embedding, bias = arrays.get(EMBEDDING, np.zeros(0)), arrays.get(BIAS, np.zeros(0))
    if embedding.ndim != 2 or not embedding.shape[:1] == bias.shape == (len(old),) or SPECIALS[UNKNOWN] not in old:
        raise WeightsError("the weights do not fit their own vocabulary; give another file to start from")
    ids, standard = {token: i for i, token in enumerate(new)}, table()
    place = np.array([ids.get(token, ids.get(standard.get(token, ""), -1)) for token in old])
    weight = np.array([max(1, occurrences.get(token, 1)) for token in old], dtype=np.float64)
    kept = place >= 0
    rows = np.concatenate([embedding, bias[:, None]], axis=1, dtype=np.float64)
    merged, total = np.zeros((len(new), rows.shape[1])), np.zeros(len(new))
    np.add.at(merged, place[kept], (weight[:, None] * rows)[kept])
    np.add.at(total, place[kept], weight[kept])
    fresh = total == 0
    merged[~fresh] /= total[~fresh, None]
    unknown = ids[SPECIALS[UNKNOWN]]
    merged[unknown, -1] -= np.log1p(fresh.sum())
    merged[fresh] = merged[unknown]
    merged = merged.astype(np.float32)
    return arrays | {EMBEDDING: merged[:, :-1].copy(), BIAS: merged[:, -1].copy()}


def _occurrences(corpus: Encoded) -> dict[str, int]:
    """How often the corpus held each token before variants became standard characters."""
    tokens = corpus.vocabulary.tokens
    found = dict(zip(tokens, np.bincount(corpus.tokens, minlength=len(tokens)).tolist(), strict=True))
    standard = table()
    for variant, count in corpus.provenance.get("variants", {}).items():
        found[variant] = count
        if standard.get(variant) in found:
            found[standard[variant]] -= count
    return found

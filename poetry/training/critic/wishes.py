"""What the network is asked to write for the critic: titles of training poems, in the forms they have.

Output: rows for poetry.batch. Every fourth has no title, as the network is often asked for none.
"""

import json

import numpy as np

from charrnn_core.errors import DataError
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TRAIN
from poetry.text.forms import FORMS, REGULATED

UNTITLED = 0.25


def wishes(corpus: Encoded, count: int, seed: int) -> list[str]:
    """`count` JSON rows, the four forms alike often. Raises DataError when the corpus has no titled poem of a form."""
    rng = np.random.default_rng(seed)
    training = corpus.select(TRAIN)
    titled = training[np.diff(corpus.title_offsets)[training] > 1]
    of_form = [titled[corpus.form[titled] == FORMS.index(form)] for form in REGULATED]
    if not all(map(len, of_form)):
        raise DataError("the corpus lacks titled training poems of a form; encode a larger one")
    rows = []
    for number in range(count):
        place = number % len(REGULATED)
        poem = rng.choice(of_form[place])
        row = {"form": REGULATED[place].name}
        if rng.random() >= UNTITLED:
            ids = corpus.titles[corpus.title_offsets[poem] : corpus.title_offsets[poem + 1]]
            row["title"] = "".join(corpus.vocabulary.tokens[i] for i in ids)
        rows.append(json.dumps(row, ensure_ascii=False))
    return rows

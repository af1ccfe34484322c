"""The plan of key words (提纲): the network writes one for each line before it writes the poem.

After the title the network was trained to write <key> and two Hanzi for each line (poetry.corpus.batches). Of several
rows a request the best are kept, no two alike; its candidates share them. The likeliest words are those that go with
every title (明月, 万里), so they are drawn with guidance (poetry.writing.telling) and weighed by
log p(words | title) + TITLE_WEIGHT (log p(words | title) - log p(words)); none holds an empty character (不知, 何处).
Words that a request fixes are read, not written.

The network reads the plan before the poem; a line's slots are told its word only where it is given: by a person, who
wants it said there, or the title's eye, in the first. Told its own words, too, the network puts them in, sense or not:
readers prefer the poems of one that has only read them (docs/panel.md).
"""

from collections.abc import Sequence

import numpy as np

from charrnn_core.decoding import masked_logprobs, step_shared
from charrnn_core.sampling import Sampling, choose
from poetry.slots.features import WIDTH
from poetry.slots.scenes import Scenes, SceneSoFar
from poetry.text.vocab import KEY
from poetry.writing.empty import empty
from poetry.writing.model import Model
from poetry.writing.request import Request, subject
from poetry.writing.telling import OTHER, TOLD, Readings, Telling

GUIDANCE, TITLE_WEIGHT = 2.0, 3.0  # the title is what words are for
MOST_ROWS, MOST_KEPT = 32, 8
SAMPLING = Sampling(temperature=0.7, top_p=0.9)


def write(
    model: Model, requests: Sequence[Request], state: Readings, last: np.ndarray, uniforms: np.ndarray
) -> tuple[Readings, np.ndarray, np.ndarray]:
    """Continue the rows of G requests of one form, whose fixed words are of equal lengths, by their key words.

    The state (G rows) is of what comes before but for the token `last` (G,); uniforms (lines, 2, G, rows). Returns the
    state of a row for each candidate after all but its last token, that token (B,), and (B, lines, 2) ids of the words,
    0 for the second Hanzi that a fixed word lacks.
    """
    G, lines, v, R = len(requests), uniforms.shape[0], model.vocabulary, uniforms.shape[3]
    rows = np.repeat(np.arange(G), R)
    telling, of, last = Telling(model.stepper, GUIDANCE), rows, last[rows]
    words = np.zeros((len(rows), lines, 2), dtype=np.int64)
    nothing, at = np.zeros((len(rows), WIDTH), dtype=np.int64), np.arange(len(rows))
    allowed = np.tile(v.writable & ~empty(v), (len(rows), 1))
    scene = SceneSoFar(Scenes.of(v), [subject(request, v) for request in requests for _ in range(R)])
    for line in range(lines):
        given = [[v.id(c) for c in word(request, line)] for request in requests]
        _, state, of = step_shared(telling, state, of, last, nothing)
        last = np.full(len(rows), KEY)
        length = len(given[0]) or 2
        for place in range(length):
            logprobs, state, of = step_shared(telling, state, of, last, nothing)
            if given[0]:
                last = np.array([word[place] for word in given])[rows]
            else:
                open_to = allowed.copy()
                open_to[scene.closes()] = False
                last = choose(masked_logprobs(logprobs[of], open_to), uniforms[line, place].ravel(), SAMPLING)
            words[:, line, place] = last
            scene.advance(last, ends=place == length - 1)
            allowed[at, last] = False  # no Hanzi stands in two words
    by_both = state.counted(last, of)
    with_title, without = by_both[TOLD], by_both[OTHER]
    worth = with_title + TITLE_WEIGHT * (with_title - without)
    candidates = requests[0].candidates
    kept = np.concatenate([np.resize(_best(group, words, worth), candidates) for group in at.reshape(G, R)])
    return telling.select(state, of[kept]), last[kept], words[kept]


def rows_for(candidates: int) -> int:
    """How many plans are tried for so many candidates."""
    return min(MOST_ROWS, candidates)


def word(request: Request, line: int) -> str:
    """The key word that a request fixes for a line, empty where it leaves it to the network."""
    return request.words[line] if line < len(request.words) else ""


def _best(rows: np.ndarray, words: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """The likeliest of a request's rows, no two of the same words."""
    different = {words[row].tobytes(): row for row in rows[np.argsort(worth[rows])]}
    return np.array(sorted(different.values(), key=lambda row: -worth[row])[:MOST_KEPT])

"""The plan of key words (提纲): the network writes one for each line before it writes the poem.

After the title the network was trained to write <key> and two Hanzi for each line (poetry.corpus.batches). Of several
rows a request the best is kept. The likeliest words are those that go with every title (明月, 万里), so they are drawn
with guidance (poetry.writing.guidance) and weighed by
log p(words | title) + TITLE_WEIGHT (log p(words | title) - log p(words)); none holds an empty character (不知, 何处).
Words that a request fixes are read, not written.

The network reads the plan before the poem. Where it chooses among several candidates no line is told its word: told
it, the network puts it in, sense or not, and readers prefer the poems of one that has only read it (docs/panel.md). A
word that a person gives is drawn oftener in its line, and looked for there (poetry.slots.matter). A single candidate's
lines are told the words that are given, and the first the title's eye.
"""

from collections.abc import Sequence

import numpy as np

from charrnn_core.decoding import masked_logprobs, step_shared
from charrnn_core.sampling import Sampling, choose
from poetry.slots.features import WIDTH
from poetry.slots.scenes import Scenes, SceneSoFar
from poetry.text.vocab import KEY, Vocabulary
from poetry.writing.empty import empty
from poetry.writing.guidance import TOLD, UNTOLD, Guidance, Readings
from poetry.writing.request import Request, subject

GUIDANCE, TITLE_WEIGHT = 2.0, 3.0  # the title is what words are for
MOST_ROWS = 8
SAMPLING = Sampling(temperature=0.7, top_p=0.9)


def write(
    guidance: Guidance,
    v: Vocabulary,
    requests: Sequence[Request],
    state: Readings,
    last: np.ndarray,
    uniforms: np.ndarray,
) -> tuple[Readings, np.ndarray, np.ndarray]:
    """Continue the rows of G requests of one form, whose fixed words are of equal lengths, by their key words.

    The state (G rows) is of what comes before but for the token `last` (G,); uniforms (lines, 2, G, rows). Returns the
    state of each request's best row after all but its last token, that token (G,), and (G, lines, 2) ids of the words,
    0 for the second Hanzi that a fixed word lacks.
    """
    G, lines, R = len(requests), uniforms.shape[0], uniforms.shape[3]
    rows = np.repeat(np.arange(G), R)
    of, last = rows, last[rows]
    words = np.zeros((len(rows), lines, 2), dtype=np.int64)
    nothing, at = np.zeros((len(rows), WIDTH), dtype=np.int64), np.arange(len(rows))
    allowed = np.tile(v.writable & ~empty(v), (len(rows), 1))
    scene = SceneSoFar(Scenes.of(v), [subject(request, v) for request in requests for _ in range(R)])
    for line in range(lines):
        given = [[v.id(c) for c in word(request, line)] for request in requests]
        _, state, of = step_shared(guidance, state, of, last, nothing)
        last = np.full(len(rows), KEY)
        length = len(given[0]) or 2
        for place in range(length):
            logprobs, state, of = step_shared(guidance, state, of, last, nothing)
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
    with_title, without = by_both[TOLD], by_both[UNTOLD]
    worth = with_title + TITLE_WEIGHT * (with_title - without)
    best = worth.reshape(G, R).argmax(axis=1) + R * np.arange(G)
    return guidance.select(state, of[best]), last[best], words[best]


def rows_for(candidates: int) -> int:
    """How many plans are tried for so many candidates."""
    return min(MOST_ROWS, candidates)


def word(request: Request, line: int) -> str:
    """The key word that a request fixes for a line, empty where it leaves it to the network."""
    return request.words[line] if line < len(request.words) else ""

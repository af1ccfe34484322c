"""Batches of poems: which poems, with which prefix, with which slot features dropped.

Every choice comes from numpy generators seeded by (seed, epoch) or (seed, epoch, batch), so a resumed run
draws what the undisturbed run would have drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from poetry.corpus.encoding import SOURCES, TAUGHT, Encoded
from poetry.slots.features import HERE, LINE, LINES, PLACE, RHYME, TONES, WIDTH, WORD
from poetry.text.vocab import BODY, END, KEY, MOST_KEYS, PAD, START, TITLE

LONGEST = 256  # training cuts longer poems here, at the end of a line; they then have no end token

# What stands before a poem: nothing, its title, up to three of its key words, a plan, title and plan.
NOTHING, TITLED, *KEYED, PLANNED, TITLED_PLAN = range(4 + MOST_KEYS)
SHARES = (0.25, 0.18, *(0.02,) * MOST_KEYS, 0.13, 0.38)
WHOLE, SINGLE = 0.5, 0.2  # plans of which no word is dropped, plans of single Hanzi
DROP_WORD, DROP_STYLE = 0.4, 0.6
DROP_BOTH, DROP_TONES, DROP_RHYME = 0.4, 0.1, 0.1
DROP_SLOT = 0.25  # in half of the poems that keep their tones, this share of slots loses its tone


@dataclass(frozen=True)
class Batch:
    """Time-first arrays: inputs (T, B) int64, features (T, B, 7) int64: the slot that each target fills,
    targets (T, B) int64, weights (T, B) bool: where the loss counts."""

    inputs: np.ndarray
    features: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


def epoch_order(
    corpus: Encoded, poems: np.ndarray, tokens: int, seed: int, epoch: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """Batches of about `tokens` tokens of like length, shuffled, and the prefix of every poem.

    Returns (arrays of poem numbers, (len(corpus),) uint8: NOTHING, TITLED, one of KEYED, PLANNED or TITLED_PLAN).
    The prefix is drawn here, not in the batch, so that a batch holds sequences of nearly one length.
    """
    rng = np.random.default_rng([seed, epoch])
    prefixes = np.zeros(len(corpus), dtype=np.uint8)
    drawn = rng.choice(len(SHARES), size=len(poems), p=SHARES)
    prefixes[poems] = drawn
    lengths = np.minimum(corpus.offsets[poems + 1] - corpus.offsets[poems], LONGEST)
    titles = corpus.title_offsets[poems + 1] - corpus.title_offsets[poems]
    keys = np.minimum((corpus.keys[poems, :, 0] > 0).sum(1), drawn - TITLED)
    planned = (corpus.plan[poems, :, 0] > 0).sum(1)
    lengths = lengths + np.where(np.isin(drawn, (TITLED, TITLED_PLAN)), titles, 0)
    lengths += 3 * np.where(np.isin(drawn, KEYED), keys, np.where(np.isin(drawn, (PLANNED, TITLED_PLAN)), planned, 0))
    shuffled = rng.permutation(len(poems))
    order = shuffled[np.argsort(-lengths[shuffled], kind="stable")]  # longest first: the first bounds the batch
    batches, start = [], 0
    while start < len(order):
        size = max(1, int(tokens // (lengths[order[start]] + 3)))
        batches.append(poems[order[start : start + size]])
        start += size
    return [batches[i] for i in rng.permutation(len(batches))], prefixes


class Epoch:
    """The batches of an epoch by their numbers; dropped features are drawn for each batch."""

    def __init__(self, corpus: Encoded, poems: np.ndarray, tokens: int, seed: int, epoch: int) -> None:
        self._corpus, self._seed = corpus, (seed, epoch)
        self._batches, self._prefixes = epoch_order(corpus, poems, tokens, seed, epoch)

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, number: int) -> Batch:
        poems = self._batches[number]
        return assemble(self._corpus, poems, self._prefixes[poems], np.random.default_rng([*self._seed, number]))


def training_batches(
    corpus: Encoded, poems: np.ndarray, *, tokens: int, seed: int, epoch: int, first: int
) -> Iterator[Batch]:
    """The batches of an epoch from number `first` on."""
    found = Epoch(corpus, poems, tokens, seed, epoch)
    for number in range(first, len(found)):
        yield found[number]


def evaluation_batches(
    corpus: Encoded, poems: np.ndarray, *, tokens: int = 8000, features: bool = False, prefix: int = 0
) -> Iterator[Batch]:
    """Whole poems, longest first. `features`: give tones and rhyme; `prefix` as in epoch_order, for all; plans are
    whole."""
    order = poems[longest_first(corpus, poems)]
    start = 0
    while start < len(order):
        longest = corpus.offsets[order[start] + 1] - corpus.offsets[order[start]]
        chosen = order[start : start + max(1, int(tokens // (longest + 30)))]
        yield assemble(corpus, chosen, np.full(len(chosen), prefix), None, features=features)
        start += len(chosen)


def longest_first(corpus: Encoded, poems: np.ndarray) -> np.ndarray:
    """(N,) numbers that put poems into the order of evaluation_batches: by falling length."""
    return np.argsort(-(corpus.offsets[poems + 1] - corpus.offsets[poems]), kind="stable")


def assemble(
    corpus: Encoded,
    poems: np.ndarray,
    prefixes: np.ndarray,
    rng: np.random.Generator | None,
    *,
    features: bool = False,
) -> Batch:
    """One batch. With `rng`: training (features dropped at random, long poems cut); without: whole poems."""
    rows = [_sequence(corpus, int(poem), int(prefix), rng) for poem, prefix in zip(poems, prefixes, strict=True)]
    longest = max(len(row.tokens) for row in rows)
    B = len(rows)
    tokens = np.full((B, longest), PAD, dtype=np.int64)
    slots = np.zeros((B, longest, WIDTH), dtype=np.int64)
    counted = np.zeros((B, longest), dtype=bool)
    tones = np.zeros((B, longest + 2), dtype=np.int64)
    for b, row in enumerate(rows):
        first, start, stop = corpus.offsets[poems[b]], row.start, row.stop
        span = slice(first, first + stop - start)
        tokens[b, : len(row.tokens)] = row.tokens
        slots[b, start:stop, PLACE] = corpus.place[span]
        slots[b, start:stop, LINE] = corpus.line[span]
        slots[b, start:stop, RHYME] = corpus.rhyme[span]
        tones[b, start:stop] = corpus.tone[span]
        if row.plan.any():
            slots[b, start:stop, WORD] = row.plan[corpus.line[span]]
        counted[b, row.counted : len(row.tokens)] = True
        if len(row.tokens) > stop:  # the end's slot looks like the first of a next line: no hint that the poem ends
            slots[b, stop, PLACE] = 1
            slots[b, stop, LINE] = min(int(corpus.line[span][-1]) + 1, LINES - 1)
    if rng is not None:
        _drop(slots, tones, rng)
    elif not features:
        slots[..., RHYME] = 0
        tones[:] = 0
    slots[..., TONES] = _windows(tones, slots[..., LINE], slots[..., PLACE])
    v = corpus.vocabulary
    marks = (tokens == v.comma) | (tokens == v.stop)
    slots[:, :-1, HERE] = np.where(marks[:, 1:] & ~marks[:, :-1], slots[:, :-1, RHYME], 0)
    return Batch(
        inputs=tokens[:, :-1].T.copy(),
        features=slots[:, 1:].transpose(1, 0, 2).copy(),
        targets=tokens[:, 1:].T.copy(),
        weights=counted[:, 1:].T.copy(),
    )


def _windows(tones: np.ndarray, line: np.ndarray, place: np.ndarray) -> np.ndarray:
    """(B, T) `tones` features from (B, T + 2) tone needs: marks and other lines count as ANY."""
    T = line.shape[1]
    same = np.zeros((line.shape[0], T + 1), dtype=bool)
    same[:, : T - 1] = (line[:, 1:] == line[:, :-1]) & (place[:, 1:] == place[:, :-1] + 1)
    one = np.where(same[:, :T], tones[:, 1 : T + 1], 0)
    two = np.where(same[:, :T] & same[:, 1:], tones[:, 2 : T + 2], 0)
    return np.where(place > 0, 9 * tones[:, :T] + 3 * one + two, 0)


def _drop(slots: np.ndarray, tones: np.ndarray, rng: np.random.Generator) -> None:
    """Forget tones and rhymes at random, in place: for whole poems and for single slots."""
    B = len(slots)
    draw = rng.random(B)
    no_tones = draw < DROP_BOTH + DROP_TONES
    no_rhyme = (draw < DROP_BOTH) | (draw > 1 - DROP_RHYME)
    tones[no_tones] = 0
    slots[no_rhyme, :, RHYME] = 0
    some = rng.random(B) < 0.5
    tones[(rng.random(tones.shape) < DROP_SLOT) & some[:, None]] = 0


@dataclass(frozen=True)
class _Row:
    """One sequence: its tokens, from where they count, where the poem starts and stops (the end token follows unless
    the poem was cut), and the words its lines are told, (lines, 2) or empty."""

    tokens: list[int]
    counted: int
    start: int
    stop: int
    plan: np.ndarray


def _sequence(corpus: Encoded, poem: int, prefix: int, rng: np.random.Generator | None) -> _Row:
    first, last = int(corpus.offsets[poem]), int(corpus.offsets[poem + 1])
    cut = rng is not None and last - first > LONGEST
    if cut:
        lines = corpus.line[first : first + LONGEST + 1]
        breaks = np.flatnonzero(lines[1:] != lines[:-1])
        last = first + (int(breaks[-1]) + 1 if len(breaks) else LONGEST)
    body = corpus.tokens[first:last].tolist()
    head = [START, corpus.vocabulary.first_form + int(corpus.form[poem]), *_style(corpus, poem, rng)]
    if prefix in (TITLED, TITLED_PLAN):
        head += _title(corpus, poem)
    elif prefix in KEYED:
        head += _keys(corpus, poem, prefix - TITLED, rng)
    plan, written = np.zeros((0, 2), dtype=np.uint16), False
    before = len(head)
    if prefix in (PLANNED, TITLED_PLAN):
        plan, written = _plan(corpus, poem, rng)
        head += [token for word in plan.tolist() if word[0] for token in (KEY, *(i for i in word if i))]
    start = len(head) + 1
    tokens = [*head, BODY, *body, *([] if cut else [END])]
    return _Row(tokens, before if written else start, start, start + len(body), plan)


def _style(corpus: Encoded, poem: int, rng: np.random.Generator | None) -> list[int]:
    """The token of Tang or Song verse, in training, for some poems; those of what is taught, always."""
    if corpus.source[poem] == TAUGHT:
        return corpus.vocabulary.taught
    token = f"<{SOURCES[corpus.source[poem]]}>"
    if rng is None or token not in corpus.vocabulary or rng.random() < DROP_STYLE:
        return []
    return [corpus.vocabulary.id(token)]


def _title(corpus: Encoded, poem: int) -> list[int]:
    title = corpus.titles[corpus.title_offsets[poem] : corpus.title_offsets[poem + 1]].tolist()
    return [TITLE, *title] if title else []


def _keys(corpus: Encoded, poem: int, most: int, rng: np.random.Generator | None) -> list[int]:
    """Up to so many key words, drawn, or the rarest without `rng`."""
    keys = [row for row in corpus.keys[poem].tolist() if row[0]]
    if rng is not None:
        keys = [keys[i] for i in rng.permutation(len(keys))]
    return [token for row in keys[:most] for token in (KEY, *row)]


def _plan(corpus: Encoded, poem: int, rng: np.random.Generator | None) -> tuple[np.ndarray, bool]:
    """(lines, 2) the words that the lines are told, and whether the network is to learn to write them.

    In training words are dropped, or all but one Hanzi of each, as a person's plan may be: then they are not its own.
    """
    plan = corpus.plan[poem].copy()
    if rng is None or not plan.any():
        return plan, False
    whole, single = rng.random(2) < (WHOLE, SINGLE)
    dropped, second = rng.random(len(plan)) < DROP_WORD, rng.random(len(plan)) < 0.5
    if not whole:
        plan[dropped] = 0
    if single:
        plan[second, 0] = np.where(plan[second, 1] > 0, plan[second, 1], plan[second, 0])
        plan[:, 1] = 0
    return plan, bool(whole and not single)

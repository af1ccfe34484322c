"""The decoding loop of rows that go in step: read, mask, resample, sample, advance, narrow, stop.

A stepper computes logits, a guide says what each slot wants, the sampler chooses, and between steps a search may say
which rows go on. The loop knows nothing of verse. Rows that come and go (free verse) are in poetry.writing.continuous.

Where the guide leaves little of the network's probability (a forced character in the middle of a text),
some rows have come to it more naturally than others. Sequential Monte Carlo makes the best of it: a row's
weight is the product of the masses that masks have left it; when the effective number of rows,
(sum w)^2 / sum w^2, falls below half of them, rows are drawn anew in proportion to their weights
(systematic resampling; Doucet & Johansen 2009). Rows without masks keep equal weights: nothing is drawn.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from charrnn_core.numerics import log_softmax
from charrnn_core.sampling import Sampling, choose
from charrnn_core.stepper import Steps

FAVOUR = np.float32(3.5)  # nats


class Guide(Protocol):
    """What the loop asks about the next slot of every row."""

    def features(self) -> np.ndarray:
        """(B, F) int features of the next slot."""

    def allowed(self) -> np.ndarray | None:
        """(B, V) bool: the ids that may fill it, at least one a row; None: all."""

    def favoured(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(rows, ids) that are drawn oftener than the stepper has them, FAVOUR nats; None: none."""

    def advance(self, ids: np.ndarray) -> None:
        """(B,) ids were chosen; go on to the slot after."""

    def select(self, rows: np.ndarray) -> None:
        """Go on with the given rows, in that order; a row may be taken several times."""

    def finished(self) -> bool:
        """Whether every row is complete."""

    def active(self) -> np.ndarray:
        """(B,) bool: rows whose next slot is part of the text (a finished row is fed padding)."""


@dataclass(frozen=True)
class Decoded:
    """What a decoding gave; T steps, B rows."""

    ids: np.ndarray  # (T, B) int64
    logprobs: np.ndarray  # (T, B) float32: log p of the chosen id under the unmasked network
    allowed_mass: np.ndarray  # (T, B) float32: probability the network gave to all allowed ids
    active: np.ndarray  # (T, B) bool: whether the step belongs to the row's text


def decode(
    stepper: Steps,
    state: Any,
    ids: np.ndarray,
    guide: Guide,
    sampling: Sampling,
    uniforms: np.ndarray,
    *,
    resample: bool = True,
    narrow: Callable[[Any, np.ndarray, np.ndarray], np.ndarray | None] | None = None,
    of: np.ndarray | None = None,
) -> Decoded:
    """Continue rows whose last read token is `ids` (B,) until the guide is finished. `of` (B,): which row of the state
    each goes on from, for several may share one that they have all read; None: each from its own.

    uniforms (T, B + 1) in [0, 1): for each step a number for each row's choice and one for resampling; the
    loop stops at T steps at the latest. Or (T, G, B / G + 1): G groups of rows that have nothing to do with each
    other, each resampled among its own. Row b of the guide ends up as row b of the result. `resample` is for
    rows of one length: rows that end when they like would be weighed against each other half-written.
    `narrow` is shown after each step the state, (B,) which of its rows each is, for rows that have read the same share
    one, and all ids so far, (t, B); it may say which rows go on: (B,) numbers, or None for all. What the next slot
    admits is reckoned once for all copies of a row.
    """
    groups = uniforms if uniforms.ndim == 3 else uniforms[:, None]
    steps: list[tuple[np.ndarray, ...]] = []
    log_weights = np.zeros(len(ids))
    of = np.arange(len(ids)) if of is None else of
    copies: np.ndarray | None = None  # (B,): which of the guide's rows each is, whose last ids are `ids`; None: its own
    for numbers in groups:
        if guide.finished():
            break
        logprobs, state, of = step_shared(stepper, state, of, ids, guide.features())
        allowed, favoured = guide.allowed(), _marked(guide.favoured(), (len(of), logprobs.shape[1]))
        first, like = _alike(of, [mask for mask in (allowed, favoured) if mask is not None])
        logprobs = logprobs[of[first]]
        masked = logprobs if allowed is None else masked_logprobs(logprobs, allowed[first])
        mass = np.ones(len(masked), dtype=np.float32) if allowed is None else np.exp(masked).sum(axis=1)
        if favoured is not None:
            masked = masked + FAVOUR * favoured[first]
        left = np.log(np.maximum(mass, np.finfo(np.float32).tiny))[like]
        log_weights += left if copies is None else left[copies]
        rows = resampled(log_weights, numbers[:, -1]) if resample else None
        if rows is not None:
            steps = [tuple(column[rows] for column in step) for step in steps]
            copies = rows if copies is None else copies[rows]
        if copies is not None:
            of, like = of[copies], like[copies]
            guide.select(copies)
        active = guide.active()
        ids = choose(masked, numbers[:, :-1].ravel(), sampling, like)
        steps.append((ids, logprobs[like, ids], mass[like], active))
        guide.advance(ids)
        rows = narrow(state, of, np.stack([step[0] for step in steps])) if narrow else None
        copies = None
        if rows is not None:
            log_weights = log_weights[rows]
            steps = [tuple(column[rows] for column in step) for step in steps]
            kept, copies = np.unique(rows, return_inverse=True)
            of, ids = of[kept], ids[kept]
            guide.select(kept)
    if copies is not None:
        guide.select(copies)
    if not steps:
        empty = np.zeros((0, len(ids)))
        return Decoded(empty.astype(np.int64), empty, empty, empty.astype(bool))
    return Decoded(*(np.stack(column) for column in zip(*steps, strict=True)))


def step_shared(
    stepper: Steps, state: Any, of: np.ndarray, ids: np.ndarray, features: np.ndarray
) -> tuple[np.ndarray, Any, np.ndarray]:
    """One step of B rows, which are rows `of` (B,) of the state: log p (U, V) of each row of the new state, that state,
    and (B,) which of its rows they are. Rows that have read the same, and read the same now, are one row of it."""
    first, copies = different(np.column_stack([of, ids, features]))
    logits, state = stepper.step(stepper.select(state, of[first]), ids[first], features[first])
    return log_softmax(logits), state, copies


def different(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) where the different ones of (B, K) rows stand first, in their order, and (B,) which of these N each is."""
    return _numbered([row.tobytes() for row in rows])


def _numbered(keys: Iterable[Hashable]) -> tuple[np.ndarray, np.ndarray]:
    found: dict[Hashable, int] = {}
    which = np.array([found.setdefault(key, len(found)) for key in keys], dtype=np.int64)
    return np.unique(which, return_index=True)[1], which


def _marked(places: tuple[np.ndarray, np.ndarray] | None, shape: tuple[int, int]) -> np.ndarray | None:
    """Bool of that shape, true at (rows, ids); None where there are none."""
    if places is None:
        return None
    marked = np.zeros(shape, dtype=bool)
    marked[places] = True
    return marked


def _alike(of: np.ndarray, masks: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Of rows that go on from the same row of a state, `of` (B,), under equal (B, V) masks the first, (N,), and (B,)
    which of these N each row is like."""
    packed = [np.packbits(mask, axis=1) for mask in masks]
    return _numbered((row, *(mask[b].tobytes() for mask in packed)) for b, row in enumerate(of.tolist()))


def masked_logprobs(logprobs: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """(B, V) -inf where not allowed. log(1) is 0 and log(0) is -inf: a tenth of the time of np.where."""
    with np.errstate(divide="ignore"):
        masked = np.log(allowed, dtype=logprobs.dtype)
    masked += logprobs
    return masked


def resampled(log_weights: np.ndarray, uniforms: np.ndarray) -> np.ndarray | None:
    """(B,) row numbers, each group's drawn among its own; None when no group was drawn anew. The weights (B,) of a
    group that was are made equal. uniforms (G,)."""
    groups = log_weights.reshape(len(uniforms), -1)
    uneven = np.flatnonzero(_uneven(groups))
    if not len(uneven):
        return None
    rows = np.arange(len(log_weights)).reshape(groups.shape)
    for group in uneven:
        rows[group] = rows[group, _systematic(groups[group], uniforms[group])]
    groups[uneven] = 0  # a view: the caller's weights
    return rows.ravel()


def _uneven(log_weights: np.ndarray) -> np.ndarray:
    """(G,) bool: in which groups (G, R) the effective number of rows is below half of them."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    return np.asarray(weights.sum(axis=1) ** 2 < log_weights.shape[1] / 2 * (weights**2).sum(axis=1))


def _systematic(log_weights: np.ndarray, uniform: float) -> np.ndarray:
    """(R,) row numbers drawn in proportion to the weights."""
    weights = np.exp(log_weights - log_weights.max())
    points = (uniform + np.arange(len(weights))) / len(weights)
    cumulative = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(cumulative, points, side="right"), len(weights) - 1)

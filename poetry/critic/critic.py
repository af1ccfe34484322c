"""The critic in numpy: four opinions of a poem, or of its first lines, in log-odds.

    human    by a human rather than the writer          whole    one poem rather than lines of several
    title    under its own title                        couplet  the middle couplets of a 律诗 are true ones (对仗)

For Hanzi x of a poem of L lines of n Hanzi, places counted through, with the writer's embedding E (V, D):

    e = sqrt(D) E[x] W_in + b_in + place[n's row] + line        (D,) -> C
    h = a GRU forward over e, another backward, side by side    2 H
    human, whole:  two layers, w . relu(W [mean h, max h] + b) + c
    title:   each Hanzi t of the title looks for its answer: u = tanh(W e_t + b), weights softmax(u . K h / sqrt(A)),
             v = their mean of V h; then w . (mean over t of relu(W [u, v, u v] + b)) + c
    couplet: Hanzi that stand one above the other, a = A h above, b = B h below: w . (mean over places of
             relu(W [a, b, a b] + b)) + c, the mean over the finished couplets in lines 3 to 6

No marks: the shape of an array of Hanzi says it all. The embedding is read from the writer's weights and costs the
critic's file nothing; so a critic belongs to one embedding. poetry.training.critic.network is the same in torch.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from charrnn_core import weights
from charrnn_core.cells import CellWeights, State, gru_step
from charrnn_core.errors import WeightsError
from charrnn_core.numerics import softmax

KIND = "poetry-critic"
HEADS = ("human", "whole", "title", "couplet")
HUMAN, WHOLE, TITLE, COUPLET = range(len(HEADS))
MOST_LINES = 8
LENGTHS = (5, 7)
MIDDLE = (2, 4)  # the first lines, from 0, of the couplets that must be parallel, in a poem of eight lines

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Sizes:
    """Of the network: C channels, H units a direction, A of a head."""

    vocabulary: int
    embedding: int
    channels: int = 128
    hidden: int = 128
    head: int = 64

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The arrays of a weights file, named and shaped as torch has them."""
        C, H, A, D = self.channels, self.hidden, self.head, self.embedding
        found: dict[str, tuple[int, ...]] = {"place": (sum(LENGTHS), C), "line": (MOST_LINES, C)}
        found |= _linear("enter", D, C)
        for end in ("l0", "l0_reverse"):
            found |= {f"gru.weight_ih_{end}": (3 * H, C), f"gru.weight_hh_{end}": (3 * H, H)}
            found |= {f"gru.bias_ih_{end}": (3 * H,), f"gru.bias_hh_{end}": (3 * H,)}
        for head in ("human", "whole"):
            found |= _linear(f"{head}_in", 4 * H, A) | _linear(f"{head}_out", A, 1)
        found |= _linear("asked", C, A) | _linear("key", 2 * H, A) | _linear("value", 2 * H, A)
        found |= _linear("above", 2 * H, A) | _linear("below", 2 * H, A)
        for head in ("title", "couplet"):
            found |= _linear(f"{head}_in", 3 * A, A) | _linear(f"{head}_out", A, 1)
        return found


def _linear(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def fingerprint(embedding: np.ndarray) -> str:
    """Which embedding a critic was trained on: sha256 of its float32 numbers."""
    return hashlib.sha256(np.ascontiguousarray(embedding, dtype=np.float32).tobytes()).hexdigest()


def save(path: Path, arrays: Arrays, sizes: Sizes, embedding: np.ndarray, provenance: dict[str, Any]) -> None:
    """Write a critic's file, matrices as int8."""
    header = {
        "kind": KIND,
        "sizes": vars(sizes),
        "embedding": fingerprint(embedding),
        "provenance": provenance,
    }
    weights.save(path, dict(arrays), header, int8=True)


class Critic:
    """See the module's docstring."""

    def __init__(self, arrays: Arrays, embedding: np.ndarray) -> None:
        """From float32 arrays and the writer's (V, D) embedding."""
        self.arrays = arrays
        scaled = embedding * np.float32(np.sqrt(embedding.shape[1]))
        self._entered = scaled @ arrays["enter.weight"].T + arrays["enter.bias"]  # (V, C)
        self._forward, self._backward = (_cell(arrays, end) for end in ("l0", "l0_reverse"))

    @classmethod
    def load(cls, path: Path, embedding: np.ndarray) -> "Critic":
        """Read a critic's file. Raises WeightsError when it is missing, damaged, foreign, or was trained on another
        embedding than the (V, D) float32 one given."""
        arrays, header = weights.load(path, kind=KIND)
        try:
            sizes = Sizes(**header["sizes"])
            fits = {name: array.shape for name, array in arrays.items()} == sizes.shapes()
            known = header["embedding"]
        except (KeyError, TypeError) as error:
            raise WeightsError(f"{path} has a damaged header ({error}); fetch or train it again") from error
        if not fits:
            raise WeightsError(f"{path} is damaged: its arrays are not of the sizes it names; fetch or train it again")
        if known != fingerprint(embedding):
            raise WeightsError(f"{path} was trained on other writer's weights; train it again: poetry.critic train")
        return cls(arrays, embedding)

    def scores(self, poems: np.ndarray, titles: np.ndarray) -> np.ndarray:
        """(N, 4) float32 log-odds, columns as HEADS.

        `poems` (N, L, n) are ids of Hanzi, n 5 or 7, whole lines only; L may be less than the form has. `titles` (N, I)
        or (I,), one for all, are padded with 0. Without a title its column is 0, and so is the last without four
        lines; of a quatrain it says nothing, for there nothing must be parallel.
        """
        N, L, n = poems.shape
        states = self._states(poems)
        found = np.zeros((N, len(HEADS)), dtype=np.float32)
        pooled = np.concatenate([states.mean(axis=1), states.max(axis=1)], axis=1)
        for column, head in ((HUMAN, "human"), (WHOLE, "whole")):
            found[:, column] = self._out(head, np.maximum(self._linear(f"{head}_in", pooled), 0))
        found[:, TITLE] = self._title(states, np.broadcast_to(titles, (N, titles.shape[-1])))
        middle = [i for i in MIDDLE if i + 2 <= L]
        if middle:
            by_line = states.reshape(N, L, n, states.shape[-1])
            found[:, COUPLET] = np.mean([self._couplet(by_line[:, i], by_line[:, i + 1]) for i in middle], axis=0)
        return found

    def _states(self, poems: np.ndarray) -> np.ndarray:
        """(N, L n, 2 H)"""
        N, L, n = poems.shape
        place = self.arrays["place"][first_place(n) : first_place(n) + n]
        entered = self._entered[poems] + (self.arrays["line"][:L, None] + place)
        x = np.ascontiguousarray(entered.reshape(N, L * n, entered.shape[-1]).transpose(1, 0, 2))
        ahead, back = _run(self._forward, x), _run(self._backward, x[::-1])[::-1]
        return np.concatenate([ahead, back], axis=2).transpose(1, 0, 2)

    def _title(self, states: np.ndarray, titles: np.ndarray) -> np.ndarray:
        """(N,)"""
        present = titles > 0
        asked = np.tanh(self._linear("asked", self._entered[titles]))  # (N, I, A)
        keys, values = self._linear("key", states), self._linear("value", states)  # (N, T, A)
        near = softmax(asked @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(keys.shape[-1])))
        met = self._met("title", asked, near @ values)
        count = present.sum(axis=1)
        mean = (met * present[..., None]).sum(axis=1) / np.maximum(count, 1)[:, None].astype(np.float32)
        return np.where(count > 0, self._out("title", mean), 0)

    def _couplet(self, above: np.ndarray, below: np.ndarray) -> np.ndarray:
        """(N, n, 2 H) twice -> (N,)"""
        met = self._met("couplet", self._linear("above", above), self._linear("below", below))
        return self._out("couplet", met.mean(axis=1))

    def _met(self, head: str, one: np.ndarray, two: np.ndarray) -> np.ndarray:
        """How two rows of vectors go together, pair by pair."""
        return np.maximum(self._linear(f"{head}_in", np.concatenate([one, two, one * two], axis=-1)), 0)

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        return x @ self.arrays[f"{name}.weight"].T + self.arrays[f"{name}.bias"]

    def _out(self, head: str, x: np.ndarray) -> np.ndarray:
        return self._linear(f"{head}_out", x)[..., 0]


def first_place(length: int) -> int:
    """The row of `place` that belongs to the first Hanzi of a line of `length`. Raises ValueError."""
    return sum(LENGTHS[: LENGTHS.index(length)])


def _cell(arrays: Arrays, end: str) -> CellWeights:
    return CellWeights(*(arrays[f"gru.{name}_{end}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))


def _run(cell: CellWeights, x: np.ndarray) -> np.ndarray:
    """(T, N, C) -> (T, N, H)"""
    state: State = (np.zeros((x.shape[1], cell.hidden), dtype=x.dtype),)
    found = []
    for row in x:
        state = gru_step(cell, row, state)
        found.append(state[0])
    return np.stack(found)

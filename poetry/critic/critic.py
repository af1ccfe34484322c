"""The critic in numpy: four opinions of a poem, or of its first lines, in log-odds.

    human    by a human rather than the writer          whole    one poem rather than lines of several
    title    under its own title                        couplet  the middle couplets of a 律诗 are true ones (对仗)

For Hanzi x of a poem of L lines of n Hanzi, places counted through, with a table E (V, C) of its own:

    s = [a GRU forward over e, another backward, e]  where  e = E[x] + place[n's row] + line     S = 2 H + C
    human:   two layers, w . relu(W [mean s, max s] + b) + c
    whole:   every two lines, by the means of their s, a = A s of the former, b = B s of the latter: w . (mean over
             pairs of relu(W [a, b, a b] + b)) + c
    title:   each Hanzi t of the title looks for its answer: u = tanh(W E[t] + b), weights softmax(u . K s / sqrt(A)),
             v = their mean of V s; then w . (mean over t of relu(W [u, v, u v] + b)) + c
    couplet: Hanzi that stand one above the other, a = A s above, b = B s below: w . (mean over places of
             relu(W [a, b, a b] + b)) + c, the mean over the finished couplets in lines 3 to 6

No marks: the shape of an array of Hanzi says it all. The table knows Hanzi by their ids, so a critic belongs to one
vocabulary and to every writer that has it. poetry.training.critic.network is the same in torch.
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
from poetry.text.vocab import Vocabulary

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
    channels: int = 128
    hidden: int = 128
    head: int = 64

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The arrays of a weights file, named and shaped as torch has them."""
        V, C, H, A = self.vocabulary, self.channels, self.hidden, self.head
        S = 2 * H + C
        found: dict[str, tuple[int, ...]] = {"table": (V, C), "place": (sum(LENGTHS), C), "line": (MOST_LINES, C)}
        for end in ("l0", "l0_reverse"):
            found |= {f"gru.weight_ih_{end}": (3 * H, C), f"gru.weight_hh_{end}": (3 * H, H)}
            found |= {f"gru.bias_ih_{end}": (3 * H,), f"gru.bias_hh_{end}": (3 * H,)}
        found |= _linear("human_in", 2 * S, A) | _linear("human_out", A, 1)
        found |= _linear("former", S, A) | _linear("latter", S, A)
        found |= _linear("asked", C, A) | _linear("key", S, A) | _linear("value", S, A)
        found |= _linear("above", S, A) | _linear("below", S, A)
        for head in ("whole", "title", "couplet"):
            found |= _linear(f"{head}_in", 3 * A, A) | _linear(f"{head}_out", A, 1)
        return found


def _linear(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def fingerprint(vocabulary: Vocabulary) -> str:
    """Which vocabulary a critic knows: sha256 of its tokens, a line each."""
    return hashlib.sha256("\n".join(vocabulary.tokens).encode()).hexdigest()


def save(path: Path, arrays: Arrays, sizes: Sizes, vocabulary: Vocabulary, provenance: dict[str, Any]) -> None:
    """Write a critic's file, matrices as int8."""
    header = {"kind": KIND, "sizes": vars(sizes), "vocabulary": fingerprint(vocabulary), "provenance": provenance}
    weights.save(path, dict(arrays), header, int8=True)


class OtherVocabularyError(WeightsError):
    """A critic that knows another vocabulary than is asked of it."""


class Critic:
    """See the module's docstring."""

    def __init__(self, arrays: Arrays) -> None:
        """From float32 arrays, named and shaped as Sizes.shapes has them."""
        self.arrays = arrays
        self._forward, self._backward = (_cell(arrays, end) for end in ("l0", "l0_reverse"))

    @classmethod
    def load(cls, path: Path, vocabulary: Vocabulary) -> "Critic":
        """Read a critic's file. Raises WeightsError when it is missing, damaged or foreign, OtherVocabularyError when
        it knows another vocabulary."""
        arrays, header = weights.load(path, kind=KIND)
        try:
            sizes, known = Sizes(**header["sizes"]), header["vocabulary"]
            fits = {name: array.shape for name, array in arrays.items()} == sizes.shapes()
        except (KeyError, TypeError) as error:
            raise WeightsError(
                "{path} has a damaged header ({error}); fetch or train it again", path=path, error=error
            ) from error
        if not fits:
            raise WeightsError(
                "{path} is damaged: its arrays are not of the sizes it names; fetch or train it again", path=path
            )
        if known != fingerprint(vocabulary):
            raise OtherVocabularyError(
                "{path} knows another vocabulary; train it again: poetry.critic train", path=path
            )
        return cls(arrays)

    def scores(self, poems: np.ndarray, titles: np.ndarray) -> np.ndarray:
        """(N, 4) float32 log-odds, columns as HEADS.

        `poems` (N, L, n) are ids of Hanzi, n 5 or 7, whole lines only; L may be less than the form has, of a poem of
        more lines than it learnt from (排律) the last are judged, from the beginning of a couplet on. `titles`
        (N, I) or (I,), one for all, are padded with 0. A column is 0 where there is nothing to judge: without
        a title, with a single line whether it is whole, without four lines the couplets; those of a quatrain
        need not be parallel, and what is said of them means nothing.
        """
        early = max(0, poems.shape[1] - len(self.arrays["line"]))
        poems = poems[:, early + early % 2 :]
        N, L, n = poems.shape
        states = self._states(poems)
        by_line = states.reshape(N, L, n, states.shape[-1])
        found = np.zeros((N, len(HEADS)), dtype=np.float32)
        pooled = np.concatenate([states.mean(axis=1), states.max(axis=1)], axis=1)
        found[:, HUMAN] = self._out("human", np.maximum(self._linear("human_in", pooled), 0))
        if L > 1:
            found[:, WHOLE] = self._whole(by_line.mean(axis=2))
        found[:, TITLE] = self._title(states, np.broadcast_to(titles, (N, titles.shape[-1])))
        middle = [i for i in MIDDLE if i + 2 <= L]
        if middle:
            found[:, COUPLET] = np.mean([self._couplet(by_line[:, i], by_line[:, i + 1]) for i in middle], axis=0)
        return found

    def _states(self, poems: np.ndarray) -> np.ndarray:
        """(N, L n, S)"""
        N, L, n = poems.shape
        place = self.arrays["place"][first_place(n) : first_place(n) + n]
        entered = (self.arrays["table"][poems] + (self.arrays["line"][:L, None] + place)).reshape(N, L * n, -1)
        x = np.ascontiguousarray(entered.transpose(1, 0, 2))
        ahead, back = _run(self._forward, x), _run(self._backward, x[::-1])[::-1]
        return np.concatenate([ahead, back, x], axis=2).transpose(1, 0, 2)

    def _whole(self, lines: np.ndarray) -> np.ndarray:
        """(N, L, S), L at least 2 -> (N,)"""
        former, latter = np.triu_indices(lines.shape[1], 1)
        ones, others = self._linear("former", lines)[:, former], self._linear("latter", lines)[:, latter]
        return self._out("whole", self._met("whole", ones, others).mean(axis=1))

    def _title(self, states: np.ndarray, titles: np.ndarray) -> np.ndarray:
        """(N,)"""
        present = titles > 0
        asked = np.tanh(self._linear("asked", self.arrays["table"][titles]))  # (N, I, A)
        keys, values = self._linear("key", states), self._linear("value", states)  # (N, T, A)
        near = softmax(asked @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(keys.shape[-1])))
        met = self._met("title", asked, near @ values)
        count = present.sum(axis=1)
        mean = (met * present[..., None]).sum(axis=1) / np.maximum(count, 1)[:, None].astype(np.float32)
        return np.where(count > 0, self._out("title", mean), 0)

    def _couplet(self, above: np.ndarray, below: np.ndarray) -> np.ndarray:
        """(N, n, S) twice -> (N,)"""
        met = self._met("couplet", self._linear("above", above), self._linear("below", below))
        return self._out("couplet", met.mean(axis=1))

    def _met(self, head: str, one: np.ndarray, two: np.ndarray) -> np.ndarray:
        """How two rows of vectors go together, pair by pair."""
        return np.maximum(self._linear(f"{head}_in", np.concatenate([one, two, one * two], axis=-1)), 0)

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):  # some BLAS raise the flag for a few rows of finite numbers
            return np.asarray(x @ self.arrays[f"{name}.weight"].T + self.arrays[f"{name}.bias"])

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

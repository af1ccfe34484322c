"""A trained network as a stepper: start, step, select. The decoding loop knows no more of it.

    e = sqrt(D) (E[id] + sum_k E[near_k] N_in[k] + sum_k F_in[k, feature_k])
    h = layer_1(e)
    v = layer_2(h + attention(h) O) + sum_k F_out[k, feature_k]
    u = v + sum_k (1 + v . g[k] / sqrt(D)) E[near_k] N_out[k]
    logits[c] = u . E[c] + b[c] + (u . r / sqrt(D) + r_0) [c used]

Where the weights hold phrases (charrnn_core.phrases), these are mixed into what the logits say.

The first feature is the slot's place in its line; behind the features a slot may name tokens it is told (the word of
its line). `near` are the tokens above the slot and those it is told that the text has not yet; `above` and `used` are
looked up in the text so far (charrnn_core.memory), attention (charrnn_core.attention) in all that was read. The state
of a row is the layers' states, what attention has seen, and the memory.

See poetry.training.network for the same network in torch; a test holds the two equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from charrnn_core import attention, memory
from charrnn_core.cells import CELLS, CellWeights, State, gate_values
from charrnn_core.errors import WeightsError
from charrnn_core.halves import product
from charrnn_core.phrases import Phrases
from charrnn_core.weights import Packed, dense

LayerStates = tuple[State, ...]  # of each layer, then what attention has seen, then the memory

# Networks from before they looked anything up have no such arrays and compute as if they were zero.
LATER = (
    *("above_in", "above_out", "above_gate", "repeat", "repeat_bias"),
    *("word_in", "word_out", "word_gate", "attention_in", "attention_out"),
)
WORD = 2  # tokens that a slot is told
TRANSPOSED = ("embedding.", "layers.")  # matrices W that are multiplied as x W^T
SELDOM = ("word_in", "word_out")  # matrices that are read only where a slot is told a word
_SEEN = 2  # the place in a state of what attention has seen


class Steps(Protocol):
    """What the decoding loop needs of a network, whatever computes it."""

    def step(self, state: Any, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, Any]:
        """ids (B,) just read, features (B, F) of the next slot, perhaps with the tokens it is told behind them
        (B, F + 2) -> logits (B, V) float32, new state."""

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """The state of the given rows, in that order; a row may be taken several times."""


class Stepper(Steps, Protocol):
    """A network that reads from the beginning, and rows of different texts together."""

    def start(self, batch: int) -> Any:
        """The state before the first token of `batch` rows."""

    def join(self, states: Sequence[Any]) -> Any:
        """The state of the rows of several states, one after the other."""

    def outputs(self, state: Any) -> np.ndarray:
        """(B, H + D): what both layers have made of the token that was read last."""


@dataclass(frozen=True)
class NumpyStepper:
    """The network in float32 numpy."""

    cell: str
    embedding: np.ndarray  # (V, D)
    features_in: np.ndarray  # (sum of feature sizes, D)
    features_out: np.ndarray
    above_in: np.ndarray  # (ABOVE D, D)
    above_out: np.ndarray
    above_gate: np.ndarray  # (ABOVE, D)
    word_in: np.ndarray | Packed  # (WORD D, D)
    word_out: np.ndarray | Packed
    word_gate: np.ndarray  # (WORD, D)
    attention_in: np.ndarray  # (H, 3 A): Q, K, W side by side; A = 0: no attention
    attention_out: np.ndarray  # (A, H)
    repeat: np.ndarray  # (D,)
    repeat_bias: np.ndarray  # (1,)
    feature_offsets: np.ndarray  # (F,): where each feature's rows begin
    layers: tuple[CellWeights, ...]
    bias: np.ndarray  # (V,)
    phrases: Phrases | None = None

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray], header: dict[str, Any]) -> "NumpyStepper":
        """From a weights file's arrays and header; WeightsError when they do not fit each other."""
        try:
            config, sizes = header["network"], header["feature_sizes"]
            V, D, H = config["vocabulary"], config["embedding"], config["hidden"]
            G, A = CELLS[config["cell"]].gates, config.get("attention", 0)
            if A % attention.HEAD:
                raise WeightsError(
                    "an attention of {size} is no multiple of {head}; train the network again",
                    size=A,
                    head=attention.HEAD,
                )
            shapes = {
                "embedding.weight": (V, D),
                "bias": (V,),
                "features_in": (sum(sizes), D),
                "features_out": (sum(sizes), D),
                "above_in": (memory.ABOVE * D, D),
                "above_out": (memory.ABOVE * D, D),
                "above_gate": (memory.ABOVE, D),
                "word_in": (WORD * D, D),
                "word_out": (WORD * D, D),
                "word_gate": (WORD, D),
                "attention_in": (H, 3 * A),
                "attention_out": (A, H),
                "repeat": (D,),
                "repeat_bias": (1,),
            }
            for k, (inputs, hidden) in enumerate(((D, H), (H, D))):
                shapes |= {
                    f"layers.{k}.weight_ih_l0": (G * hidden, inputs),
                    f"layers.{k}.weight_hh_l0": (G * hidden, hidden),
                    f"layers.{k}.bias_ih_l0": (G * hidden,),
                    f"layers.{k}.bias_hh_l0": (G * hidden,),
                }
            absent = set(LATER) - arrays.keys()
            wrong = [n for n in shapes if n not in absent and (n not in arrays or arrays[n].shape != shapes[n])]
            if wrong:
                raise WeightsError(
                    "the weights file's {wrong} is missing or of a wrong shape; fetch or train it again", wrong=wrong[0]
                )
            arrays = arrays | {n: np.zeros(shapes[n]) for n in absent}
            array = {name: _laid_out(arrays[name], _order(name)) for name in shapes}
        except (KeyError, TypeError) as error:
            raise WeightsError(
                "the weights file's header lacks {error}; fetch or train it again", error=error
            ) from error
        layers = tuple(
            CellWeights(*(array[f"layers.{k}.{name}_l0"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))
            for k in range(2)
        )
        offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        return cls(
            config["cell"],
            array["embedding.weight"],
            array["features_in"],
            array["features_out"],
            array["above_in"],
            array["above_out"],
            array["above_gate"],
            array["word_in"],
            array["word_out"],
            array["word_gate"],
            array["attention_in"],
            array["attention_out"],
            array["repeat"],
            array["repeat_bias"],
            offsets,
            layers,
            array["bias"],
            Phrases.from_arrays(arrays, header["phrases"], V) if "phrases" in header else None,
        )

    def start(self, batch: int) -> LayerStates:
        """Zero states of every layer, and nothing remembered."""
        places = int(self.feature_offsets[1])
        layers = (CELLS[self.cell].start(batch, layer) for layer in self.layers)
        return (*layers, attention.start(batch, self.attention_out.shape[0]), memory.start(batch, places))

    def hidden(self, state: LayerStates, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, LayerStates]:
        """One step without the output layer: u (B, D), new state."""
        rows = features[:, : len(self.feature_offsets)] + self.feature_offsets
        first, second, seen, _ = state
        x, above, word, remembered = self._input(state, ids, features)
        first = self._step(0, x, first)
        h, seen = self._attended(first[0], seen)
        second = self._step(1, h, second)
        v = second[0] + self.features_out[rows].sum(1)
        u = v + self._near(above * self._gates(v, self.above_gate), self.above_out)
        if word.any():
            u += self._near(word * self._gates(v, self.word_gate), dense(self.word_out))
        return u, (first, second, seen, remembered)

    def _step(self, layer: int, x: np.ndarray, state: State) -> State:
        return CELLS[self.cell].step(self.layers[layer], x, state)

    def _attended(self, h: np.ndarray, seen: attention.Seen) -> tuple[np.ndarray, attention.Seen]:
        """(B, H) of the first layer -> what the second reads (B, H), and what attention has seen."""
        if not self.attention_out.shape[0]:
            return h, seen
        found, seen = attention.attend(product(h, self.attention_in), seen)
        return h + product(found, self.attention_out), seen

    def _near(self, vectors: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        """(B, K, D) vectors of K tokens, (K D, D) -> (B, D)."""
        return product(vectors.reshape(len(vectors), -1), matrix)

    def _gates(self, v: np.ndarray, gate: np.ndarray) -> np.ndarray:
        """(B, K, 1): by how much what is near is to be heard."""
        return (1 + v @ gate.T / self._root)[:, :, None]

    def gates(self, state: LayerStates, ids: np.ndarray, features: np.ndarray) -> list[dict[str, np.ndarray]]:
        """How far the gates open in this step: {name: (B, H)} of the first layer, {name: (B, D)} of the second."""
        first, second, seen, _ = state
        x, _, _, _ = self._input(state, ids, features)
        h, _ = self._attended(self._step(0, x, first)[0], seen)
        read = zip(self.layers, (x, h), (first, second), strict=True)
        return [gate_values(self.cell, layer, inputs, layer_state) for layer, inputs, layer_state in read]

    def _input(
        self, state: LayerStates, ids: np.ndarray, features: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, Any]:
        """What the first layer reads (B, D), the vectors above the slot (B, ABOVE, D), those it is told and the text
        has not yet (B, WORD or 0, D; zero where there are none), and the memory."""
        F = len(self.feature_offsets)
        ids_above, remembered = memory.remember(state[-1], ids, features[:, 0])
        told = memory.still_wanted(features[:, F:], remembered)
        above, word = self.embedding[ids_above], self.embedding[told] * (told > 0)[:, :, None]
        x = self.embedding[ids] + self._near(above, self.above_in)
        x += self.features_in[features[:, :F] + self.feature_offsets].sum(1)
        if told.any():
            x += self._near(word, dense(self.word_in))
        x *= self._root
        return x, above, word, remembered

    def output(self, u: np.ndarray, state: LayerStates) -> np.ndarray:
        """(B, V) logits of u (B, D) by the network alone, `state` the one before the token just read."""
        logits = self.product(u)
        logits += self.bias
        memory.favour(logits, state[-1], u @ self.repeat / self._root + self.repeat_bias)
        return logits

    def step(self, state: LayerStates, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, LayerStates]:
        """See Stepper.step."""
        u, new = self.hidden(state, ids, features)
        logits = self.output(u, state)
        if self.phrases is not None:
            self.phrases.mix(logits, memory.tokens_before(new[-1]), features)
        return logits, new

    @property
    def _root(self) -> np.float32:
        return np.float32(self.embedding.shape[1] ** 0.5)

    def product(self, u: np.ndarray) -> np.ndarray:
        """u E^T: the largest product of all."""
        return product(u, self.embedding.T)

    def outputs(self, state: LayerStates) -> np.ndarray:
        """See Stepper.outputs."""
        return np.concatenate([state[0][0], state[1][0]], axis=1)

    def select(self, state: LayerStates, rows: np.ndarray) -> LayerStates:
        """See Stepper.select."""
        return tuple(
            attention.select(part, rows) if n == _SEEN else tuple(array[rows] for array in part)
            for n, part in enumerate(state)
        )

    def join(self, states: Sequence[LayerStates]) -> LayerStates:
        """See Stepper.join."""
        return tuple(
            attention.join(parts) if n == _SEEN else tuple(map(np.concatenate, zip(*parts, strict=True)))
            for n, parts in enumerate(zip(*states, strict=True))
        )


def _laid_out(matrix: np.ndarray | Packed, order: Literal["C", "F"]) -> Any:
    return matrix if isinstance(matrix, Packed) else np.asarray(matrix, np.float32, order=order)


def _order(name: str) -> Literal["C", "F"]:
    """How an array lies in memory: such that what stands at the right of a product lies row by row. Of up to 64 rows
    BLAS then makes a product in half to three quarters of the time."""
    return "F" if name.startswith(TRANSPOSED) else "C"

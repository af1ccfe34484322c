"""A trained network as a stepper: start, step, select. The decoding loop knows no more of it.

    e = sqrt(D) (E[id] + sum_k E[above_k] A_in[k] + sum_k F_in[k, feature_k])
    v = layers(e) + sum_k F_out[k, feature_k]
    u = v + sum_k (1 + v . w[k] / sqrt(D)) E[above_k] A_out[k]
    logits[c] = u . E[c] + b[c] + (u . r / sqrt(D) + r_0) [c used]

Where the weights hold phrases (charrnn_core.phrases), these are mixed into what the logits say.

The first feature is the slot's place in its line. `above` and `used` are looked up in the text so far
(charrnn_core.memory); the state of a row is the layers' states and that memory.

See poetry.training.network for the same network in torch; a test holds the two equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from charrnn_core import memory
from charrnn_core.cells import CELLS, CellWeights, State, gate_values
from charrnn_core.errors import WeightsError
from charrnn_core.phrases import Phrases

LayerStates = tuple[State, ...]  # of each layer, and the memory last

# Networks from before they looked anything up have no such arrays and compute as if they were zero.
LATER = ("above_in", "above_out", "above_gate", "repeat", "repeat_bias")


class Stepper(Protocol):
    """What the decoding loop needs of a network, whatever computes it."""

    def start(self, batch: int) -> Any:
        """The state before the first token of `batch` rows."""

    def step(self, state: Any, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, Any]:
        """ids (B,) just read, features (B, F) of the next slot -> logits (B, V) float32, new state."""

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """The state of the given rows, in that order; a row may be taken several times."""

    def join(self, states: Sequence[Any]) -> Any:
        """The state of the rows of several states, one after the other."""


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
            G = CELLS[config["cell"]].gates
            shapes = {
                "embedding.weight": (V, D),
                "bias": (V,),
                "features_in": (sum(sizes), D),
                "features_out": (sum(sizes), D),
                "above_in": (memory.ABOVE * D, D),
                "above_out": (memory.ABOVE * D, D),
                "above_gate": (memory.ABOVE, D),
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
                    f"the weights file's {wrong[0]} is missing or of a wrong shape; fetch or train it again"
                )
            arrays = arrays | {n: np.zeros(shapes[n]) for n in absent}
            array = {name: np.ascontiguousarray(arrays[name], dtype=np.float32) for name in shapes}
        except (KeyError, TypeError) as error:
            raise WeightsError(f"the weights file's header lacks {error}; fetch or train it again") from error
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
        return (*(CELLS[self.cell].start(batch, layer) for layer in self.layers), memory.start(batch, places))

    def hidden(self, state: LayerStates, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, LayerStates]:
        """One step without the output layer: u (B, D), new state."""
        rows = features + self.feature_offsets
        *layer_states, _ = state
        x, above, remembered = self._input(state, ids, features)
        states: list[State] = []
        for layer, layer_state in zip(self.layers, layer_states, strict=True):
            new = CELLS[self.cell].step(layer, x, layer_state)
            x = new[0]
            states.append(new)
        v = x + self.features_out[rows].sum(1)
        above *= (1 + v @ self.above_gate.T / self._root)[:, :, None]
        return v + above.reshape(len(ids), -1) @ self.above_out, (*states, remembered)

    def gates(self, state: LayerStates, ids: np.ndarray, features: np.ndarray) -> list[dict[str, np.ndarray]]:
        """How far each layer's gates open in this step: {name: (B, H)} for every layer."""
        *layer_states, _ = state
        x, _, _ = self._input(state, ids, features)
        found = []
        for layer, layer_state in zip(self.layers, layer_states, strict=True):
            found.append(gate_values(self.cell, layer, x, layer_state))
            x = CELLS[self.cell].step(layer, x, layer_state)[0]
        return found

    def _input(self, state: LayerStates, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, np.ndarray, Any]:
        """What the first layer reads (B, D), the vectors looked up in the lines above (B, ABOVE, D), and the memory."""
        ids_above, remembered = memory.remember(state[-1], ids, features[:, 0])
        above = self.embedding[ids_above]
        x = self.embedding[ids] + above.reshape(len(ids), -1) @ self.above_in
        x += self.features_in[features + self.feature_offsets].sum(1)
        x *= self._root
        return x, above, remembered

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
        return u @ self.embedding.T

    def select(self, state: LayerStates, rows: np.ndarray) -> LayerStates:
        """See Stepper.select."""
        return tuple(tuple(array[rows] for array in layer) for layer in state)

    def join(self, states: Sequence[LayerStates]) -> LayerStates:
        """See Stepper.join."""
        layers = zip(*states, strict=True)
        return tuple(tuple(np.concatenate(arrays) for arrays in zip(*layer, strict=True)) for layer in layers)

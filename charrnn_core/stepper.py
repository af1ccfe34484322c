"""A trained network as a stepper: start, step, select. The decoding loop knows no more of it.

    e = sqrt(D) (E[id] + E[above] A_in + sum_k F_in[k, feature_k])      u = layers(e)
    logits = (u + E[above] A_out + sum_k F_out[k, feature_k]) E^T + b

The first feature is the slot's place in its line, from 1, or 0; `above` is the id that stood at that place in the
last line that has one. The state remembers it: the last array of every state holds the ids by their places.

See poetry.training.network for the same network in torch; a test holds the two equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from charrnn_core.cells import CELLS, CellWeights, State
from charrnn_core.errors import WeightsError

LayerStates = tuple[State, ...]


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
    above_in: np.ndarray  # (D, D)
    above_out: np.ndarray
    feature_offsets: np.ndarray  # (F,): where each feature's rows begin
    layers: tuple[CellWeights, ...]
    bias: np.ndarray  # (V,)

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
                "above_in": (D, D),
                "above_out": (D, D),
            }
            for k, (inputs, hidden) in enumerate(((D, H), (H, D))):
                shapes |= {
                    f"layers.{k}.weight_ih_l0": (G * hidden, inputs),
                    f"layers.{k}.weight_hh_l0": (G * hidden, hidden),
                    f"layers.{k}.bias_ih_l0": (G * hidden,),
                    f"layers.{k}.bias_hh_l0": (G * hidden,),
                }
            # networks from before the token above was told them have no arrays for it: as if these were zero
            absent = {"above_in", "above_out"} - arrays.keys()
            wrong = [n for n in shapes.keys() - absent if n not in arrays or arrays[n].shape != shapes[n]]
            if wrong:
                raise WeightsError(
                    f"the weights file's {min(wrong)} is missing or of a wrong shape; fetch or train it again"
                )
            arrays = arrays | {name: np.zeros((D, D)) for name in absent}
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
            offsets,
            layers,
            array["bias"],
        )

    def start(self, batch: int) -> LayerStates:
        """Zero states of every layer, and nothing seen at any place."""
        # one more column than there are places, for what stands in no line
        seen = np.zeros((batch, int(self.feature_offsets[1]) + 1), dtype=np.int32)
        return (*(CELLS[self.cell].start(batch, layer) for layer in self.layers), (seen,))

    def hidden(self, state: LayerStates, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, LayerStates]:
        """One step without the output layer: (B, D) to multiply with E^T, new state."""
        rows = features + self.feature_offsets
        *layer_states, (seen,) = state
        seen, above = self._look_above(seen, ids, features[:, 0])
        x = self.embedding[ids] + above @ self.above_in + self.features_in[rows].sum(1)
        x *= np.float32(self.embedding.shape[1] ** 0.5)
        states: list[State] = []
        for layer, layer_state in zip(self.layers, layer_states, strict=True):
            new = CELLS[self.cell].step(layer, x, layer_state)
            x = new[0]
            states.append(new)
        return x + above @ self.above_out + self.features_out[rows].sum(1), (*states, (seen,))

    def _look_above(self, seen: np.ndarray, ids: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What was seen with `ids` (B,), which stand one place before the slots; (B, D) embeddings above the slots."""
        every = np.arange(len(ids))
        seen = seen.copy()
        seen[every, np.where(places > 1, places - 1, -1)] = ids
        return seen, self.embedding[seen[every, places]]

    def step(self, state: LayerStates, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, LayerStates]:
        """See Stepper.step."""
        u, state = self.hidden(state, ids, features)
        logits = u @ self.embedding.T
        logits += self.bias
        return logits, state

    def select(self, state: LayerStates, rows: np.ndarray) -> LayerStates:
        """See Stepper.select."""
        return tuple(tuple(array[rows] for array in layer) for layer in state)

    def join(self, states: Sequence[LayerStates]) -> LayerStates:
        """See Stepper.join."""
        layers = zip(*states, strict=True)
        return tuple(tuple(np.concatenate(arrays) for arrays in zip(*layer, strict=True)) for layer in layers)

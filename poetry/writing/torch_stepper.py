"""The same network with its matrix products in bfloat16, by torch: for big batches, where the processor has them.

Only the products are torch's, and they are most of the work. All else, the states among it, stays float32 numpy, so
that every cell, the decoding loop and the guides are the ones that are there. Logits differ from the float32 ones by
about a hundredth, so a seed gives other poems here. torch keeps to one thread: batches are written by many processes.
"""

from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from charrnn_core.cells import CellWeights
from charrnn_core.errors import UsageError
from charrnn_core.stepper import NumpyStepper


class Product:
    """Stands where a matrix (N, K) stood in x @ W.T: x (B, K) float32 -> (B, N) float32, multiplied in bfloat16."""

    __array_ufunc__ = None  # numpy leaves x @ this to __rmatmul__

    def __init__(self, matrix: np.ndarray) -> None:
        import torch

        torch.set_num_threads(1)
        self.shape, self.dtype = matrix.shape, matrix.dtype
        self._matrix = torch.from_numpy(matrix).bfloat16()

    def __getitem__(self, rows: slice) -> "Product":
        """Of some of the rows."""
        part = copy(self)
        part._matrix = self._matrix[rows]
        part.shape = tuple(part._matrix.shape)
        return part

    @property
    def T(self) -> "Product":
        """The matrix is kept as torch's linear layers have it; this only reads like numpy."""
        return self

    def __rmatmul__(self, x: np.ndarray) -> np.ndarray:
        import torch

        return torch.nn.functional.linear(torch.from_numpy(x).bfloat16(), self._matrix).float().numpy()


class TorchStepper(NumpyStepper):
    """A NumpyStepper whose products are bfloat16. Raises UsageError where torch is not installed."""

    words: Product  # E

    @classmethod
    def of(cls, stepper: NumpyStepper) -> "TorchStepper":
        """The same network."""
        try:
            words = Product(stepper.embedding)
        except ImportError as error:
            raise UsageError("torch is not installed; install it, or leave out --engine torch") from error
        products: dict[str, Any] = {"layers": tuple(_layer(layer) for layer in stepper.layers)}
        products |= {name: Product(getattr(stepper, name).T.copy()) for name in ("above_in", "above_out")}
        made = cls(**{**vars(stepper), **products})
        object.__setattr__(made, "words", words)  # the dataclass is frozen
        return made

    def product(self, u: np.ndarray) -> np.ndarray:
        """See NumpyStepper.product."""
        return u @ self.words  # type: ignore[no-any-return]

    def _near(self, vectors: np.ndarray, matrix: Any) -> np.ndarray:
        return vectors.reshape(len(vectors), -1) @ matrix  # type: ignore[no-any-return]


def _layer(layer: CellWeights) -> CellWeights:
    products: Any = {name: Product(getattr(layer, name)) for name in ("weight_ih", "weight_hh")}
    return replace(layer, **products)

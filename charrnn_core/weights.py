"""The weights file: safetensors with its configuration, vocabulary and provenance in the header.

Input and output: named numpy arrays and one JSON header. Reader and writer live here together.
Matrices may be stored as int8 with one scale a row; they come back as float32, or packed as they are.
Nothing is ever unpickled or executed: a foreign file gives WeightsError, one line.
"""

import json
import os
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from safetensors.numpy import save as serialised

from charrnn_core import atomic
from charrnn_core.errors import WeightsError
from charrnn_core.halves import both

FORMAT = "charrnn-weights"
VERSION = 2  # 1, which had three metadata keys, was never released
KEY = "charrnn"  # the one metadata key: safetensors writes several in random order, and equal files would differ
MAX_BYTES = 1 << 30  # a larger file is not one of ours; refuse before reading it
SCALE = ".scale"
LARGEST_SCALE = np.finfo(np.float32).max / 128  # of a row of int8, so that no number of it is infinite
_TOO_MUCH = (MemoryError, RecursionError)  # of a hostile header: absurd sizes, a hundred thousand brackets


def save(
    path: str | os.PathLike[str], arrays: dict[str, np.ndarray], header: dict[str, Any], *, int8: bool = False
) -> None:
    """Write `arrays` and `header` atomically; equal arguments give equal bytes.

    header["kind"] names what the file holds ("poetry", "char-rnn"); `load` checks it.
    With `int8`, every floating matrix is stored as round(W / s) with s = max|row| / 127 and s in
    float32, so an entry is off by at most s / 2; vectors are stored as float32.
    """
    stored: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        if int8 and array.ndim == 2 and array.dtype.kind == "f":
            stored[name], stored[name + SCALE] = quantise(array)
        else:
            stored[name] = array
    description = {"format": FORMAT, "version": VERSION, "header": header}
    # Not save_file: it makes a temporary file of its own, which would stay behind when the process is killed.
    rows = {name: np.ascontiguousarray(array) for name, array in stored.items()}  # safetensors writes memory as it lies
    atomic.write_bytes(path, serialised(rows, metadata={KEY: json.dumps(description, ensure_ascii=False)}))


@dataclass(frozen=True)
class Packed:
    """A matrix (R, C) that stays in int8, a quarter of its size: for what is seldom read."""

    rows: np.ndarray  # (R, C) int8
    scale: np.ndarray  # (R,) float32

    @property
    def shape(self) -> tuple[int, ...]:
        """(R, C)."""
        return self.rows.shape


def dense(matrix: np.ndarray | Packed, rows: slice = slice(None)) -> np.ndarray:
    """Rows of a matrix in float32."""
    return matrix.rows[rows] * matrix.scale[rows, None] if isinstance(matrix, Packed) else matrix[rows]


def load(
    path: str | os.PathLike[str],
    *,
    kind: str | tuple[str, ...],
    transposed: tuple[str, ...] = ("",),
    packed: tuple[str, ...] = (),
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a file written by `save`, of a kind or one of several: (arrays, header), int8 matrices as float32; those
    whose names begin with one of `transposed`, all unless said, lie in memory column by column, as W is best read in
    x W^T. Int8 matrices that are named in `packed` stay so, as Packed.

    Raises WeightsError when the file is missing, truncated, foreign, of another kind or newer
    than this version of the package.
    """
    source = Path(path)
    try:
        if source.stat().st_size > MAX_BYTES:
            raise WeightsError(
                "{source} is larger than {most} MiB: it is no weights file of this project",
                source=source,
                most=MAX_BYTES >> 20,
            )
        with safetensors.safe_open(source, framework="np") as file:
            header = _checked_header(source, file.metadata(), (kind,) if isinstance(kind, str) else kind)
            names = list(file.keys())
        wanted = [name for name in names if not name.endswith(SCALE)]

        def restored(some: list[str]) -> dict[str, Any]:
            return {name: _restored(source, name, names, transposed, name in packed) for name in some}

        one, other = both(lambda: restored(wanted[::2]), lambda: restored(wanted[1::2]))
    except OSError as error:
        reason = error.strerror or error
        raise WeightsError(
            "cannot read the weights file {source}: {reason}; give an existing .safetensors file",
            source=source,
            reason=reason,
        ) from error
    except (safetensors.SafetensorError, KeyError, TypeError, ValueError, ArithmeticError, *_TOO_MUCH) as error:
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(
            "{source} is damaged or no weights file ({error}); fetch or train it again", source=source, error=error
        ) from error
    return one | other, header


def quantise(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(R, C) floats -> int8 (R, C) and float32 (R,) scales, symmetric, one scale a row."""
    scale = np.abs(matrix).max(axis=1).astype(np.float32) / np.float32(127)
    safe = np.where(scale > 0, scale, np.float32(1))
    return np.rint(matrix / safe[:, None]).astype(np.int8), scale


def _restored(
    source: Path, name: str, names: Container[str], transposed: tuple[str, ...], packed: bool
) -> np.ndarray | Packed:
    """An array of a file that holds these names, as it was before `quantise`, unless it is to stay packed. The file is
    opened anew for each: what has been read stays in memory until it is closed."""
    with safetensors.safe_open(source, framework="np") as file:
        array = file.get_tensor(name)
        scale = file.get_tensor(name + SCALE) if name + SCALE in names else None
    if array.dtype == np.int8:
        if scale is None or array.ndim != 2 or scale.shape != (array.shape[0],):
            raise WeightsError(
                "{source} is damaged: {name} has no fitting scales; fetch or train it again", source=source, name=name
            )
        _require(np.abs(scale) <= LARGEST_SCALE, source, name)
        if packed:
            return Packed(array, scale)
        return np.multiply(array, scale[:, None], order="F" if name.startswith(transposed) else "C")
    if array.dtype.kind == "f":
        _require(np.isfinite(array), source, name)
    return array


def _require(finite: np.ndarray, source: Path, name: str) -> None:
    if not finite.all():
        raise WeightsError(
            "{source} is damaged: {name} holds numbers that are not finite; fetch or train it again",
            source=source,
            name=name,
        )


def _checked_header(source: Path, metadata: dict[str, str] | None, kinds: tuple[str, ...]) -> dict[str, Any]:
    description = _description(metadata or {})
    if description.get("format") != FORMAT:
        raise WeightsError("{source} was not written by this project; give one of its weights files", source=source)
    version = int(description.get("version", 0))
    if version > VERSION:
        raise WeightsError(
            "{source} has format version {version}, this package reads up to {known}; upgrade it",
            source=source,
            version=version,
            known=VERSION,
        )
    header = description["header"]
    if not isinstance(header, dict) or header.get("kind") not in kinds:
        found = header.get("kind") if isinstance(header, dict) else "nothing"
        wanted = " or ".join(map(repr, kinds))
        raise WeightsError(
            "{source} holds {found!r} weights where {wanted} weights are needed; give another file",
            source=source,
            found=found,
            wanted=wanted,
        )
    return header


def _description(metadata: dict[str, str]) -> dict[str, Any]:
    """Format, version and header; nothing where the file has none. Raises ValueError for half a character, which JSON
    can hold and no file that is written from the header can."""
    description = json.loads(metadata.get(KEY, "{}"))
    json.dumps(description, ensure_ascii=False).encode()
    return description if isinstance(description, dict) else {}

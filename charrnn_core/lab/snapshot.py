"""Read the course's char-rnn-snapshot.npz without unpickling anything.

The file is a zip of arrays: Wxh, Whh, Why, bh, by, Adagrad's memories mWxh ... mby, `chars`, two numbers
and two pickled dictionaries (char_to_ix, ix_to_char). `chars` gives the same order as the dictionaries, so
these are never opened. Sizes and shapes are read from the headers and checked before any data.
"""

import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from charrnn_core.errors import WeightsError
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel, from_named
from charrnn_core.lab.optim import EPSILON

LARGEST = 1 << 28  # bytes of one array; the largest of a snapshot of hidden 250, Whh, has 500 KB
MOST_CHARACTERS, MOST_HIDDEN = 65_536, 8_192
HEADER = 16_384  # bytes within which an array's header must end


def load(path: Path, *, unpacked: int | None = None) -> CharModel:
    """The snapshot as a model with Adagrad's memories. Raises WeightsError, one line, for anything else, and for more
    than `unpacked` bytes of all members."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if unpacked is not None and size > unpacked:
                raise ValueError(f"it unpacks to {size} bytes")
            return _load(archive)
    except OSError as error:
        raise WeightsError(
            "cannot read {path}: {why}; give an existing snapshot", path=path, why=error.strerror or error
        ) from error
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error, struct.error, EOFError) as error:
        raise WeightsError(
            "{path} is no snapshot of the course ({error}); give char-rnn-snapshot.npz", path=path, error=error
        ) from error
    except (NotImplementedError, RuntimeError, MemoryError, RecursionError, SyntaxError, OverflowError) as error:
        raise WeightsError(
            "{path} is damaged or hostile ({name}); give another file", path=path, name=type(error).__name__
        ) from error


def _load(archive: zipfile.ZipFile) -> CharModel:
    members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    if len(members) != len(archive.infolist()):
        raise ValueError("a member stands in it twice")
    characters = _array(archive, members, "chars", shape=None)
    if characters.ndim != 1 or characters.dtype.kind not in "SU" or not 0 < len(characters) <= MOST_CHARACTERS:
        raise ValueError("chars is no list of characters")
    decoded = [c.decode("latin-1") if isinstance(c, bytes) else str(c) for c in characters.tolist()]
    if any(len(c) != 1 for c in decoded):
        raise ValueError("chars holds something else than single characters")
    V, H = len(decoded), _hidden(archive, members)
    shapes = {"Wxh": (H, V), "Whh": (H, H), "Why": (V, H), "bh": (H, 1), "by": (V, 1)}
    arrays = {name: _array(archive, members, name, shape=shape) for name, shape in shapes.items()}
    memories = {name: _array(archive, members, "m" + name, shape=shape) for name, shape in shapes.items()}
    parameters, memory = (
        from_named({name: a.reshape(-1) if name in ("bh", "by") else a for name, a in group.items()}, V, H)
        for group in (arrays, memories)
    )
    if (memory.flat < 0).any():
        raise ValueError("Adagrad's memories hold negative numbers")
    return CharModel(
        parameters, Alphabet(tuple(decoded)), memory.flat + EPSILON, {"note": "char-rnn-snapshot.npz of the course"}
    )


def _hidden(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> int:
    shape = _header(archive, members, "Whh")[0]
    if len(shape) != 2 or shape[0] != shape[1] or not 0 < shape[0] <= MOST_HIDDEN:
        raise ValueError(f"Whh has the shape {shape}")
    return int(shape[0])


def _header(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str
) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, order and dtype of a member, its data untouched. Raises ValueError for objects or absurd sizes."""
    if name not in members:
        raise ValueError(f"{name} is missing")
    with archive.open(members[name]) as file:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(file, max_header_size=HEADER)
    if dtype.hasobject:
        raise ValueError(f"{name} holds objects, which would have to be unpickled")
    if any(n < 0 for n in shape) or int(np.prod(shape, dtype=object)) * dtype.itemsize > LARGEST:
        raise ValueError(f"{name} has the absurd shape {shape}")
    return shape, fortran, dtype


def _array(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str, shape: tuple[int, ...] | None
) -> np.ndarray:
    found, _, dtype = _header(archive, members, name)
    if shape is not None and (found != shape or dtype.kind != "f"):
        raise ValueError(f"{name} has the shape {found} where {shape} numbers are needed")
    with archive.open(members[name]) as file:
        array = npy.read_array(file, allow_pickle=False, max_header_size=HEADER)
    return array.astype(np.float64) if shape is not None else array

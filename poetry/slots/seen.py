"""Which lines the corpus has: a Bloom filter (Bloom 1970) of a few MB.

A line in the corpus is always recognised; another line is taken for one with the probability
(1 - exp(-k n / m))^k for n lines, m bits and k probes, stated in the file's header. A line's hash is a polynomial
in its code points, so that the hashes of a line with each of V last characters are one addition:

    h(c1 .. cn) = h(c1 .. c(n-1)) * BASE + cn    (mod 2^64)
"""

import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from charrnn_core import weights
from charrnn_core.errors import WeightsError

KIND = "seen lines"
BITS_A_LINE, PROBES = 12, 8  # one stranger in 300 is taken for a line of the corpus
_SMALLEST = 1024  # bytes
_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class SeenLines:
    """The filter: `bits` (m / 8,) uint8."""

    bits: np.ndarray
    lines: int

    def __contains__(self, line: str) -> bool:
        return bool(self.holds(hash_rows(codes(line)[None]))[0])

    def holds(self, hashes: np.ndarray) -> np.ndarray:
        """(N,) uint64 hashes of lines -> (N,) bool."""
        found = np.ones(len(hashes), dtype=bool)
        for probe in range(PROBES):
            left = np.flatnonzero(found)
            places = _places(hashes[left], probe, 8 * len(self.bits))
            found[left] = self.bits[places >> np.uint64(3)] >> (places & np.uint64(7)).astype(np.uint8) & 1
        return found

    @property
    def false_positives(self) -> float:
        """The probability that a line outside the corpus is taken for one of it."""
        return float((1 - math.exp(-PROBES * self.lines / (8 * len(self.bits)))) ** PROBES)


NOTHING = SeenLines(np.zeros(1, dtype=np.uint8), 0)  # a filter that knows no line


def codes(text: str) -> np.ndarray:
    """(n,) uint64 code points."""
    return np.array([ord(c) for c in text], dtype=np.uint64)


def extend(hashes: np.ndarray, characters: np.ndarray) -> np.ndarray:
    """(N,) hashes of beginnings and (T, N) code points that follow -> (N,) hashes."""
    for row in characters:
        hashes = hashes * _BASE + row
    return hashes


def hash_rows(texts: np.ndarray) -> np.ndarray:
    """(N, n) code points, a text a row -> (N,) hashes."""
    return extend(np.zeros(len(texts), dtype=np.uint64), texts.T)


def build(hashes: np.ndarray) -> SeenLines:
    """The filter of all lines whose hashes (N,) are given."""
    different = np.unique(hashes)
    size = max(_SMALLEST, -(-BITS_A_LINE * len(different) // 8))
    bits = np.zeros(size, dtype=np.uint8)
    for probe in range(PROBES):
        places = _places(different, probe, 8 * size)
        np.bitwise_or.at(bits, places >> np.uint64(3), np.uint8(1) << (places & np.uint64(7)).astype(np.uint8))
    return SeenLines(bits, len(different))


def _places(hashes: np.ndarray, probe: int, size: int) -> np.ndarray:
    """Where probe number `probe` looks: double hashing (Kirsch & Mitzenmacher 2006) of a mixed hash."""
    places = _mix(hashes)
    if probe:  # the first probe sees all hashes, the others few
        places = places + np.uint64(probe) * (_mix(places) | np.uint64(1))
    return places % np.uint64(size)


def _mix(x: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64 (Steele, Lea & Flood 2014): every bit depends on every bit."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def load(path: Path) -> SeenLines:
    """Read a filter. Raises WeightsError when the file is missing, damaged or foreign."""
    arrays, header = weights.load(path, kind=KIND)
    try:
        return SeenLines(arrays["bits"], int(header["lines"]))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            "{path} has a damaged header ({error}); install the package again", path=path, error=error
        ) from error


@cache
def shipped() -> SeenLines:
    """The lines of the corpus that the shipped networks were trained on."""
    with as_file(files("poetry").joinpath("slots", "lines.safetensors")) as path:
        return load(path)

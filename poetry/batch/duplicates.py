"""Whether a text was seen before: a table of 64-bit hashes that never grows."""

import hashlib

import numpy as np


class Texts:
    """The hashes of at most `most` texts: open addressing in a table at most half full, 16 to 32 bytes a text. That
    two of a million different texts have one hash has the chance 1 in 37 million."""

    def __init__(self, most: int) -> None:
        self._table = np.zeros(1 << (2 * most).bit_length(), dtype=np.uint64)  # 0: free

    def add(self, text: str) -> bool:
        """Keep the text. False when it is there already."""
        found = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") or 1
        place, last = found, len(self._table) - 1
        while (there := int(self._table[place & last])) and there != found:
            place += 1
        self._table[place & last] = found
        return there == 0

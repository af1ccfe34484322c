"""The slot: what the next token must be. One idea for training, decoding, checking and explaining.

A poem is a row of slots. Towards the network a slot is seven integers: five features, each of few values,

    place   position in the line: 1 .. for the Hanzi and the mark that ends the line; the end token's slot
            looks like the first of a next line, so that nothing betrays where a poem ends; 0 in the prefix
    line    index of the line, from 0
    tones   tone needs of this and the next two Hanzi of the line, base 3: 9 a + 3 b + c,
            each 0 (any), 1 (平, level) or 2 (仄, oblique)
    rhyme   平水韵 group (1-106) with which the line rhymes, 0 for none or unknown
    here    the same group where this very slot rhymes, else 0: the line's group tells what is coming, this
            one favours the group's characters where they are wanted and nowhere else

and the ids of the two Hanzi of its line's word in the plan of key words (0 where there is none; a word of one
Hanzi has 0 as its second).

place and line follow from the text before the slot and from the form, so they are always given;
tones, rhyme (here too) and the word are a wish, and training drops them at random, so that one model serves free and
constrained use.
"""

from collections.abc import Sequence

import numpy as np

from poetry.prosody.table import GROUPS

PLACES, LINES, TONE_WINDOWS, RHYMES = 32, 48, 27, GROUPS + 1
FEATURE_SIZES: tuple[int, ...] = (PLACES, LINES, TONE_WINDOWS, RHYMES, RHYMES)
FEATURES = len(FEATURE_SIZES)
PLACE, LINE, TONES, RHYME, HERE = range(FEATURES)
WORD = slice(FEATURES, FEATURES + 2)
WIDTH = FEATURES + 2


def tone_windows(tones: np.ndarray) -> np.ndarray:
    """The `tones` feature of the slots of one line: (..., n) tone needs -> (..., n) integers.

    Past the end of the line the window holds ANY.
    """
    ahead = np.concatenate([tones, np.zeros((*tones.shape[:-1], 2), dtype=tones.dtype)], axis=-1).astype(np.int64)
    return 9 * ahead[..., :-2] + 3 * ahead[..., 1:-1] + ahead[..., 2:]


def line_features(line: int, length: int, tones: Sequence[int] | np.ndarray, rhyme: int) -> np.ndarray:
    """(length + 1, 7) uint16: the slots of a line of `length` Hanzi and of the mark that ends it, no word told."""
    features = np.zeros((length + 1, WIDTH), dtype=np.uint16)
    features[:, PLACE] = np.minimum(np.arange(1, length + 2), PLACES - 1)
    features[:, LINE] = min(line, LINES - 1)
    features[:length, TONES] = tone_windows(np.asarray(tones))
    features[:, RHYME] = rhyme
    features[length - 1, HERE] = rhyme
    return features

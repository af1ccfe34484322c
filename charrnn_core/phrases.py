"""Phrases (词组): what followed the last one and two tokens of the line in a corpus, mixed into a network's prediction.

A network of this size learns few of a language's phrases by heart; a list of them is exact. Where the last k tokens
(k = 1, 2) were followed n_k(c) times by c,

    q_k(c) = P n_k(c) sqrt(p(c)) / sum over c' of n_k(c') sqrt(p(c'))
    p'(c)  = (1 - s_1 - s_2) p(c) + s_1 q_1(c) + s_2 q_2(c)          a share s_k is 0 where nothing is known to follow

P is what the network gives to all tokens that phrases are made of, those from `first` on; the others (marks, the end)
keep their p. Under the root the network still has its say in what fits of the list. A follower without what the slot's
features ask for (`fits`: the tone, the rhyme) is off the list there. Mikolov et al. (2010, Recurrent neural network
based language model) mix a network with a 5-gram linearly; the root is this project's; docs/training-log.md has what it
is worth.

The list is a trie (前缀树, prefix tree) of three levels. Its nodes are the V tokens, the N phrases of two and the M of
three tokens, sorted by what they begin with; a node knows its last token, its count and how many nodes continue it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from charrnn_core.errors import WeightsError
from charrnn_core.numerics import logsumexp

PREFIX = "phrases."
ORDER = 2  # tokens before, at most
STEPS = 16  # steps of a count's code in a doubling: the code of n is round(16 log2 n), about 2 % off

_COUNTS = (2 ** (np.arange(256) / STEPS)).astype(np.float32)


def coded(counts: np.ndarray) -> np.ndarray:
    """Counts of at least 1 as uint8 codes."""
    return np.minimum(np.rint(STEPS * np.log2(counts)), 255).astype(np.uint8)


@dataclass(frozen=True)
class Level:
    """The phrases of one length, sorted by what they begin with, then by their last token."""

    begins: np.ndarray  # (nodes of the level before + 1,) int32: where each node's continuations begin
    tokens: np.ndarray  # uint16, the last token of each
    codes: np.ndarray  # uint8, the count of each; see `coded`


@dataclass(frozen=True)
class Phrases:
    """The list and its shares; see the module's docstring."""

    first: int
    shares: np.ndarray  # (ORDER,) float32
    levels: tuple[Level, ...]  # of two tokens, of three
    fits: Mapping[int, np.ndarray] = field(default_factory=dict)  # feature -> (values, V) bool: what a value admits

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], about: Mapping[str, Any], V: int) -> "Phrases":
        """From what `stored` gave, for a network of V tokens. Raises WeightsError when the parts do not fit."""
        try:
            part = {name: arrays[PREFIX + name] for name in _names()}
            first, shares = int(about["first"]), np.array(about["shares"], dtype=np.float32)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise WeightsError(
                "the weights file's phrases are not whole ({error}); fit them again", error=error
            ) from error
        levels, nodes = [], V
        for k in range(1, ORDER + 1):
            children, tokens, codes = part[f"{k - 1}.children"], part[f"{k}.tokens"], part[f"{k}.counts"]
            whole = (
                (children.dtype, tokens.dtype, codes.dtype) == (np.uint16, np.uint16, np.uint8)
                and children.shape == (nodes,)
                and tokens.shape == codes.shape == (int(children.sum(dtype=np.int64)),)
                and (not len(tokens) or int(tokens.max()) < V)
            )
            if not whole:
                raise WeightsError("the weights file's phrases of {k} tokens are damaged; fit them again", k=k + 1)
            levels.append(Level(begins_of(children), tokens, codes))
            nodes = len(tokens)
        if shares.shape != (ORDER,) or not (0 <= first <= V and (shares >= 0).all() and shares.sum() < 1):
            raise WeightsError("the shares of the weights file's phrases are damaged; fit them again")
        made = cls(first, shares, tuple(levels))
        begins, tokens = levels[0].begins, levels[0].tokens
        starts = np.zeros(len(tokens) + 1, dtype=bool)
        starts[begins] = True
        if not starts[1:-1][tokens[1:] <= tokens[:-1]].all():
            raise WeightsError("the weights file's phrases are not in order; fit them again")
        return made

    def stored(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """(arrays of a weights file, what its header says of them)."""
        arrays: dict[str, np.ndarray] = {}
        for k, level in enumerate(self.levels):
            parts = {f"{k}.children": np.diff(level.begins).astype(np.uint16)}
            parts |= {f"{k + 1}.tokens": level.tokens, f"{k + 1}.counts": level.codes}
            arrays |= {PREFIX + name: array for name, array in parts.items()}
        return arrays, {"first": self.first, "shares": [round(float(share), 4) for share in self.shares]}

    def nodes(self, before: np.ndarray) -> np.ndarray:
        """(B, 2) ids of the last token but one and the last, 0 for none -> (ORDER, B) nodes they are, -1 for none.

        The first row is of the last token alone; a node that nothing continues counts as none.
        """
        places, known = self._continued(0, *before.T)
        found = np.stack([before[:, 1].astype(np.int64), np.where(known, places, -1)])
        for level, row in zip(self.levels, found, strict=True):
            row[level.begins[row] == level.begins[row + 1]] = -1
        return found

    def codes(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of texts (N, T) in one line each: the codes of the counts of their T - 1 phrases of two and T - 2 of three
        tokens, (N, T - 1) and (N, T - 2) uint8 (see `coded`), 0 for those that are not listed."""
        nodes, known = self._continued(0, ids[:, :-1], ids[:, 1:])
        of_two = np.where(known, self.levels[0].codes.take(nodes, mode="clip"), 0)
        places, found = self._continued(1, np.where(known, nodes, 0)[:, :-1], ids[:, 2:])
        return of_two, np.where(known[:, :-1] & found, self.levels[1].codes.take(places, mode="clip"), 0)

    def _continued(self, k: int, nodes: np.ndarray, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For nodes of level k and a token after each, of one shape: the node that it is, and bool, whether it is one
        at all. By bisection in all of them at once."""
        level = self.levels[k]
        if not len(level.tokens):
            return np.zeros(nodes.shape, dtype=np.int64), np.zeros(nodes.shape, dtype=bool)
        low, ends = level.begins[nodes].astype(np.int64), level.begins[nodes + 1].astype(np.int64)
        high = ends
        while (wide := low < high).any():
            middle = (low + high) // 2
            below = level.tokens.take(middle, mode="clip") < tokens
            low, high = np.where(wide & below, middle + 1, low), np.where(wide & ~below, middle, high)
        return low, (low < ends) & (level.tokens.take(low, mode="clip") == tokens)

    def followers(self, k: int, nodes: np.ndarray, features: np.ndarray) -> "Followers":
        """What continues (B,) nodes of level k and fits features (B, F) of the slots; see `nodes`."""
        level, rows = self.levels[k], np.flatnonzero(nodes >= 0)
        begins = level.begins[nodes[rows]]
        lengths = level.begins[nodes[rows] + 1] - begins
        at = np.arange(lengths.sum()) + np.repeat(begins - (np.cumsum(lengths) - lengths), lengths)
        each, tokens = np.repeat(rows, lengths), level.tokens[at]
        for feature, admitted in self.fits.items():
            if features[:, feature].any():
                fit = admitted[features[each, feature], tokens]
                each, tokens, at = each[fit], tokens[fit], at[fit]
        lengths = np.bincount(each, minlength=len(nodes))
        rows = np.flatnonzero(lengths)
        lengths = lengths[rows]
        return Followers(rows, np.cumsum(lengths) - lengths, lengths, tokens, _COUNTS[level.codes[at]])

    def mix(self, logits: np.ndarray, before: np.ndarray, features: np.ndarray) -> None:
        """Make logits (B, V) of p those of p', in place, up to a constant a row; `before` as for `nodes`, features
        (B, F) of the slots."""
        nodes = self.nodes(before)
        if (nodes < 0).all():
            return
        found = [self.followers(k, row, features) for k, row in enumerate(nodes)]
        kept = np.ones(len(logits), dtype=np.float32)
        for share, f in zip(self.shares, found, strict=True):
            kept[f.rows] -= share
        whole = logsumexp(logits[:, self.first :])[:, 0]  # log P, up to the row's constant
        places = [f.places(logits.shape[1]) for f in found]
        plain = [logits.take(where) for where in places]
        for share, f, where, values in zip(self.shares, found, places, plain, strict=True):
            if not share:
                continue
            # p and what is added are both divided by `kept`: a logit that nothing is added to stays as it is.
            factor = np.repeat(np.log(share / kept[f.rows]) + whole[f.rows], f.lengths)
            logits.put(where, np.logaddexp(logits.take(where), np.log(f.weights(values)) + factor))
        logits[:, : self.first] -= np.log(kept)[:, None]


@dataclass(frozen=True)
class Followers:
    """The tokens that followed what was read, of R rows one after the other, S in all."""

    rows: np.ndarray  # (R,): which rows
    starts: np.ndarray  # (R,): where each begins
    lengths: np.ndarray  # (R,): at least 1
    tokens: np.ndarray  # (S,)
    counts: np.ndarray  # (S,) float32

    def places(self, V: int) -> np.ndarray:
        """(S,): where they stand in flattened (B, V)."""
        return np.repeat(self.rows * V, self.lengths) + self.tokens

    def weights(self, values: np.ndarray) -> np.ndarray:
        """(S,) q / P, which are 1 in the sum over a row, of the logits (S,) of p."""
        if not len(self.rows):
            return values
        highest = np.maximum.reduceat(values, self.starts)  # the root can then not overflow
        weights = self.counts * np.exp(0.5 * (values - np.repeat(highest, self.lengths)))
        return weights / np.repeat(np.add.reduceat(weights, self.starts), self.lengths)


def begins_of(children: np.ndarray) -> np.ndarray:
    """(N + 1,) int32 where the continuations of each of N nodes begin, from how many there are. A file of more than
    2^31 phrases would be larger than any that is read (charrnn_core.weights)."""
    return np.concatenate([[0], np.cumsum(children, dtype=np.int32)], dtype=np.int32)


def _names() -> list[str]:
    return [name for k in range(ORDER) for name in (f"{k}.children", f"{k + 1}.tokens", f"{k + 1}.counts")]

"""The vocabulary: special tokens, forms, two punctuation marks, styles, then Hanzi by falling frequency."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from poetry.text.forms import FORMS, Form
from poetry.text.hanzi import COMMA, STOP
from poetry.text.variants import standard

PAD, UNKNOWN, START, END, BODY, TITLE, KEY = range(7)
SPECIALS = ("<pad>", "<unk>", "<s>", "</s>", "<body>", "<title>", "<key>")
MOST_KEYS, MAX_TITLE = 3, 16  # before a poem stand at most so many key words, if it has no plan, and Hanzi of a title
STYLES = {"唐": "<tang>", "宋": "<song>"}  # whose verse it should be like; vocabularies from before have none


class Vocabulary:
    """Maps tokens to ids and back. Equal token lists make equal vocabularies."""

    def __init__(self, tokens: Sequence[str]) -> None:
        fixed = [*SPECIALS, *(f"<{form.name}>" for form in FORMS), COMMA, STOP]
        if list(tokens[: len(fixed)]) != fixed or len(set(tokens)) != len(tokens):
            raise ValueError("not a vocabulary of this project: its special tokens differ or a token repeats")
        if not all(isinstance(token, str) for token in tokens):  # from a file there may be anything
            raise ValueError("a token is no text")
        self.tokens = tuple(tokens)
        self.first_form = len(SPECIALS)
        styled = tuple(tokens[len(fixed) : len(fixed) + len(STYLES)]) == tuple(STYLES.values())
        self.first_hanzi = len(fixed) + len(STYLES) * styled
        self._ids = {token: i for i, token in enumerate(self.tokens)}

    @classmethod
    def fit(cls, texts: Iterable[str], min_count: int) -> "Vocabulary":
        """The Hanzi that occur at least `min_count` times in `texts` (the training part only)."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(text)
        del counts[COMMA], counts[STOP]
        hanzi = sorted((c for c, n in counts.items() if n >= min_count), key=lambda c: (-counts[c], c))
        return cls([*SPECIALS, *(f"<{form.name}>" for form in FORMS), COMMA, STOP, *STYLES.values(), *hanzi])

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def id(self, token: str) -> int:
        """The id of a token; UNKNOWN when it is not in the vocabulary."""
        return self._ids.get(token, UNKNOWN)

    def ids(self, text: str) -> list[int]:
        """The ids of the characters of a text."""
        return [self._ids.get(c, UNKNOWN) for c in text]

    def form_id(self, form: Form) -> int:
        """The id of a form's token."""
        return self._ids[f"<{form.name}>"]

    def style_id(self, style: str) -> int:
        """The id of a style's token, 唐 or 宋; UNKNOWN where the vocabulary has no styles."""
        return self.id(STYLES[style])

    @cached_property
    def taught(self) -> list[int]:
        """The ids that stand before verse like the examples (poetry.training.examples): those of all styles together,
        as they stand before no human poem; none where the vocabulary has no styles."""
        return [self._ids[token] for token in STYLES.values() if token in self._ids]

    @cached_property
    def comma(self) -> int:
        """The id of ，."""
        return self._ids[COMMA]

    @cached_property
    def stop(self) -> int:
        """The id of 。."""
        return self._ids[STOP]

    @cached_property
    def is_hanzi(self) -> np.ndarray:
        """(V,) bool: which ids are Hanzi (the unknown token is not)."""
        flags = np.zeros(len(self.tokens), dtype=bool)
        flags[self.first_hanzi :] = True
        return flags

    @cached_property
    def counted(self) -> np.ndarray:
        """(V,) bool: what a perplexity per Hanzi counts: the Hanzi, and the unknown token for those it lacks."""
        flags = self.is_hanzi.copy()
        flags[UNKNOWN] = True
        return flags

    @cached_property
    def writable(self) -> np.ndarray:
        """(V,) bool: the standard Hanzi of Unicode's basic plane. The others (a simplified 闉 is one) are read and may
        be forced, but no poem is given a character that common fonts cannot show, or a variant, of which vocabularies
        from before have many."""
        plane = np.array([len(token) == 1 and ord(token) < 0x10000 for token in self.tokens])
        return self.is_hanzi & plane & np.array([standard(token) == token for token in self.tokens])

"""From clean poems to one compact file of flat arrays, and back.

Input: poems. Output: an .npz without pickled objects that holds, for N poems and M tokens in all,

    tokens  (M,) uint16     Hanzi and marks, poem after poem     offsets (N+1,) int64
    place, line, tone, rhyme (M,) uint8   slot features of each token (`tone`: one Tone a token)
    titles  flat uint16     title_offsets (N+1,) int64
    keys    (N, 6, 2) uint16   key words drawn from the poem, padded with 0
    plan    (N, 8, 2) uint16   of a poem of four or eight lines a word for each line; else 0
    form, source, part (N,) uint8         vocabulary, provenance   JSON as bytes

A training sequence is  <s> <form> [<tang> | <song>] [<title> ...] [<key> ab <key> cd ...] <body> poem </s>.
"""

import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from charrnn_core.atomic import replacing
from charrnn_core.errors import DataError, UsageError
from charrnn_core.progress import progress
from poetry.corpus import keywords
from poetry.corpus.clean import CleanPoem
from poetry.corpus.read import OWN, SONG, TANG
from poetry.corpus.split import PARTS, TRAIN, part_of
from poetry.prosody import observed
from poetry.prosody.tones import Tone
from poetry.slots.features import LINES, PLACES, RHYMES
from poetry.text.forms import FORMS, REGULATED, recognise
from poetry.text.lines import split_lines
from poetry.text.vocab import Vocabulary

SOURCES = (TANG, SONG, OWN)
TAUGHT = len(SOURCES)  # the number of a source that no corpus has: what examples teach (poetry.training.examples)
MIN_COUNT = 10
VERSION = 2
MOST_PLANNED = 8  # lines
MAX_BYTES = 1 << 30


@dataclass(frozen=True)
class Encoded:
    """The encoded corpus; see the module's docstring for shapes and dtypes."""

    tokens: np.ndarray
    offsets: np.ndarray
    place: np.ndarray
    line: np.ndarray
    tone: np.ndarray
    rhyme: np.ndarray
    titles: np.ndarray
    title_offsets: np.ndarray
    keys: np.ndarray
    plan: np.ndarray
    form: np.ndarray
    source: np.ndarray
    part: np.ndarray
    vocabulary: Vocabulary
    provenance: dict[str, Any]

    def __len__(self) -> int:
        return len(self.form)

    def select(self, part: str, sources: Sequence[str] = SOURCES) -> np.ndarray:
        """Indices of the poems of a part ("train", "validation", "test") from the given sources.

        A source named several times gives its poems as often: so training weighs one above another. "song:regulated"
        means those of the four forms.
        """
        chosen, times = self.part == PARTS.index(part), np.zeros(len(self), dtype=np.int64)
        for name in sources:
            source, _, only = name.partition(":")
            wanted = self.form < len(REGULATED) if only else np.ones(len(self), dtype=bool)
            if source not in SOURCES:
                raise UsageError(
                    "unknown source {name!r}; choose among {choices}, by commas", name=source[:20], choices=[*SOURCES]
                )
            times += wanted & (self.source == SOURCES.index(source))
        return np.repeat(np.arange(len(self)), np.where(chosen, times, 0))

    def text(self, poem: int) -> str:
        """The poem as text; a Hanzi outside the vocabulary shows as <unk>."""
        return "".join(self.vocabulary.tokens[i] for i in self.tokens[self.offsets[poem] : self.offsets[poem + 1]])


def encode(
    poems: Sequence[CleanPoem],
    *,
    vocabulary: Vocabulary | None = None,
    words: dict[str, int] | None = None,
    min_count: int = MIN_COUNT,
    provenance: dict[str, Any],
) -> Encoded:
    """Encode poems; the vocabulary and the key words are fitted on their training part unless both are given.

    Raises DataError when they are to be fitted and there is no training poem.
    """
    parts = [part_of(poem.printed) for poem in poems]
    if vocabulary is None or words is None:
        training = [poem for poem, part in zip(poems, parts, strict=True) if part == TRAIN]
        if not training:
            raise DataError("the corpus has no training poem after cleaning and splitting; give more poems")
        vocabulary = vocabulary or Vocabulary.fit((poem.text for poem in training), min_count)
        words = words if words is not None else keywords.lexicon(poem.lines for poem in training)
    known = [poem for poem, part in zip(poems, parts, strict=True) if part == TRAIN]
    close = keywords.associations([(poem.lines, poem.title) for poem in known], words) if words and known else {}
    keys = np.zeros((len(poems), keywords.PER_POEM, 2), dtype=np.uint16)
    plan = np.zeros((len(poems), MOST_PLANNED, 2), dtype=np.uint16)
    rows = []
    for index, poem in enumerate(progress(poems, "编码 / encoding", "poem")):
        rows.append(_features(poem.text))
        for place, word in enumerate(
            w for w in keywords.draw(poem.lines, words) if w[0] in vocabulary and w[1] in vocabulary
        ):
            keys[index, place] = vocabulary.ids(word)
        if recognise(poem.lines) in REGULATED:
            for line, word in enumerate(keywords.plan(poem.lines, poem.title, words, close)):
                if all(c in vocabulary for c in word):
                    plan[index, line] = vocabulary.ids(word)
    features = np.concatenate(rows)
    titles = [vocabulary.ids("".join(c for c in poem.title if c in vocabulary)) for poem in poems]
    return Encoded(
        tokens=_flat(vocabulary.ids(poem.text) for poem in poems),
        offsets=_offsets(len(poem.text) for poem in poems),
        place=features[:, 0].copy(),
        line=features[:, 1].copy(),
        tone=features[:, 2].copy(),
        rhyme=features[:, 3].copy(),
        titles=_flat(titles),
        title_offsets=_offsets(len(title) for title in titles),
        keys=keys,
        plan=plan,
        form=np.array([FORMS.index(recognise(poem.lines)) for poem in poems], dtype=np.uint8),
        source=np.array([SOURCES.index(poem.source) for poem in poems], dtype=np.uint8),
        part=np.array([PARTS.index(part) for part in parts], dtype=np.uint8),
        vocabulary=vocabulary,
        provenance=provenance,
    )


def _features(text: str) -> np.ndarray:
    """(len(text), 4) uint8: place, line, tone, rhyme of every Hanzi and mark of a clean poem."""
    lines = split_lines(text)
    groups = observed.rhyme_groups(lines)
    features = np.zeros((len(text), 4), dtype=np.uint8)
    start = 0
    for index, (line, tones, group) in enumerate(zip(lines, observed.tones(lines, groups), groups, strict=True)):
        end = start + len(line) + 1
        features[start:end, 0] = np.minimum(np.arange(1, len(line) + 2), PLACES - 1)
        features[start:end, 1] = min(index, LINES - 1)
        features[start : end - 1, 2] = tones
        features[start:end, 3] = group
        start = end
    return features


def _flat(rows: Iterable[Sequence[int]]) -> np.ndarray:
    return np.fromiter((i for row in rows for i in row), dtype=np.uint16)


def _offsets(lengths: Iterable[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.fromiter(lengths, dtype=np.int64))])


def _whole(corpus: Encoded) -> Encoded:
    """The corpus itself, once its arrays fit each other. Raises ValueError for a file that was tampered with."""
    N, M, V = len(corpus.form), len(corpus.tokens), len(corpus.vocabulary)
    poems, tokens = (np.uint8, (N,)), (np.uint8, (M,))
    wanted = {  # dtype, shape, and what every number is below
        "tokens": (np.uint16, (M,), V),
        "place": (*tokens, PLACES),
        "line": (*tokens, LINES),
        "tone": (*tokens, len(Tone)),
        "rhyme": (*tokens, RHYMES),
        "titles": (np.uint16, (len(corpus.titles),), V),
        "keys": (np.uint16, (N, keywords.PER_POEM, 2), V),
        "plan": (np.uint16, (N, MOST_PLANNED, 2), V),
        "form": (*poems, len(FORMS)),
        "source": (*poems, len(SOURCES)),
        "part": (*poems, len(PARTS)),
        "offsets": (np.int64, (N + 1,), M + 1),
        "title_offsets": (np.int64, (N + 1,), len(corpus.titles) + 1),
    }
    for name, (dtype, shape, limit) in wanted.items():
        array = getattr(corpus, name)
        if array.dtype != dtype or array.shape != shape or (array.size and not 0 <= array.min() <= array.max() < limit):
            raise ValueError(f"{name} does not fit")
    if (np.diff(corpus.offsets) < 1).any() or (np.diff(corpus.title_offsets) < 0).any():
        raise ValueError("poems overlap or are empty")
    return corpus


_ARRAYS = tuple(field.name for field in fields(Encoded) if field.name not in ("vocabulary", "provenance"))


def save(path: str | os.PathLike[str], corpus: Encoded) -> None:
    """Write the encoded corpus atomically."""
    note = {"version": VERSION, "tokens": corpus.vocabulary.tokens, "provenance": corpus.provenance}
    header = np.frombuffer(json.dumps(note, ensure_ascii=False).encode(), dtype=np.uint8)
    with replacing(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, header=header, **{name: getattr(corpus, name) for name in _ARRAYS})


def load(path: str | os.PathLike[str]) -> Encoded:
    """Read what `save` wrote. Raises DataError naming the file when it is missing, damaged or foreign."""
    source = Path(path)
    try:
        with zipfile.ZipFile(source) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
                raise DataError(
                    "{source} unpacks to more than {most} MiB: it is no encoded corpus",
                    source=source,
                    most=MAX_BYTES >> 20,
                )
        with np.load(source, allow_pickle=False) as archive:
            note = json.loads(archive["header"].tobytes())
            arrays = {name: archive[name] for name in _ARRAYS}
        if note["version"] != VERSION:
            raise DataError(
                "{source} has version {given}, this package reads {version}; encode it again",
                source=source,
                given=note["version"],
                version=VERSION,
            )
        return _whole(Encoded(**arrays, vocabulary=Vocabulary(note["tokens"]), provenance=note["provenance"]))
    except DataError:
        raise
    except OSError as error:
        raise DataError(
            "cannot read {source}: {why}; make it with `python -m poetry.corpus encode`",
            source=source,
            why=error.strerror or error,
        ) from error
    except (
        *(ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error, struct.error),
        *(SyntaxError, NotImplementedError, RuntimeError, MemoryError, OverflowError),  # of hostile zip and npy headers
    ) as error:
        raise DataError(
            "{source} is damaged or no encoded corpus; make it again with `python -m poetry.corpus encode`",
            source=source,
        ) from error

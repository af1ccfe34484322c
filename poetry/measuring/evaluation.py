"""What can be measured of a set of poems, from any source.

Input: poems as lines, with titles where they have some. Output: one dict of figures, the same for a program's
poems and for human ones. Perplexities are per Hanzi under a given model; shares are between 0 and 1.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from charrnn_core.errors import UsageError
from poetry.corpus import encoding
from poetry.corpus.batches import KEYED, NOTHING, TITLED
from poetry.corpus.clean import CleanPoem
from poetry.corpus.encoding import Encoded
from poetry.corpus.lines import CorpusLines, hashes
from poetry.corpus.split import TRAIN
from poetry.measuring.scoring import poem_scores
from poetry.prosody.judge import CHONGYUN, CHUYUN, Report, check
from poetry.slots import seen
from poetry.text import pasted
from poetry.text.decoding import decoded
from poetry.text.forms import REGULATED, recognise
from poetry.text.hanzi import COMMA, STOP, simplify
from poetry.text.lines import join_lines, split_lines
from poetry.text.vocab import MAX_TITLE
from poetry.theme import vectors
from poetry.writing.model import Model

LARGEST = 64 << 20  # bytes of a file of poems
TITLES = 10  # among so many the poem's own title must stand out
THEMED = 500  # poems that are tried under other titles: the share is then exact to 0.022
ROUNDING = 1e-3  # nats of a poem that the same title may differ by, as other poems stand beside it
GRAM = 5
NARROW = frozenset(("三江", "九佳", "三肴", "十三覃", "十四盐", "十五咸", "十蒸"))  # 窄韵、险韵: groups of few words


@dataclass(frozen=True)
class Verse:
    """A poem's lines, simplified, and its title."""

    lines: tuple[str, ...]
    title: str = ""


def read(path: Path) -> list[Verse]:
    """Poems of a file: JSON lines with `lines`, `text` or `content` (lines divided by |, as CCPC has them), and perhaps
    `title`, those with `error` left out; or plain text as poetry.check reads it. Raises UsageError naming the file,
    and the line of a bad record."""
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError("{path} is larger than {most} MB; give fewer poems", path=path, most=LARGEST >> 20)
        text = decoded(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError("cannot read {path}: {why}; give a file of poems", path=path, why=error.strerror) from error
    if not text.lstrip().startswith("{"):
        return [Verse(tuple(lines)) for lines in pasted.poems(text)]
    rows = [(number, row) for number, row in enumerate(text.splitlines(), 1) if row.strip()]
    found = [_record(path, number, row) for number, row in rows]
    return [verse for verse in found if verse is not None]


def _record(path: Path, number: int, row: str) -> Verse | None:
    """The poem of a row; None where it says why there is none."""
    try:
        record = json.loads(row)
        if "error" in record:
            return None
        given = record["content"].split("|") if "content" in record else record.get("text") or record["lines"]
        text = given if isinstance(given, str) else COMMA.join(given) + STOP
        title = str(record.get("title", ""))[:MAX_TITLE]
        f"{text}{title}".encode()  # JSON can hold half of a character, which nothing else takes
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            '{path}, line {number}: no poem; give {{"lines": [...]}} or {{"text": "..."}}', path=path, number=number
        ) from error
    return Verse(tuple(pasted.poems(text)[0]), simplify(title))


def human(corpus: Encoded, part: str, sources: Sequence[str]) -> list[Verse]:
    """The poems of a part of an encoded corpus; □ where a Hanzi is outside the vocabulary."""
    tokens = corpus.vocabulary.tokens
    found = []
    for poem in corpus.select(part, sources):
        title = corpus.titles[corpus.title_offsets[poem] : corpus.title_offsets[poem + 1]]
        text = corpus.text(int(poem)).replace("<unk>", "□")
        found.append(Verse(tuple(split_lines(text)), "".join(tokens[i] for i in title)))
    return found


def like(verses: Sequence[Verse], others: Sequence[Verse]) -> tuple[list[Verse], list[Verse]]:
    """As many of both sets in every form, so that figures that grow with the number of poems can be compared."""
    ours, theirs = ([(recognise(v.lines).name, v) for v in some] for some in (verses, others))
    counts = Counter(name for name, _ in ours) & Counter(name for name, _ in theirs)
    return _take(ours, counts), _take(theirs, counts)


def _take(named: list[tuple[str, Verse]], counts: Counter[str]) -> list[Verse]:
    left, taken = Counter(counts), []
    for name, verse in named:
        if left[name]:
            left[name] -= 1
            taken.append(verse)
    return taken


@dataclass(frozen=True)
class Training:
    """What copying is measured against: sorted hashes of the lines and 5-grams of a corpus's training part."""

    lines: np.ndarray
    grams: np.ndarray

    @classmethod
    def of(cls, corpus: Encoded) -> "Training":
        """From an encoded corpus."""
        lines = CorpusLines.of(corpus, TRAIN)
        windows = [lines.of_length(int(n))[0] for n in np.unique(lines.lengths) if n >= GRAM]
        grams = [seen.hash_rows(w[:, i : i + GRAM]) for w in windows for i in range(w.shape[1] - GRAM + 1)]
        return cls(np.unique(hashes(lines)), np.unique(np.concatenate(grams)))


class Scores:
    """What the poems of a set score under a model, told this or that: each is computed once, when it is asked for."""

    def __init__(self, verses: Sequence[Verse], model: Model, progress: Callable[[int], object] | None = None) -> None:
        """`progress` is told of poems as they are scored, `work` of them if all figures are measured."""
        self.verses, self.model, self._progress = verses, model, progress
        self.titled = np.array([i for i, verse in enumerate(verses) if verse.title], dtype=np.int64)
        self._known: dict[tuple[bool, int], tuple[np.ndarray, np.ndarray]] = {}

    @property
    def work(self) -> int:
        """How many poems are scored for all figures, one that is scored twice counted twice."""
        others = (TITLES - 1) * min(len(self.titled), THEMED) if len(self.titled) >= TITLES else 0
        return 3 * len(self.verses) + len(self.titled) + others

    @cached_property
    def corpus(self) -> Encoded:
        """The poems as the model reads them."""
        return encoded(self.verses, self.model)

    def told(self, *, features: bool = False, prefix: int = NOTHING) -> tuple[np.ndarray, np.ndarray]:
        """((N,) nats of each poem, (N,) its Hanzi), settings as in poem_scores; of those with a title for TITLED."""
        key = (features, prefix)
        if key not in self._known:
            poems = self.titled if prefix == TITLED else np.arange(len(self.verses))
            self._known[key] = self.of(self.corpus, poems, features=features, prefix=prefix)
        return self._known[key]

    def of(self, corpus: Encoded, poems: np.ndarray, **settings: Any) -> tuple[np.ndarray, np.ndarray]:
        """As poem_scores of the model, with progress."""
        return poem_scores(self.model.stepper, corpus, poems, **settings, progress=self._progress)

    def skip(self, poems: int) -> None:
        """Tell progress of poems that need not be scored."""
        if self._progress:
            self._progress(poems)


def measure(scores: Scores, training: Training | None) -> dict[str, Any]:
    """All figures that need one set only. Without a corpus to hand (training None), copied lines are those that
    the package's filter knows, of which one new line in 300 is taken for one."""
    verses = scores.verses
    reports = [check(verse.lines) for verse in verses]
    figures: dict[str, Any] = {"poems": len(verses)}
    figures |= perplexities(scores)
    figures |= rules(verses, reports)
    figures |= {"distinct_1": distinct(verses, 1), "distinct_2": distinct(verses, 2)}
    figures |= repeats(verses) | copied(verses, training)
    if len(scores.titled) >= TITLES:
        figures["theme_fit"] = theme_fit(scores)
    return figures


def encoded(verses: Sequence[Verse], model: Model, titles: Sequence[str] | None = None) -> Encoded:
    """The poems as the model reads them, under their own or other titles."""
    table = vectors.shipped()
    words = {word: int(n) for word, n in zip(table.items[: table.words], table.counts, strict=False)}
    titles = titles if titles is not None else [verse.title for verse in verses]
    texts = [join_lines(verse.lines) for verse in verses]
    poems = [CleanPoem(encoding.OWN, t, "", text, text) for t, text in zip(titles, texts, strict=True)]
    return encoding.encode(poems, vocabulary=model.vocabulary, words=words, provenance={})


def perplexities(scores: Scores) -> dict[str, float]:
    """Per Hanzi: told nothing but the form; told tones and rhyme; told up to three key words; told the title
    (over the poems that have one)."""
    told = {
        "perplexity": scores.told(),
        "with_tones_and_rhyme": scores.told(features=True),
        "with_key_words": scores.told(prefix=KEYED[-1]),
    }
    if len(scores.titled):
        nats, hanzi = scores.told()
        told["with_title"] = scores.told(prefix=TITLED)
        told["the_same_without_title"] = nats[scores.titled], hanzi[scores.titled]
    return {name: round(float(np.exp(nats.sum() / hanzi.sum())), 1) for name, (nats, hanzi) in told.items()}


def rules(verses: Sequence[Verse], reports: Sequence[Report]) -> dict[str, float]:
    """Shares: of poems in one of the four forms; of these, of poems with no fault, with no fault of tone, that
    rhyme without fault, whose rhyme is one of the narrow groups."""
    regulated = [r for v, r in zip(verses, reports, strict=True) if recognise(v.lines) in REGULATED]
    rhyme = {CHUYUN, CHONGYUN}
    return {
        "four_forms": share([recognise(verse.lines) in REGULATED for verse in verses]),
        "no_fault": share([not r.faults for r in regulated]),
        "tones": share([not any(f.name not in rhyme for f in r.faults) for r in regulated]),
        "rhyme": share([not any(f.name in rhyme for f in r.faults) for r in regulated]),
        "narrow_rhyme": share([r.group in NARROW for r in regulated]),
    }


def distinct(verses: Sequence[Verse], n: int) -> float:
    """Different n-grams (within lines) over all n-grams (Li et al. 2016)."""
    grams = [line[i : i + n] for verse in verses for line in verse.lines for i in range(len(line) - n + 1)]
    return round(len(set(grams)) / max(1, len(grams)), 4)


def repeats(verses: Sequence[Verse]) -> dict[str, float]:
    """Shares of poems: with a character twice in a line, 叠字 (twice running) aside; with one in two lines."""
    within = [
        any(line.count(c) > 1 and c + c not in line for line in verse.lines for c in set(line)) for verse in verses
    ]
    across = [max(Counter(c for line in v.lines for c in set(line)).values()) > 1 for v in verses]
    return {"repeats_within_a_line": share(within), "repeats_across_lines": share(across)}


def copied(verses: Sequence[Verse], training: Training | None) -> dict[str, float]:
    """Shares of lines, and of 5-grams, that stand in the training part (or lines that the filter knows)."""
    lines = [line for verse in verses for line in verse.lines]
    if training is None:
        return {"copied_lines": share([line in seen.shipped() for line in lines])}
    grams = [line[i : i + GRAM] for line in lines for i in range(len(line) - GRAM + 1)]
    return {"copied_lines": _found(lines, training.lines), "copied_5_grams": _found(grams, training.grams)}


def _found(texts: Sequence[str], known: np.ndarray) -> float:
    """The share of texts whose hash is among the sorted ones."""
    hashed = np.array([seen.hash_rows(seen.codes(text)[None])[0] for text in texts], dtype=np.uint64)
    places = np.searchsorted(known, hashed)
    return share(list(known[np.minimum(places, len(known) - 1)] == hashed)) if len(known) else 0.0


def theme_fit(scores: Scores, seed: int = 0) -> float:
    """The share of poems whose own title, among ten, makes them most likely; the nine others are drawn from the
    other poems of the set. Chance is 0.1. Poems without a title are left out; of more than THEMED, as many are taken,
    evenly over the set. A poem that one title has beaten is not tried under the next."""
    count = min(THEMED, len(scores.titled))
    taken = np.arange(count) * len(scores.titled) // count
    verses = [scores.verses[i] for i in scores.titled[taken]]
    own, won = scores.told(prefix=TITLED)[0][taken], np.arange(count)
    for shift in np.random.default_rng(seed).choice(np.arange(1, count), TITLES - 1, replace=False):
        scores.skip(count - len(won))
        if len(won):
            corpus = encoded([verses[i] for i in won], scores.model, [verses[(i + shift) % count].title for i in won])
            nats, _ = scores.of(corpus, np.arange(len(won)), prefix=TITLED)
            won = won[own[won] < nats + ROUNDING]
    return round(len(won) / count, 4)


def share(flags: Sequence[bool]) -> float:
    """The share of true ones."""
    return round(sum(map(bool, flags)) / max(1, len(flags)), 4)

"""The corpus pipeline: read -> clean -> leave out near-copies. What every command starts from."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charrnn_core.errors import DataError
from charrnn_core.progress import progress
from poetry.corpus.clean import CleanPoem, clean
from poetry.corpus.dedupe import distinct
from poetry.corpus.read import OWN, RawPoem, read_corpus, read_plain
from poetry.corpus.registry import dataset, sha256_of, verify
from poetry.corpus.split import part_of
from poetry.text.files import data_folder
from poetry.text.forms import recognise
from poetry.text.variants import table

CORPUS = "chinese-poetry"
COPIES = "与前面的诗几乎相同 / nearly copy an earlier poem"


@dataclass(frozen=True)
class Prepared:
    """The poems that remain, how many were read and passed the rules, how many were left out for which reason, and
    where they came from."""

    poems: list[CleanPoem]
    read: int
    clean: int
    left_out: dict[str, int]
    provenance: dict[str, Any]

    def describe(self) -> str:
        """One line: how many poems were left out and why."""
        count = sum(self.left_out.values())
        reasons = "".join(f"；{number:,} {why}" for why, number in self.left_out.items())
        return f"{self.read:,} 首中略去 {count:,} 首 / {count:,} of {self.read:,} poems left out{reasons}"

    def summary(self) -> dict[str, Any]:
        """Counts for `inspect`: poems left at each stage, by source and part, by form."""
        return {
            "read": self.read,
            "clean": self.clean,
            "distinct": len(self.poems),
            "left_out": self.left_out,
            "hanzi": sum(len(line) for poem in self.poems for line in poem.lines),
            "parts": dict(Counter(f"{poem.source} {part_of(poem.printed)}" for poem in self.poems)),
            "forms": dict(Counter(f"{poem.source} {recognise(poem.lines).name}" for poem in self.poems)),
        }


def prepare(folder: Path | None = None, text: Path | None = None) -> Prepared:
    """The registered corpus under `folder`, or a user's own plain `text`.

    Raises DataError naming the file when one is missing, damaged, malformed, or nothing remains.
    """
    if text is not None:
        raw = list(read_plain(text))
        return _prepared(raw, {"dataset": OWN, "files": {text.name: sha256_of(text)}})
    chosen = dataset(CORPUS)
    base = verify(chosen, data_folder(folder))
    raw = list(read_corpus(base, list(chosen.files)))
    return _prepared(raw, {"dataset": CORPUS, "address": chosen.address, "files": len(chosen.files)})


def _prepared(raw: list[RawPoem], provenance: dict[str, Any]) -> Prepared:
    left_out: Counter[str] = Counter()
    cleaned = list(clean(progress(raw, "清洗 / cleaning", "poem"), left_out))
    poems = distinct(cleaned)
    left_out[COPIES] = len(cleaned) - len(poems)
    if not poems:
        raise DataError(
            "none of {count} poems passes the cleaning rules (poetry/corpus/clean.py): {reasons}; check the text",
            count=len(raw),
            reasons=[f"{number} {why}" for why, number in (+left_out).items()],
        )
    provenance |= {"poems": len(poems), "variants": _merged(poems)}
    return Prepared(poems, len(raw), len(cleaned), dict(+left_out), provenance)


def _merged(poems: list[CleanPoem]) -> dict[str, int]:
    """How often the poems held each variant before it became its standard character."""
    known = table()
    return dict(Counter(c for poem in poems for c in poem.printed if c in known).most_common())

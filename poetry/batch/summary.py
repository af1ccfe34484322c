"""What came of a run: counts and rules over all poems, the figures of poetry.measuring over a sample of them."""

from collections.abc import Iterable
from typing import Any

from poetry.batch.duplicates import Texts
from poetry.batch.output import Record
from poetry.measuring.evaluation import Scores, Verse, measure
from poetry.prosody.judge import check
from poetry.slots import seen
from poetry.text.forms import REGULATED, recognise
from poetry.writing.model import Model

SAMPLE = 500  # poems, evenly drawn: their figures take seconds, and no more memory for a longer run


def summary(records: Iterable[Record], rows: int, model: Model) -> dict[str, dict[str, Any]]:
    """{"all": figures of all poems, "sample": figures of a sample}, read in one pass."""
    texts, sample = Texts(rows), []
    counts = dict.fromkeys(("poems", "failed", "duplicates", "with_fault", "lines_of_the_corpus"), 0)
    for record in records:
        if "error" in record:
            counts["failed"] += 1
            continue
        lines = record["lines"]
        counts["poems"] += 1
        counts["duplicates"] += not texts.add(record["text"])
        counts["with_fault"] += recognise(lines) in REGULATED and bool(check(lines).faults)
        counts["lines_of_the_corpus"] += sum(line in seen.shipped() for line in lines)
        if record["row"] % max(1, rows // SAMPLE) == 0:
            sample.append(Verse(tuple(lines), record.get("title", "")))
    return {"all": counts, "sample": measure(Scores(sample, model), None) if sample else {}}

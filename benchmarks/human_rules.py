"""How human poems keep the rules, by the checker: the Tang poems of one part, or the poems of a file, form by form.

How many are judged what; shares of poems with no fault at all; with no fault of tone; with a common rhyme; with no
fault when positions 1, 3 and 5 are free (the simplest reading of the rules, without 拗救); and how many have each
fault. The human row beside the program's own figures (benchmarks/rules.py).
"""

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.split import PARTS
from poetry.measuring import evaluation
from poetry.prosody.judge import CHONGYUN, CHUYUN, GUPING, SHIDUI, SHINIAN, THREE_LEVEL, UNRESCUED, Report, check
from poetry.text.forms import REGULATED, recognise

ODD_PLACES = {GUPING, THREE_LEVEL, UNRESCUED}


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.human_rules", description="前人的诗守律的比例 / how human poems keep the rules")
    parser.add_argument(
        "poems", type=Path, nargs="?", help="诗，JSON 行或文本；不给则用语料 / poems of a file, else of the corpus"
    )
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--source", default="tang", help="哪一部分 / which source")
    parser.add_argument("--part", default="test", choices=PARTS, help="哪一份 / which part")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if arguments.poems:
        poems, where = evaluation.read(arguments.poems), {"file": arguments.poems.name}
    else:
        where = {"source": arguments.source, "part": arguments.part}
        poems = evaluation.human(encoding.load(arguments.data), arguments.part, [arguments.source])
    reports = defaultdict(list)
    for poem in poems:
        reports[recognise(poem.lines)].append(check(poem.lines))
    figures = {form.name: shares(reports[form]) for form in REGULATED if form in reports}
    report("human_rules", where | {"forms": figures, "all": shares([r for form in reports.values() for r in form])})


def shares(reports: list[Report]) -> dict[str, Any]:
    """Shares of poems that keep each set of rules; numbers of those judged so, and with each fault or note."""

    def share(good) -> float:
        return round(sum(map(good, reports)) / max(1, len(reports)), 3)

    names = Counter(name for r in reports for name in {f.name for f in r.faults} | {n.name for n in r.notes})
    return {
        "poems": len(reports),
        "no_fault": share(lambda r: not r.faults),
        "tones": share(lambda r: not any(f.name not in (CHUYUN, CHONGYUN) for f in r.faults)),
        "tones_2_4_6_and_end": share(lambda r: not any(_simple(r, f) for f in r.faults)),
        "rhyme": share(lambda r: not any(f.name in (CHUYUN, CHONGYUN) for f in r.faults)),
        "verdicts": dict(Counter(r.verdict for r in reports).most_common()),
        "with": dict(names.most_common()),
    }


def _simple(r: Report, fault) -> bool:
    """Whether a fault of tone stands where even the simplest reading of the rules binds."""
    if fault.name in (SHIDUI, SHINIAN):
        return True
    return fault.name not in {CHUYUN, CHONGYUN} | ODD_PLACES and fault.position % 2 == 1


if __name__ == "__main__":
    sys.exit(main())

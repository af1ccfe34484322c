"""How human poems keep the rules, by the checker: the Tang poems of one part, form by form.

Shares of poems with no fault at all; with no fault of tone; with a common rhyme; with no fault when
positions 1, 3 and 5 are free (the simplest reading of the rules, without 拗救); and how often each fault
occurs. The human row beside the program's own figures (benchmarks/rules.py).
"""

import argparse
import sys
from collections import Counter

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.split import PARTS
from poetry.prosody.judge import CHONGYUN, CHUYUN, GUPING, SHIDUI, SHINIAN, THREE_LEVEL, UNRESCUED, Report, check
from poetry.text.forms import FORMS, REGULATED
from poetry.text.lines import split_lines

ODD_PLACES = {GUPING, THREE_LEVEL, UNRESCUED}


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.human_rules", description="前人的诗守律的比例 / how human poems keep the rules")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--source", default="tang", help="哪一部分 / which source")
    parser.add_argument("--part", default="test", choices=PARTS, help="哪一份 / which part")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    poems = corpus.select(arguments.part, [arguments.source])
    figures = {}
    for form in REGULATED:
        texts = [corpus.text(int(p)).replace("<unk>", "□") for p in poems if FORMS[corpus.form[p]] == form]
        figures[form.name] = shares([check(split_lines(text)) for text in texts])
        print(f"{form.name}: {figures[form.name]}", file=sys.stderr)
    report("human_rules", {"source": arguments.source, "part": arguments.part, "forms": figures})


def shares(reports: list[Report]) -> dict[str, float]:
    """Shares of poems that keep each set of rules."""

    def share(good) -> float:
        return round(sum(map(good, reports)) / max(1, len(reports)), 3)

    names = Counter(name for r in reports for name in {f.name for f in r.faults} | {n.name for n in r.notes})
    return {
        "poems": len(reports),
        "no_fault": share(lambda r: not r.faults),
        "tones": share(lambda r: not any(f.name not in (CHUYUN, CHONGYUN) for f in r.faults)),
        "tones_2_4_6_and_end": share(lambda r: not any(_simple(r, f) for f in r.faults)),
        "rhyme": share(lambda r: not any(f.name in (CHUYUN, CHONGYUN) for f in r.faults)),
        "with": {name: round(n / len(reports), 3) for name, n in names.most_common()},
    }


def _simple(r: Report, fault) -> bool:
    """Whether a fault of tone stands where even the simplest reading of the rules binds."""
    if fault.name in (SHIDUI, SHINIAN):
        return True
    return fault.name not in {CHUYUN, CHONGYUN} | ODD_PLACES and fault.position % 2 == 1


if __name__ == "__main__":
    sys.exit(main())

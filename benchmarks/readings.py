"""Which figure of the network agrees with readers: `python -m benchmarks.readings`, or with `--readings` of panels.

benchmarks/readings.jsonl holds what readers (fresh instances of a large language model that saw sheets of poems under
their titles and nothing else) gave poems of earlier networks: title, lines, a mark from 1 to 9, and the sheet. No
network has learned from these marks (those that the shipped one learned from are in recipes/marks.jsonl).
benchmarks/panels.jsonl holds the networks' poems of all panels (docs/panel.md), their mark the mean of all criteria and
readers. Poems of one title on one sheet are compared: the mean over the titles of Spearman's rank correlation of a
figure with the marks, and how much better than the mean of its title the poem is marked that the figure puts first.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.numerics import rank_correlation
from poetry.corpus.batches import NOTHING, TITLED
from poetry.critic.critic import HEADS
from poetry.measuring.evaluation import Verse, encoded
from poetry.measuring.scoring import poem_scores
from poetry.text.forms import REGULATED, recognise
from poetry.text.vocab import Vocabulary
from poetry.theme import vectors
from poetry.writing import model
from poetry.writing.candidates import read
from poetry.writing.reader import Reader
from poetry.writing.reading import line_read
from poetry.writing.request import prefix, request_for
from poetry.writing.search import NEAR, TAKEN_UP, TASTE, share_of, title_words

READINGS = Path(__file__).with_name("readings.jsonl")
# figure -> tones and rhyme told, what stands before the poem
TELLINGS = {
    "title alone (plain)": (False, TITLED),
    "nothing": (False, NOTHING),
    "title, tones and rhyme": (True, TITLED),
    "tones and rhyme": (True, NOTHING),
}
TOGETHER = 96  # poems that are read together
FEWEST = 2  # poems of a title that can be compared


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.readings", description="哪个数合读者的意 / which figure agrees with readers")
    parser.add_argument("--readings", type=Path, default=READINGS, help="读者的分 / the marks")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    rows = [json.loads(row) for row in arguments.readings.read_text(encoding="utf-8").splitlines()]
    loaded = model.shipped()
    poems = encoded([Verse(tuple(row["lines"]), row["title"]) for row in rows], loaded)
    marks = np.array([row["mark"] for row in rows], dtype=np.float64)
    sheets: dict[tuple[str, int, int, str], int] = {}
    keys = [(row["title"], len(row["lines"]), len(row["lines"][0]), row["sheet"]) for row in rows]
    of_title = np.array([sheets.setdefault(key, len(sheets)) for key in keys])
    figures = {}
    for name, (features, before) in TELLINGS.items():
        nats, hanzi = poem_scores(loaded.stepper, poems, np.arange(len(rows)), features=features, prefix=before)
        figures[name] = -nats / hanzi
    plain = figures["title alone (plain)"]
    figures["what the title adds"] = plain - figures["nothing"]
    taken = np.array([_taken_up(row, loaded.vocabulary) for row in rows])
    figures["share of the title taken up"] = taken
    opinions = _opinions(rows, loaded)
    for head, name in enumerate(HEADS):
        figures[f"critic: {name}"] = opinions[:, head]
    figures["nearness to the title"] = np.array([_nearness(row) for row in rows])
    figures["taste"] = _taste(rows, loaded)
    chosen_by = plain + TAKEN_UP * taken + NEAR * figures["nearness to the title"] + TASTE * figures["taste"]
    figures["all that lines are chosen by"] = chosen_by
    found = {name: agreement(figure, marks, of_title) for name, figure in figures.items()}
    for name, (rank, gain) in found.items():
        print(f"{name}: rank correlation {rank:.3f}, the first is marked {gain:+.2f}", file=sys.stderr)
    best = agreement(marks, marks, of_title)[1]
    report("readings", {"poems": len(rows), "titles": len(sheets), "figures": found, "best_possible_gain": best})


def _taken_up(row: dict[str, Any], v: Vocabulary) -> float:
    """The share of the title's words that a poem names, as poetry.writing.search has it."""
    ids = np.array([i for line in row["lines"] for i in (*v.ids(line), v.comma)])
    return float(share_of(title_words(row["title"], v), ids[:, None])[0])


def _nearness(row: dict[str, Any]) -> float:
    """How near to the title's the meaning of the lines is, as poetry.writing.search has it."""
    words = vectors.shipped()
    return float(np.mean([words.sense(line) @ words.sense(row["title"]) for line in row["lines"]]))


def _taste(rows: Sequence[dict[str, Any]], loaded: model.Model) -> np.ndarray:
    """(N,) the mean of the marks that taste gives to a poem's lines."""
    found = np.zeros(len(rows))
    for form in REGULATED:
        alike = [n for n, row in enumerate(rows) if recognise(row["lines"]) == form]
        reader = Reader(loaded.stepper, loaded.taste, form.lines)
        for some in (alike[k : k + TOGETHER] for k in range(0, len(alike), TOGETHER)):
            prefixes = [prefix(request_for(form, title=rows[n]["title"]), loaded) for n in some]
            plain, last = read(loaded, prefixes)
            state = reader.begun(plain, len(some))
            for line in range(form.lines):
                texts = [rows[n]["lines"][line] for n in some]
                state, last = line_read(reader, state, last, texts, line, loaded.vocabulary)
            found[some] = reader.marks(state, last) / form.lines
    return found


def _opinions(rows: Sequence[dict[str, Any]], loaded: model.Model) -> np.ndarray:
    """(N, heads) log-probabilities of the critic's heads."""
    assert loaded.critic is not None
    v, found = loaded.vocabulary, np.zeros((len(rows), len(HEADS)))
    for number, row in enumerate(rows):
        poem = np.array([[v.ids(line) for line in row["lines"]]])
        title = np.array([v.id(c) for c in row["title"] if c in v])
        found[number] = -np.logaddexp(0, -loaded.critic.scores(poem, title)[0])
    return found


def agreement(figure: np.ndarray, marks: np.ndarray, of_title: np.ndarray) -> tuple[float, float]:
    """(mean rank correlation within titles, mean of the first's mark less its title's mean) of (N,) figures."""
    ranks, gains = [], []
    for number in np.unique(of_title):
        rows = np.flatnonzero(of_title == number)
        if len(rows) >= FEWEST and np.ptp(marks[rows]) and np.ptp(figure[rows]):
            ranks.append(rank_correlation(figure[rows], marks[rows]))
            gains.append(float(marks[rows[figure[rows].argmax()]] - marks[rows].mean()))
    return round(float(np.mean(ranks)), 3), round(float(np.mean(gains)), 3)


if __name__ == "__main__":
    sys.exit(main())

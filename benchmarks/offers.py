"""Lines that the network offers for one place, for readers to mark: what poetry.fit_lines learns from.

    python -m benchmarks.offers write --titles 80 -o sheet.md --key key.json
    python -m benchmarks.offers read key.json marks.txt -o lines.jsonl

`write` has the network write a poem on each title of the training part as it always does, but after each line a single
prefix goes on: the sheet shows up to eight lines that it drew for the next place, the four that the search thinks most
of and four others, shuffled, any two of which differ in two Hanzi. Readers mark each from 1 to 9
(benchmarks/offers_sheet.md). `read` writes what they say as recipes/lines.jsonl has it, the mean of several readers.
"""

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.panel import themes
from charrnn_core import atomic
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from poetry.corpus import encoding
from poetry.corpus.read import SONG, TANG
from poetry.corpus.split import TRAIN
from poetry.measuring import evaluation
from poetry.text.forms import REGULATED
from poetry.training.lessons import Offers
from poetry.writing import model
from poetry.writing.poem import Poem
from poetry.writing.reader import Reading
from poetry.writing.request import request_for
from poetry.writing.search import LineSearch
from poetry.writing.together import write_together

INTRODUCTION = Path(__file__).with_name("offers_sheet.md")
CANDIDATES = 64
BEST, OTHERS = 4, 4  # of the lines of a place
LETTERS = "ABCDEFGH"
_ROW = re.compile(r"\s*(\d+\.\d+)\s+(.*)")
_MARK = re.compile(r"([A-H])\s*([1-9])")


Shown = tuple[list[tuple[int, ...]], int]  # the lines shown for a place, and which of them goes on


class Offering(LineSearch):
    """A search after each of whose lines one row goes on, by even chance the best or one of the BEST."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._rng = np.random.default_rng([job.seed for job in self._jobs])
        self.offered: dict[int, list[Shown]] = {job.number: [] for job in self._jobs}

    def rows(self, state: Reading, of: np.ndarray, ids: np.ndarray) -> np.ndarray | None:
        """See LineSearch.rows."""
        going = super().rows(state, of, ids)
        n = self.form.length
        if len(ids) % (n + 1):
            return going
        R = self.request.candidates
        chosen = []
        for job, offered in enumerate(self.offered.values()):
            mine = np.argsort(-self.worth[job * R : (job + 1) * R], kind="stable") + job * R
            lines = _apart((tuple(map(int, ids[-n - 1 : -1, row])), int(row)) for row in mine)
            rest = range(BEST, len(lines))
            drawn = self._rng.choice(rest, min(OTHERS, len(rest)), replace=False).tolist() if rest else []
            shown = [*lines[:BEST], *(lines[k] for k in sorted(drawn))]
            best = 0 if self._rng.random() < 0.5 else int(self._rng.integers(min(BEST, len(shown))))
            offered.append(([line for line, _ in shown], best))
            chosen.append(shown[best][1])
        return np.repeat(chosen, R)


def _apart(lines: Iterable[tuple[tuple[int, ...], int]]) -> list[tuple[tuple[int, ...], int]]:
    """Of (line, row) those whose line differs in two Hanzi from each before."""
    found: list[tuple[tuple[int, ...], int]] = []
    for line, row in lines:
        if all(sum(a != b for a, b in zip(line, other, strict=True)) > 1 for other, _ in found):
            found.append((line, row))
    return found


def written(loaded: model.Model, chosen: Sequence[tuple[str, str]], seed: int) -> list[list[Offers]]:
    """The places of a poem on each (title, name of the form), each line as yet without marks (0)."""
    forms = {form.name: form for form in REGULATED}
    requests = [request_for(forms[form], title=title, candidates=CANDIDATES) for title, form in chosen]
    searches: list[Offering] = []

    def search(*given: Any) -> Offering:
        searches.append(Offering(*given))
        return searches[-1]

    poems = write_together(loaded, requests, range(seed, seed + len(requests)), search=search)
    offered = {number: shown for search in searches for number, shown in search.offered.items()}
    tokens, found = loaded.vocabulary.tokens, []
    for number, ((title, _), poem) in enumerate(zip(chosen, poems, strict=True)):
        if not isinstance(poem, Poem):
            continue
        places, before = [], tuple[str, ...]()
        for shown, best in offered[number]:
            lines = tuple("".join(tokens[i] for i in line) for line in shown)
            if len(lines) > 1:
                places.append(Offers(title, before, poem.words, lines, (0.0,) * len(lines)))
            before = (*before, lines[best])
        found.append(places)
    return found


def sheet(poems: Sequence[Sequence[Offers]], rng: np.random.Generator) -> tuple[str, dict[str, Any]]:
    """The sheet as Markdown, and its key: number of a place -> what was offered, in the sheet's order."""
    text, key = [INTRODUCTION.read_text(encoding="utf-8")], dict[str, Any]()
    for number, places in enumerate(poems, 1):
        text.append(f"\n## {number} 《{places[0].title}》\n")
        for place, after in zip(places, (*places[1:], None), strict=True):
            order = rng.permutation(len(place.lines))
            lines = [place.lines[k] for k in order]
            name = f"{number}.{len(place.before) + 1}"
            going = f" → {LETTERS[lines.index(after.before[len(place.before)])]}" if after else ""
            shown = " ".join(f"{letter}{line}" for letter, line in zip(LETTERS, lines, strict=False))
            text.append(f"{name} {shown}{going}")
            key[name] = {"title": place.title, "before": place.before, "words": place.words, "lines": lines}
    return "\n".join(text) + "\n", key


def read(key: dict[str, Any], files: Sequence[Path]) -> list[Offers]:
    """What readers say of a sheet: of each place whose lines one of them has marked all, the mean of their marks.
    Raises UsageError for a place that is not of the sheet, and when no place is marked."""
    said: dict[str, list[list[int]]] = defaultdict(list)
    for path in files:
        try:
            rows = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("cannot read {path}: {why}; give a text file", path=path, why=error) from error
        for row in filter(None, map(_ROW.match, rows)):
            if row[1] not in key:
                raise UsageError(f"{path}: the sheet has no place {row[1]}; give the marks of this sheet")
            marks = {letter: int(mark) for letter, mark in _MARK.findall(row[2])}
            if set(marks) == set(LETTERS[: len(key[row[1]]["lines"])]):
                said[row[1]].append([marks[letter] for letter in sorted(marks)])
    if not said:
        raise UsageError("no place is marked; give lines such as 17.1 A5B3C4")
    return [
        Offers(
            *(key[name]["title"], tuple(key[name]["before"]), tuple(key[name]["words"]), tuple(key[name]["lines"])),
            tuple(np.mean(marks, axis=0).round(2).tolist()),
        )
        for name, marks in said.items()
    ]


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.offers", description="逐句请读者评 / lines for readers to mark")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=argparse.ArgumentParser)
    write = commands.add_parser("write", help="写评表与答案 / write a sheet and its key")
    write.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    write.add_argument("--weights", type=Path, help="权重，不写则用随包的 / weights, the package's unless given")
    write.add_argument("--titles", type=int, default=80, help="几题，四种诗体平分 / how many, a quarter in each form")
    write.add_argument("--seed", type=int, default=1, help="随机种子 / seed")
    write.add_argument("-o", "--out", type=Path, required=True, help="评表 / the sheet")
    write.add_argument("--key", type=Path, required=True, help="答案 / the key")
    reading = commands.add_parser("read", help="把评分写成一行一处 / write the marks, a place a line")
    reading.add_argument("key", type=Path, help="答案 / the key")
    reading.add_argument("marks", type=Path, nargs="+", help="评分，每人一个文件 / a file a reader")
    reading.add_argument("-o", "--out", type=Path, required=True, help="输出 / the output")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if arguments.command == "read":
        found = read(json.loads(arguments.key.read_text(encoding="utf-8")), arguments.marks)
        rows = (json.dumps(vars(place), ensure_ascii=False) for place in found)
        atomic.write_text(arguments.out, "".join(row + "\n" for row in rows))
        print(f"{arguments.out}: {len(found)} places", file=sys.stderr)
        return
    loaded = model.load(arguments.weights) if arguments.weights else model.shipped()
    verses = evaluation.human(encoding.load(arguments.data), TRAIN, (TANG, SONG))
    chosen = themes(verses, max(1, arguments.titles // len(REGULATED)), arguments.seed)
    poems = written(loaded, [(theme.title, theme.form) for theme in chosen], arguments.seed)
    text, key = sheet([places for places in poems if places], np.random.default_rng(arguments.seed))
    atomic.write_text(arguments.out, text)
    atomic.write_text(arguments.key, json.dumps(key, ensure_ascii=False, indent=1))
    print(f"{arguments.out}: {len(key)} places", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

"""A panel: readers who see nothing but a blinded sheet judge poems of several systems on the same titles.

`sheet` writes the sheet and its key, `read` reckons from any number of judgements (benchmarks.judgements), `titles`
writes the titles as wishes for poetry.batch, so that a network of another version can write to them:

    python -m benchmarks.panel titles -o titles.jsonl
    python -m benchmarks.panel sheet --system human --system new=lstm.safetensors,candidates=64 \\
        --system former=poems.jsonl -o sheet.md --key key.json
    python -m benchmarks.panel read key.json reader-1.tsv reader-2.tsv reader-3.tsv

The titles are those of regulated human poems of the validation part, ten in each of the four forms. A poem's place in
the draw depends on its text and the seed alone, so another encoding of the corpus gives nearly the same titles. With
`--wishes` they are the themes of a batch instead (benchmarks/modern_themes.jsonl, typed_themes.jsonl: what people of
today write about), and systems are what poetry.batch wrote to it.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.judgements import CRITERIA, Item, Key, figures, read_all, tables
from benchmarks.report import report
from charrnn_core import atomic
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.corpus import encoding
from poetry.corpus.read import SONG, TANG
from poetry.corpus.split import VALIDATION
from poetry.measuring import evaluation
from poetry.measuring.evaluation import Verse
from poetry.prosody.judge import check
from poetry.text.forms import BY_NAME, QIJUE, REGULATED, recognise
from poetry.writing import model
from poetry.writing.request import Request, request_for
from poetry.writing.writer import Writer

HUMAN = "human"
PER_FORM = 10
SHORTEST_TITLE, LONGEST_TITLE = 2, 8
# Titles that name a person and an occasion rather than a theme, and those that name none.
_NO_THEME = re.compile(
    "[送赠寄和酬答韵呈奉挽哭贺招访示柬简别代拟应同陪谢戏侄姪弟兄公君翁丞尉偶漫杂颂偈赞诀诗]"
    "|侍郎|上人|山人|道士|处士|禅师|长老|大师|学士|先生|使君|尚书|郎中|员外|判官|参政|丞相|明府|少府"
    "|绝句|集句|无题|失题|即事|有感|口占|口号|帖子|百咏|五言|七言"
)


@dataclass(frozen=True)
class Theme:
    """A title and the name of the form, with the lines of the human poem that bears it, if one does."""

    title: str
    form: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class System:
    """Where poems come from: human ones, a file of poems, or weights with settings to write with."""

    name: str
    path: Path | None
    settings: dict[str, int | float]

    @classmethod
    def of(cls, text: str) -> "System":
        """From `human` or NAME=FILE[,SETTING=NUMBER...]. Raises UsageError."""
        if text == HUMAN:
            return cls(HUMAN, None, {})
        name, _, rest = text.partition("=")
        file, *settings = rest.split(",")
        if not name or not file:
            raise UsageError(f"a system is {HUMAN} or NAME=FILE[,SETTING=NUMBER...], not {text!r}")
        return cls(name, Path(file), dict(_setting(setting) for setting in settings))

    def poems(self, themes: Sequence[Theme]) -> list[tuple[str, ...]]:
        """The lines of a poem for every theme. Raises UsageError when there is none for one."""
        if self.path is None:
            return [theme.lines for theme in themes]
        if self.path.suffix == ".safetensors":
            return _written(Writer(model.load(self.path)), themes, self.settings)
        if self.settings:
            raise UsageError(f"{self.name}: {self.path} holds poems already; give settings with weights only")
        found = {(verse.title, recognise(verse.lines).name): verse.lines for verse in evaluation.read(self.path)}
        missing = [theme for theme in themes if (theme.title, theme.form) not in found]
        if missing:
            raise UsageError(
                f"{self.path} has no {missing[0].form} under {missing[0].title} ({len(missing)} of {len(themes)} are "
                "missing); write to `benchmarks.panel titles` with the same corpus and seed"
            )
        return [found[theme.title, theme.form] for theme in themes]

    def rows(self) -> dict[int, tuple[str, ...]]:
        """The lines of the rows of a batch that have a poem. Raises UsageError for another kind of system."""
        if self.path is None or self.path.suffix == ".safetensors":
            raise UsageError(f"{self.name}: with --wishes a system is what poetry.batch wrote to them")
        rows = [json.loads(row) for row in self.path.read_text(encoding="utf-8").splitlines()]
        return {row["row"]: tuple(row["lines"]) for row in rows if "lines" in row}


def _setting(text: str) -> tuple[str, int | float]:
    """A numeric field of Request or Sampling with its value. Raises UsageError."""
    defaults = [(f.name, f.default) for kind in (Request, Sampling) for f in fields(kind)]
    known = {
        name: float if isinstance(value, float) else int for name, value in defaults if type(value) in (int, float)
    }
    name, _, value = text.partition("=")
    if name not in known:
        raise UsageError(f"there is no setting {name!r}; choose among {' '.join(known)}")
    try:
        return name, known[name](value)
    except ValueError as error:
        raise UsageError(f"{name} is {value!r}, which is no number of its kind; mend it") from error


def _written(writer: Writer, themes: Sequence[Theme], settings: dict[str, Any]) -> list[tuple[str, ...]]:
    usual = request_for(QIJUE).sampling
    sampling = Sampling(**{f.name: settings.get(f.name, getattr(usual, f.name)) for f in fields(Sampling)})
    others = {name: value for name, value in settings.items() if name not in {f.name for f in fields(Sampling)}}
    requests = [request_for(BY_NAME[theme.form], title=theme.title, sampling=sampling, **others) for theme in themes]
    poems = writer.write_together(requests, range(len(requests)))
    for poem in poems:
        if isinstance(poem, UsageError):
            raise poem
    return [tuple(poem.lines) for poem in poems if not isinstance(poem, UsageError)]


def themes(verses: Iterable[Verse], per_form: int, seed: int) -> list[Theme]:
    """As many themes in each of the four forms, every title once. Raises UsageError when there are too few."""
    chosen: dict[str, list[Theme]] = {form.name: [] for form in REGULATED}
    titles: set[str] = set()
    for verse in sorted(verses, key=lambda verse: hashlib.sha256(f"{seed}{''.join(verse.lines)}".encode()).digest()):
        name = recognise(verse.lines).name
        if name in chosen and len(chosen[name]) < per_form and verse.title not in titles and _fit(verse):
            titles.add(verse.title)
            chosen[name].append(Theme(verse.title, name, verse.lines))
    for name, found in chosen.items():
        if len(found) < per_form:
            raise UsageError(f"the corpus has only {len(found)} fitting {name}; ask for fewer with --per-form")
    return [theme for found in chosen.values() for theme in found]


def _fit(verse: Verse) -> bool:
    """Whether a poem is whole and regulated and its title names a theme."""
    title = verse.title
    clear = SHORTEST_TITLE <= len(title) <= LONGEST_TITLE and not _NO_THEME.search(title)
    return clear and not any("□" in line for line in verse.lines) and not check(verse.lines).faults


INTRODUCTION = Path(__file__).with_name("panel_sheet.md")  # what readers are told, with the scale


def sheet_and_key(
    systems: Mapping[str, Sequence[tuple[str, ...]]], chosen: Sequence[Theme], seed: int
) -> tuple[str, Key]:
    """The sheet as Markdown, and its key. An item's number begins with three digits that are the sheet's own, so that
    judgements of another sheet are known for what they are."""
    items = [
        (Item(name, theme.title, theme.form), lines)
        for name, poems in systems.items()
        for theme, lines in zip(chosen, poems, strict=True)
    ]
    own = hashlib.sha256(f"{seed}{items}".encode()).hexdigest()[:3]
    key, poems = {}, []
    for number, place in enumerate(np.random.default_rng(seed).permutation(len(items)), 1):
        item, lines = items[place]
        key[f"{own}-{number:03}"] = item
        poems.append(f"## {own}-{number:03} 《{item.title}》\n\n{_laid_out(lines)}\n")
    criteria = "\t".join(CRITERIA)
    introduction = INTRODUCTION.read_text(encoding="utf-8").format(
        count=len(items), criteria=criteria, example=next(iter(key))
    )
    return "\n".join([introduction, *poems]), key


def _laid_out(lines: Sequence[str]) -> str:
    """A couplet a line; two spaces break the line in Markdown."""
    return "  \n".join(f"{one}，{two}。" for one, two in zip(lines[::2], lines[1::2], strict=True))


def wished(path: Path, systems: Sequence[System]) -> tuple[list[Theme], dict[str, list[tuple[str, ...]]]]:
    """The themes of a batch for which every system has a poem, and these poems. Raises UsageError for a wish without
    theme or form."""
    try:
        wishes = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
        wanted = {number: Theme(wish["theme"], wish["form"]) for number, wish in enumerate(wishes, 1)}
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path} is no list of themes ({error}); give JSON lines with theme and form") from error
    found = {system.name: system.rows() for system in systems}
    judged = [number for number in wanted if all(number in rows for rows in found.values())]
    return [wanted[n] for n in judged], {name: [rows[n] for n in judged] for name, rows in found.items()}


def _titles_of(arguments: argparse.Namespace) -> list[Theme]:
    verses = evaluation.human(encoding.load(arguments.data), VALIDATION, arguments.sources.split(","))
    return themes(verses, arguments.per_form, arguments.seed)


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.panel", description="盲评 / blind reading by a panel")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=argparse.ArgumentParser)
    titles = commands.add_parser("titles", help="题目，供批量写诗 / the titles as wishes for poetry.batch")
    sheet = commands.add_parser("sheet", help="写评表与答案 / write a sheet and its key")
    for command in (titles, sheet):
        command.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
        command.add_argument("--sources", default=f"{TANG},{SONG}", help="题目取自哪朝 / whose titles")
        command.add_argument("--per-form", type=int, default=PER_FORM, help="每种诗体几题 / titles in each form")
        command.add_argument("--seed", type=int, default=1, help="选题与打乱 / draws the titles, shuffles the items")
        command.add_argument("-o", "--out", type=Path, required=True, help="输出 / the output")
    sheet.add_argument(
        *("--system",),
        action="append",
        required=True,
        help=f"{HUMAN} 或 名=文件[,设置=数] / or NAME=FILE[,SETTING=NUMBER...]: poems, or weights and settings",
    )
    sheet.add_argument("--key", type=Path, required=True, help="答案 / the key")
    sheet.add_argument("--wishes", type=Path, help="不取语料的题目，用这些主题 / themes of a batch instead of titles")
    reading = commands.add_parser("read", help="统计评分 / means, win rates, intervals, agreement")
    reading.add_argument("key", type=Path, help="答案 / the key")
    reading.add_argument(
        "judgements", type=Path, nargs="+", help="评分，每人一个文件 / a file a reader: TSV, JSON lines"
    )
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if arguments.command == "read":
        key, scores = read_all(arguments.key, arguments.judgements)
        found = figures(key, scores)
        print(tables(found))
        report("panel", found)
        return
    if arguments.command == "titles":
        wishes = [
            json.dumps({"title": theme.title, "form": theme.form}, ensure_ascii=False)
            for theme in _titles_of(arguments)
        ]
        atomic.write_text(arguments.out, "\n".join(wishes) + "\n")
        return
    systems = [System.of(text) for text in arguments.system]
    if len({system.name for system in systems}) < len(systems):
        raise UsageError("two systems have one name; give each its own")
    if arguments.wishes:
        chosen, poems = wished(arguments.wishes, systems)
    else:
        chosen = _titles_of(arguments)
        poems = {s.name: s.poems(chosen) for s in systems}
    text, key = sheet_and_key(poems, chosen, arguments.seed)
    atomic.write_text(arguments.out, text)
    note = {"systems": arguments.system, "seed": arguments.seed, "items": {i: vars(item) for i, item in key.items()}}
    atomic.write_text(arguments.key, json.dumps(note, ensure_ascii=False, indent=1) + "\n")
    print(f"{arguments.out}: {len(key)} items, {len(chosen)} titles, {len(systems)} systems", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

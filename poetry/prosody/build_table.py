"""Write the rhyme books of the package from their sources: `python -m poetry.prosody.build_table`.

平水韵 (pingshui.tsv) is put together in four steps. Each adds only characters that the steps before it
do not know, except the corrections, which replace:

1. Pingshui_Rhyme.json (registered as rhyme-books), which lacks the group 三讲 (taken from 4) and about
   1 % of the running characters;
2. corrections.tsv, written by hand: readings that a source lost, or took from another character;
3. common_forms.tsv, written by hand: a variant character has the readings of its common form;
4. the lists of THU-CRRD: 30 level lines, 75 oblique ones. Their last but one line merges 合 and 叶, and
   nothing is taken from it.

词林正韵 (cilin.tsv) is a coarser division of 平水韵 and 中华新韵 (xinyun.tsv) a function of the modern reading:
poetry/prosody/coarser.py derives both, so that every character of 平水韵 is in 词林正韵 with the same tones.
All characters are simplified as the corpus is. A book is a text file: one group a line, its name and its
characters, so that a change shows as a change of a group.
"""

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from charrnn_core.errors import DataError
from poetry.corpus.registry import dataset, verify
from poetry.prosody.coarser import ModernReadings, cilin, xinyun
from poetry.prosody.table import GROUP_NAMES, GROUPS, LEVEL_GROUPS
from poetry.text.files import data_folder
from poetry.text.hanzi import HANZI, to_simplified

Groups = dict[str, set[int]]

SANJIANG = 33  # 三讲: absent from the first source
MERGED = 104  # the line of THU-CRRD that holds 合 and 叶 together


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(
        prog="poetry.prosody.build_table", description="由来源生成韵书 / write the rhyme books from the sources"
    )
    parser.add_argument("--data-dir", type=Path, help="数据文件夹 / the data folder")
    parser.add_argument(
        "--crrd", type=Path, required=True, help="THU-CRRD 的文件夹 / its folder: crrd_pingsheng.txt ..."
    )
    parser.add_argument("--out", type=Path, default=Path("poetry/prosody"), help="写到哪里 / where to write")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    books = verify(dataset("rhyme-books"), data_folder(arguments.data_dir))
    variants = read_variants()
    steps = pingshui_steps(books / "Pingshui_Rhyme.json", arguments.crrd, variants)
    table: Groups = {}
    for name, step in steps:
        added = {c: g for c, g in step.items() if name == "corrections.tsv" or c not in table}
        replaced = sum(c in table for c in added)
        table |= added
        print(f"{name}: {len(added) - replaced} characters added, {replaced} replaced")
    _write(arguments.out / "pingshui.tsv", [(GROUP_NAMES[g], _members(table, g)) for g in range(1, GROUPS + 1)])
    modern = ModernReadings(variants)
    _write(arguments.out / "cilin.tsv", cilin(table, _further_book(books / "Cilin_Rhyme.json", variants), modern))
    _write(arguments.out / "xinyun.tsv", xinyun(table, _further_book(books / "Xinyun_Rhyme.json", variants), modern))


def pingshui_steps(first: Path, crrd: Path, variants: dict[str, str]) -> list[tuple[str, Groups]]:
    """The four steps in order: (source, character -> groups)."""
    one, two = read_pingshui(first), read_crrd(crrd)
    for character, groups in two.items():
        if SANJIANG in groups:  # the group that the first source lost
            one.setdefault(character, set()).add(SANJIANG)
    three = read_corrections()
    known = two | one | three
    four = {v: known[common] for v, common in variants.items() if common in known}
    return [(first.name, one), ("corrections.tsv", three), ("common_forms.tsv", four), ("THU-CRRD", two)]


def read_pingshui(path: Path) -> Groups:
    """Character -> groups of the first source. Raises DataError when its groups are not the 105 expected."""
    groups = [members for section in _json(path).values() for members in section.values()]
    if len(groups) != GROUPS - 1:
        raise DataError(
            "{path} has {count} groups instead of {groups}; fetch it again",
            path=path,
            count=len(groups),
            groups=GROUPS - 1,
        )
    numbers = [g for g in range(1, GROUPS + 1) if g != SANJIANG]
    return _invert(zip(numbers, groups, strict=True))


def read_crrd(folder: Path) -> Groups:
    """Character -> groups of THU-CRRD's level and oblique lists."""
    level = _lines(folder / "crrd_pingsheng.txt", LEVEL_GROUPS)
    oblique = _lines(folder / "crrd_zesheng.txt", GROUPS - LEVEL_GROUPS - 1)
    numbers = [g for g in range(LEVEL_GROUPS + 1, GROUPS + 1) if g != MERGED + 1]
    return _invert((g, line) for g, line in [*enumerate(level, 1), *zip(numbers, oblique, strict=True)] if g != MERGED)


def read_corrections() -> Groups:
    """Character -> groups, from corrections.tsv."""
    number = {name[-1]: g for g, name in enumerate(GROUP_NAMES) if name}
    rows = (line.split("\t") for line in _text("corrections.tsv") if not line.startswith("#"))
    return {character: {number[name] for name in names} for character, names in rows}


def read_variants() -> dict[str, str]:
    """Variant -> common form, from common_forms.tsv."""
    return {pair[0]: pair[1] for line in _text("common_forms.tsv") if not line.startswith("#") for pair in line.split()}


def _further_book(path: Path, variants: dict[str, str]) -> list[tuple[str, str]]:
    """(group name with tone, characters) of a book stored as part -> tone -> characters."""
    book: list[tuple[str, str]] = []
    for part, tones in _json(path).items():
        for tone, members in tones.items():
            known = {to_simplified(c) for c in members if re.fullmatch(f"[{HANZI}]", c)}
            known |= {v for v, common in variants.items() if common in known}
            book.append((f"{part} {tone[0]}", "".join(sorted(known))))
    return book


def _invert(groups: Iterable[tuple[int, Iterable[str]]]) -> Groups:
    table: Groups = defaultdict(set)
    for number, members in groups:
        for character in members:
            table[to_simplified(character)].add(number)
    return dict(table)


def _members(table: Groups, group: int) -> str:
    return "".join(sorted(c for c, groups in table.items() if group in groups))


def _write(path: Path, groups: list[tuple[str, str]]) -> None:
    write_text(path, "".join(f"{name}\t{members}\n" for name, members in groups))


def _text(name: str) -> list[str]:
    return files("poetry.prosody").joinpath(name).read_text(encoding="utf-8").splitlines()


def _json(path: Path) -> dict[str, dict[str, list[str]]]:
    return json.loads(path.read_text(encoding="utf-8"))


def _lines(path: Path, expected: int) -> list[str]:
    lines = path.read_text(encoding="utf-8").split()
    if len(lines) != expected:
        raise DataError(
            "{path} has {count} lines instead of {expected}; is it THU-CRRD's list?",
            path=path,
            count=len(lines),
            expected=expected,
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())

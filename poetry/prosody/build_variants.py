"""Write poetry/text/variants.tsv from its sources: `python -m poetry.prosody.build_variants --unihan FOLDER`.

A variant is a character outside 通用规范汉字表 (the 8,105 standard characters of 2013, Unihan's kTGH) that opencc's t2s
leaves as it is; what it is written as is a standard one. In the order of their weight:

1. `hand`: pairs chosen by reading, among them those of 第一批异体字整理表 (1955) where Unihan names several standard
   characters or none. Kept from the table as it is.
2. `unihan`: kSemanticVariant or kZVariant names, in either direction, exactly one standard character, the two share a
   reading of kMandarin, and 平水韵 has no reading of the variant that the standard character lacks: no rhyme is lost.
3. `opencc`: Japanese forms (jp2t).

`apart` lists by hand the characters that 2 or 3 would wrongly merge (妳 is both 你 and 奶), parts of characters (亻),
and those left alone on purpose: 俛 (俯, but 勉 in 黾俛), 瓈 (璃, but it rhymes in 齐), 寘 (置, but it names a rhyme).
Debian's package unicode-data has Unihan's files, compressed; plain ones will do as well.
"""

import argparse
import bz2
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import opencc

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from charrnn_core.errors import DataError
from poetry.prosody.table import pingshui
from poetry.text.hanzi import to_simplified
from poetry.text.variants import APART, rows

HAND, UNIHAN, OPENCC = "hand", "unihan", "opencc"
HEADER = "# Variant characters and their standard simplified form, by source; see poetry/prosody/build_variants.py.\n"
A_ROW = 32  # pairs, so that a change shows as a change of few lines

Table = dict[str, str]


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.prosody.build_variants", description="生成异体字表 / write the table of variants")
    parser.add_argument(
        "--unihan", type=Path, required=True, help="Unihan 的文件夹 / the folder of Unihan_Variants.txt[.bz2] ..."
    )
    parser.add_argument("--out", type=Path, default=Path("poetry/text/variants.tsv"), help="写到哪里 / where to write")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    official = {character for character, _, _ in _fields(arguments.unihan, "OtherMappings", {"kTGH"})}
    hand = {pair[0]: pair[1] for source, pairs in rows() if source == HAND for pair in pairs}
    apart = {character for source, characters in rows() if source == APART for character in characters}
    unknown = [v + s for v, s in hand.items() if v in official or s not in official or v in apart]
    if unknown:
        raise DataError(
            "pairs by hand of a standard variant, or of no standard character: {choices}", choices=[*unknown]
        )
    free = {chr(point) for point in _HANZI} - official - apart - hand.keys()
    unihan = {v: s for v, s in by_unihan(arguments.unihan, official).items() if v in free}
    japanese = {v: s for v, s in by_opencc(official).items() if v in free - unihan.keys()}
    write_text(
        arguments.out,
        HEADER
        + _rows(HAND, [v + s for v, s in sorted(hand.items())])
        + _rows(UNIHAN, [v + s for v, s in sorted(unihan.items())])
        + _rows(OPENCC, [v + s for v, s in sorted(japanese.items())])
        + _rows(APART, sorted(apart)),
    )
    print(f"{len(hand)} pairs by hand, {len(unihan)} of Unihan, {len(japanese)} of opencc, {len(apart)} apart")


_HANZI = (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00), *range(0x20000, 0x323B0))


def by_unihan(folder: Path, official: set[str]) -> Table:
    """Variant -> standard character by the second rule above."""
    named: dict[str, set[str]] = defaultdict(set)
    for character, _, value in _fields(folder, "Variants", {"kSemanticVariant", "kZVariant"}):
        for point in value.split():
            other = chr(int(point.split("<")[0][2:], 16))
            named[character].add(to_simplified(other))
            named[other].add(to_simplified(character))
    mandarin = {character: set(value.split()) for character, _, value in _fields(folder, "Readings", {"kMandarin"})}
    rhymes = pingshui()

    def alike(variant: str, common: str) -> bool:
        shared = mandarin.get(variant, set()) & mandarin.get(common, set())
        return bool(shared) and set(rhymes.get(variant, ())) <= set(rhymes.get(common, ()))

    found = {}
    for variant, others in named.items():
        targets = (others & official) - {variant}
        if len(targets) == 1 and to_simplified(variant) == variant and alike(variant, *targets):
            found[variant] = targets.pop()
    return found


def by_opencc(official: set[str]) -> Table:
    """Japanese form -> standard character."""
    converter = opencc.OpenCC("jp2t")
    found = {}
    for character in map(chr, _HANZI):
        common = to_simplified(converter.convert(character))
        if to_simplified(character) == character != common and common in official:
            found[character] = common
    return found


def _fields(folder: Path, name: str, wanted: set[str]) -> Iterator[tuple[str, str, str]]:
    """(character, field, value) of the wanted fields of a Unihan file. Raises DataError when it is missing."""
    plain, packed = folder / f"Unihan_{name}.txt", folder / f"Unihan_{name}.txt.bz2"
    try:
        data = plain.read_bytes() if plain.exists() else bz2.decompress(packed.read_bytes())
    except OSError as error:
        raise DataError(
            "cannot read {packed}: {error}; give the folder of Unihan's files", packed=packed, error=error
        ) from error
    for line in data.decode().splitlines():
        if line and not line.startswith("#"):
            point, field, value = line.split("\t")
            if field in wanted:
                yield chr(int(point[2:], 16)), field, value


def _rows(source: str, entries: list[str]) -> str:
    return "".join(f"{source}\t{' '.join(entries[i : i + A_ROW])}\n" for i in range(0, len(entries), A_ROW))


if __name__ == "__main__":
    sys.exit(main())

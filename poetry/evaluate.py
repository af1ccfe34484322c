"""评测 (evaluate): `python -m poetry.evaluate POEMS` measures poems from any source, human ones beside them."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from charrnn_core.atomic import replacing
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from poetry import encoding, model
from poetry.corpus.split import PARTS, TEST
from poetry.encoding import SOURCES
from poetry.evaluation import Training, Verse, human, like, measure, read

EXAMPLES = """\
例 / examples:
  python -m poetry.generate -n 200 --seed 1 --json > poems.jsonl
  python -m poetry.evaluate poems.jsonl
  python -m poetry.evaluate poems.jsonl --data data/cache/corpus.npz --pictures pictures
"""

ABOUT = {
    "poems": "首数 / poems",
    "failed": "没有写成的行 / rows without a poem",
    "duplicates": "重复的诗 / poems that were there before",
    "with_fault": "不合律的诗 / poems with a fault",
    "lines_of_the_corpus": "语料中有的句 / lines the corpus has",
    "perplexity": "每字困惑度 / perplexity per Hanzi",
    "with_tones_and_rhyme": "给出平仄与韵 / told tones and rhyme",
    "with_key_words": "给出主题词 / told key words",
    "with_title": "给出题目 / told the title",
    "the_same_without_title": "同上，不给题目 / the same poems, not told",
    "four_forms": "四种诗体 / in the four forms",
    "no_fault": "合律 / no fault",
    "tones": "平仄合 / tones without fault",
    "rhyme": "押韵合 / rhyme without fault",
    "distinct_1": "distinct-1",
    "distinct_2": "distinct-2",
    "repeats_within_a_line": "句内重字 / a character twice in a line",
    "repeats_across_lines": "句间重字 / a character in two lines",
    "copied_lines": "抄袭的句 / lines of the training part",
    "copied_5_grams": "抄袭的五字 / its 5-grams",
    "theme_fit": "十题中认出本题 / its own title of ten",
}


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.evaluate", description="评测一组诗 / measure a set of poems", epilog=EXAMPLES)
    add = parser.add_argument
    add("poems", type=Path, help="JSON 行（lines 或 text，可有 title）或文本 / JSON lines or plain text")
    add("--data", help="编码好的语料：有它才有前人的一栏 / the encoded corpus: for the human column")
    add("--source", choices=SOURCES, default="tang", help="前人的诗取自 / where human poems come from")
    add("--part", choices=PARTS, default=TEST, help="哪一份 / which part of it")
    add("--cell", choices=model.SHIPPED, default="lstm", help="用哪种网络度量 / the network that measures")
    add("--weights", type=Path, help="别的权重文件 / another weights file")
    add("--json", type=Path, metavar="FILE", help="数字另存为 JSON / write the figures as JSON too")
    add("--pictures", type=Path, metavar="FOLDER", help="画分布图（要 matplotlib） / pictures of the distributions")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    loaded = model.load(arguments.weights) if arguments.weights else model.shipped(arguments.cell)
    given = read(arguments.poems)
    columns: dict[str, list[Verse]] = {str(arguments.poems): given}
    training = None
    if arguments.data:
        corpus = encoding.load(arguments.data)
        training = Training.of(corpus)
        ours, theirs = like(given, human(corpus, arguments.part, [arguments.source]))
        if not ours:
            raise UsageError("there is no human poem of these forms in that part; choose another --part or --source")
        columns = {str(arguments.poems): ours, f"前人 / human ({arguments.source}, {arguments.part})": theirs}
    figures = {name: measure(verses, loaded, training) for name, verses in columns.items()}
    print(table(figures))
    if len(columns) > 1 and len(columns[str(arguments.poems)]) < len(given):
        count = len(columns[str(arguments.poems)])
        print(f"{count} of {len(given)} poems: as many of each form as there are human ones", file=sys.stderr)
    if arguments.json:
        with replacing(arguments.json) as temporary:
            Path(temporary).write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if arguments.pictures:
        from poetry.distributions import draw

        draw(arguments.pictures, columns, loaded)


def table(figures: dict[str, dict[str, Any]]) -> str:
    """The figures as a Markdown table, a column for every set."""
    names = [name for name in ABOUT if any(name in column for column in figures.values())]
    rows = [["", *figures], ["---", *("---:" for _ in figures)]]
    rows += [[ABOUT[name], *(_shown(column.get(name)) for column in figures.values())] for name in names]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())

"""评测 (evaluate): `python -m poetry.evaluate POEMS` measures poems from any source, human ones beside them."""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tqdm import tqdm

from charrnn_core.atomic import ensure_writable, write_text
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from poetry.corpus import encoding
from poetry.corpus.encoding import SOURCES
from poetry.corpus.split import PARTS, TEST
from poetry.measuring.distributions import LIKELIHOOD, draw
from poetry.measuring.evaluation import Scores, Training, Verse, human, like, measure, read
from poetry.measuring.table import table
from poetry.writing import model

EXAMPLES = """\
例 / examples:
  python -m poetry.generate -n 200 --seed 1 --json > poems.jsonl
  python -m poetry.evaluate poems.jsonl
  python -m poetry.evaluate poems.jsonl --data data/cache/corpus.npz --pictures pictures
"""


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
    for out in (arguments.json, arguments.pictures and arguments.pictures / LIKELIHOOD):
        if out:
            ensure_writable(out)
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
    with tqdm(unit="poem", disable=None) as bar:
        scores = {name: Scores(verses, loaded, bar.update) for name, verses in columns.items()}
        bar.total = sum(one.work for one in scores.values())
        figures = {name: measure(one, training) for name, one in scores.items()}
    print(table(figures))
    if len(columns) > 1 and len(columns[str(arguments.poems)]) < len(given):
        count = len(columns[str(arguments.poems)])
        print(f"{count} of {len(given)} poems: as many of each form as there are human ones", file=sys.stderr)
    if arguments.json:
        write_text(arguments.json, json.dumps(figures, ensure_ascii=False, indent=2) + "\n")
    if arguments.pictures:
        draw(arguments.pictures, scores)


if __name__ == "__main__":
    sys.exit(main())

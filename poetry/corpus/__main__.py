"""语料 (corpus): `python -m poetry.corpus fetch | inspect | encode`."""

import argparse
import json
import sys
from pathlib import Path

from charrnn_core.atomic import ensure_writable
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.fetch import fetch
from poetry.corpus.prepare import CORPUS, prepare
from poetry.corpus.registry import dataset, datasets
from poetry.text.files import VARIABLE, data_folder

DEFAULT_ENCODED = Path("data/cache/corpus.npz")


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.corpus", description="语料：下载、查看、编码 / the corpus: fetch, inspect, encode")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)

    def command(name: str, help_: str) -> Parser:
        sub = commands.add_parser(name, help=help_, description=help_)
        sub.add_argument(
            "--data-dir", type=Path, help=f"数据目录（默认 ${VARIABLE} 或 ~/.cache/charrnn-verse） / the data folder"
        )
        return sub

    fetching = command("fetch", "下载并校验 / download and check by sha256; resumable")
    fetching.add_argument("--dataset", default=CORPUS, help=f"数据集 / one of {', '.join(datasets())}")
    inspecting = command("inspect", "统计 / count poems by stage, part and form (JSON)")
    encoding_ = command("encode", "清洗、去重、切分、编码 / clean, leave out copies, split, encode")
    for sub in (inspecting, encoding_):
        sub.add_argument(
            "--text", type=Path, help="自己的语料：每行一首，或“题目:正文” / your own text, one poem a line"
        )
    encoding_.add_argument("-o", "--out", type=Path, default=DEFAULT_ENCODED, help="输出 .npz / the output file")
    encoding_.add_argument(
        "--min-count", type=int, default=encoding.MIN_COUNT, help="收字的最低次数 / rarer Hanzi become unknown"
    )
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if arguments.command == "fetch":
        brought = fetch(dataset(arguments.dataset), data_folder(arguments.data_dir))
        print(f"{brought} files fetched, all of {arguments.dataset} present and checked", file=sys.stderr)
        return
    if arguments.command == "encode":
        ensure_writable(arguments.out)
    prepared = prepare(arguments.data_dir, arguments.text)
    if arguments.command == "inspect":
        print(json.dumps(prepared.summary(), ensure_ascii=False, indent=2))
        return
    encoded = encoding.encode(prepared.poems, min_count=arguments.min_count, provenance=prepared.provenance)
    encoding.save(arguments.out, encoded)
    if prepared.left_out:
        print(prepared.describe(), file=sys.stderr)
    print(
        f"{arguments.out}: {len(encoded):,} poems, {len(encoded.vocabulary):,} tokens in the vocabulary",
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(main())

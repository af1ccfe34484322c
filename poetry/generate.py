"""作诗 (generate): `python -m poetry.generate 春` prints a poem that begins with 春."""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# A poem takes a fraction of a second on one core. More threads gain little, and where other programs keep the
# cores busy the threads of OpenBLAS wait for each other, many times longer than they compute.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.prosody.explain import describe
from poetry.prosody.judge import check
from poetry.text.forms import FORMS
from poetry.text.hanzi import to_traditional
from poetry.text.vocab import MAX_TITLE, Vocabulary
from poetry.writing import asking, model
from poetry.writing.poem import Poem
from poetry.writing.request import Request
from poetry.writing.rewriting import alternatives, gaps, request_to_rewrite
from poetry.writing.writer import Writer

MOST_POEMS = 1000
TRIES = 20  # seeds tried for a poem that differs from the others of the run

EXAMPLES = """\
例 / examples:
  python -m poetry.generate 春
  python -m poetry.generate 春江 --form 五律 -n 3 --seed 7
  python -m poetry.generate --acrostic 春夏秋冬 --form 七绝 --explain
  python -m poetry.generate --acrostic 一生平安 --at -1              # 藏尾
  python -m poetry.generate --form 五律 --pattern 仄起首句不入韵 --rhyme 十一尤
  python -m poetry.generate --force 4:7=楼 --policy strict
  python -m poetry.generate --theme "我想写一首江边送别的诗" -n 3
  python -m poetry.generate --continue "春眠不觉晓，处处闻啼鸟"
  python -m poetry.generate --rewrite "床前明月光，疑是地上霜。举头望明月，低头思故乡。" --gap 2 --gap 3:1-2
  python -m poetry.generate --rewrite "床前明月光，疑是地上霜。举头望明月，低头思故□。" --alternatives 4:5
  python -m poetry.generate 月 --json
"""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.generate", description="写一首古诗 / write a classical Chinese poem", epilog=EXAMPLES)
    add = parser.add_argument
    add(
        "head",
        nargs="?",
        default=None,
        help="开头的一个或几个字，可省略 / the first character or characters; may be left out",
    )
    add("--form", help=f"诗体，默认七绝 / the form, 七绝 unless said: {' '.join(f.name for f in FORMS)}")
    add("--theme", metavar="话", help="主题，用现代汉语说 / a theme in modern Chinese")
    add("--title", metavar="题", help="题目 / a title")
    add("--continue", dest="continue_", metavar="诗句", help="接着这些句子写 / go on from these lines")
    add("--rewrite", metavar="诗", help="改写：诗、文件或 - / rewrite this poem (text, file or -) at the gaps")
    add(
        "--gap",
        action="append",
        default=[],
        metavar="句[:字[-字]]",
        help="改哪里，可多次；诗中也可写 □ / what to rewrite",
    )
    add("--alternatives", metavar="句:字", help="这个字还可以是什么 / what else this character could be")
    add("--lines", type=int, help="五排、七排的句数 / how many lines a 排律 has")
    add("--pattern", default="", help="格律：仄起首句入韵 等 / the tone pattern; left out: one that fits")
    add("--rhyme", default="", help="平水韵的韵部：十一尤 等 / the rhyme group; left out: the network chooses")
    add(
        "--acrostic",
        metavar="字",
        help="藏头：每句的第一个字（绝句 4 个，律诗 8 个） / the first character of every line",
    )
    add("--at", type=int, default=1, help="藏在第几字，-1 为句尾 / at which character the acrostic stands; -1 the last")
    add("--force", action="append", default=[], metavar="句:字=月", help="嵌字，可多次 / a character at line:place")
    add(
        "--policy",
        choices=("usual", "strict", "none"),
        default="usual",
        help="平仄与韵：某一读合、每一读都合、不管 / rules: some reading fits, every one, or no rules",
    )
    add("--explain", action="store_true", help="逐字标出平仄 / mark every character: ○ ◎ ● ?")
    add("-n", "--count", type=int, default=1, help="写几首 / how many poems")
    add("--seed", type=int, help="随机种子：同一种子同一首诗 / same seed, same poem")
    add("--temperature", type=float, default=0.8, help="温度，0 为贪心 / temperature; 0 is greedy")
    add("--top-p", type=float, default=0.9, help="只从概率最大的这一份里抽 / sample from this share of the probability")
    add("--top-k", type=int, default=0, help="只从最可能的 k 个字里抽，0 为不限 / the k likeliest characters; 0 all")
    add("--candidates", type=int, help="一次写几首取最好的：默认 16，改写 64 / best of so many: 16, rewriting 64")
    add("--cell", choices=model.SHIPPED, default="lstm", help="用哪种网络 / which shipped network")
    add("--weights", type=Path, help="别的权重文件 / another weights file")
    add("--free", action="store_true", help="不限格式，写到结束符 / free verse, until the network's end token")
    add("--traditional", action="store_true", help="繁体（近似转换） / traditional script (converted, approximate)")
    add("--json", action="store_true", help="每首一行 JSON / one JSON object a line")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if not 1 <= arguments.count <= MOST_POEMS:
        raise UsageError(f"-n must be between 1 and {MOST_POEMS}, not {arguments.count}")
    if arguments.seed is not None and not 0 <= arguments.seed < 1 << 63:
        raise UsageError(f"the seed must be between 0 and 2^63 - 1, not {arguments.seed}")
    sampling = Sampling(arguments.temperature, arguments.top_k, arguments.top_p)
    if arguments.count > 1 and not sampling.temperature:
        raise UsageError("temperature 0 gives one poem only; leave out -n or raise the temperature")
    if arguments.rewrite is None and (arguments.gap or arguments.alternatives):
        raise UsageError("--gap and --alternatives need a poem; give one with --rewrite")
    lines = asking.poem_to_rewrite(arguments.rewrite) if arguments.rewrite is not None else []
    new = None if lines else asking.new_poem(arguments, sampling, **_theme(arguments))
    writer = Writer(model.load(arguments.weights) if arguments.weights else model.shipped(arguments.cell))
    if arguments.alternatives:
        _print_alternatives(writer, lines, arguments)
        return
    if new:
        request, asked = new
    else:
        request, asked = _rewriting(writer, lines, arguments, sampling), "".join(lines).replace("□", "")
    _remark_unknown(asked, writer.model.vocabulary)
    for index, poem in enumerate(_different(writer, request, arguments)):
        _print(poem, arguments, first=index == 0)


def _theme(arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields of Request that say what the poem is about, and a remark on what was made of it."""
    if arguments.title is not None:
        if arguments.theme is not None:
            raise UsageError("give a theme or a title, not both")
        return {"title": asking.hanzi(arguments.title, "the title", MAX_TITLE)}
    if arguments.theme is None:
        return {}
    from poetry.theme.reading import read_theme  # jieba takes a while to load

    theme = read_theme(arguments.theme)
    print(f"poetry.generate: {theme.describe()}", file=sys.stderr)
    return {"words": theme.words}


def _rewriting(writer: Writer, lines: list[str], arguments: argparse.Namespace, sampling: Sampling) -> Request:
    places = gaps(lines) | asking.gap_places(arguments.gap, lines)
    candidates = {} if arguments.candidates is None else {"candidates": arguments.candidates}
    sets = writer.model.sets(strict=arguments.policy == "strict")
    return request_to_rewrite(lines, places, sets, sampling=sampling, **candidates, **_theme(arguments))


def _print_alternatives(writer: Writer, lines: list[str], arguments: argparse.Namespace) -> None:
    places = asking.gap_places([arguments.alternatives], lines)
    if len(places) != 1:
        raise UsageError(f"--alternatives {arguments.alternatives[:20]!r} names several characters; write such as 4:5")
    for found in alternatives(writer.model, lines, places.pop()):
        print(f"{found.character}  {found.gain:+.2f}")


def _different(writer: Writer, request: Request, arguments: argparse.Namespace) -> Iterator[Poem]:
    """As many poems as were asked for, no two alike."""
    seed = arguments.seed if arguments.seed is not None else int(np.random.default_rng().integers(1 << 32))
    written: set[str] = set()
    for _ in range(arguments.count):
        for _ in range(TRIES):
            poem = writer.write(request, seed)
            seed += 1
            if poem.text not in written:
                break
        else:
            raise UsageError(f"there are only {len(written)} different poems to be had; ask for fewer, or for less")
        written.add(poem.text)
        yield poem


def _remark_unknown(characters: str, vocabulary: Vocabulary) -> None:
    unknown = [c for c in characters if c not in vocabulary]
    if unknown:
        print(
            f"poetry.generate: {''.join(unknown)} is not in the vocabulary; the network reads it as unknown",
            file=sys.stderr,
        )


def _print(poem: Poem, arguments: argparse.Namespace, *, first: bool) -> None:
    record = poem.as_dict()
    if arguments.traditional:
        record |= {"text": to_traditional(poem.text), "lines": [to_traditional(line) for line in poem.lines]}
    if arguments.json:
        print(json.dumps(record, ensure_ascii=False), flush=True)
        return
    if not first:
        print()
    print(describe(check(poem.lines)) if arguments.explain else re.sub("。(?=.)", "。\n", record["text"]), flush=True)


if __name__ == "__main__":
    sys.exit(main())

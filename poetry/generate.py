"""作诗 (generate): `python -m poetry.generate 春` prints a poem that begins with 春."""

import argparse
import json
import os
import re
import sys
import unicodedata
from pathlib import Path

# A poem takes a fraction of a second on one core. More threads gain little, and where other programs keep the
# cores busy the threads of OpenBLAS wait for each other, many times longer than they compute.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry import model
from poetry.corpus.clean import HANZI, simplify, to_traditional
from poetry.forms import BY_NAME, FORMS, Form
from poetry.plan import acrostic, make_plan
from poetry.vocab import Vocabulary
from poetry.writer import Poem, Request, Writer, request_for

MOST_POEMS = 1000
LONGEST_HEAD = 7

EXAMPLES = """\
例 / examples:
  python -m poetry.generate 春
  python -m poetry.generate 春江 --form 五律 -n 3 --seed 7
  python -m poetry.generate --acrostic 春夏秋冬 --form 七绝
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
    add("--form", default="七绝", help=f"诗体 / the form: {' '.join(f.name for f in FORMS)}")
    add(
        "--acrostic",
        metavar="字",
        help="藏头：每句的第一个字（绝句 4 个，律诗 8 个） / the first character of every line",
    )
    add("-n", "--count", type=int, default=1, help="写几首 / how many poems")
    add("--seed", type=int, help="随机种子：同一种子同一首诗 / same seed, same poem")
    add("--temperature", type=float, default=0.8, help="温度，0 为贪心 / temperature; 0 is greedy")
    add("--top-p", type=float, default=0.9, help="只从概率最大的这一份里抽 / sample from this share of the probability")
    add("--top-k", type=int, default=0, help="只从最可能的 k 个字里抽，0 为不限 / the k likeliest characters; 0 all")
    add("--candidates", type=int, default=16, help="一次写几首取最好的 / best of so many")
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
    form = _form(arguments.form)
    head = _hanzi(arguments.head, "the beginning of the poem", LONGEST_HEAD)
    hidden = _hanzi(arguments.acrostic, "the acrostic", 100)
    if head and hidden:
        raise UsageError("give a beginning or an acrostic, not both")
    settings = {"sampling": sampling, "candidates": arguments.candidates}
    if hidden:
        request = Request(plan=make_plan(form, forced=acrostic(hidden, form)), form=form, **settings)
    elif arguments.free:
        request = Request(form=form, head=head, **settings)
    else:
        request = request_for(form, head, **settings)
    loaded = model.load(arguments.weights) if arguments.weights else model.shipped(arguments.cell)
    _remark_unknown(head + hidden, loaded.vocabulary)
    seed = arguments.seed if arguments.seed is not None else int(np.random.default_rng().integers(1 << 32))
    writer = Writer(loaded)
    for index in range(arguments.count):
        _print(writer.write(request, seed + index), arguments, first=index == 0)


def _form(name: str) -> Form:
    form = BY_NAME.get(simplify(name.strip()[:10]))
    if form is None:
        raise UsageError(f"unknown form {name[:20]!r}; choose one of {' '.join(BY_NAME)}")
    return form


def _hanzi(text: str | None, what: str, longest: int) -> str:
    """Check and simplify what the user typed. Raises UsageError naming the first bad character."""
    if text is None:
        return ""
    text = unicodedata.normalize("NFC", text[: longest * 20]) if _encodable(text) else text
    text = text.strip()
    if not text:
        raise UsageError(f"{what} is empty; give Chinese characters or leave it out")
    bad = re.search(f"[^{HANZI}]", text)
    if bad:
        raise UsageError(
            f"{what} holds {_name(bad.group())}, which is no Chinese character; give Chinese characters only"
        )
    if len(text) > longest:
        raise UsageError(f"{what} has more than {longest} characters; give fewer")
    return simplify(text)


def _encodable(text: str) -> bool:
    return not any(0xD800 <= ord(c) <= 0xDFFF for c in text)


def _name(character: str) -> str:
    return f"{character!r} (U+{ord(character):04X})"


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
    print(re.sub("。(?=.)", "。\n", record["text"]), flush=True)


if __name__ == "__main__":
    sys.exit(main())

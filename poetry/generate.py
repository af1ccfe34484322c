"""作诗 (generate): `python -m poetry.generate 春` prints a poem that begins with 春."""

import argparse
import json
import os
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

# A poem takes a fraction of a second on one core. More threads gain little, and where other programs keep the
# cores busy the threads of OpenBLAS wait for each other, many times longer than they compute.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry import model
from poetry.corpus.clean import HANZI, simplify, to_traditional
from poetry.forms import BY_NAME, FORMS, QIPAI, SHORTEST_PAILU, WUPAI, Form, pailu
from poetry.plan import Place, acrostic, make_plan, opening
from poetry.prosody.explain import describe
from poetry.prosody.judge import check
from poetry.regulated import Wish, merge, rhyme_number
from poetry.vocab import Vocabulary
from poetry.writer import Poem, Request, Writer

MOST_POEMS = 1000
LONGEST_HEAD = 7
LONGEST_PAILU = 40  # lines

EXAMPLES = """\
例 / examples:
  python -m poetry.generate 春
  python -m poetry.generate 春江 --form 五律 -n 3 --seed 7
  python -m poetry.generate --acrostic 春夏秋冬 --form 七绝 --explain
  python -m poetry.generate --acrostic 一生平安 --at -1              # 藏尾
  python -m poetry.generate --form 五律 --pattern 仄起首句不入韵 --rhyme 十一尤
  python -m poetry.generate --force 4:7=楼 --policy strict
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
    request, asked = _request(arguments, sampling)
    loaded = model.load(arguments.weights) if arguments.weights else model.shipped(arguments.cell)
    _remark_unknown(asked, loaded.vocabulary)
    seed = arguments.seed if arguments.seed is not None else int(np.random.default_rng().integers(1 << 32))
    writer = Writer(loaded)
    for index in range(arguments.count):
        _print(writer.write(request, seed + index), arguments, first=index == 0)


def _request(arguments: argparse.Namespace, sampling: Sampling) -> tuple[Request, str]:
    """The request, and all characters that were asked for."""
    form = _form(arguments.form, arguments.lines)
    head = _hanzi(arguments.head, "the beginning of the poem", LONGEST_HEAD)
    hidden = _hanzi(arguments.acrostic, "the acrostic", 100)
    settings: dict[str, Any] = {"form": form, "sampling": sampling, "candidates": arguments.candidates}
    if arguments.free or not form.fixed:
        ruled = hidden or arguments.force or arguments.pattern or arguments.rhyme
        if ruled:
            raise UsageError(
                "free verse has no acrostic, pattern, rhyme or forced character; leave out one or the other"
            )
        return Request(head=head, **settings), head
    forced = merge(
        opening(head),
        acrostic(hidden, form, arguments.at) if hidden else {},
        *(_forced(text) for text in arguments.force),
    )
    asked = "".join(forced.values())
    if arguments.policy == "none":
        if arguments.pattern or arguments.rhyme:
            raise UsageError("a pattern or a rhyme is a rule; leave out --policy none")
        return Request(plan=make_plan(form, forced=forced), **settings), asked
    rhyme = rhyme_number(simplify(arguments.rhyme)) if arguments.rhyme else 0
    wish = Wish(form, simplify(arguments.pattern), rhyme, forced, strict=arguments.policy == "strict")
    return Request(wish=wish, **settings), asked


def _form(name: str, lines: int | None) -> Form:
    form = BY_NAME.get(simplify(name.strip()[:10]))
    if form is None:
        raise UsageError(f"unknown form {name[:20]!r}; choose one of {' '.join(BY_NAME)}")
    if lines is None:
        return form
    if form not in (WUPAI, QIPAI) or not SHORTEST_PAILU <= lines <= LONGEST_PAILU or lines % 2:
        raise UsageError(f"--lines is for 五排 and 七排: an even number from {SHORTEST_PAILU} to {LONGEST_PAILU}")
    return pailu(lines, form.length)


def _forced(text: str) -> dict[Place, str]:
    found = re.fullmatch(r"(\d{1,2}):(\d)=(.+)", text.strip(), re.DOTALL)
    if not found:
        raise UsageError(f"--force {text[:20]!r} is not understood; write LINE:PLACE=CHARACTER, such as 4:7=楼")
    character = _hanzi(found[3], "--force", 1)
    return {(int(found[1]) - 1, int(found[2]) - 1): character}


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
    print(describe(check(poem.lines)) if arguments.explain else re.sub("。(?=.)", "。\n", record["text"]), flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""作诗 (generate): `python -m poetry.generate 春` prints a poem that begins with 春."""

import argparse
import json
import os
import re
import sys
from collections.abc import Collection
from dataclasses import replace
from typing import Any

# The second core is put to use by charrnn_core.halves. Where other programs keep the cores busy, the threads of
# OpenBLAS wait for each other, many times longer than they compute.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from charrnn_core.command import Parser, offer, run
from charrnn_core.errors import Phrase, UsageError
from charrnn_core.halves import use_both_cores
from charrnn_core.progress import progress
from charrnn_core.terminal import takes_colour
from poetry.prosody.explain import describe
from poetry.prosody.judge import check
from poetry.prosody.patterns import patterns
from poetry.prosody.table import GROUP_NAMES, LEVEL_GROUPS
from poetry.text.forms import FORMS
from poetry.text.hanzi import to_traditional
from poetry.text.vocab import STYLES, Vocabulary
from poetry.theme.matter import taken_up
from poetry.writing import asking, model
from poetry.writing.acrostics import SPREADS, in_hanzi
from poetry.writing.options import add_writing
from poetry.writing.order import STRICT, Order, request_of, row_of, seed_of, settings_of
from poetry.writing.poem import Poem
from poetry.writing.proposals import advised, possible
from poetry.writing.request import CANDIDATES, FREE_CANDIDATES, Request
from poetry.writing.rewriting import alternatives, gaps, request_to_rewrite
from poetry.writing.several import different
from poetry.writing.writer import Writer

MOST_POEMS = 1000

EXAMPLES = """\
例 / examples:
  python -m poetry.generate 春
  python -m poetry.generate 春江 --form 五律 -n 3 --seed 7
  python -m poetry.generate --acrostic 春夏秋冬 --form 七绝 --explain
  python -m poetry.generate --acrostic 海清月明 --at -1              # 藏尾：二、四句同韵
  python -m poetry.generate --acrostic 但愿人长久千里共婵娟 --spread row
  python -m poetry.generate --form 五律 --pattern 仄起首句不入韵 --rhyme 十一尤
  python -m poetry.generate --force 4:7=楼 --policy strict
  python -m poetry.generate --theme "我想写一首江边送别的诗" -n 3
  python -m poetry.generate --title 江上 --plan 江 帆 - 月
  python -m poetry.generate --continue "白日依山尽，黄河入海流"
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
    form = add("--form", help=f"诗体，默认七绝 / the form, 七绝 unless said: {' '.join(f.name for f in FORMS)}")
    add("--theme", metavar="话", help="主题，用现代汉语说 / a theme in modern Chinese")
    add("--title", metavar="题", help="题目 / a title")
    add("--plan", nargs="+", metavar="词", help="每句的主题词，- 由网络定 / a key word a line; - none")
    add("--style", choices=[*STYLES], help="像唐诗还是宋诗 / like verse of the Tang or of the Song")
    add("--continue", dest="begun", metavar="诗句", help="接着这些句子写 / go on from these lines")
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
    pattern = add("--pattern", help="格律：仄起首句入韵 等 / the tone pattern; left out: one that fits")
    rhyme = add("--rhyme", help="平水韵的韵部：十一尤 等 / the rhyme group; left out: the network chooses")
    add(
        "--acrostic",
        metavar="字",
        help="藏头：每句的第一个字，几个字都可以 / the first characters of the lines, as many as you like",
    )
    add(
        "--at",
        type=int,
        default=Order.at,
        help="藏在第几字，-1 为句尾 / at which character the acrostic stands; -1 the last",
    )
    add(
        "--spread",
        choices=SPREADS,
        default=Order.spread,
        help="藏在前几句、末几句，或分成几首绝句 / in the first lines, the last, or as a row of 绝句",
    )
    add("--force", action="append", default=[], metavar="句:字=月", help="嵌字，可多次 / a character at line:place")
    add(
        "--explain",
        action="store_true",
        help="逐字标出平仄，说出用了哪些诗料 / mark every character, ○ ◎ ● ?; tell what it names of its subjects",
    )
    add("-n", "--count", type=int, default=1, help="写几首 / how many poems")
    add("--seed", type=int, help="随机种子：同一种子同一首诗 / same seed, same poem")
    add(
        "--top-k",
        type=int,
        default=Order.top_k,
        help="只从最可能的 k 个字里抽，0 为不限 / the k likeliest characters; 0 all",
    )
    add(
        "--candidates",
        type=int,
        help=f"几首取一：默认 {CANDIDATES}，自由体 {FREE_CANDIDATES} / the best of so many: {CANDIDATES}, of "
        f"free verse {FREE_CANDIDATES}",
    )
    add_writing(parser)
    add("--free", action="store_true", help="不限格式，写到结束符 / free verse, until the network's end token")
    add("--traditional", action="store_true", help="繁体（近似转换） / traditional script (converted, approximate)")
    add("--json", action="store_true", help="每首一行 JSON / one JSON object a line")
    offer(form, lambda: (form.name for form in FORMS))
    offer(pattern, lambda: (each.name for each in patterns(7)))
    offer(rhyme, lambda: GROUP_NAMES[1 : LEVEL_GROUPS + 1])
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    use_both_cores()
    plan = None if arguments.plan is None else " ".join(arguments.plan)
    order = Order.of(vars(arguments) | {"force": tuple(arguments.force), "plan": plan})
    if not 1 <= arguments.count <= MOST_POEMS:
        raise UsageError("-n must be between 1 and {most}, not {given}", most=MOST_POEMS, given=arguments.count)
    if arguments.count > 1 and not order.temperature:
        raise UsageError("temperature 0 gives one poem only; leave out -n or raise the temperature")
    if arguments.rewrite is None and (arguments.gap or arguments.alternatives):
        raise UsageError("--gap and --alternatives need a poem; give one with --rewrite")
    _refuse_idle(arguments)
    order = replace(order, seed=seed_of(order))
    lines = asking.poem_to_rewrite(arguments.rewrite) if arguments.rewrite is not None else []
    if not lines:
        _print_new(order, arguments)
        return
    writer = _writer(arguments)
    if arguments.alternatives:
        _print_alternatives(writer, lines, arguments)
    else:
        request = _rewriting(writer, lines, arguments.gap, order)
        _remark_unknown(request.given, writer.model.vocabulary)
        _print_different(writer, [(request, seed_of(order))], arguments)


def _writer(arguments: argparse.Namespace) -> Writer:
    return Writer(model.load(arguments.weights) if arguments.weights else model.shipped(arguments.cell))


def _print_new(order: Order, arguments: argparse.Namespace) -> None:
    """The poems of an order. Raises UsageError, for an acrostic that cannot be with what can."""
    try:
        asked = [(request_of(one), seed_of(one)) for one in row_of(order)]
        if order.understood:
            print(f"poetry.generate: {order.understood.describe()}", file=sys.stderr)
        if order.hidden.left_out:
            _remark_left_out(order)
        writer = _writer(arguments)
        _remark_unknown("".join(request.given for request, _ in asked), writer.model.vocabulary)
        _print_different(writer, asked, arguments)
    except UsageError as error:
        if order.acrostic is None or possible(order, sets := _writer(arguments).model.sets()):
            raise
        raise advised(error, order, sets) from error


def _print_different(writer: Writer, asked: list[tuple[Request, int]], arguments: argparse.Namespace) -> None:
    written = 0
    for request, seed in asked:
        poems = different(writer, request, seed, arguments.count)
        for poem in progress(poems, "写 / writing", "poem", total=arguments.count, printed=True):
            _print(poem, arguments, first=not written)
            written += 1
    if written < arguments.count * len(asked):
        raise UsageError("there are only {count} different poems to be had; ask for fewer, or for less", count=written)


def _refuse_idle(arguments: argparse.Namespace) -> None:
    """Raises UsageError naming an option that the mode does not use."""
    mode, idle = _idle(arguments)
    defaults = {"force": [], "gap": [], "count": 1, "json": False, "explain": False, "traditional": False}
    for name in idle:
        if getattr(arguments, name) != defaults.get(name, getattr(Order, name, None)):
            named = {"head": Phrase("the beginning of the poem"), "begun": "--continue"}
            option = named.get(name, f"--{name.replace('_', '-')}")
            raise UsageError("{mode} does not use {option}; leave it out", mode=mode, option=option)
    for name in ("at", "spread"):
        if getattr(arguments, name) != getattr(Order, name) and arguments.acrostic is None:
            raise UsageError(
                "{option} places an acrostic; give one with --acrostic, or leave {option} out", option=f"--{name}"
            )


def _idle(arguments: argparse.Namespace) -> tuple[str, Collection[str]]:
    """The mode, and the names of what it does not use."""
    if arguments.alternatives:
        return "--alternatives", vars(arguments).keys() - {"rewrite", "alternatives", "cell", "weights", "debug"}
    if arguments.rewrite is not None:
        return "--rewrite", ("head", "form", "lines", "pattern", "rhyme", "acrostic", "force", "begun", "free")
    return "--free", ("policy",) if arguments.free else ()


def _rewriting(writer: Writer, lines: list[str], named: list[str], order: Order) -> Request:
    places = gaps(lines) | asking.gap_places(named, lines)
    sets = writer.model.sets(strict=order.policy == STRICT)
    return request_to_rewrite(lines, places, sets, **settings_of(order))


def _print_alternatives(writer: Writer, lines: list[str], arguments: argparse.Namespace) -> None:
    places = asking.gap_places([arguments.alternatives], lines)
    if len(places) != 1:
        raise UsageError(
            "--alternatives {given!r} names several characters; write such as 4:5", given=arguments.alternatives[:20]
        )
    for found in alternatives(writer.model, lines, places.pop()):
        print(f"{found.character}  {found.gain:+.2f}")


def _remark_left_out(order: Order) -> None:
    instead = in_hanzi(order.acrostic or "")
    advice = f"; to have all of it, hide {instead}" if instead != order.hidden.hanzi else ""
    print(f"poetry.generate: {' '.join(order.hidden.left_out)} cannot be hidden{advice}", file=sys.stderr)


def _remark_unknown(characters: str, vocabulary: Vocabulary) -> None:
    unknown = [c for c in characters if c not in vocabulary]
    if unknown:
        print(
            f"poetry.generate: {''.join(unknown)} is not in the vocabulary; the network reads it as unknown",
            file=sys.stderr,
        )


def _traditional(value: Any) -> Any:
    """All text of a JSON value in traditional script."""
    if isinstance(value, dict):
        return {name: _traditional(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_traditional(part) for part in value]
    return to_traditional(value) if isinstance(value, str) else value


def _print(poem: Poem, arguments: argparse.Namespace, *, first: bool) -> None:
    record = poem.as_dict()
    report = check(poem.lines) if arguments.explain else None
    matter = taken_up(poem.lines, poem.title, poem.stands_for) if report else ()
    if report and arguments.json:
        record |= {"report": report.as_dict(), "matter": [{"subject": name, "words": words} for name, words in matter]}
    if arguments.traditional:
        record = _traditional(record)
    if arguments.json:
        print(json.dumps(record, ensure_ascii=False), flush=True)
        return
    if not first:
        print()
    marks = describe(report, coloured=takes_colour(sys.stdout)) if report else ""
    if matter:
        marks += "\n诗料：" + "；".join(f"{name} {' '.join(words) or '（未说到）'}" for name, words in matter)
    marks = to_traditional(marks) if arguments.traditional else marks
    print(marks or re.sub("。(?=.)", "。\n", record["text"]), flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Fifty poems on fifty themes, unselected: `python -m benchmarks.fifty -o docs/fifty-poems.md`.

Every poem is the one that the shipped settings write with seed 1; nothing is left out or written again. Each stands
with its plan of key words. Forms take turns.
"""

import argparse
import sys
from pathlib import Path

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from poetry.text.forms import REGULATED
from poetry.writing import model
from poetry.writing.order import Order, request_of
from poetry.writing.poem import Poem
from poetry.writing.writer import Writer

SEED = 1
THEMES = [
    *("春晓", "春雨", "春夜", "惜春", "落花", "牡丹", "梅花", "桃花", "新柳", "牧童", "夏日", "荷花"),
    *("蝉", "纳凉", "秋夜", "秋思", "菊花", "红叶", "秋雁", "中秋月", "重阳", "冬夜", "初雪", "寒梅"),
    *("除夕", "登高", "江上", "泛舟", "渔父", "山居", "访僧", "古寺", "听琴", "弹棋", "读书", "饮酒"),
    *("煮茶", "送别", "怀友", "思乡", "闺怨", "边塞", "征人", "怀古", "金陵", "西湖", "洞庭", "庐山"),
    *("黄鹤楼", "长城"),
]


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.fifty", description="五十题五十首 / fifty poems on fifty themes, unselected")
    parser.add_argument("-o", "--out", type=Path, required=True, help="输出 / the output, Markdown")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    writer = Writer(model.shipped())
    orders = [Order(title=title, form=REGULATED[i % 4].name) for i, title in enumerate(THEMES)]
    poems = [writer.write(request_of(order), SEED) for order in orders]
    write_text(arguments.out, page(poems))


def page(poems: list[Poem]) -> str:
    """The poems as Markdown."""
    head = (
        "# 五十题五十首 / Fifty poems on fifty themes\n\n"
        f"`python -m benchmarks.fifty -o docs/fifty-poems.md`：随包设置，种子 {SEED}，一首不换，好坏都在。"
        "题下是网络自己写的提纲。 / "
        f"The shipped settings, seed {SEED}, none left out. Under each title the plan that the network wrote itself.\n"
    )
    return head + "".join(_section(poem) for poem in poems)


def _section(poem: Poem) -> str:
    couplets = [f"{a}，{b}。" for a, b in zip(poem.lines[::2], poem.lines[1::2], strict=True)]
    return f"\n## {poem.title}（{poem.form}）\n\n*{' '.join(poem.words)}*\n\n" + "  \n".join(couplets) + "\n"


if __name__ == "__main__":
    sys.exit(main())

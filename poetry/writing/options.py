"""The options that every command which writes has: which network, and how it chooses."""

import argparse
from pathlib import Path

from poetry.writing import model
from poetry.writing.order import POLICIES, Order


def add_writing(parser: argparse.ArgumentParser) -> None:
    """Add them. Those that say how it chooses have the names and the defaults of an Order's fields."""
    add = parser.add_argument
    add(
        "--policy",
        choices=POLICIES,
        default=Order.policy,
        help="平仄与韵：某一读合、每一读都合、不管 / rules: some reading fits, every one, or no rules",
    )
    add("--temperature", type=float, default=Order.temperature, help="温度，0 为贪心 / temperature; 0 is greedy")
    add(
        "--top-p",
        type=float,
        default=Order.top_p,
        help="只从概率最大的这一份里抽 / sample from this share of the probability",
    )
    add("--cell", choices=model.SHIPPED, default=model.SHIPPED[0], help="用哪种网络 / which shipped network")
    add("--weights", type=Path, help="别的权重文件 / another weights file")

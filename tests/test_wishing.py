"""One line to begin with: what it is taken for, and what an order makes of it."""

import pytest

from poetry.writing.wishing import ACROSTIC, BEGUN, HEAD, THEME, meant, reading


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("春", HEAD),
        ("春天", THEME),
        ("江边送别", THEME),
        ("江边", THEME),
        ("白云", THEME),
        ("我想写一首江边送别的诗", THEME),
        ("写一首祝妈妈生日快乐的诗", THEME),
        ("王小明", ACROSTIC),
        ("欧阳娜娜", ACROSTIC),
        ("生日快乐", ACROSTIC),
        ("祝王老师身体健康", ACROSTIC),
        ("藏头：春夏秋冬", ACROSTIC),
        ("Tom", ACROSTIC),
        ("春江花月夜", HEAD),
        ("白日依山尽，", HEAD),
        ("白日依山尽，黄河入海流", BEGUN),
        ("故人西辞黄鹤楼 烟花三月下扬州。", BEGUN),
        ("思念远方的人", THEME),
        ("秋天的思念", THEME),
    ],
)
def test_a_line_is_taken_for_what_it_looks_like(line: str, taken: str) -> None:
    assert reading(line) == taken


def test_an_order_is_filled_by_what_is_meant() -> None:
    assert meant("藏头：春夏秋冬", ACROSTIC) == {"acrostic": "春夏秋冬"}
    assert meant("生日快乐", THEME) == {"theme": "生日快乐"}
    assert meant("白日依山尽，", HEAD) == {"head": "白日依山尽"}
    assert meant("白日依山尽，黄河入海流", HEAD) == {"begun": "白日依山尽，黄河入海流"}
    assert meant("Tom", HEAD) == {"head": "Tom"}

"""What share of lines scan: the same as the checker says, and what nobody asked for is preferred, not forced."""

from pathlib import Path

import numpy as np
import pytest

from poetry.prosody.judge import check
from poetry.slots import stock
from poetry.slots.plan import make_plan
from poetry.slots.regulated import Wish
from poetry.slots.sets import CharacterSets
from poetry.text.forms import QIJUE, WUJUE
from poetry.text.vocab import Vocabulary
from poetry.writing import model, search
from poetry.writing.request import Request
from poetry.writing.scansion import Scansion
from poetry.writing.writer import Writer

CLIMBING = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")  # 王之涣
MORNING = ("春眠不觉晓", "处处闻啼鸟", "夜来风雨声", "花落知多少")  # 孟浩然: an old-style quatrain of oblique rhymes
WHITE_EMPEROR = ("朝辞白帝彩云间", "千里江陵一日还", "两岸猿声啼不住", "轻舟已过万重山")  # 李白


def _share(*poems: tuple[str, ...]) -> list[float]:
    vocabulary = Vocabulary.fit(["".join(line) for poem in poems for line in poem], 1)
    ids = np.array([[vocabulary.ids(line) for line in poem] for poem in poems]).transpose(1, 2, 0)
    form = WUJUE if ids.shape[1] == WUJUE.length else QIJUE
    return Scansion(form, CharacterSets(vocabulary)).share(ids).tolist()


def test_lines_scan_that_the_checker_finds_no_fault_with() -> None:
    assert check(CLIMBING).obeys and check(WHITE_EMPEROR).obeys and not check(MORNING).obeys
    assert _share(CLIMBING, MORNING)[0] == 1 == _share(WHITE_EMPEROR)[0]
    assert _share(CLIMBING, MORNING)[1] < 1


@pytest.mark.parametrize(
    ("line", "share"),
    [
        ("更上一层房", 0.75),  # of another rhyme
        ("更上一城楼", 1.0),
        ("更山一层楼", 0.75),  # a level character where the pattern has an oblique one
    ],
)
def test_a_line_is_kept_by_its_tones_and_rhyme(line: str, share: float) -> None:
    assert _share((*CLIMBING[:3], line)) == [share]


def test_the_lines_so_far_are_judged_by_the_pattern_that_suits_them_best() -> None:
    assert _share(CLIMBING[:1]) == _share(CLIMBING[:2]) == [1.0]
    assert _share((CLIMBING[0], CLIMBING[0])) == [0.5]


def test_a_poem_without_rules_prefers_lines_that_scan(tiny_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "closed", lambda *given: ())  # which leaves a network of chance little to choose from
    writer = Writer(model.load(tiny_weights))
    kept, ruled = {}, {}
    for weight in (0.0, 50.0):
        monkeypatch.setattr(search, "SCANS", weight)
        poems = [writer.write(Request(make_plan(WUJUE), candidates=16), seed) for seed in range(6)]
        kept[weight] = np.mean([_share(tuple(poem.lines)) for poem in poems])
        ruled[weight] = writer.write(Request(Wish(WUJUE), candidates=16), 1).lines
    assert kept[50.0] > kept[0.0] + 0.2
    assert ruled[50.0] == ruled[0.0]  # which scans anyway

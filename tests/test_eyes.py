"""The eye of a title: counted from poems, chosen from a title, told to the first line."""

import math
from pathlib import Path

import pytest

from poetry.slots.regulated import Wish
from poetry.text.forms import QIJUE, WUJUE
from poetry.theme.build_eyes import counted, subjects
from poetry.theme.eyes import eye, words, worth
from poetry.writing import model
from poetry.writing.request import Request, request_for
from poetry.writing.writer import Writer


def test_the_eye_is_the_word_that_poems_name() -> None:
    chosen = {"怀洞庭": "洞庭", "正朝摘梅": "梅", "樱桃": "樱桃", "题郭秀才钓亭": "钓", "观海": "海", "早秋": "秋"}
    assert {title: eye(title) for title in chosen} == chosen
    assert eye("送友人") == eye("") == eye("ABC") == ""


def test_words_are_counted_by_the_poems_that_have_them_in_title_and_line() -> None:
    """Of 100 poems 20 have 明月 in their title and 15 of them in a line; 送 stands in titles alone."""
    poems = [
        (f"送明月{'甲乙丙丁戊己庚辛壬癸子丑寅卯'[i % 14]}", ["明月照高楼" if i < 15 else "流光正徘徊"])
        for i in range(20)
    ]
    poems += [
        (f"送{'天地玄黄宇宙洪荒日盈昃辰宿列'[i % 14]}", ["明月照高楼" if i < 50 else "流光正徘徊"]) for i in range(80)
    ]
    found = {word: (share, of_all) for word, share, of_all in counted(poems)}
    assert not found  # here 明月 says little: most poems have it
    rare = [(title, ["青山横北郭"]) if "明月" not in title else (title, lines) for title, lines in poems] * 5
    found = {word: (share, of_all) for word, share, of_all in counted(rare)}
    assert found["明月"] == (15 / 20, 15 / 100)
    assert worth(*found["明月"]) == pytest.approx(0.75 * math.log(5))


def test_a_title_that_its_poems_do_not_name_has_the_words_of_its_subject() -> None:
    assert {"鹊", "乞巧"} & words("戊申年七夕").keys()
    assert "夕" not in words("七夕")  # which would be answered by an evening sun
    assert {title: eye(title) for title in ("元夕", "重九登高", "昭君怨")} == {
        "元夕": "灯",
        "重九登高": "菊",
        "昭君怨": "胡",
    }
    assert "秋" in words("早秋")


def test_a_subject_is_counted_by_what_its_poems_say_more_than_others() -> None:
    """Of 660 poems 60 have 七夕 in their titles, of which 30 name the bridge; one long series says 萤."""
    signs = [chr(0x4E00 + 40 * i) for i in range(60)]
    poems = [(f"七夕{sign}", ["乌鹊桥边" if i < 30 else "银河清浅"]) for i, sign in enumerate(signs)]
    poems += [("七夕", ["流萤飞入"])] * 60
    poems += [(f"登楼{sign}", ["白日依山"]) for sign in signs]
    poems += [(f"晚{sign}", ["独立桥南" if i < 40 else "小楼春雨"]) for i, sign in enumerate(signs * 8)]
    said = dict(dict(subjects(poems))["七夕"])
    assert said["桥"] == pytest.approx(worth(30 / 62, 70 / 660))
    assert "萤" not in said  # two poems of the series are counted


def test_the_first_line_is_told_the_eye_unless_words_are_given(tiny_weights: Path) -> None:
    writer = Writer(model.load(tiny_weights))
    assert writer.write(request_for(QIJUE, title="怀江", candidates=4), 1).words[0] == "江"
    assert writer.write(request_for(QIJUE, title="怀江", words=("明月",), candidates=4), 1).words[0] == "明月"
    acrostic = Request(Wish(WUJUE, forced={(line, 0): c for line, c in enumerate("春夏秋冬")}), "怀江", candidates=4)
    assert [line[0] for line in writer.write(acrostic, 1).lines] == list("春夏秋冬")
    assert writer.write(request_for(QIJUE, title="", candidates=4), 1).title == ""

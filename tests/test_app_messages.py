"""What the library says reaches a reader in their language: no sentence is missing, and real ones read well."""

import random
import re
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from apps import api, messages, report, service
from apps.current import CHINESE, serving
from apps.events import PARAMETERS
from apps.guard import guarded
from apps.shared import Shared
from apps.texts import TEXTS
from charrnn_core.errors import CharRNNError, UsageError, WeightsError
from charrnn_core.lab.interpret import units
from poetry.batch.prompts import prompts
from poetry.prosody import patterns
from poetry.prosody.judge import POLICIES, check
from poetry.prosody.table import BOOKS, pingshui
from poetry.slots.regulated import draw_plans
from poetry.text.forms import QIJUE, WUJUE
from poetry.writing import trace
from poetry.writing.rewriting import request_to_rewrite

TOWER = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)


BADLY = [
    (
        {"form": "七绝", "acrostic": "月山水花鸟"},
        "七绝只有 4 句，藏不下 5 字；请不指定诗体，或少写几字",
        "cannot hide 5 characters",
    ),
    ({"head": "春", "acrostic": "月山水花"}, "第 1 句第 1 字：又要“春”又要“月”，请舍去一个", "both 春 and 月"),
    (
        {"head": "山川草木花鸟", "form": "五绝"},
        "五绝第 1 句没有第 6 字；请少写几字，或换个位置",
        "no character 6 in line 1",
    ),
    (
        {"acrostic": "月山月江", "at": -1, "rhyme": "一东"},
        "第 2 句第 7 字：韵脚“山”属十五删，不属一东（出韵）；哪一种格律都不合，请换字或换韵",
        "the rhyme word 山 belongs to 十五删, not to 一东 (出韵); no pattern admits it",
    ),
    (
        {"head": "月出东山上", "form": "五绝", "pattern": "平起首句入韵"},
        "第 1 句第 1 字：“月”是仄声，而平起首句入韵这里须用平声；改用仄起首句不入韵就可以",
        "character 1: 月 is 仄 (oblique), but 平起首句入韵 needs 平 (level) there",
    ),
    ({"theme": "qwerty"}, "主题里没有可写的东西；请用中文说出一物、一地或一种心情", "names nothing to write about"),
]


STATE = SimpleNamespace(shared=Shared(Path("no uploads")))  # its workers go with this process


def _said(work, language: str, **values) -> str:
    asked = SimpleNamespace(headers={"accept-language": language}, session_hash="a", state=STATE)
    with STATE.shared.presence.listening("a"), pytest.raises(gr.Error) as refused:
        guarded(work, names=PARAMETERS)(request=asked, **values)
    return refused.value.message


@pytest.mark.parametrize(("wish", "chinese", "english"), BADLY)
def test_a_wish_that_cannot_be_fulfilled_is_explained_in_both_languages(wish, chinese, english) -> None:
    assert _said(api.generate, "zh-CN", **wish) == chinese
    assert english in _said(api.generate, "en", **wish)


@pytest.mark.parametrize(
    ("values", "chinese", "english"),
    [
        ({"gap": "9"}, "“9”不是诗里的一句；请写 3，或写 3:2-4（第 2 到 4 字）", "the gap '9' names no line"),
        ({"gap": "1:9"}, "第 1 句只有第 1 到 5 字，没有 1:9", "line 1 has characters 1 to 5, not 1:9"),
        ({}, "没有说改哪里；请指明一句或几个字，或在诗里写 □", "no gap; name a line"),
    ],
)
def test_a_rewriting_that_cannot_be_is_explained_in_both_languages(values, chinese, english) -> None:
    assert _said(api.rewrite, "zh", text=TOWER, **values) == chinese
    assert english in _said(api.rewrite, "en", text=TOWER, **values)


def test_text_without_verse_is_explained_in_both_languages() -> None:
    assert _said(api.check, "zh", text="abc") == "文字里没有诗句；请给一首诗"
    assert _said(api.check, "en", text="abc") == "there is no Chinese verse in the text; give a poem"


def test_no_english_is_left_in_whatever_is_wrong_with_a_wish() -> None:
    """Wishes drawn at random, most of which cannot be fulfilled; what Chinese readers see holds no English word."""
    draw, known, said = random.Random(0), sorted(pingshui()), set()
    names = [pattern.name for pattern in patterns.patterns(7)]
    with serving("zh", float("inf")):
        for _ in range(300):
            form = draw.choice(["五绝", "七绝", "五律", "七排", "其他"])
            count = draw.choice([4, 4, 8, 3])
            wish = {
                "form": form,
                "head": "".join(draw.choices(known, k=draw.choice([0, 1, 7]))),
                "acrostic": "".join(draw.choices(known, k=count)) if draw.random() < 0.7 else "",
                "at": draw.choice([1, -1, 5, -7]),
                "pattern": draw.choice(["", *names]),
                "rhyme": draw.choice(["", *service.RHYMES]),
            }
            try:
                order = service.order(**wish)
                sets = service.networks.writer(order.cell).model.sets()
                draw_plans(order.request.wish, sets, np.random.default_rng(0), 1)
            except CharRNNError as error:
                said.add(messages.error_line(error))
            except AttributeError:  # free verse has no wish
                assert form == "其他"
    assert len(said) > 50
    assert not [line for line in said if re.search("[A-Za-z]{2}", line)]


def test_no_chinese_sentence_is_left_in_the_checkers_remarks_for_english_readers() -> None:
    """Nonsense, which breaks every rule, judged by every book and policy."""
    draw, known, names = random.Random(1), sorted(pingshui()), set()
    with serving("en", float("inf")):
        for number in range(400):
            form = (WUJUE, QIJUE)[number % 2]
            lines = ["".join(draw.choices(known, k=form.length)) for _ in range(draw.choice([4, 8]))]
            if number % 5 == 0:
                lines[3] = lines[3][:-1] + lines[1][-1]
            found = check(lines, POLICIES[number % 3], BOOKS[number // 3 % 3])
            for one in (*found.faults, *found.notes):
                names.add(one.name)
                assert not re.search(
                    "[，：；“”]|第.句|相|须", messages.phrase_line(one.why).replace(one.character, "")
                ), one.why
    assert len(names) > 10


def test_a_remark_in_both_languages() -> None:
    reports = [check(["日照香炉生紫烟", "遥看瀑布挂前川", "飞流直下三千尺", "疑是银河落九天"], "strict")]
    with serving("zh", float("inf")):
        assert "全诗没有" not in report.describe(reports) and "strictly" not in report.describe(reports)
    with serving("en", float("inf")):
        assert re.search(r"line \d, character \d, ., should be (level|oblique)", report.describe(reports))


def test_errors_that_are_not_for_readers_tell_nothing() -> None:
    with serving("zh", float("inf")):
        for error in (WeightsError("cannot read /secret"), OSError("/secret")):
            assert messages.error_line(error) == "程序出错，没有写成；请换个要求再试"


def test_an_unknown_line_is_shown_as_it_is() -> None:
    with serving("zh", float("inf")):
        assert messages.error_line(UsageError("a new sentence,\n in English")) == "a new sentence, in English"


def test_a_gap_outside_the_poem_is_said_in_chinese() -> None:
    sets = service.networks.writer("lstm").model.sets()
    with serving("zh", float("inf")), pytest.raises(UsageError) as refused:
        request_to_rewrite(["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"], [(4, 0)], sets)
    with serving("zh", float("inf")):
        assert messages.error_line(refused.value).startswith("诗里没有第 5 句第 1 字；请指明一句")


def test_every_feature_a_unit_may_track_has_its_name() -> None:
    assert not [name for name in units.FEATURES if f"feature_{name}" not in TEXTS]
    assert not [name for name in trace._needs([]) if name not in TEXTS]


def test_what_became_of_a_theme_is_said_in_both_languages() -> None:
    with serving("zh", float("inf")):
        assert service.understood({"theme": "手机"}).line == "主题取作：手机→音书" and service.understood({}).line == ""
    with serving("en", float("inf")):
        assert service.understood({"theme": "我想写一首江边送别的诗"}).line.startswith("the theme is taken as 送别、")


@pytest.mark.parametrize(
    ("row", "chinese"),
    [
        ("[]", "这一行不是 JSON 对象；请一行写一个对象"),
        ('{"temperature": "warm"}', "temperature 须是数；请改正或不写"),
        ('{"colour": 1}', "没有“colour”这一项；可用：head、theme、"),
    ],
)
def test_what_is_wrong_with_a_row_of_a_batch(row: str, chinese: str) -> None:
    [_, prompt] = prompts(['{"head": "春"}', row])
    with serving(CHINESE, float("inf")):
        assert messages.error_line(UsageError(prompt.error)).startswith(chinese)

"""Links that bring a poem back, the gloss, what would mend a fault."""

import json
import re
from html import unescape
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from pypinyin import Style
from pypinyin import pinyin as every_sound

from apps import build_gloss, gloss, kept, link, look, networks, repair, report, service
from apps.current import serving
from apps.pinyin import BY_TONE, pinyin
from apps.tabs import kept as back
from charrnn_core.errors import UsageError
from poetry.prosody.judge import check
from poetry.writing import model
from poetry.writing.poem import Poem
from poetry.writing.writer import Writer

TOWER = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]  # 王之涣 (688-742)
TEXT = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"


@pytest.fixture
def tiny(tiny_weights: Path, monkeypatch: pytest.MonkeyPatch) -> Writer:
    """The app with a small network."""
    writer = Writer(model.load(tiny_weights))
    monkeypatch.setattr(networks, "writer", lambda cell: writer)
    monkeypatch.setattr(service, "CANDIDATES", 2)
    return writer


@pytest.mark.parametrize(
    "wishes",
    [
        {"head": "春", "form": "五绝", "seed": 7},
        {"acrostic": "春风如意", "rhyme": "一东", "form": "七绝", "temperature": 0.9, "seed": "9"},
        {"theme": "江边送别", "at": 1, "lines": 10},
        {"mood": "sad", "seed": 3},
    ],
)
def test_the_link_of_each_poem_is_an_order_that_writes_it(tiny, wishes):
    poems = list(service.order(count=2, cell="lstm", **wishes).poems())
    for poem in poems:
        asked = dict(parse_qsl(poem.link))
        numbers = {name: float(asked[name]) for name in ("temperature", "at") if name in asked}
        (again,) = service.order(count=1, **{**asked, **numbers}).poems()
        assert (again.text, again.link) == (poem.text, poem.link)
    assert len({poem.link for poem in poems}) == 2


def test_a_link_holds_what_was_asked_and_nothing_usual(tiny):
    (poem,) = service.order(
        head="春", form="七绝", temperature=0.7, at=1, lines=10, title="", cell="lstm", seed=7
    ).poems()
    assert dict(parse_qsl(poem.link)) == {"head": "春", "form": "七绝", "seed": "7"}
    changed = service.rewrite(poem.text, "3", 0.7, 1, "lstm", poem)
    assert dict(parse_qsl(link.of_poem(changed))) == {"text": changed.text}


def test_a_poem_comes_back_by_its_text(tiny):
    poem = back.poem(TEXT, "登鹳雀楼")
    assert (poem.text, poem.lines, poem.form, poem.name) == (TEXT, TOWER, "五绝", "登鹳雀楼")
    assert back.poem("白日依山尽 黄河入海流\n欲穷千里目 更上一层楼", "").text == TEXT
    for text, title in (
        ("", ""),
        ("<b>", ""),
        (None, ""),
        (f"{TEXT}\n\n{TEXT}", ""),
        (TEXT, "长" * 99),
        (TEXT * 40, ""),
    ):
        with pytest.raises(UsageError):
            back.poem(text, title)


def test_what_the_browser_is_told_of_a_poem_is_text():
    poem = Poem("五绝", TEXT, 7, -1.0, name='"><img src=x>', link="head=%E7%99%BD&seed=7")
    found = kept.describe(poem, check(TOWER))
    assert "<img" not in found
    assert unescape(re.search('data-title="([^"]*)"', found)[1]) == poem.name
    assert unescape(re.search('data-link="([^"]*)"', found)[1]) == poem.link
    assert [found.count(f'data-act="{act}"') for act in kept.ACTIONS] == [1] * 5


def test_the_scripts_know_what_they_say_in_each_language():
    head = look.head()
    words = json.loads(re.search(r"const WORDS = (.*);\n", head)[1])
    assert words["en"]["book_clear"] == "Delete everything" and words["zh-TW"]["book_clear"] == "全部刪除"
    for said in re.findall(r'(?:say|tell|button)\("(\w+)"', head):
        assert said in words["zh-CN"], said
    assert "fetch(" not in head and "innerHTML" not in head and "XMLHttpRequest" not in head


def test_words_are_parted_by_the_rhythm_and_sound_as_they_are_read():
    found = gloss.words("明月松间照", ["míng", "yuè", "sōng", "jiān", "zhào"])
    assert [word.text for word in found] == ["明月", "松", "间", "照"]
    assert found[0].senses.startswith("bright moon") and [p.split(";")[0] for p in found[0].parts] == [
        "bright, clear",
        "moon",
    ]
    assert found[2].senses.startswith("between")
    (far,) = gloss.words("长", ["cháng"])
    (chief,) = gloss.words("长", ["zhǎng"])
    assert far.senses == "long; always" and chief.senses == "to grow; elder; chief"
    assert [word.text for word in gloss.words("黄河入海流", ["?"] * 5)] == ["黄河", "入", "海", "流"]


def test_almost_every_character_of_the_vocabulary_has_a_gloss():
    vocabulary = model.shipped().vocabulary
    hanzi = vocabulary.tokens[vocabulary.first_hanzi :]
    without = [place for place, c in enumerate(hanzi) if not gloss.words(c, [""])[0].senses]
    assert len(hanzi) > 6000 and len(without) < 0.05 * len(hanzi) and min(without) > 1500


def test_the_1500_commonest_characters_have_classical_senses():
    """The vocabulary is in the order of frequency in the corpus."""
    vocabulary = model.shipped().vocabulary
    commonest = vocabulary.tokens[vocabulary.first_hanzi :][:1500]
    text = files("data").joinpath("classical.tsv").read_text(encoding="utf-8")
    rows = [row.split("\t") for row in text.splitlines() if not row.startswith("#")]
    assert all(len(row) == 3 for row in rows) and len({tuple(row[:2]) for row in rows}) == len(rows)
    told = {word for word, _, senses in rows if len(word) == 1 and senses}
    assert [character for character in commonest if character not in told] == []
    odd = [row for row in rows if not 1 <= len(row[2].split("; ")) <= 4 or len(row[2]) > 60 or row[2] != row[2].strip()]
    assert odd == []
    sounds = {word: {*every_sound(word, style=Style.TONE, heteronym=True)[0], *BY_TONE.get(word, ())} for word in told}
    assert [row for row in rows if row[1] and row[1] not in sounds[row[0]]] == []


@pytest.mark.parametrize(
    ("line", "place", "sense"),
    [
        ("千里江陵一日还", 6, "to return"),
        ("参差荇菜", 1, "uneven"),
        ("西塞山前白鹭飞", 1, "frontier"),
        ("天子呼来不上船", 1, "son"),
        ("种豆南山下", 0, "to plant"),
        ("著花未", 0, "bloom"),
    ],
)
def test_a_common_character_has_the_sense_of_its_sound(line, place, sense):
    (found,) = gloss.words(line[place], [pinyin(line)[place]])
    assert sense in found.senses


def test_three_sentences_explain_form_tones_and_rhyme():
    with serving("en", float("inf")):
        form, tones, rhyme = gloss.explain(check(TOWER))
        assert form.startswith("五绝: 4 lines of 5 characters")
        assert "| | – – |" in tones and "oppose each other" in tones
        assert "Lines 2, 4 rhyme (流 liú, 楼 lóu)" in rhyme and "十一尤" in rhyme and "modern Mandarin, too" in rhyme
        moved = gloss.explain(check(["远上寒山石径斜", "白云生处有人家", "停车坐爱枫林晚", "霜叶红于二月花"]))[2]
        assert "六麻" in moved and "moved apart" in moved  # 斜 is xié now
        free = gloss.explain(check(["海上生明月天涯", "共此时"]))
        assert free[1:] == ["It follows no fixed pattern of tones.", "Its lines have no rhyme group in common."]
        shown = gloss.describe(check(TOWER))
        assert "CC BY-SA 4.0" in shown and '<details class="gloss" open>' in shown
    assert "open" not in gloss.describe(check(TOWER)).split(">")[0]


def test_a_dictionary_is_read_shortened_and_its_sounds_spelled():
    lines = [
        "# CC-CEDICT",
        "春 春 [Chun1] /surname Chun/",
        "春 春 [chun1] /spring (season)/gay/joyful/love/lust/life/",
        "說 说 [shuo1] /to speak/variant of 悅|悦[yue4]/to explain (abbr. for 說明|说明[shuo1 ming2])/CL:個|个[ge4]/",
        "車 车 [Che1] /surname Che/",
        "綠 绿 [lu:4] /green/(slang) (derived from 綠帽子|绿帽子[lu:4 mao4 zi5]) to cheat on/",
        "春雨 春雨 [chun1 yu3] /spring rain/gift from above/",
        "電腦 电脑 [dian4 nao3] /computer/",
    ]
    characters, common = build_gloss._wanted()
    assert "春" in characters and {"春风", "明月"} <= common and "窗鲸" not in common
    found = build_gloss.chosen(build_gloss.read(lines), set("春说车绿"), {"春雨"})
    told = {(entry.word, entry.sound): build_gloss._told(entry) for entry in found}
    assert told == {
        ("春", "chūn"): "spring (season); gay; joyful",
        ("春雨", "chūn yǔ"): "spring rain; gift from above",
        ("绿", "lǜ"): "green",
        ("车", "chē"): "surname Che",
        ("说", "shuō"): "to speak; to explain",
    }


BROKEN = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上三层楼"]  # 三平尾


def test_what_mends_a_fault_leaves_fewer_of_them(tiny):
    found = check(BROKEN)
    proposals = repair.repairs(found, 3, 2, "usual", "pingshui", "lstm")
    assert proposals and all(each.faults == 0 and each.line[:2] + each.line[3:] == "更上层楼" for each in proposals)
    assert proposals[0].gain == max(each.gain for each in proposals)
    for each in proposals:
        assert not check([*BROKEN[:3], each.line]).faults


def test_a_couplet_that_is_not_joined_is_not_mended_by_one_character(tiny):
    found = check(["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"])  # 李白 (701-762)
    (fault,) = [each for each in found.faults if each.name == "失粘"]
    for each in repair.repairs(found, fault.line, fault.position, "usual", "pingshui", "lstm"):
        assert each.faults < len(found.faults)


@pytest.mark.parametrize(
    "text",
    [
        "登鹳雀楼\n白日依山尽，黄河入海流。\n欲穷千里目，更上三层楼！",
        "登鸛雀樓：白日依山盡 黃河入海流 欲窮千里目 更上三層樓",
        "白日依山尽黄河入海流欲穷千里目更上三层楼",
    ],
)
def test_a_line_is_put_in_where_it_stands_and_all_else_stays(text):
    reports = service.check_text(text)
    assert [line.text for line in reports[0].lines] == BROKEN
    assert repair.mended(text, reports, 0, 3, "更上一层楼") == re.sub("三", "一", text)


def test_a_report_shows_the_pattern_in_full_and_asks_only_where_it_may_be_mended():
    found = report.describe([check(BROKEN)], mending=True)
    assert re.findall('class="needs">([^<]*)<', found) == ["中仄平平仄", "平平中仄韵", "中平平仄仄", "中仄仄平韵"]
    assert re.findall('data-mend="([^"]*)"', found) == ["0:3:2"]
    assert "data-mend" not in report.describe([check(BROKEN)])

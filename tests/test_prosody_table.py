"""The rhyme books: complete, and right where anyone can look the character up."""

import json
import re

import numpy as np
import pytest

from charrnn_core.errors import DataError, UsageError
from poetry.prosody import build_table, coarser, table
from poetry.prosody.heard import LEVEL, OBLIQUE, tone_set
from poetry.text.hanzi import HANZI
from poetry.writing import model

# Readings from any printed 平水韵: common characters, the gaps of the first source, variants, merged forms.
READINGS = {
    "东": "东", "同": "东", "松": "冬", "江": "江", "支": "支", "知": "支", "归": "微", "鱼": "鱼", "夫": "虞",
    "西": "齐", "溪": "齐", "啼": "齐", "开": "灰", "来": "灰", "人": "真", "春": "真", "纷": "文",
    "村": "元", "魂": "元", "寒": "寒", "山": "删", "先": "先霰", "天": "先", "箫": "萧", "梢": "肴", "高": "豪",
    "歌": "歌", "花": "麻", "家": "麻", "阳": "阳", "香": "阳", "庚": "庚", "生": "庚", "青": "青", "星": "青",
    "灯": "蒸", "流": "尤", "楼": "尤", "深": "侵沁", "心": "侵", "南": "覃", "盐": "盐艳", "帘": "盐", "岩": "咸",
    "项": "讲", "讲": "讲", "棒": "讲", "水": "纸", "雨": "麌遇", "老": "皓", "酒": "有", "路": "遇", "夜": "祃",
    "竹": "屋", "玉": "沃", "学": "觉", "日": "质", "月": "月", "发": "月", "雪": "屑", "薄": "药", "白": "陌",
    "石": "陌", "国": "职", "急": "缉", "十": "缉", "叶": "叶", "峡": "洽", "迹": "陌", "沉": "侵", "扫": "皓号",
    "樽": "元", "炉": "虞", "惭": "覃", "遍": "霰", "鴈": "谏", "疎": "鱼御", "涩": "缉", "槎": "麻马", "乡": "阳",
    "看": "寒翰", "过": "歌个", "思": "支寘", "教": "肴效", "听": "青径", "胜": "蒸径", "中": "东送", "为": "支寘",
    # readings that the first source lost, found by how poets use the character
    "喻": "虞遇", "凭": "蒸径", "尚": "阳漾", "判": "寒翰", "伎": "支纸", "瀼": "阳养", "犁": "支齐", "陈": "真震",
    "众": "东送", "荫": "侵沁", "粗": "虞麌", "茸": "东冬肿", "镫": "蒸径", "娼": "阳", "纤": "盐霰", "倡": "阳漾",
    "不": "尤物", "应": "蒸径", "难": "寒翰", "望": "阳漾", "忘": "阳漾", "闻": "文问", "重": "冬肿宋", "更": "庚敬",
}  # fmt: skip


@pytest.mark.parametrize("character", READINGS)
def test_readings(character):
    names = "".join(table.GROUP_NAMES[g][-1] for g in table.pingshui()[character])
    if character in "雨疎迹":  # sources differ on a second reading; the first named is beyond doubt
        assert READINGS[character][0] in names
    else:
        assert names == READINGS[character]


def test_all_groups_are_there_with_their_sizes():
    book = table.book("pingshui")
    assert book.names == table.GROUP_NAMES
    sizes = np.array([len(members) for members in book.members[1:]])
    assert sizes.min() >= 20  # 三讲 and 三绛, the smallest of the printed book, have about twenty
    large = {table.GROUP_NAMES[g + 1][-1] for g in np.argsort(sizes[:30])[-5:]}
    assert large == set("支虞尤阳先")  # the widest level rhymes of the book
    assert all(len(set(members)) == len(members) for members in book.members)
    assert sum(book.level) == 30


def test_sections():
    sections = [table.GROUP_SECTIONS.count(s) for s in ("上平", "下平", "上声", "去声", "入声")]
    assert sections == [15, 15, 29, 30, 17]


def test_level_and_oblique():
    both, level, oblique = LEVEL | OBLIQUE, LEVEL, OBLIQUE
    assert [tone_set(character) for character in "看山石A"] == [both, level, oblique, 0]


def test_membership_is_the_table():
    member = table.membership(["看", "A", "山"])
    assert member.shape == (3, 107) and not member[1].any() and not member[:, 0].any()
    assert [table.GROUP_NAMES[g][-1] for g in np.flatnonzero(member[0])] == ["寒", "翰"]


def test_variants_have_the_readings_of_their_common_form():
    readings = table.pingshui()
    corrected = build_table.read_corrections()
    for variant, common in build_table.read_variants().items():
        if variant not in corrected and variant in readings and common in readings:
            assert set(readings[common]) & set(readings[variant]), variant + common


@pytest.mark.parametrize("name", table.BOOKS)
def test_no_character_of_the_vocabulary_lacks_a_reading(name):
    readings = table.book(name).readings
    tokens = model.shipped("rnn").vocabulary.tokens
    hanzi = [token for token in tokens if re.fullmatch(f"[{HANZI}]", token)]
    assert len(hanzi) > 7000 and not [character for character in hanzi if character not in readings]


def test_cilin_has_every_tone_of_pingshui_and_no_other():
    cilin, pingshui = table.book("cilin"), table.pingshui()
    assert len(cilin.names) == 34 and set(cilin.readings) == set(pingshui)
    for character, groups in pingshui.items():
        tones = {"平" if g <= table.LEVEL_GROUPS else "入" if g > 89 else "仄" for g in groups}
        assert {cilin.names[part][-1] for part in cilin.readings[character]} == tones, character


CILIN = {
    "东": "第一部 平", "樽": "第六部 平", "文": "第六部 平", "哉": "第五部 平", "乎": "第四部 平", "白": "第十七部 入",
    "雷": "第三部 平", "来": "第五部 平", "门": "第六部 平", "言": "第七部 平", "佳": "第五部 平 第十部 平",
    "画": "第十部 仄 第十七部 入", "那": "第九部 平 第九部 仄 第十部 仄", "探": "第十四部 平 第十四部 仄",
    "跳": "第八部 平 第八部 仄", "迤": "第三部 平 第三部 仄 第九部 平", "对": "第三部 仄", "在": "第五部 仄",
}  # fmt: skip
XINYUN = {
    "白": "四开 平", "去": "十二齐 仄", "思": "十三支 平", "庭": "十一庚 平", "底": "十二齐 仄", "郎": "十唐 平",
    "胡": "十四姑 平", "迎": "十一庚 平", "笛": "十二齐 平", "家": "一麻 平", "城": "十一庚 平", "月": "三皆 仄",
    "知": "十三支 平", "女": "十二齐 仄", "儿": "十二齐 平", "翁": "十一庚 平", "长": "十唐 平 十唐 仄",
    "玉": "十二齐 仄", "叶": "三皆 仄", "也": "三皆 仄", "文": "九文 平", "云": "九文 平", "远": "八寒 仄",
}  # fmt: skip


@pytest.mark.parametrize(("name", "truth"), [("cilin", CILIN), ("xinyun", XINYUN)])
def test_derived_books(name, truth):
    book = table.book(name)
    found = {c: " ".join(book.names[g] for g in book.readings[c]) for c in truth}
    assert found == truth


def test_syllables_are_taken_apart():
    finals = {s: coarser.final_and_tone(s) for s in ("lv4", "yu2", "ju3", "zhi1", "ye3", "yuan2", "er2", "wo3")}
    assert list(finals.values()) == [
        *(("v", 4), ("v", 2), ("v", 3), ("-i", 1), ("ie", 3), ("uan", 2), ("er", 2), ("o", 3)),
    ]
    assert coarser.final_and_tone("de") is None and coarser.final_and_tone("ng2") is None


def _first_source(path, groups):
    path.write_text(json.dumps({"上平声部": {str(i): list(g) for i, g in enumerate(groups)}}), encoding="utf-8")
    return path


def test_steps_fill_and_correct(tmp_path):
    # GIVEN a first source whose group n holds one private character, and lists that know one more of 一东
    groups = [chr(0x5000 + i) for i in range(105)]
    (tmp_path / "crrd_pingsheng.txt").write_text("\n".join(["镕"] + ["鵝"] * 29), encoding="utf-8")
    (tmp_path / "crrd_zesheng.txt").write_text("\n".join(chr(0x5200 + i) for i in range(75)), encoding="utf-8")

    # WHEN the steps run
    steps = dict(build_table.pingshui_steps(_first_source(tmp_path / "p.json", groups), tmp_path, {"隣": groups[10]}))

    # THEN the group 三讲 comes from the lists, later groups are not shifted, and the merged line gives nothing
    assert steps["p.json"][chr(0x5202)] == {33}
    assert steps["p.json"][groups[31]] == {32} and steps["p.json"][groups[32]] == {34}
    assert steps["THU-CRRD"]["镕"] == {1}
    assert chr(0x5200 + 73) not in steps["THU-CRRD"] and steps["THU-CRRD"][chr(0x5200 + 74)] == {106}
    assert steps["common_forms.tsv"] == {"隣": steps["p.json"][groups[10]]}
    assert steps["corrections.tsv"]["先"] == {16, 76}


def test_a_first_source_with_other_groups_is_refused(tmp_path):
    with pytest.raises(DataError, match="104 groups"):
        build_table.read_pingshui(_first_source(tmp_path / "p.json", ["东"] * 104))


def test_unknown_books_are_refused():
    with pytest.raises(UsageError, match="pingshui cilin xinyun"):
        table.book("guangyun")

"""The rhyme books: complete, and right where anyone can look the character up."""

import json

import numpy as np
import pytest

from charrnn_core.errors import DataError, UsageError
from poetry.prosody import build_table, table

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
    assert table.may_be_level("看") and table.may_be_oblique("看")
    assert table.may_be_level("山") and not table.may_be_oblique("山")
    assert table.may_be_oblique("石") and not table.may_be_level("石")
    assert not table.may_be_level("A") and not table.may_be_oblique("A")


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


@pytest.mark.parametrize(("name", "parts"), [("cilin", 33), ("xinyun", 28)])
def test_further_books(name, parts):
    book = table.book(name)
    assert len(book.names) == parts + 1
    by_name = dict(zip(book.names, book.members, strict=True))
    if name == "cilin":
        assert "东" in by_name["第一部 平"] and "白" in by_name["第十七部 入"]
        # 韵 of 平水韵 that lie whole in a part are in it, rare characters too
        assert set("鬃驄崧") & set(table.book("pingshui").members[1]) <= set(by_name["第一部 平"])
        assert sum(map(len, book.members)) > 15_000
    else:
        assert "白" in by_name["四开 平"]  # the entering tone is gone: 白 is level in modern speech


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
    assert steps["variants.tsv"] == {"隣": steps["p.json"][groups[10]]}
    assert steps["corrections.tsv"]["先"] == {16, 76}


def test_a_first_source_with_other_groups_is_refused(tmp_path):
    with pytest.raises(DataError, match="104 groups"):
        build_table.read_pingshui(_first_source(tmp_path / "p.json", ["东"] * 104))


def test_unknown_books_are_refused():
    with pytest.raises(UsageError, match="pingshui, cilin, xinyun"):
        table.book("guangyun")

"""The checker against truth: real poems labelled by hand, and faults planted by changing one character."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn_core.errors import UsageError
from poetry.prosody import judge
from poetry.prosody.heard import LEVEL, OBLIQUE, tone_set
from poetry.prosody.judge import check
from poetry.prosody.table import GROUP_NAMES, book, pingshui
from poetry.text.lines import split_lines

TRUTH = Path(__file__).parent / "truth"
SHORT = {"半拗": "半", "特拗": "特", "对句拗救": "对", "孤平拗救": "孤", "三仄尾": "仄", "首句借邻韵": "邻"}


def _rows(name: str) -> list[list[str]]:
    lines = (TRUTH / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


REGULATED = _rows("regulated.tsv")
POEMS = [split_lines(row[0]) for row in REGULATED]


def test_the_truth_is_large_enough():
    assert len(REGULATED) >= 60
    assert {(len(poem), len(poem[0])) for poem in POEMS} == {(4, 5), (4, 7), (8, 5), (8, 7)}
    assert len({row[1] for row in REGULATED}) == 4


@pytest.mark.parametrize("row", REGULATED, ids=[row[0][:5] for row in REGULATED])
def test_real_poems_pass(row):
    text, pattern, group, licences = row
    report = check(split_lines(text))
    assert (report.verdict, report.pattern, report.group) == ("合律", pattern, group)
    found = sorted((note.line, SHORT[note.name]) for note in report.notes)
    assert " ".join(f"{line + 1}{name}" for line, name in found) == licences
    assert report.obeys and not report.faults
    assert not set("".join(line.marks for line in report.lines)) - set("○◎")


@pytest.mark.parametrize("row", _rows("irregular.tsv"), ids=lambda row: row[0][:5])
def test_real_faults_are_named(row):
    text, verdict, expected = row
    report = check(split_lines(text))
    assert report.verdict == verdict and not report.obeys
    assert " ".join(f"{f.line + 1}.{f.position + 1}{f.name}" for f in report.faults) == expected


FAMOUS = _rows("famous.tsv")


def test_the_literature_is_agreed_with_on_many_famous_poems():
    texts = {row[0] for name in ("regulated.tsv", "irregular.tsv", "famous.tsv") for row in _rows(name)}
    assert len(texts) >= 190 and all(len(row) == 7 and row[6] for row in FAMOUS)
    assert {row[1] for row in FAMOUS} == {"合律", "变格", "出律", "古体"}


@pytest.mark.parametrize("row", FAMOUS, ids=[row[0][:5] for row in FAMOUS])
def test_famous_poems(row):
    text, verdict, pattern, group, faults, licences, _source = row
    report = check(split_lines(text))
    assert (report.verdict, report.pattern, report.group) == (verdict, pattern, group)
    assert " ".join(f"{f.line + 1}.{f.position + 1}{f.name}" for f in report.faults) == faults
    found = sorted((note.line, SHORT[note.name]) for note in report.notes)
    assert " ".join(f"{line + 1}{name}" for line, name in found) == licences
    assert report.obeys == (verdict == "合律")


def test_three_level_tones_are_named_where_one_has_two_readings():
    # 从 has an oblique reading too; the third of the five admits only an oblique tone
    report = check(["白日依山尽", "黄河入海流", "欲穷千里目", "更上山从楼"])
    assert ("三平尾", 3, 2) in {(f.name, f.line, f.position) for f in report.faults}


def _changed(poem: list[str], line: int, position: int, character: str) -> list[str]:
    changed = list(poem)
    changed[line] = poem[line][:position] + character + poem[line][position + 1 :]
    return changed


def _other_tone(character: str) -> str:
    """A character of the opposite tone only, for one of one tone."""
    return {LEVEL: "月", OBLIQUE: "山"}[tone_set(character)]


def _types(poem: list[str]) -> str:
    return "".join(line.type for line in check(poem).lines)


def _planted(kind: str) -> list[tuple[list[str], int, int]]:
    """(poem with one character changed, line, position) for every place of the true poems that can show the fault."""
    made = []
    for poem in POEMS:
        if any(note.name in ("首句借邻韵", "三仄尾") for note in check(poem).notes):
            continue  # beside a fault another reading would be as near
        types, n = _types(poem), len(poem[0])
        five = n - 5
        for i, line in enumerate(poem):
            sets = [tone_set(c) for c in line]
            single = [s in (LEVEL, OBLIQUE) for s in sets]
            if kind == "失对" and single[five + 1] and five + 1 != 1:
                made.append((_changed(poem, i, five + 1, _other_tone(line[five + 1])), i, five + 1))
            if kind == "失粘" and i in (2, 4, 6) and single[1] and tone_set(poem[i - 1][1]) in (LEVEL, OBLIQUE):
                made.append((_changed(poem, i, 1, _other_tone(line[1])), i, 1))
            if (
                kind == "孤平"
                and types[i] == "B"
                and all(single[five:])
                and sets[five] == LEVEL
                and sets[five + 2] == OBLIQUE
            ):
                made.append((_changed(poem, i, five, "月"), i, five))
            if kind == "三平尾" and types[i] == "D" and sets[-3] == OBLIQUE and sets[-2:] == [LEVEL, LEVEL]:
                made.append((_changed(poem, i, n - 3, "山"), i, n - 3))
            if kind == "三仄尾" and types[i] == "C" and sets[-2:] == [OBLIQUE, OBLIQUE]:
                made.append((_changed(poem, i, n - 3, "月"), i, n - 3))
            if kind == "出韵" and i % 2 and i > 1 and (len(poem) == 8 or types[0] in "BD"):
                groups = {GROUP_NAMES[g] for word in (line[-1], poem[1][-1]) for g in pingshui()[word]}
                other = next(c for c, g in (("歌", "五歌"), ("天", "一先"), ("侵", "十二侵")) if g not in groups)
                made.append((_changed(poem, i, n - 1, other), i, n - 1))
            if kind == "重韵" and i % 2 and i > 1:
                made.append((_changed(poem, i, n - 1, poem[1][-1]), i, n - 1))
            unrescued = i + 1 < len(poem) and tone_set(poem[i + 1][-3]) == OBLIQUE
            if kind == "拗而不救" and types[i] == "A" and unrescued and sets[-3:-1] == [LEVEL, LEVEL]:
                made.append((_changed(poem, i, n - 2, "月"), i, n - 2))
            if kind == "半拗" and types[i] == "A" and unrescued and sets[-3:-1] == [LEVEL, LEVEL]:
                made.append((_changed(poem, i, n - 3, "月"), i, n - 3))
    return made


FAULTS = {"失对": 60, "失粘": 60, "孤平": 60, "三平尾": 60, "出韵": 60, "重韵": 60, "拗而不救": 45}


@pytest.mark.parametrize(("name", "least"), FAULTS.items())
def test_planted_faults_are_found_at_their_place(name, least):
    planted = _planted(name)
    assert len(planted) >= least
    for poem, line, position in planted:
        report = check(poem)
        assert (name, line, position) in {(f.name, f.line, f.position) for f in report.faults}, (name, poem)
        assert {(f.line, f.position) for f in report.faults} == {(line, position)}, (name, poem, report.faults)
        assert report.lines[line].marks[position] == "●" and report.verdict == "出律"


@pytest.mark.parametrize("name", ["三仄尾", "半拗"])
def test_small_deviations_are_remarked_and_tolerated(name):
    planted = _planted(name)
    assert len(planted) >= 40
    for poem, line, _ in planted:
        report = check(poem)
        assert report.obeys and (name, line) in {(n.name, n.line) for n in report.notes}, poem


def test_policies():
    poem = [
        "国破山河在",
        "城春草木深",
        "感时花溅泪",
        "恨别鸟惊心",
        "烽火连三月",
        "家书抵万金",
        "白头搔更短",
        "浑欲不胜簪",
    ]
    usual, strict, marks = (check(poem, policy) for policy in judge.POLICIES)
    assert usual.obeys and usual.lines[2].marks == "○○○◎○"
    assert not strict.obeys and strict.lines[2].marks == "○○○●○"
    assert {f.name for f in strict.faults} == {"多音", "出韵"}
    assert marks.obeys and marks.lines == usual.lines
    report = check(["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"], "report")
    assert report.obeys and report.faults
    with pytest.raises(UsageError, match="policy"):
        check(poem, "lax")


def test_unknown_characters_are_marked_and_no_fault():
    report = check("白日依山尽 黄河入海流 欲穷千里目 更上一層🀄".replace("層🀄", "𪚥楼").split())
    assert report.lines[3].marks[3] == "?" and report.obeys


def test_other_forms_have_no_pattern():
    report = check(["帝高阳之苗裔兮", "朕皇考曰伯庸"])
    assert (report.form, report.pattern, report.verdict) == ("其他", "", "无格律")
    assert [line.text for line in report.lines] == ["帝高阳之苗裔兮", "朕皇考曰伯庸"]
    [note] = report.notes
    assert (note.name, note.line, note.position) == ("无格律", 0, 0) and "of 7 6 characters" in str(note.why)
    with pytest.raises(UsageError, match="no line"):
        check([])


@given(st.lists(st.text(alphabet="春月山水看听不𪚥龘A", min_size=5, max_size=5), min_size=1, max_size=14))
@settings(max_examples=150, deadline=None)
def test_any_lines_are_judged(lines):
    for policy in judge.POLICIES:
        report = check(lines, policy)
        assert [line.text for line in report.lines] == lines
        assert all(len(line.marks) == len(line.text) for line in report.lines)
        assert report.obeys == (not report.faults or policy == "report")
        places = [(fault.line, fault.position) for fault in report.faults]
        assert places == sorted(places)
        report.as_dict()


def test_other_rhyme_books():
    # 斜 and 家 rhyme in 平水韵 (六麻) and no longer in modern speech; 发 is level there
    hill = ["远上寒山石径斜", "白云生处有人家", "停车坐爱枫林晚", "霜叶红于二月花"]
    assert check(hill).obeys and check(hill, rhymes="cilin").obeys
    assert check(hill, rhymes="cilin").group == "第十部 平"
    modern = check(hill, rhymes="xinyun")
    assert modern.group == "一麻 平" and ("出韵", 0) in {(f.name, f.line) for f in modern.faults}
    assert tone_set("白") == OBLIQUE and tone_set("白", book("xinyun")) == LEVEL
    # 纷 may be borrowed in 平水韵; in 词林正韵 it is of the same part
    rain = split_lines("清明时节雨纷纷，路上行人欲断魂。借问酒家何处有，牧童遥指杏花村。")
    assert check(rain).notes and check(rain, rhymes="cilin").obeys and not check(rain, rhymes="cilin").notes
    with pytest.raises(UsageError, match="rhyme book"):
        check(hill, rhymes="tangyun")

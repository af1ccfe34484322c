"""What the corpus says about characters of several tones, and what within.tsv makes of it."""

from poetry.prosody import heard, usage
from poetry.prosody.heard import LEVEL, OBLIQUE
from poetry.prosody.table import GROUP_NAMES

TOWER = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
RAIN = ["清明时节雨纷纷", "路上行人欲断魂", "借问酒家何处有", "牧童遥指杏花村"]


def test_places_are_those_that_bind():
    # GIVEN 白日依山尽 ...: positions 2 and 4, the fourth only in the lines that rhyme
    counted = usage.count([TOWER])
    # THEN each character at them is counted in the tone that the pattern gives it
    assert counted.tones == {
        **{("日", OBLIQUE): 1, ("河", LEVEL): 1, ("海", OBLIQUE): 1},
        **{("穷", LEVEL): 1, ("上", OBLIQUE): 1, ("层", LEVEL): 1},
    }
    assert counted.words["层", LEVEL] == {"一层": 1, "层楼": 1}
    assert counted.rhymes == {}  # two words and a first line that does not rhyme


def test_a_single_misfit_speaks_for_a_reading():
    counted = usage.count([[*RAIN[:3], "牧童遥山杏花村"]])  # 山 is level, its place asks for an oblique tone
    assert counted.tones == {("山", OBLIQUE): 1}
    assert usage.count([["春春春春春"] * 4]).tones == {}  # many misfits: no regulated verse


def test_rare_tones_and_doubtful_readings():
    counted = usage.Usage()
    counted.tones.update({("不", OBLIQUE): 995, ("不", LEVEL): 5, ("山", LEVEL): 90, ("山", OBLIQUE): 10})
    counted.words["不", LEVEL].update({"不亭": 2, "不来": 3, "不归": 1})
    counted.words["不", OBLIQUE].update({"不亭": 1, "不来": 90})
    counted.rhymes["山"].update({15: 10, 16: 6})
    assert usage.within(counted) == [("不", "仄", "995", "5", "不亭")]
    assert usage.doubtful(counted) == [("山", "仄", 10, 0.1), ("山", "一先", 6, 0.375)]


def test_a_reading_of_rhymes_does_not_count_within_a_line():
    assert heard.tone_set("不") == LEVEL | OBLIQUE and heard.within_line("不") == OBLIQUE
    assert heard.tone_sets("知不知不") == [LEVEL, OBLIQUE, LEVEL, LEVEL | OBLIQUE]
    assert heard.tone_sets("中兴中夜")[::2] == [LEVEL | OBLIQUE, LEVEL]  # 中兴: 中 may be oblique
    assert len(heard.restricted()) > 100


def test_one_line_that_does_not_rhyme_is_let_pass_and_two_are_not():
    one = [TOWER[0], "黄河入海落", *TOWER[2:]]
    assert usage.count([one]).tones == usage.count([TOWER]).tones
    assert usage.count([[*one[:3], "更上一层落"]]).tones == {}


def test_one_misfit_among_few_places_speaks_for_nothing():
    assert usage.count([[TOWER[0], "黄鹤入海流", *TOWER[2:]]]).tones == {}  # 鹤 is oblique, one of six places


def test_a_rhyme_counts_where_the_others_share_one_group_and_the_rhyme_does_not_change():
    evening = ["空山新雨后", "天气晚来秋", "明月松间照", "清泉石上流"]
    evening += ["竹喧归浣女", "莲动下渔舟", "随意春芳歇", "王孙自可留"]  # 王维 (701-761)
    you = GROUP_NAMES.index("十一尤")
    assert usage.count([evening]).rhymes == {word: {you: 1} for word in "秋流舟留"}
    assert usage.count([evening + evening[:2]]).rhymes == {}  # longer: it may change
    two = ["春春春春漫", "春春春春山", "春春春春春", "春春春春看"]  # 漫 and 看 are in 十四寒 and 十五翰
    assert usage.count([two]).rhymes == {}


def test_few_uses_make_no_rare_tone_and_enough_a_doubtful_reading():
    counted = usage.Usage()
    few = usage.FEWEST
    counted.tones.update({("看", LEVEL): usage.ENOUGH - 1, ("水", LEVEL): few, ("月", LEVEL): few - 1})
    counted.rhymes["江"].update({3: 20, 1: 4})  # a sixth in another group
    assert usage.within(counted) == []
    assert usage.doubtful(counted) == [("水", "平", few, 1.0)]
    counted.tones["看", LEVEL] += 1
    assert [row[0] for row in usage.within(counted)] == ["看"]

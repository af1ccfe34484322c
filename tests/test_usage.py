"""What the corpus says about characters of several tones, and what within.tsv makes of it."""

from poetry.prosody import heard, usage
from poetry.prosody.heard import LEVEL, OBLIQUE

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
    counted.words["不", LEVEL].update({"不亭": 2, "不来": 3})
    counted.words["不", OBLIQUE].update({"不亭": 1, "不来": 90})
    counted.rhymes["山"].update({15: 10, 16: 6})
    assert usage.within(counted) == [("不", "仄", "995", "5", "不亭")]
    assert usage.doubtful(counted) == [("山", "仄", 10, 0.1), ("山", "一先", 6, 0.375)]


def test_a_reading_of_rhymes_does_not_count_within_a_line():
    assert heard.tone_set("不") == LEVEL | OBLIQUE and heard.within_line("不") == OBLIQUE
    assert heard.tone_sets("知不知不") == [LEVEL, OBLIQUE, LEVEL, LEVEL | OBLIQUE]
    assert heard.tone_sets("中兴中夜")[::2] == [LEVEL | OBLIQUE, LEVEL]  # 中兴: 中 may be oblique
    assert len(heard.restricted()) > 100

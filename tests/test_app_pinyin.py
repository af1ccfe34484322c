"""Pinyin: what a character is read in verse, in its phrase and at its place in the pattern."""

import pytest

from apps import card
from apps.pinyin import pinyin, sounds_of
from poetry.prosody.judge import check
from poetry.prosody.tones import Tone
from poetry.writing.writer import Poem


@pytest.mark.parametrize(
    ("line", "place", "sound"),
    [
        ("殷勤长在", 2, "cháng"),
        ("白发三千丈缘愁似个长", 9, "cháng"),
        ("万物生长", 3, "zhǎng"),
        ("朝朝暮暮", 0, "zhāo"),
        ("白日依山尽", 4, "jìn"),
        ("参差荇菜", 1, "cī"),
        ("千里江陵一日还", 6, "huán"),
        ("明朝望乡处", 1, "zhāo"),
        ("予独爱莲", 0, "yú"),
        ("省识春风面", 0, "xǐng"),
    ],
)
def test_a_character_is_read_as_its_words_ask(line, place, sound):
    assert pinyin(line)[place] == sound


def test_a_character_of_two_tones_is_read_as_its_place_asks():
    assert pinyin("看", [Tone.LEVEL]) == ["kān"] and pinyin("看", [Tone.OBLIQUE]) == ["kàn"]
    assert pinyin("看", [Tone.ANY]) == pinyin("看")
    # 李白 (701-762): 相看两不厌 has 看 where its line asks for a level tone.
    alone = check(["众鸟高飞尽", "孤云独去闲", "相看两不厌", "只有敬亭山"])
    assert sounds_of(alone.lines[2])[1] == "kān"


def test_the_card_shows_that_reading_and_says_what_the_tone_marks_mean():
    poem = Poem("五绝", "众鸟高飞尽，孤云独去闲。相看两不厌，只有敬亭山。", 1, 0.0)
    shown = card.card(poem, check(poem.lines), show=[card.PINYIN])
    assert "<small>kān</small>" in shown and "<small>jìn</small>" in shown
    assert "平仄两读" in card.deck([shown], [card.TONES]) and "平仄两读" not in card.deck([shown], [card.PINYIN])

"""Slots by themselves: what a plan tells the network, which characters a set admits, what a guide leaves open."""

import numpy as np
import pytest

from poetry.prosody.table import GROUP_NAMES
from poetry.prosody.tones import Tone
from poetry.slots import seen, stale
from poetry.slots.features import LINE, WORD
from poetry.slots.guide import FreeGuide, PlanGuide
from poetry.slots.layout import Layout
from poetry.slots.phrases import NEVER, NOTHING, Phrases, PhrasesSoFar
from poetry.slots.plan import make_plan
from poetry.slots.scenes import Scenes, SceneSoFar
from poetry.slots.sets import CharacterSets
from poetry.text.forms import QIJUE, WUJUE
from poetry.text.vocab import UNKNOWN, Vocabulary

GENG = GROUP_NAMES.index("八庚")


def _lines(*lines: str) -> seen.SeenLines:
    return seen.build(np.array([seen.hash_rows(seen.codes(line)[None])[0] for line in lines], dtype=np.uint64))


def _allowed(guide: PlanGuide | FreeGuide, vocabulary: Vocabulary, given: str) -> set[str]:
    """What may follow a text in the first row."""
    for character in given:
        guide.advance(np.array(vocabulary.ids(character)))
    return {vocabulary.tokens[i] for i in np.flatnonzero(guide.allowed()[0])}


def test_the_slots_of_a_line_are_told_its_word_and_no_others() -> None:
    plan = make_plan(WUJUE, rhymes=[0, GENG, 0, GENG])
    told = plan.told([[5], [6, 7]])
    assert told[:6, WORD].tolist() == [[5, 0]] * 6 and told[6:12, WORD].tolist() == [[6, 7]] * 6
    assert not told[12:, WORD].any() and not plan.features[:, WORD].any()
    np.testing.assert_array_equal(told[:, : WORD.start], plan.features[:, : WORD.start])


def test_a_guide_tells_each_line_its_word_as_the_plan_does(vocabulary: Vocabulary) -> None:
    plan, words = make_plan(WUJUE, rhymes=[0, GENG, 0, GENG]), [[5, 0], [6, 7], [8, 0], [0, 0]]
    guide, slots = PlanGuide([plan], CharacterSets(vocabulary), words=np.array([words])), []
    for _ in plan.slots:
        slots.append(guide.features()[0])
        guide.advance(np.array([vocabulary.id("春")]))
    np.testing.assert_array_equal(slots, plan.told(words))


def test_couplets_are_marked() -> None:
    assert make_plan(WUJUE).text("春" * 24) == "春春春春春，春春春春春。" * 2


def test_what_is_excluded_at_a_place_is_excluded_there_alone(vocabulary: Vocabulary) -> None:
    plan, sets = make_plan(WUJUE, excluded={(0, 1): "春江"}), CharacterSets(vocabulary)
    guide = PlanGuide([plan], sets)
    assert {"春", "江"} <= _allowed(guide, vocabulary, "")
    assert not {"春", "江"} & _allowed(guide, vocabulary, "山") and {"春", "江"} <= _allowed(guide, vocabulary, "水")
    assert sets.admitted(Tone.ANY)[vocabulary.ids("春江")].all()


@pytest.mark.parametrize(("character", "group"), [("看", "十四寒"), ("涯", "六麻"), ("涯", "九佳")])
def test_strict_rhymes_have_one_group_and_no_other_reading(character: str, group: str) -> None:
    number, v = GROUP_NAMES.index(group), Vocabulary.fit([character], 1)
    for strict in (False, True):
        sets = CharacterSets(v, strict=strict)
        assert sets.fits(character, Tone.LEVEL, number) is not strict
        assert sets.admitted(Tone.LEVEL, number).sum() == 1 - strict


def test_a_forced_character_needs_no_other_that_fits(vocabulary: Vocabulary) -> None:
    none = 33  # no character of the vocabulary
    plan = make_plan(WUJUE, rhymes=[0, none, 0, 0], forced={(1, 4): "春"})
    CharacterSets(vocabulary).require(plan)
    assert _allowed(PlanGuide([plan], CharacterSets(vocabulary)), vocabulary, "江花月夜山，人水云风") == {"春"}


def test_a_rhyme_word_comes_once_even_where_characters_may_come_back(vocabulary: Vocabulary) -> None:
    def open_at_the_end(given: str, last: str = "") -> set[str]:
        plan = make_plan(QIJUE, rhymes=[0, GENG, 0, GENG], forced={(3, 6): last} if last else {})
        return _allowed(PlanGuide([plan], CharacterSets(vocabulary), repeats=True), vocabulary, given)

    line = "山水云风雨天人，"
    assert {"明", "清", "生"} <= open_at_the_end(line + line[:6])
    assert open_at_the_end(line + line[:6]) - open_at_the_end(line + line[:6], last="明") == {"明"}
    assert "明" not in open_at_the_end(line + line[:6] + "明。" + line + line[:6])
    assert open_at_the_end(line + line[:6] + "明。" + line + line[:6], last="明") == {"明"}  # asked for twice


def test_phrases_are_met_by_all_of_their_hanzi(vocabulary: Vocabulary) -> None:
    listed = Phrases.of(vocabulary, ["春夏", "龘春", "江山水", "月", "山水"])
    ids = {c: vocabulary.id(c) for c in "春夏江山水月"}
    assert listed.place.tolist() == [0, 2, 3, 4]
    assert listed.first.tolist() == [NOTHING, ids["江"], NOTHING, NOTHING]
    assert listed.before.tolist() == [ids["春"], ids["山"], NOTHING, ids["山"]]
    so_far = PhrasesSoFar(listed, 3)
    assert so_far.begun().tolist() == [[False, False, True, False]] * 3
    for texts in ("江春江", "山春山"):
        so_far.advance(np.array(vocabulary.ids(texts)))
    assert so_far.begun().tolist() == [[False, True, True, True], [True, False, True, False], [False, True, True, True]]
    so_far.select(np.array([1, 0]))
    assert so_far.begun().tolist() == [[True, False, True, False], [False, True, True, True]]
    so_far.advance(np.array(vocabulary.ids("春山")), ends=True)
    so_far.advance(np.array(vocabulary.ids("山山")))
    assert so_far.begun()[0].tolist() == [False, False, True, True]  # 江山 is not over the end


def test_a_phrase_is_shut_by_its_own_place_in_the_list(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stale, "stale", lambda: dict.fromkeys(("龘龘", "春夏", "江山"), 0.2))  # the first is unknown
    guide = PlanGuide([make_plan(WUJUE)], CharacterSets(vocabulary), closed=np.array([[False, True, False]]))
    assert "夏" not in _allowed(guide, vocabulary, "春") and "山" in _allowed(guide, vocabulary, "江")


def test_scenes_exclude_each_other() -> None:
    against = Scenes.of(Vocabulary.fit(["春"], 1)).against
    once = against.diagonal()
    assert once.any() and (against == against.T).all() and (against & ~np.diag(once)).any()


def test_a_scene_is_named_by_a_whole_phrase_and_closes_what_completes_another() -> None:
    v = Vocabulary.fit(["桃花东风秋雁山除夕萤"], 1)  # 桃花 and 东风 are spring, 秋 and 雁 are autumn

    def closed(told: str, *said: str) -> set[str]:
        """What is closed after `said`, each the end of a line or word."""
        so_far = SceneSoFar(Scenes.of(v), [v.ids("山"), v.ids(told)])
        for line in said:
            for place, character in enumerate(line):
                so_far.advance(np.array([NEVER, v.id(character)]), ends=place == len(line) - 1)
        rows, ids = so_far.closes()
        assert 0 not in rows
        return {v.tokens[i] for i in ids}

    assert closed("", "桃花") == closed("桃花") == closed("东风") == {"秋", "雁"}
    assert closed("除夕") == {"秋", "雁", "萤"} and closed("夕") == set()
    assert closed("", "桃", "花") == closed("桃", "花") == set()
    assert closed("秋") == set()  # 花 by itself is no season


def test_a_scene_against_itself_is_named_once_unless_it_was_asked_for() -> None:
    v = Vocabulary.fit(["孤舟扁帆落日斜阳山"], 1)

    def closed(told: str, said: str, begun: str) -> set[str]:
        """What is closed in a line that has begun, after one that said this."""
        so_far = SceneSoFar(Scenes.of(v), [v.ids("山"), v.ids(told)])
        for place, character in enumerate(said + begun, 1):
            so_far.advance(np.array([NEVER, v.id(character)]), ends=place == len(said))
        so_far.select(np.array([1, 0]))
        rows, ids = so_far.closes()
        assert 1 not in rows
        return {v.tokens[i] for i in ids}

    assert closed("", "扁舟", "孤") == {"舟", "帆"} and closed("", "扁舟", "山") == set()
    assert closed("", "落日", "斜") == {"日", "阳"}
    assert closed("孤舟", "扁舟", "孤") == closed("落日", "落日", "斜") == set()


def test_a_layout_holds_the_slots_of_its_plans_side_by_side(vocabulary: Vocabulary) -> None:
    marks, spring = [5, 11, 17, 23], vocabulary.id("春")
    plans = [make_plan(WUJUE, rhymes=[0, GENG, 0, GENG], forced={(0, 1): "春"}), make_plan(WUJUE)]
    layout = Layout.of(plans, vocabulary)
    for one, (asked, plain) in ((layout, (0, 1)), (layout.select(np.array([1, 0, 1])), (1, 2))):
        assert len(one) == 24 and np.flatnonzero(one.marks).tolist() == marks
        assert np.flatnonzero(one.forced[:, asked]).tolist() == [1, *marks]
        assert np.flatnonzero(one.forced[:, plain]).tolist() == marks
        assert np.flatnonzero(one.rhyming[:, asked]).tolist() == [10, 22] and not one.rhyming[:, plain].any()
        assert (one.forced_ids[1, asked], one.forced_ids[5, plain]) == (spring, vocabulary.comma)


def test_the_filter_counts_a_line_once() -> None:
    assert _lines("春江", "花月", "春江").lines == 2 and "花月" in _lines("春江", "花月")


def test_free_verse_may_end_a_seen_line_that_was_asked_for_and_no_other(vocabulary: Vocabulary) -> None:
    marks, known = {"，", "。"}, _lines("江花")
    assert marks <= _allowed(FreeGuide(vocabulary, 1, "江花", known), vocabulary, "江花")
    assert not marks & _allowed(FreeGuide(vocabulary, 1, "", known), vocabulary, "江花")
    assert not marks & _allowed(FreeGuide(vocabulary, 1, "", known), vocabulary, "春，江花")
    assert marks <= _allowed(FreeGuide(vocabulary, 1, "", known), vocabulary, "江月")
    assert not FreeGuide(vocabulary, 1).allowed()[0, UNKNOWN]


def test_each_row_avoids_a_seen_line_where_its_own_last_choice_is(vocabulary: Vocabulary) -> None:
    plans = [make_plan(WUJUE), make_plan(WUJUE, forced={(0, 4): "夜"})]
    guide = PlanGuide(plans, CharacterSets(vocabulary), _lines("春江花月夜"))
    for character in "春江花":
        guide.advance(np.array([vocabulary.id(character)] * 2))
    assert guide.allowed()[:, vocabulary.id("月")].tolist() == [True, False]
    guide.advance(np.array([vocabulary.id("月")] * 2))
    assert guide.allowed()[:, vocabulary.id("夜")].tolist() == [False, True]
    second = PlanGuide(plans[:1], CharacterSets(vocabulary), _lines("春江花月夜"))
    assert "夜" not in _allowed(second, vocabulary, "山水云风雨，春江花月")


def test_free_verse_ends_its_longest_line_even_a_seen_one(vocabulary: Vocabulary) -> None:
    line = "春江花月夜山水云风雨天人年日光中"
    assert len(line) == FreeGuide.longest
    assert _allowed(FreeGuide(vocabulary, 1, "", _lines(line)), vocabulary, line) == {"，", "。"}


def test_free_verse_begins_anew_without_what_was_before(vocabulary: Vocabulary) -> None:
    guide = FreeGuide(vocabulary, 1, "", _lines("江花"))
    assert _allowed(guide, vocabulary, "江花，江") >= {"，"} and guide.features()[0, LINE] == 1
    guide.begin(np.array([0]), [""])
    assert not {"，"} & _allowed(guide, vocabulary, "") and guide.features()[0, LINE] == 0
    assert {"，"} <= _allowed(guide, vocabulary, "花")


def test_a_character_is_said_twice_running_where_poets_double_it_and_never_thrice(vocabulary: Vocabulary) -> None:
    def may_follow(given: str, *, repeats: bool = False, last: str = "") -> set[str]:
        plan = make_plan(WUJUE, forced={(3, 4): last} if last else {})
        return _allowed(PlanGuide([plan], CharacterSets(vocabulary), repeats=repeats), vocabulary, given)

    assert "年" in may_follow("年") and "山" not in may_follow("山")
    assert "年" not in may_follow("年年") and "年" not in may_follow("年春") and "年" not in may_follow("年年春江花，")
    assert {"年", "春"} <= may_follow("年年春江花，", repeats=True)
    assert "春" in may_follow("") and "春" not in may_follow("", last="春")  # it is asked for later
    oblique = make_plan(WUJUE, tones=[[Tone.ANY, Tone.OBLIQUE, *[Tone.ANY] * 3]] * 4)
    assert "年" not in _allowed(PlanGuide([oblique], CharacterSets(vocabulary)), vocabulary, "年")  # it is level


def test_a_reading_of_rhymes_counts_at_the_end_of_a_line_alone() -> None:
    v = Vocabulary.fit(["不"], 1)  # level in 十一尤 only, which is a reading of rhymes
    assert not CharacterSets(v).admitted(Tone.LEVEL).any()
    assert CharacterSets(v).admitted(Tone.LEVEL, GROUP_NAMES.index("十一尤")).sum() == 1

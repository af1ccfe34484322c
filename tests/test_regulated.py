"""Plans under the rules: a satisfiable wish gives poems that pass the checker, another an explanation."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn_core.decoding import decode
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.prosody.judge import check
from poetry.prosody.patterns import Pattern, patterns
from poetry.prosody.table import GROUP_NAMES, LEVEL_GROUPS, pingshui
from poetry.prosody.tones import Tone
from poetry.slots import customs
from poetry.slots.guide import PlanGuide
from poetry.slots.plan import acrostic, opening
from poetry.slots.regulated import Wish, draw_plans, merge, rhyme_number
from poetry.slots.sets import CharacterSets
from poetry.text.forms import OTHER, QIJUE, QILU, REGULATED, WUJUE, WULU, WUPAI, pailu
from poetry.text.vocab import BODY, Vocabulary
from poetry.writing import model
from poetry.writing.request import Request
from poetry.writing.writer import Writer
from tests.conftest import HANZI
from tests.test_guide import Noise, _lines


@pytest.fixture(scope="module")
def large(vocabulary: Vocabulary) -> Vocabulary:
    """A vocabulary with enough rhymes: every 平水韵 group gives its first forty characters."""
    extra = [c for g in range(1, 107) for c in sorted(x for x, groups in pingshui().items() if g in groups)[:40]]
    return Vocabulary([*vocabulary.tokens, *(c for c in dict.fromkeys(extra) if c not in vocabulary)])


def _write(wish: Wish, vocabulary: Vocabulary, seed: int, rows: int = 2, *, repeats: bool = False) -> list[list[str]]:
    sets = CharacterSets(vocabulary, strict=wish.strict)
    guide = PlanGuide(draw_plans(wish, sets, np.random.default_rng(seed), rows), sets, repeats=repeats)
    uniforms = np.random.default_rng(seed).random((guide.steps, rows + 1))
    decoded = decode(Noise(len(vocabulary), seed), rows, np.full(rows, BODY), guide, Sampling(), uniforms)
    return [_lines(guide.plans[r].text([vocabulary.tokens[i] for i in decoded.ids[:, r]])) for r in range(rows)]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_satisfiable_wish_is_obeyed_and_any_other_explained(large: Vocabulary, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from([*REGULATED, pailu(12, 5), pailu(10, 7)]))
    pattern = data.draw(st.sampled_from(["", *(p.name for p in patterns(form.length))]))
    rhyme = data.draw(st.sampled_from([0, *range(1, LEVEL_GROUPS + 1)]))
    places = st.tuples(st.integers(0, form.lines - 1), st.integers(0, form.length - 1))
    forced = data.draw(st.dictionaries(places, st.sampled_from(HANZI + "龘𧥄"), max_size=4))
    strict = data.draw(st.booleans())
    repeats = data.draw(st.booleans())
    wish = Wish(form, pattern, rhyme, forced, strict)
    try:
        poems = _write(wish, large, data.draw(st.integers(0, 1000)), repeats=repeats)
    except UsageError as error:
        assert "line" in str(error) or "too few" in str(error) or "common group" in str(error)
        assert forced or strict  # with nothing forced there is always a way
        return
    for lines in poems:
        report = check(lines, "strict" if strict else "usual")
        assert report.obeys, (lines, report.faults)
        assert all(lines[i][j] == character for (i, j), character in forced.items())
        assert {n.name for n in report.notes} <= {"特拗", "对句拗救", "孤平拗救"}
        ends = [line[-1] for i, line in enumerate(lines) if i % 2]
        assert len(set(ends)) == len(ends)
        assert not rhyme or all(rhyme in pingshui()[end] for end in ends)


def _wish(form=QIJUE, pattern="", rhyme=0, **forced: str) -> Wish:
    places = {(int(k[1]) - 1, int(k[2]) - 1): c for k, c in forced.items()}
    return Wish(form, pattern, rhyme, places)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        # the tone: which character, which rule, which patterns would admit it
        (
            _wish(pattern="平起首句不入韵", _12="月"),
            "line 1, character 2: 月 is 仄 .* needs 平 .*仄起首句不入韵, 仄起首句入韵 would",
        ),
        (
            _wish(form=WUJUE, pattern="平起首句入韵", _12="看", _22="月", _14="山"),
            "no pattern admits it|would admit it",
        ),
        # the rhyme
        (_wish(rhyme=1, _47="楼"), "line 4, character 7: the rhyme word 楼 belongs to 十一尤, not to 一东"),
        (_wish(_47="月"), "line 4, character 7.*月"),
        (_wish(_27="楼", _47="东"), "belong to no common group"),
        (_wish(_27="楼", _47="楼"), "rhyme with itself"),
        (_wish(_47="龘"), "line 4, character 7"),
        # places and patterns that are not there
        (_wish(_57="楼"), "no character 7 in line 5"),
        (_wish(pattern="回文"), "unknown pattern"),
        (Wish(OTHER), "no tone patterns"),
        (Wish(WUPAI), "no tone patterns"),  # without its number of lines
    ],
)
def test_contradictions_are_explained(vocabulary: Vocabulary, wish: Wish, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        draw_plans(wish, CharacterSets(vocabulary), np.random.default_rng(0), 1)


def test_two_characters_in_one_slot_are_refused() -> None:
    assert merge(opening("春江"), acrostic("春夏秋冬", QIJUE)) == {
        (0, 0): "春",
        (0, 1): "江",
        **acrostic("春夏秋冬", QIJUE),
    }
    with pytest.raises(UsageError, match="line 1, character 1: both 江 and 春"):
        merge(opening("江"), acrostic("春夏秋冬", QIJUE))


def test_rhyme_names() -> None:
    assert rhyme_number("十一尤") == rhyme_number("尤") == 26
    for name in ("送", "", "十一", "X"):
        with pytest.raises(UsageError, match="unknown rhyme"):
            rhyme_number(name)


def test_licences_come_in_only_where_a_character_asks_for_them(large: Vocabulary) -> None:
    sets, rng = CharacterSets(large), np.random.default_rng(0)
    plain = draw_plans(Wish(WULU, "仄起首句不入韵"), sets, rng, 1)[0]
    assert plain.slots[2].tone == Tone.LEVEL  # A: *ZPPZ
    # a first character 月 in a line PP*ZP is 孤平 unless the third is level
    guarded = draw_plans(_wish(form=WUJUE, pattern="仄起首句不入韵", _21="月"), sets, rng, 1)[0]
    assert [slot.tone for slot in guarded.slots[6:11]] == [2, 1, 1, 2, 1]
    # a third character 月 in *ZPPZ asks the next line for its level third
    rescued = draw_plans(_wish(form=WUJUE, pattern="仄起首句不入韵", _13="月"), sets, rng, 1)[0]
    assert [slot.tone for slot in rescued.slots[:5]] == [0, 2, 2, 1, 2]
    assert rescued.slots[8].tone == Tone.LEVEL


def test_the_open_choices_are_drawn_as_poets_make_them(large: Vocabulary) -> None:
    rng, sets = np.random.default_rng(0), CharacterSets(large)
    drawn = [draw_plans(Wish(QILU), sets, rng, 4) for _ in range(300)]
    rhymes = [{slot.rhyme for plan in plans for slot in plan.slots} - {0} for plans in drawn]
    assert all(len(groups) == 1 for groups in rhymes)  # the candidates of a poem share it
    counts = np.bincount([groups.pop() for groups in rhymes], minlength=LEVEL_GROUPS + 1)
    expected = customs.rhyme_counts(QILU)
    # of the narrow groups 江 佳 肴 覃 盐 咸 蒸 poets make one 七律 in forty
    narrow = [GROUP_NAMES.index(name) for name in ["三江", "九佳", "三肴", "十三覃", "十四盐", "十五咸", "十蒸"]]
    assert expected[narrow].sum() / expected.sum() == pytest.approx(0.03, abs=0.01)
    assert counts[narrow].sum() / 300 < 0.06 and counts[GROUP_NAMES.index("八庚")] > 12
    rhymed = np.mean([bool(plan.slots[6].rhyme) for plans in drawn for plan in plans])
    assert rhymed == pytest.approx(customs.rhymed_first(QILU), abs=0.05)
    assert len({id(plan) for plan in drawn[0]}) < 4  # equal choices share a plan


@pytest.mark.parametrize("length", [5, 7])
def test_patterns_are_those_of_the_handbook(length: int) -> None:
    def marks(pattern: Pattern) -> list[str]:
        return [pattern.types(4), pattern.types(8)]

    known = {p.name: marks(p) for p in patterns(length)}
    five = {
        "仄起首句不入韵": ["ABCD", "ABCDABCD"],
        "仄起首句入韵": ["DBCD", "DBCDABCD"],
        "平起首句不入韵": ["CDAB", "CDABCDAB"],
        "平起首句入韵": ["BDAB", "BDABCDAB"],
    }
    swapped = {("平" if name[0] == "仄" else "仄") + name[1:]: value for name, value in five.items()}
    assert known == (five if length == 5 else swapped)


def test_every_rhyme_of_the_vocabulary_can_be_asked_for(tiny_weights: Path) -> None:
    writer = Writer(model.load(tiny_weights))
    groups = [g for g in range(1, LEVEL_GROUPS + 1) if writer.model.sets().admitted(Tone.LEVEL, g).sum() > 6]
    assert len(groups) >= 4
    for seed, group in enumerate(groups):
        poem = writer.write(Request(Wish(QIJUE, rhyme=group), candidates=3), seed)
        report = check(poem.lines)
        assert report.obeys and report.group == GROUP_NAMES[group]


def test_a_vocabulary_without_rhymes_is_said_to_be_one() -> None:
    vocabulary = Vocabulary.fit(["春月"], 1)
    with pytest.raises(UsageError, match="every level group has too few characters for 2 rhyme words"):
        draw_plans(Wish(QIJUE, "仄起首句不入韵"), CharacterSets(vocabulary), np.random.default_rng(0), 1)

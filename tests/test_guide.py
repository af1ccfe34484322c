"""Plans and guides: whatever the network likes, every slot gets what it asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn_core.decoding import Decoded, decode
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.prosody.judge import tone_set
from poetry.prosody.table import pingshui
from poetry.prosody.tones import Tone
from poetry.slots import seen, stale
from poetry.slots.customs import doubled
from poetry.slots.features import WIDTH
from poetry.slots.guide import FreeGuide, PlanGuide
from poetry.slots.plan import Plan, acrostic, make_plan, opening
from poetry.slots.sets import CharacterSets
from poetry.text.forms import OTHER, QIJUE, REGULATED, WUJUE, Form, pailu, recognise
from poetry.text.vocab import BODY, END, Vocabulary


class Noise:
    """A stepper whose logits are noise: the worst network there is."""

    def __init__(self, V: int, seed: int, bias: dict[int, float] | None = None) -> None:
        self.V, self.rng, self.bias = V, np.random.default_rng(seed), bias or {}

    def start(self, batch: int) -> int:
        return batch

    def step(self, state: int, ids: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, int]:
        assert features.shape == (len(ids), WIDTH)
        logits = self.rng.normal(0, 3, (len(ids), self.V)).astype(np.float32)
        for token, bonus in self.bias.items():
            logits[:, token] += bonus
        return logits, state

    def select(self, state: int, rows: np.ndarray) -> int:
        return len(rows)


def _poems(vocabulary: Vocabulary, plan: Plan, seed: int, rows: int = 4, **settings: bool) -> list[str]:
    guide = PlanGuide([plan] * rows, CharacterSets(vocabulary), **settings)
    uniforms = np.random.default_rng(seed).random((len(plan.slots), rows + 1))
    decoded = decode(Noise(len(vocabulary), seed), rows, np.full(rows, BODY), guide, Sampling(), uniforms)
    return [plan.text([vocabulary.tokens[i] for i in decoded.ids[:, row]]) for row in range(rows)]


def _lines(text: str) -> list[str]:
    return [line for line in text.replace("。", "，").split("，") if line]


@given(st.sampled_from(REGULATED), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_form_and_no_character_in_two_lines(vocabulary: Vocabulary, form: Form, seed: int) -> None:
    for text in _poems(vocabulary, make_plan(form), seed):
        lines = _lines(text)
        assert recognise(lines) == form
        sets = [set(line) for line in lines]
        assert all(a.isdisjoint(b) for i, a in enumerate(sets) for b in sets[:i])
        for line in lines:  # twice in a line only as 叠字
            assert all(line.count(c) == 1 or (line.count(c) == 2 and c + c in line and c in doubled()) for c in line)


@pytest.mark.parametrize("shut", [True, False])
def test_a_stale_phrase_is_written_only_where_it_is_open(vocabulary: Vocabulary, monkeypatch, shut: bool) -> None:
    """Poems of hardly more than six characters."""
    monkeypatch.setattr(stale, "stale", lambda: {"春夏": 0.2, "江山水": 0.2, "龘龘": 0.2, "山云": 0.2})
    bias = dict.fromkeys(vocabulary.ids("春夏江山水云"), 12.0)
    rows, sets = 40, CharacterSets(vocabulary)
    guide = PlanGuide([make_plan(QIJUE)] * rows, sets, repeats=True, closed=np.full((rows, 4), shut))
    uniforms = np.random.default_rng(1).random((32, rows, 2))  # each poem by itself
    decoded = decode(Noise(len(vocabulary), 1, bias), rows, np.full(rows, BODY), guide, Sampling(), uniforms)
    texts = ["".join(vocabulary.tokens[i] for i in row) for row in decoded.ids.T]
    for phrase in ("春夏", "江山水", "山云"):
        assert any(phrase in text for text in texts) is not shut
    assert any("山水" in text for text in texts)  # part of a phrase is none
    assert any("春" + mark + "夏" in text for text in texts for mark in "，。")  # nor is one over the end of a line


def _fed(guide: PlanGuide | FreeGuide, told: np.ndarray) -> PlanGuide | FreeGuide:
    for ids in told:
        guide.advance(ids)
    return guide


def _same(one: PlanGuide | FreeGuide, other: PlanGuide | FreeGuide) -> None:
    np.testing.assert_array_equal(one.allowed(), other.allowed())
    np.testing.assert_array_equal(one.features(), other.features())


@pytest.mark.parametrize("steps", [3, 8, 12, 28])
def test_rows_that_are_drawn_anew_go_on_as_they_would_alone(vocabulary: Vocabulary, monkeypatch, steps: int) -> None:
    """Rows that differ in all they are asked: after any of them is taken twice and others are dropped, the guide is
    that of the rows that are left."""
    monkeypatch.setattr(stale, "stale", lambda: {"春江": 0.2, "花月": 0.2})
    rng, group = np.random.default_rng(steps), 23  # 八庚
    forced = [{}, {(3, 6): "明"}, {(0, 0): "春", (1, 4): "月"}, {(2, 6): "山"}]
    tones = [[Tone.ANY] * 7, [Tone.LEVEL, Tone.OBLIQUE] * 3 + [Tone.LEVEL]]
    rhymes = [0, group, 0, group]
    plans = [make_plan(QIJUE, tones=[tones[n % 2]] * 4, rhymes=rhymes, forced=f) for n, f in enumerate(forced)]
    words, closed = rng.integers(0, 50, (4, 4, 2)), rng.random((4, 2)) < 0.5
    told = [vocabulary.ids(about) for about in ("春", "秋", "", "夜月")]
    lines = ["".join(rng.choice(list("春江花月山水云风"), 7)) for _ in range(20)]
    known = seen.build(np.array([seen.hash_rows(seen.codes(line)[None])[0] for line in lines], dtype=np.uint64))

    def guide(rows: list[int]) -> PlanGuide:
        return PlanGuide(
            [plans[row] for row in rows],
            CharacterSets(vocabulary),
            known,
            words=words[rows],
            closed=closed[rows],
            told=[told[row] for row in rows],
        )

    marks = {7: vocabulary.comma, 15: vocabulary.stop, 23: vocabulary.comma}
    ids = rng.choice(vocabulary.ids("春江花月明山水云"), (31, 4))
    for row, line in enumerate(lines[:4]):
        ids[:7, row] = vocabulary.ids(line)
    for t, mark in marks.items():
        ids[t] = mark
    rows = [2, 0, 2, 1, 3, 3]
    moved = _fed(guide([0, 1, 2, 3]), ids[:steps])
    moved.select(np.array(rows))
    alone = _fed(guide(rows), ids[:steps, rows])
    _same(moved, alone)
    _same(_fed(moved, ids[steps : steps + 1, rows]), _fed(alone, ids[steps : steps + 1, rows]))
    assert len(np.unique(alone.allowed(), axis=0)) > 1


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_rows_of_free_verse_go_on_as_they_would_alone(vocabulary: Vocabulary, steps: int) -> None:
    known = seen.build(np.array([seen.hash_rows(seen.codes("江花")[None])[0]], dtype=np.uint64))

    def guide(openings: list[str]) -> FreeGuide:
        made = FreeGuide(vocabulary, len(openings), seen=known)
        made.begin(np.arange(len(openings)), openings)
        return made

    openings, rows = ["江花月", "春", "", "山"], [3, 0, 0, 1, 2]
    ids = np.array([vocabulary.ids(c) for c in ("江江江山", "花花。水", "月月春。", "云云月春", "江花月夜")])
    ids[3, 2] = END
    moved = _fed(guide(openings), ids[:steps])
    moved.select(np.array(rows))
    alone = _fed(guide([openings[row] for row in rows]), ids[:steps, rows])
    _same(moved, alone)
    _same(_fed(moved, ids[steps : steps + 1, rows]), _fed(alone, ids[steps : steps + 1, rows]))
    np.testing.assert_array_equal(moved.active(), alone.active())


def test_stale_phrases_are_open_to_their_share_of_poems() -> None:
    def open_to_poems(told: str) -> np.ndarray:
        """(2000, P) bool."""
        draws = (np.random.default_rng(i).random(len(stale.stale())) for i in range(2000))
        return ~np.array([stale.closed(uniforms, told) for uniforms in draws])

    open_to = open_to_poems("")
    np.testing.assert_allclose(open_to.mean(axis=0), list(stale.stale().values()), atol=0.05)
    assert stale.stale()["不知何"] < stale.stale()["不知"] < 0.5
    place = [*stale.stale()].index("不知")
    assert open_to_poems("不知处")[:, place].all() and not open_to[:, place].all()


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_tones_rhyme_and_forced_characters_hold(vocabulary: Vocabulary, data: st.DataObject) -> None:
    tones = data.draw(st.lists(st.lists(st.sampled_from(list(Tone)), min_size=5, max_size=5), min_size=4, max_size=4))
    group = 23  # 八庚
    for line in (1, 3):
        tones[line][4] = Tone.LEVEL
    rhymes = [0, group, 0, group]
    head = data.draw(st.text(alphabet="春夏秋冬山水云风", min_size=4, max_size=4))
    plan = make_plan(WUJUE, tones=tones, rhymes=rhymes, forced=acrostic(head, WUJUE))
    for text in _poems(vocabulary, plan, data.draw(st.integers(0, 1000))):
        lines = _lines(text)
        assert "".join(line[0] for line in lines) == head
        for line, needs, rhyme in zip(lines, tones, rhymes, strict=True):
            for character, need in list(zip(line, needs, strict=True))[1:]:
                assert need == Tone.ANY or tone_set(character) & need
            assert not rhyme or rhyme in pingshui()[line[-1]]


def test_strict_sets_leave_out_characters_of_two_tones(vocabulary: Vocabulary) -> None:
    usual, strict = CharacterSets(vocabulary), CharacterSets(vocabulary, strict=True)
    look = vocabulary.id("看")  # 平 and 仄
    assert usual.admitted(Tone.LEVEL, 0)[look]
    assert usual.admitted(Tone.OBLIQUE, 0)[look]
    assert not strict.admitted(Tone.LEVEL, 0)[look]
    assert not strict.admitted(Tone.OBLIQUE, 0)[look]
    assert strict.admitted(Tone.LEVEL, 0)[vocabulary.id("春")]


def test_repeats_may_be_allowed() -> None:
    fixed = Vocabulary.fit(["春江", "春江"], 1)
    plan = make_plan(WUJUE)
    assert len(_poems(fixed, plan, 0)[0]) == 24  # two characters must do: the guide never runs into a dead end
    assert len(_poems(fixed, plan, 0, repeats=True)[0]) == 24


def test_a_forced_character_stays_out_of_other_lines(vocabulary: Vocabulary) -> None:
    plan = make_plan(QIJUE, forced={(3, 6): "春"})
    for seed in range(5):
        for text in _poems(vocabulary, plan, seed):
            assert text.index("春") == 30


def test_an_unknown_forced_character_is_printed(vocabulary: Vocabulary) -> None:
    assert all(text.startswith("龘") for text in _poems(vocabulary, make_plan(WUJUE, forced=opening("龘")), 1))


def test_a_slot_that_nothing_fits_is_named(vocabulary: Vocabulary) -> None:
    with pytest.raises(UsageError, match="line 2, character 5"):
        PlanGuide([make_plan(WUJUE, rhymes=[0, 33, 0, 33])], CharacterSets(vocabulary))


def test_places_outside_the_form_and_unplannable_forms_are_refused() -> None:
    with pytest.raises(UsageError, match="character 6 in line 1"):
        make_plan(WUJUE, forced=opening("一二三四五六"))
    with pytest.raises(UsageError, match="其他"):
        make_plan(OTHER)
    with pytest.raises(UsageError, match="4 lines, which cannot hide 5"):
        acrostic("春夏秋冬年", WUJUE)


def test_extended_verse_has_the_asked_number_of_lines(vocabulary: Vocabulary) -> None:
    text = _poems(vocabulary, make_plan(pailu(12, 5)), 3, repeats=True)[0]
    assert recognise(_lines(text)).name == "五排"
    with pytest.raises(ValueError, match="even number"):
        pailu(11, 5)


def _free(vocabulary: Vocabulary, bias: dict[int, float], steps: int) -> tuple[Decoded, list[list[str]]]:
    rows = 5
    uniforms = np.random.default_rng(2).random((steps, rows + 1))
    guide = FreeGuide(vocabulary, rows, "春江")
    decoded = decode(
        Noise(len(vocabulary), 4, bias), rows, np.full(rows, BODY), guide, Sampling(), uniforms, resample=False
    )
    texts = [[vocabulary.tokens[i] for i in decoded.ids[decoded.active[:, row], row]] for row in range(rows)]
    return decoded, texts


def test_free_verse_ends_after_a_full_stop_only(vocabulary: Vocabulary) -> None:
    decoded, texts = _free(vocabulary, {vocabulary.comma: 8.0, vocabulary.stop: 8.0, END: 12.0}, 400)
    assert len(decoded.ids) < 400
    for tokens in texts:
        assert tokens[:2] == ["春", "江"]
        assert tokens[-2:] == ["。", "</s>"]
        assert tokens.count("</s>") == 1


def test_free_verse_has_no_empty_and_no_endless_line(vocabulary: Vocabulary) -> None:
    for tokens in _free(vocabulary, {vocabulary.comma: 6.0}, 100)[1]:
        assert "，，" not in "".join(tokens)
    for tokens in _free(vocabulary, {vocabulary.comma: -50.0, vocabulary.stop: -50.0}, 100)[1]:
        assert max(len(line) for line in _lines("".join(tokens))) == FreeGuide.longest


def test_a_character_that_common_fonts_lack_is_read_but_not_chosen() -> None:
    v = Vocabulary.fit(["春𣸣"], 1)
    assert "𣸣" in v and v.is_hanzi.sum() == 2
    assert np.flatnonzero(CharacterSets(v).admitted(Tone.ANY)).tolist() == [v.id("春")]
    assert not FreeGuide(v, 1).allowed()[0, v.id("𣸣")]


def test_season_and_hour_go_together_unless_the_title_has_both(vocabulary: Vocabulary) -> None:
    """Poems of hardly more than the characters of two seasons; those that the title names may stand together."""
    liked = "春莺桃花秋雁明月夕阳"
    v = Vocabulary([*vocabulary.tokens, *(c for c in liked if c not in vocabulary)])
    rows, sets = 60, CharacterSets(v)
    about = ["", "秋", "春秋"]
    told = [v.ids(about[row % 3]) for row in range(rows)]
    guide = PlanGuide([make_plan(QIJUE)] * rows, sets, repeats=True, told=told)
    uniforms = np.random.default_rng(1).random((32, rows, 2))
    noise = Noise(len(v), 1, dict.fromkeys(v.ids(liked), 12.0))
    decoded = decode(noise, rows, np.full(rows, BODY), guide, Sampling(), uniforms)
    texts = ["".join(v.tokens[i] for i in row) for row in decoded.ids.T]
    autumn = [any(c in text for c in "秋雁") for text in texts]
    spring = [any(c in text for c in ("春", "莺", "桃花")) for text in texts]
    assert any(spring[0::3]) and any(autumn[0::3]) and not np.logical_and(spring, autumn)[0::3].any()
    assert all(autumn[1::3]) and not any(spring[1::3])
    assert np.logical_and(spring, autumn)[2::3].all()
    assert not any("夕阳" in text and ("明月" in text or "月明" in text) for text in texts)
    assert any("夕阳" in text for text in texts) and any("明月" in text for text in texts)

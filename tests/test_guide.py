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
            assert all(line.count(c) == 1 or (line.count(c) == 2 and c + c in line) for c in line)


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
    decoded, texts = _free(vocabulary, {vocabulary.stop: 8.0, END: 12.0}, 400)
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

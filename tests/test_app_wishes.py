"""What a person asked for: it names the poem, stays in every later step, and its mood can be measured."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from apps import card, limits, messages, networks, service
from apps.chinese import CHINESE_OF
from apps.current import preferred, serving
from apps.guard import _told
from apps.texts import dictionaries, say
from charrnn_core.errors import UsageError
from poetry.text.hanzi import simplify
from poetry.theme import moods, vectors
from poetry.writing import model
from poetry.writing.writer import Writer


@pytest.fixture
def tiny(tiny_weights: Path, monkeypatch: pytest.MonkeyPatch) -> Writer:
    """The app with a small network."""
    writer = Writer(model.load(tiny_weights))
    monkeypatch.setattr(networks, "writer", lambda cell: writer)
    monkeypatch.setattr(service, "CANDIDATES", 2)
    return writer


def test_an_acrostic_is_titled_by_its_own_words(tiny):
    poem = next(service.order(acrostic="春风如意", seed=1).poems())
    assert card.title_of(poem) == "春风如意" and [line[0] for line in poem.lines] == list("春风如意")
    themed = next(service.order(acrostic="春风如意", theme="江边送别", seed=1).poems())
    assert card.title_of(themed) == "春风如意" and "送别" in service.order(theme="江边送别").request.title


def test_the_persons_own_word_is_the_title(tiny):
    assert card.title_of(next(service.order(theme="疫情", seed=1).poems())) == "疫情"
    assert "疫情" not in service.order(theme="疫情").request.title  # the network is told a word of verse
    assert card.title_of(next(service.order(seed=1).poems())) != ""


def test_a_rewriting_keeps_acrostic_rhyme_and_title(tiny):
    poem = next(service.order(acrostic="春风如意", rhyme="一东", pattern="平起首句不入韵", seed=1).poems())
    for seed in range(3):
        new = service.rewrite(poem.text, "3", 0.8, seed, "lstm", poem)
        assert new.lines[2][0] == "如" and new.lines[2] != poem.lines[2] and card.title_of(new) == "春风如意"
        again = service.rewrite(new.text, "3,4:7", 0.8, seed, "lstm", new)
        (report,) = service.check_text(again.text)
        assert again.lines[2][0] == "如" and (report.group, report.pattern) == ("一东", "平起首句不入韵")
        assert again.lines[3][6] != new.lines[3][6]
    with pytest.raises(UsageError, match="asked for and stays"):
        service.rewrite(poem.text, "3:1", 0.8, 1, "lstm", poem)


def test_a_mood_gives_key_words_and_keeps_the_opposite_out(tiny):
    for mood, out in ((moods.CHEERFUL, moods.SAD), (moods.SAD, moods.CHEERFUL)):
        order = service.order(mood=mood, seed=3, count=3)
        assert set(order.request.words) <= set(moods.lexicons()[mood].words) and len(order.request.words) == moods.KEYS
        for poem in order.poems():
            assert not set(poem.text) & set(moods.lexicons()[out].characters)
    calm = service.order(mood=moods.NEUTRAL, seed=3)
    assert not calm.request.words and not set(next(calm.poems()).text) & set(moods.kept_out(moods.NEUTRAL))


def test_what_is_asked_for_is_not_kept_out(tiny):
    poem = next(service.order(mood=moods.CHEERFUL, acrostic="春风愁意", seed=1).poems())
    assert poem.lines[2][0] == "愁"


def test_a_mood_is_measured_by_more_than_what_is_kept_out():
    assert moods.measured("欢笑断肠人") == {moods.CHEERFUL: 2, moods.SAD: 1}
    for name, lexicon in moods.lexicons().items():
        assert all(vectors.shipped().is_word(word) for word in lexicon.words), name
        assert any(not set(word) & set(lexicon.characters) for word in lexicon.measure)


def test_numbers_have_no_exponent_and_fields_their_names():
    with pytest.raises(limits.FieldError, match="0 与 4294967295") as caught:
        limits.whole(1 << 40, "seed", 0, float((1 << 32) - 1))
    error = pickle.loads(pickle.dumps(caught.value))  # on its way from a worker
    assert str(error) == str(caught.value) and error.field == "seed"
    assert _told(error, None).startswith('<span class="of-seed">“种子”')
    with serving("en", float("inf")):
        assert "“seed” must be" in _told(error, {}) and "span" not in _told(error, {})
        long = limits.FieldError("too_long", "poem_title", longest=1, length=2)
        assert "“title” has" in _told(long, {"poem_title": "title"})


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"head": "a"}, "head"),
        ({"acrostic": "春风如意好", "form": "五绝"}, "acrostic"),
        ({"acrostic": "Tom"}, "acrostic"),
        ({"acrostic": "春风", "spread": "no"}, "spread"),
        ({"acrostic": "春风如意", "form": "五绝", "at": 6}, "at"),
        ({"title": "x"}, "poem_title"),
        ({"theme": "qwerty"}, "theme"),
        ({"theme": "春天", "title": "春"}, "theme"),
        ({"form": "no"}, "form"),
        ({"form": "七排", "lines": 11}, "lines"),
        ({"rhyme": "no"}, "rhyme"),
        ({"pattern": "no"}, "pattern"),
        ({"mood": "no"}, "mood"),
        ({"temperature": 3}, "temperature"),
        ({"seed": -1}, "seed"),
        ({"count": 99}, "count"),
    ],
)
def test_an_error_about_a_field_names_it(tiny, wish, field):
    with pytest.raises(UsageError) as caught:
        next(service.order(**wish).poems())
    assert messages.field_of(caught.value) == field


def test_the_sentences_about_fields_are_those_of_the_library():
    assert set(messages.FIELDS) <= set(CHINESE_OF)


def test_chinese_has_two_scripts():
    found = dictionaries()
    assert found["zh-CN"]["head"] == "开头的字" and found["zh-TW"]["head"] == "開頭的字"
    for tag, language in (
        ("zh-SG", "zh"),
        ("zh-Hans-CN", "zh"),
        ("zh-Hans-HK", "zh"),
        ("zh-Hant", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
    ):
        assert preferred(tag) == language
    with serving("zh-Hant", float("inf")):
        assert say("broken") != simplify(say("broken")) and say("head") == "開頭的字"


def test_a_rewritten_poem_of_unknown_wishes_is_free(tiny):
    poem = next(service.order(acrostic="春风如意", seed=1).poems())
    new = service.rewrite(poem.text, "3:1", 0.8, 1, "lstm", replace(poem, wish=None))
    assert new.lines[2][0] != "如"

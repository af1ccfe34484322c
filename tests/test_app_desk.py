"""To write together: what the desk tells is checked, changes the poem, can be undone; the poem of the day."""

import json
import math
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from apps import desk as views
from apps import limits, networks, service, shown, today
from apps.jobs import Jobs
from apps.shared import Shared
from apps.tabs import desk, verse
from apps.versions import MOST, Versions
from charrnn_core.errors import UsageError
from poetry.prosody.judge import check
from poetry.writing import model
from poetry.writing.poem import Poem
from poetry.writing.writer import Writer

TOWER = Poem("五绝", "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。", 1, -2.0, words=("白日", "黄河", "千里", "楼"))
ASKED: Any = SimpleNamespace(session_hash="someone")


@pytest.fixture(autouse=True)
def here(tiny_weights: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch) -> Writer:
    """A small network, at work in this process."""
    writer = Writer(model.load(tiny_weights))
    monkeypatch.setattr(networks, "writer", lambda cell: writer)
    monkeypatch.setattr(service, "CANDIDATES", 4)
    for name in ("result", "results"):
        monkeypatch.setattr(Jobs, name, lambda _, task, *arguments: task(*arguments))
    return writer


def _changed(poems: list[Poem], versions: Versions, offered: list[Poem], **told: Any) -> tuple[Any, ...]:
    return desk._change(json.dumps(told), poems, versions, offered, [], 1, ASKED)


def _answers(poems: list[Poem], **told: Any) -> list[tuple[Any, ...]]:
    return list(desk._network(json.dumps(told), poems, Versions(), [], 1, 0.7, "lstm", ASKED))


def test_versions_go_back_and_forth() -> None:
    versions = Versions().changed(["a"]).changed(["b"])
    now, versions = versions.undone(["c"])
    assert now == ["b"] and versions.redone(now) == (["c"], Versions((["a"], ["b"])))
    assert Versions().undone(["a"]) == (["a"], Versions()) and Versions().redone(["a"]) == (["a"], Versions())
    assert not versions.changed(["d"]).after
    for n in range(2 * MOST):
        versions = versions.changed([n])
    assert len(versions.before) == MOST and versions.before[-1] == [2 * MOST - 1]


def test_typing_over_is_judged_at_once_and_undone() -> None:
    [narrow], *_ = _changed([TOWER], Versions(), [], do="type", at=[2, 1], character="窄")
    [wide], *_ = _changed([narrow], Versions(), [], do="type", at=[2, 1], character="窮")
    assert narrow.lines[2] == "欲窄千里目" and wide.text == TOWER.text
    poems, versions, _, details, _, table = _changed([TOWER], Versions(), [], do="type", at=[1, 4], character="去")
    assert poems[0].text == "白日依山尽，黄河入海去。欲穷千里目，更上一层楼。" and math.isnan(poems[0].score)
    assert "score" not in poems[0].as_dict() and poems[0].words == TOWER.words
    assert "出韵" in table and "fault" in table and "出韵" in details
    again, versions, *_ = _changed(poems, versions, [], do="undo")
    assert again == [TOWER] and versions.after
    assert _changed(again, versions, [], do="redo")[0][0].text == poems[0].text


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[" * 1000,
        '{"do": "no"}',
        '{"do": "take", "n": 0}',
        '{"do": "take", "n": -1}',
        '{"do": "type", "at": [0, 4], "character": ""}',
        '{"do": "type", "at": [0, 4], "character": "<"}',
        '{"do": "type", "at": [0, 4], "character": "江山"}',
        '{"do": "type", "at": [0, 5], "character": "江"}',
        '{"do": "type", "at": [0, 4], "character": 5}',
        '{"do": "type", "character": "江"}',
        "[]",
        5,
    ],
)
def test_what_no_desk_tells_is_refused_politely(told: Any) -> None:
    with pytest.raises(UsageError):
        desk._change(told, [TOWER], Versions(), [], [], 1, ASKED)


@pytest.mark.parametrize(
    "told",
    [
        {"do": "look"},
        {"do": "look", "at": [0, 5]},
        {"do": "look", "at": [4, 0]},
        {"do": "rewrite", "line": 4},
        {"do": "rewrite", "line": None},
        {"do": "rest", "locked": [0, 1, 2, 3]},
        {"do": "words", "words": ["a"]},
        {"do": "words", "words": ["江"] * 5},
        {"do": "words"},
        {"do": "no"},
    ],
)
def test_what_a_network_cannot_be_asked_is_refused_politely(told: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        _answers([TOWER], **told)


def test_other_characters_are_offered_with_what_they_do_and_one_is_taken() -> None:
    poem = next(service.order(head="春", form="五绝", seed=1).poems())
    (answer,) = _answers([poem], do="look", at=[1, 4])
    offered, said = answer[2], answer[5]
    assert len({one.lines[1][4] for one in offered}) == len(offered) > service.BREAKING
    assert all(one.lines[1][:4] == poem.lines[1][:4] and one.lines[0] == poem.lines[0] for one in offered)
    verdicts = [check(one.lines).verdict for one in offered]
    assert set(verdicts[: -service.BREAKING]) == {"合律"} and "合律" not in verdicts[-service.BREAKING :]
    assert said.count('class="effect"') == sum(verdict != "合律" for verdict in verdicts)
    taken, versions, *_ = _changed([poem], Versions(), offered, do="take", n=2)
    assert taken == [offered[2]] and versions.before == ([poem],)


def test_a_line_is_written_anew_side_by_side_and_locked_lines_stay() -> None:
    poem = next(service.order(acrostic="春夏秋冬", form="五绝", seed=1).poems())
    answers = _answers([poem], do="rewrite", line=2)
    assert [len(answer[2]) for answer in answers] == [1, 2, 3]
    offered = answers[-1][2]
    assert len({one.lines[2] for one in offered}) == 3 and all(one.lines[2][0] == "秋" for one in offered)
    assert all(one.lines[:2] + one.lines[3:] == poem.lines[:2] + poem.lines[3:] for one in offered)
    (answer,) = _answers([poem], do="rest", locked=[0, 3])
    (new,) = answer[0]
    assert [a == b for a, b in zip(new.lines, poem.lines, strict=True)] == [True, False, False, True]
    assert answer[6].count(" checked") == 2


def test_a_plan_is_drawn_anew_around_the_words_that_are_fixed() -> None:
    poem = next(service.order(form="五绝", seed=1).poems())
    words = service.words_anew(poem, ("江", "", "", "明月"), "lstm")
    assert words[0] == "江" and words[3] == "明月" and all(words) and len(words) == 4
    (answer,) = _answers([poem], do="words", words=["江", "", "", ""])
    assert 'value="江"' in answer[-1] and answer[-1].count(" checked") == 1
    assert views.chips(()) == ""


def _wishes(**wishes: Any) -> list[Any]:
    usual = dict.fromkeys(verse.FIELDS, "") | {"spread": "first", "at": 1, "lines": 10, "temperature": 0.7}
    return [*(usual | {"count": 1, "cell": "lstm"} | wishes).values()]


def test_what_cannot_be_done_is_answered_with_buttons_that_change_the_fields() -> None:
    said = verse._instead(ASKED, *_wishes(said="新年快乐万事如意", form="七绝"))
    assert said.count("<button") == 4 and "&quot;spread&quot;: &quot;row&quot;" in said
    assert "&quot;said&quot;: &quot;&quot;" in said and "新年快乐" in said
    assert "<button" not in verse._instead(ASKED, *_wishes(said="春"))
    assert "<button" not in verse._instead(ASKED, *_wishes(said="春", seed="no"))


def test_the_one_line_is_taken_for_what_it_looks_like_or_for_what_is_said() -> None:
    assert service.order(said="春").request.given == "春"
    assert service.order(said="生日快乐").request.given == "生日快乐"
    assert service.order(said="生日快乐", read_as="theme").request.given == ""
    assert service.order(said="生日快乐", acrostic="春夏秋冬").request.given == "春夏秋冬"
    assert service.understood({"said": "王小明 Tom"}) == ("当作藏头：王小明 Tom；藏不了：Tom", "王小明桃鸥梅")
    with pytest.raises(limits.FieldError):
        service.order(said="春", read_as="no")


def test_a_row_of_quatrains_is_a_poem_for_each_part() -> None:
    found = list(service.poems({"acrostic": "春夏秋冬东", "spread": "row", "form": "五绝", "count": 3, "seed": 1}))
    assert "".join(line[0] for line in found[0].lines) == "春夏秋冬"
    assert len(found) == 2 and found[1].lines[0][0] == "东"


def test_the_poem_of_a_day_is_of_its_term_and_kept(shared: Shared) -> None:
    assert today.wishes(date(2027, 2, 4)) == {"title": "立春", "seed": 20270204}
    assert today.wishes(date(2027, 1, 4))["title"] == "冬至" and today.wishes(date(2027, 12, 31))["title"] == "冬至"
    of_day = shared.today.poem
    poem = of_day(date(2027, 2, 4))
    assert poem is of_day(date(2027, 2, 4)) and (poem.seed, poem.title) == (20270204, "立春")
    assert of_day(date(2027, 2, 5)) is not poem and len(shared.today._kept) == 1
    opened = verse._open("", [], ASKED)
    assert len(opened) == verse.WRITTEN and opened[0][0].title == today.wishes(date.today())["title"]
    assert verse._open("?head=春", [], ASKED)[0] != opened[0]
    assert verse._open("?__theme=dark", [], ASKED)[0] == opened[0]


def test_a_character_the_network_does_not_know_is_marked() -> None:
    poem = next(service.order(acrostic="春龘", seed=1).poems())
    cards, _ = shown.views([poem], [], 1)
    assert 'class="zi unknown"' in cards and poem.unknown == "龘" and "网络不认识：龘" in cards

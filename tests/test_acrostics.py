"""藏头 of every length: a poem or a proposal for whatever is wished."""

from dataclasses import replace
from pathlib import Path

import pytest

from charrnn_core import weights
from charrnn_core.errors import UsageError
from poetry.prosody.judge import check
from poetry.prosody.table import pingshui
from poetry.slots.plan import acrostic
from poetry.slots.sets import CharacterSets
from poetry.text.forms import FORMS, QIJUE, QILU, WUJUE
from poetry.text.hanzi import COMMA, STOP
from poetry.text.vocab import SPECIALS, Vocabulary
from poetry.writing import model
from poetry.writing.acrostics import FIRST, LAST, ROW, Heard, form_for, hear, in_hanzi, quatrains
from poetry.writing.order import Order, request_of, row_of
from poetry.writing.proposals import MOST, possible, proposals
from poetry.writing.writer import Writer
from tests.conftest import header, random_arrays

WISHES = (Path(__file__).parent / "truth" / "wishes.txt").read_text(encoding="utf-8").splitlines()
COMMON = 3500


@pytest.fixture(scope="module")
def large() -> Vocabulary:
    """Every character of the rhyme books that is common enough to be in GB 2312."""
    known = [c for c in sorted(pingshui()) if _in_gb2312(c)]
    assert len(known) > COMMON
    return Vocabulary([*SPECIALS, *(f"<{form.name}>" for form in FORMS), COMMA, STOP, *known])


@pytest.fixture(scope="module")
def sets(large: Vocabulary) -> CharacterSets:
    return CharacterSets(large)


@pytest.fixture(scope="module")
def writer(large: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Writer:
    """A random network that has all these characters."""
    path = tmp_path_factory.mktemp("weights") / "large.safetensors"
    weights.save(path, random_arrays("lstm", len(large), 8, 12), header("lstm", large, 8, 12), int8=True)
    return Writer(model.load(path))


def _in_gb2312(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def test_there_are_two_hundred_wishes_of_every_length() -> None:
    assert len(WISHES) == len(set(WISHES)) == 200
    assert {len(hear(wish).hanzi) for wish in WISHES} >= set(range(17))


@pytest.mark.parametrize(
    ("said", "hanzi", "left_out"),
    [
        ("王小明", "王小明", ()),
        ("王小明 Tom", "王小明", ("Tom",)),
        ("2026 新年快樂！", "新年快乐", ("2026",)),
        ("春，夏·秋—冬", "春夏秋冬", ()),
        ("生日快乐🎂さくら", "生日快乐", ("🎂", "さくら")),
        ("㊗生日", "祝生日", ()),
        ("ｔｏｍ我", "我", ("tom",)),
        ("José", "", ("José",)),
        ("…！", "", ()),
    ],
)
def test_what_cannot_be_hidden_is_named_and_marks_are_not(said: str, hanzi: str, left_out: tuple[str, ...]) -> None:
    assert hear(said) == Heard(hanzi, left_out)


def test_letters_and_digits_have_stand_ins() -> None:
    assert in_hanzi("Tom 520 生日快乐!") == "桃鸥梅五二零生日快乐"
    assert in_hanzi("José ２") == "江鸥诗恩二"
    assert in_hanzi("🎂 Аня") == ""


def test_every_length_has_a_form() -> None:
    lines = [form_for(count, 7).lines for count in range(1, 17)]
    assert lines == [4, 4, 4, 4, 8, 8, 8, 8, 10, 10, 12, 12, 14, 14, 16, 16]
    assert [form_for(count, 5).name for count in (3, 7, 9)] == ["五绝", "五律", "五排"]
    assert quatrains("一二三四五六七八九十") == ["一二三四", "五六七八", "九十"]


def test_a_short_acrostic_takes_the_first_lines_or_the_last() -> None:
    assert acrostic("春夏", WUJUE) == {(0, 0): "春", (1, 0): "夏"}
    assert acrostic("春夏", WUJUE, last=True) == {(2, 0): "春", (3, 0): "夏"}
    assert acrostic("春夏秋冬", QIJUE, -1, last=True) == {(n, 6): c for n, c in enumerate("春夏秋冬")}
    with pytest.raises(UsageError, match="七绝 has 4 lines, which cannot hide 5"):
        acrostic("春夏秋冬年", QIJUE)


def test_an_order_takes_the_form_that_its_acrostic_needs() -> None:
    assert request_of(Order(acrostic="王小明")).form == QIJUE
    assert request_of(Order(acrostic="新年快乐啊")).form == QILU
    assert request_of(Order(acrostic="春夏", form="五绝")).form == WUJUE
    assert (request_of(Order(acrostic="但愿人长久千里共婵娟")).form.name) == "七排"
    wish = request_of(Order(acrostic="王 Tom 明", spread=LAST)).wish
    assert wish is not None and wish.forced == {(2, 0): "王", (3, 0): "明"}


def test_a_row_is_an_order_for_each_quatrain() -> None:
    row = row_of(Order(acrostic="但愿人长久千里共婵娟", form="五律", spread=ROW, seed=7))
    assert [(one.acrostic, one.form, one.seed) for one in row] == [
        ("但愿人长", "五绝", 7),
        ("久千里共", "五绝", 8),
        ("婵娟", "五绝", 9),
    ]
    assert [request_of(one).form for one in row] == [WUJUE] * 3
    assert len(row_of(Order(spread=ROW, form="七律"))) == 1
    with pytest.raises(UsageError, match="several poems"):
        request_of(Order(acrostic="春夏秋冬年", spread=ROW))
    with pytest.raises(UsageError, match="unknown spread"):
        request_of(Order(acrostic="春夏秋冬年", spread="no"))


@pytest.mark.parametrize(
    ("order", "changes"),
    [
        (Order(acrostic="新年快乐如意", form="七绝"), [{"form": "七律"}, {"spread": ROW}, {"acrostic": "新年快乐"}]),
        (Order(acrostic="人" * 9, form="五律"), [{"form": "五排", "lines": 10}, {"spread": ROW, "form": "五绝"}]),
        (Order(acrostic="春夏秋冬", form="五律", at=-1), [{"at": 1}]),
        (Order(acrostic="Tom"), [{"acrostic": "桃鸥梅"}, {"acrostic": None}]),
        (Order(acrostic="🎂"), [{"acrostic": None}]),
        (Order(acrostic="春夏秋冬", head="月"), [{"head": None}]),
        (Order(acrostic="春夏秋冬", at=-1, rhyme="一东"), [{"at": 1}]),
        (Order(acrostic="春夏秋冬", form="其他"), [{"form": "七绝"}]),
        (Order(head="东", form="五绝", pattern="仄起首句入韵", rhyme="一东"), []),
        (Order(title="x"), [{"title": None}]),
    ],
)
def test_what_can_be_done_is_proposed_nearest_first(order: Order, changes: list[dict], sets: CharacterSets) -> None:
    assert possible(order, sets) == (not changes)
    if changes:
        found = proposals(order, sets)
        first = [dict(one.changes) for one in found[: len(changes)]]
        assert [{name: one[name] for name in want} for one, want in zip(first, changes, strict=True)] == changes
        assert all(possible(replace(order, **one.changes), sets) for one in found) and len(found) <= MOST


def _each_has_a_proposal(wishes: list[str], more: dict, sets: CharacterSets) -> None:
    for wish in wishes:
        order = Order(acrostic=wish, **more)
        if not possible(order, sets):
            assert more or not hear(wish).hanzi, wish
            found = proposals(order, sets)
            assert found and all(possible(replace(order, **one.changes), sets) for one in found), wish


ASKED = [{}, {"form": "五绝"}, {"at": -1}, {"spread": ROW}, {"form": "七律", "at": 2}]


@pytest.mark.parametrize("more", ASKED, ids=str)
def test_no_wish_is_refused_without_a_proposal(more: dict, sets: CharacterSets) -> None:
    _each_has_a_proposal(WISHES[::25], more, sets)


@pytest.mark.slow
@pytest.mark.parametrize("more", ASKED, ids=str)
def test_none_of_all_wishes_is_refused_without_a_proposal(more: dict, sets: CharacterSets) -> None:
    _each_has_a_proposal(WISHES, more, sets)


def _write(writer: Writer, wish: str, spread: str) -> None:
    """The poems of a wish hide it, or the first thing that is proposed does."""
    order = Order(acrostic=wish, spread=spread, seed=1, candidates=2)
    if not possible(order, writer.model.sets()):
        order = replace(order, **proposals(order, writer.model.sets())[0].changes)
    heads = []
    for one in row_of(order):
        poem = writer.write(one)
        hidden = len(one.hidden.hanzi)
        rows = poem.lines[len(poem.lines) - hidden :] if one.spread == LAST else poem.lines[:hidden]
        heads += [line[0] for line in rows]
        report = check(poem.lines)
        assert not report.faults, (wish, poem.text)
        assert poem.unknown == "".join(c for c in one.hidden.hanzi if c not in writer.model.vocabulary)
    assert "".join(heads) == order.hidden.hanzi


@pytest.mark.parametrize("wish", WISHES[::25])
def test_wishes_are_written(writer: Writer, wish: str) -> None:
    _write(writer, wish, FIRST)


@pytest.mark.parametrize("spread", [LAST, ROW])
def test_the_last_lines_and_a_row_are_written(writer: Writer, spread: str) -> None:
    _write(writer, "祝王老师身体", spread)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [FIRST, LAST, ROW])
@pytest.mark.parametrize("wish", WISHES)
def test_every_wish_is_written_by_the_shipped_network(wish: str, spread: str) -> None:
    _write(Writer(), wish, spread)

"""The matter of verse: its table, how titles are read, what a poem has named, and what is drawn oftener."""

from importlib.resources import files

import numpy as np
import pytest

from poetry.slots import stock
from poetry.slots.guide import PlanGuide
from poetry.slots.matter import Matter, MatterSoFar, enough
from poetry.slots.plan import make_plan
from poetry.slots.sets import CharacterSets
from poetry.text.forms import QIJUE, WUJUE
from poetry.text.vocab import Vocabulary
from poetry.theme import matter, modern
from poetry.theme.matter import jarring, subjects
from poetry.writing.candidates import job_of
from poetry.writing.model import shipped
from poetry.writing.request import request_for
from poetry.writing.together import write_together


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return shipped().vocabulary


def test_every_line_of_the_table_is_whole(vocabulary: Vocabulary) -> None:
    rows = files("poetry.theme").joinpath(matter.FILE).read_text(encoding="utf-8").splitlines()
    names = [row.split("\t")[0] for row in rows]
    assert names == sorted(set(names)) and len(names) > 7000
    for row in rows:
        name, fits, jars = row.split("\t")
        words = [*fits.split(), *jars.split()]
        assert 1 <= len(name) <= matter.LONGEST and len(fits.split()) >= 3, name
        assert len(words) == len(set(words)), name
        assert all(1 <= len(word) <= 2 and all(c in vocabulary for c in word) for word in words), name


def test_a_title_is_read_by_its_longest_words() -> None:
    assert [s.name for s in subjects("七夕")] == ["七夕"]
    assert [s.name for s in subjects("了净归天竺寺")] == ["净", "归", "天竺寺"]  # not 归天
    assert "元日" in [s.name for s in subjects("丙子元日")]
    assert [[s.name for s in subjects(title)] for title in ("楼前", "梅末", "熊安生")] == [["楼"], ["梅"], []]
    assert subjects("") == () and subjects("龘") == ()
    assert subjects("雪")[0].worth < subjects("除夕")[0].worth


def test_what_a_title_names_does_not_jar_with_it() -> None:
    assert "蝴蝶" in jarring("七夕", ())
    assert "蝴蝶" not in jarring("七夕见蝴蝶", ())
    assert "蝴蝶" not in jarring("七夕", ["蝴蝶"])
    assert jarring("", ()) == ()


def test_lines_that_name_a_subject_are_counted(vocabulary: Vocabulary) -> None:
    found = Matter.of([(("鹊桥", "织女"), 1.0, 2), (("月",), 0.5, 2)], vocabulary)
    lines = ["鹊桥今夜月，", "织女渡银河。", "桥鹊无人见，", "清光照绮罗。"]
    ids = np.array([vocabulary.ids("".join(lines))]).T
    assert found.named(ids, 6).tolist() == [[2], [1]]
    assert found.named(ids[:9], 6).tolist() == [[2], [1]]  # a line need not have ended
    assert found.named(ids[:1], 6).tolist() == [[0], [0]]


def test_a_word_is_begun_where_it_can_be_ended(vocabulary: Vocabulary) -> None:
    v = vocabulary
    so_far = MatterSoFar([Matter.of([(("鹊桥", "织女"), 1.0, 2)], v)], 5, 4, len(v))
    fits = np.ones((1, len(v)), dtype=bool)
    fits[0, v.id("女")] = False

    def favoured(place: int, fits: np.ndarray | None) -> set[str]:
        return {v.tokens[i] for i in so_far.favoured(place, fits)[1]}

    assert favoured(0, fits) == {"鹊"}  # 女 has not the tone of the next place
    assert favoured(1, fits) == set()  # no word begins there
    assert favoured(4, None) == set()
    so_far.advance(np.array([v.id("鹊")]), False)
    assert favoured(1, fits) == {"桥"}
    so_far.advance(np.array([v.id("桥")]), False)
    assert favoured(2, fits | True) == set()  # this line has named it
    so_far.advance(np.array([v.comma]), True)
    assert favoured(0, fits | True) == {"织"}  # 桥 has been used


def test_a_subject_is_left_alone_when_it_is_named_enough(vocabulary: Vocabulary) -> None:
    v = vocabulary
    words = ("鹊桥", "织女", "银河", "穿针")
    so_far = MatterSoFar([Matter.of([(words, 1.0, enough(4))], v)], 5, 4, len(v))
    everything = np.ones((1, len(v)), dtype=bool)
    for line in range(enough(4)):
        assert len(so_far.favoured(0, everything)[1])
        for i in v.ids(words[line]):
            so_far.advance(np.array([i]), False)
        so_far.advance(np.array([v.comma]), True)
    assert not len(so_far.favoured(0, everything)[1])


def test_a_line_for_which_a_person_gives_a_word_is_not_for_the_title(vocabulary: Vocabulary) -> None:
    v = vocabulary
    so_far = MatterSoFar([Matter.of([(("鹊桥",), 1.0, 2)], v, ["江帆"])], 5, 4, len(v))
    everything = np.ones((1, len(v)), dtype=bool)
    assert [v.tokens[i] for i in so_far.favoured(0, everything)[1]] == ["江"]
    so_far.advance(np.array([v.comma]), True)
    assert [v.tokens[i] for i in so_far.favoured(0, everything)[1]] == ["鹊"]


def test_a_word_that_is_given_is_wanted_in_its_line(vocabulary: Vocabulary) -> None:
    v = vocabulary
    found = Matter.of([], v, ["", "江帆", "", ""])
    so_far = MatterSoFar([found], 5, 4, len(v))
    everything = np.ones((1, len(v)), dtype=bool)
    assert not len(so_far.favoured(0, everything)[1])
    so_far.advance(np.array([v.comma]), True)
    assert [v.tokens[i] for i in so_far.favoured(0, everything)[1]] == ["江"]
    there = np.array([v.ids("山高月小明，江帆远入云。")]).T
    elsewhere = np.array([v.ids("江帆远入云，山高月小明。")]).T
    assert found.named(there, 6).tolist() == [[1]] and found.named(elsewhere, 6).tolist() == [[0]]


def test_a_given_word_is_kept_for_its_line(vocabulary: Vocabulary) -> None:
    """江 comes again in 江帆 and 江: it is open in the second line and closed before; 月 until the last."""
    v, plan = vocabulary, make_plan(WUJUE)
    about = Matter.of([], v, ["", "江帆", "", "月"])
    guide = PlanGuide([plan, plan], CharacterSets(v), matter=[about, Matter.of((), v)])
    closed = []
    for line in range(4):
        allowed = guide.allowed()
        sets = CharacterSets(v).admitted(plan.slots[6 * line].tone)
        closed.append([{c for c in "江帆月" if sets[v.id(c)] and not row[v.id(c)]} for row in allowed])
        for c in "山高天小明":
            guide.advance(np.array([v.id(c)] * 2))
        guide.advance(np.array([v.stop if line % 2 else v.comma] * 2))
    every = [
        {c for c in "江帆月" if CharacterSets(v).admitted(plan.slots[6 * line].tone)[v.id(c)]} for line in range(4)
    ]
    assert [own for own, _ in closed] == [every[0], every[1] & {"月"}, every[2] & {"月"}, set()]
    assert not any(other for _, other in closed) and any(every)


def test_rows_keep_what_is_their_own(vocabulary: Vocabulary) -> None:
    v = vocabulary
    one, other = (Matter.of([((word,), 1.0, 2)], v) for word in ("鹊桥", "织女"))
    so_far = MatterSoFar([one, other, other], 5, 4, len(v))
    everything = np.ones((3, len(v)), dtype=bool)
    rows, ids = so_far.favoured(0, everything)
    assert sorted(zip(rows.tolist(), [v.tokens[i] for i in ids], strict=True)) == [(0, "鹊"), (1, "织"), (2, "织")]
    so_far.select(np.array([2, 0]))
    rows, ids = so_far.favoured(0, everything[:2])
    assert sorted(zip(rows.tolist(), [v.tokens[i] for i in ids], strict=True)) == [(0, "织"), (1, "鹊")]


def test_a_guide_closes_what_jars_and_favours_what_fits(vocabulary: Vocabulary) -> None:
    v = vocabulary
    plan = make_plan(QIJUE)
    about = Matter.of([(("鹊桥",), 1.0, 2)], v)
    guide = PlanGuide([plan, plan], CharacterSets(v), shut=[("蝴蝶",), ()], matter=[about, Matter.of((), v)])
    favoured = guide.favoured()
    assert favoured is not None
    assert [(r, v.tokens[i]) for r, i in zip(*favoured, strict=True)] == [(0, "鹊")]
    guide.advance(np.array([v.id("蝴")] * 2))
    assert guide.allowed()[:, v.id("蝶")].tolist() == [False, True]
    assert PlanGuide([plan], CharacterSets(v)).favoured() is None


def test_poems_name_what_their_titles_are_about() -> None:
    """Of eight titles with matter of their own, drawn with few candidates."""
    titles = ["七夕", "除夕", "墨梅", "端午", "中秋月", "采莲", "寒食", "猎"]
    poems = write_together(shipped(), [request_for(WUJUE, title=t, candidates=16) for t in titles], [1] * len(titles))
    named = 0
    for title, poem in zip(titles, poems, strict=True):
        assert not isinstance(poem, Exception)
        named += any(word in line for line in poem.lines for s in subjects(title) for word in s.fits)
    assert named >= 7


def test_stock_scenes_are_open_by_lot_and_where_they_are_told() -> None:
    never, always = np.ones(len(stock.scenes())), np.zeros(len(stock.scenes()))
    assert set(stock.closed(never, ("山居",), 4)) == {phrase for scene in stock.scenes() for phrase in scene.phrases}
    assert stock.closed(always, ("山居",), 4) == ()
    assert "暮" not in stock.closed(never, ("晚兴",), 4) and "渔舟" in stock.closed(never, ("晚兴",), 4)
    share = np.array([scene.share for scene in stock.scenes()])
    just = share + 1e-6
    assert stock.closed(just, (), 4) and not stock.closed(just, (), 8)  # a longer poem has more chances
    assert not stock.closed(share - 1e-6, (), 4)


def test_stock_scenes_are_rare_where_the_title_is_of_something_else() -> None:
    titles = [f"除夕{n}" for n in range(12)]
    poems = write_together(shipped(), [request_for(WUJUE, title=t, candidates=8) for t in titles], range(12))
    waters = next(scene for scene in stock.scenes() if scene.name == "水乡").phrases
    assert sum(any(word in line for line in poem.lines for word in waters) for poem in poems) <= 2


def test_a_modern_word_is_named_oftener_than_a_title() -> None:
    assert (enough(4), enough(8)) == (2, 3) and (enough(4, modern=True), enough(8, modern=True)) == (3, 6)
    title = modern.verses("手机")[0]
    job = job_of(shipped(), 0, request_for(QIJUE, title=f"{title}西湖", stands_for=("手机",)), 1, None)
    assert job.matter.enough.tolist() == [3, 2]
    fits = modern.matter()["手机"].split("\t")[0].split()
    assert set(job.matter.last[job.matter.subject == 0]) == {shipped().vocabulary.id(word[-1]) for word in fits}


def test_what_jars_with_a_modern_word_is_closed() -> None:
    fits, jars = (cell.split() for cell in modern.matter()["生日快乐"].split("\t"))
    assert fits and jars and set(jars) <= set(jarring(modern.verses("生日快乐")[0], (), ("生日快乐",)))


def test_what_a_poem_names_of_its_subjects() -> None:
    lines = ("一番残腊月初分", "五更新晴日渐曛", "已觉岁寒侵鬓发", "今年年老怯霜云")
    assert matter.taken_up(lines, "除夕") == (("除夕", ("残腊", "五更")),)
    assert matter.taken_up(lines[:1], "除夕雪")[1][0] == "雪"
    assert matter.taken_up(lines[2:], "除夕") == (("除夕", ()),)
    assert matter.taken_up(lines, "") == ()
    (modern_word, found), *_ = matter.taken_up(["同窗折柳别"], "别同窗", ("毕业",))
    assert modern_word == "毕业" and "折柳" in found

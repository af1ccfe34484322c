"""The panel: what a reader sees, what is refused, and the figures against values reckoned by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import panel
from benchmarks.judgements import alpha, figures, interval, read_all, wins
from charrnn_core.errors import UsageError
from poetry.measuring.evaluation import Verse

DAWN = ("春眠不觉晓", "处处闻啼鸟", "夜来风雨声", "花落知多少")
TOWER = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")
ITEMS = {
    "a": {"system": "human", "title": "春晓", "form": "五绝"},
    "b": {"system": "new", "title": "春晓", "form": "五绝"},
    "c": {"system": "human", "title": "登楼", "form": "五绝"},
    "d": {"system": "new", "title": "登楼", "form": "五绝"},
}
HEADING = "id\tfluency\tmeaning\tcoherence\ttheme\tbeauty\n"
ONE = HEADING + "a\t5\t5\t5\t5\t5\nb\t1\t2\t3\t4\t5\nc\t4\t4\t4\t4\t4\nd\t4\t4\t4\t4\t4\n"
TWO = "d 5 5 5 5 5\nc 3 3 3 3 3\nb 1 1 1 1 1\na 5 5 5 5 4\n"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    path.write_text(json.dumps({"items": ITEMS}), encoding="utf-8")
    return path


def _judged(folder: Path, *texts: str) -> list[Path]:
    paths = [folder / f"{number}.tsv" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_means_and_wins_are_those_reckoned_by_hand(key: Path, tmp_path: Path) -> None:
    items, scores = read_all(key, _judged(tmp_path, ONE, TWO))
    assert scores[1].tolist() == [[5, 5, 5, 5, 4], [1] * 5, [3] * 5, [5] * 5]  # the key's order, not the file's
    found = figures(items, scores)
    assert (found["readers"], found["titles"]) == (2, 2)
    human, new = found["means"]["human"], found["means"]["new"]
    assert human["fluency"] == 4.25 and human["beauty"] == 4.0 and human["mean"] == 4.2  # (25 + 20 + 24 + 15) / 20
    assert new["meaning"] == 3.0 and new["theme"] == 3.5 and new["mean"] == 3.25  # (15 + 20 + 5 + 25) / 20
    # Pairs (reader, title): 25 : 15 won, 20 : 20 a tie, 24 : 5 won, 15 : 25 lost.
    won = found["wins"]["human : new"]
    assert (won["win"], won["tie"], won["loss"], won["rate"]) == (0.5, 0.25, 0.25, 0.625)


def test_a_win_is_by_the_mean_of_the_five_and_a_reader_counts_alone() -> None:
    ours = np.array([[[5, 1, 1, 1, 1]], [[2, 2, 2, 2, 2]]])
    theirs = np.array([[[1, 2, 2, 2, 2]], [[1, 1, 1, 1, 1]]])
    found = wins(ours, theirs, np.zeros((3, 1), dtype=np.int64))
    assert (found["tie"], found["win"], found["rate"], found["interval"]) == (0.5, 0.5, 0.75, [0.75, 0.75])


def test_the_interval_is_of_means_of_resampled_titles() -> None:
    drawn = np.array([[0, 0], [0, 1], [1, 1]])  # means 1, 2 and 3: their percentiles 2.5 and 97.5 are 1.05 and 2.95
    assert interval(np.array([1.0, 3.0]), drawn) == [1.05, 2.95]


def test_agreement_is_krippendorffs_alpha() -> None:
    # Readers 1 2 3 4 and 1 2 3 5: within items the squares about their means sum to 0.5, over 1 and 4
    # items; about the mean 2.625 of all eight the squares sum to 13.875, over 7.
    assert alpha(np.array([[1, 2, 3, 4], [1, 2, 3, 5]])) == round(1 - (0.5 / 4) / (13.875 / 7), 3)
    assert alpha(np.array([[1, 5], [5, 1]])) == -0.5  # 1 - (16 / 2) / (16 / 3)
    assert alpha(np.array([[1, 2, 3]])) is None
    assert alpha(np.array([[3, 3], [3, 3]])) is None


def test_json_lines_say_the_same(key: Path, tmp_path: Path) -> None:
    names = ONE.splitlines()[0].split("\t")[1:]
    rows = [row.split("\t") for row in ONE.splitlines()[1:]]
    records = [{"id": row[0], **dict(zip(names, map(int, row[1:]), strict=True))} for row in rows]
    _, scores = read_all(key, _judged(tmp_path, ONE, "\n".join(map(json.dumps, records))))
    assert np.array_equal(scores[0], scores[1])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ONE.replace("d\t4", "e\t4"), "line 5: 'e' is not on the sheet"),
        (ONE + "a 1 1 1 1 1\n", "line 6: a is judged twice"),
        (ONE.replace("d\t4\t4\t4\t4\t4\n", ""), "lacks 1 of 4 items, d the first"),
        (ONE.replace("b\t1", "b\t0"), "line 3: b needs 5 whole numbers from 1 to 5"),
        (ONE.replace("b\t1", "b\t6"), "line 3: b needs"),
        (ONE.replace("b\t1", "b\t1.5"), "line 3: b needs"),
        (ONE.replace("b\t1\t", "b\t"), "line 3: b needs"),
        (ONE.replace("b\t1", "b\t1\t1"), "line 3: b needs"),
        (ONE.replace("b\t1\t2\t3\t4\t5", '{"id": "b", "fluency": true}'), "line 3: b needs"),
        (ONE.replace("b\t1\t2\t3\t4\t5", '{"id": "b"'), "is not on the sheet"),
        ("", "lacks 4 of 4 items"),
    ],
)
def test_a_judgement_that_does_not_fit_is_refused_in_a_line(key, tmp_path, capsys, text, reason) -> None:
    (path,) = _judged(tmp_path, text)
    assert panel.main(["read", str(key), str(path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and reason in error and str(path) in error


@pytest.mark.parametrize("content", ["", "[]", '{"items": {"a": {"system": "x"}}}', '{"items": {}}'])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "key.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"key\.json"):
        read_all(tmp_path / "key.json", _judged(tmp_path, ONE))


def test_a_key_without_a_poem_for_every_title_is_refused(tmp_path: Path) -> None:
    some = {name: ITEMS[name] for name in "abc"}
    (tmp_path / "key.json").write_text(json.dumps({"items": some}), encoding="utf-8")
    with pytest.raises(UsageError, match="one poem of every system"):
        read_all(tmp_path / "key.json", _judged(tmp_path, ONE))


def test_reading_prints_tables_and_a_json_line(key: Path, tmp_path: Path, capsys) -> None:
    assert panel.main(["read", str(key), *map(str, _judged(tmp_path, ONE, TWO))]) == 0
    out = capsys.readouterr().out.splitlines()
    assert any(row.startswith("| human | 4.25 | 4.25 | 4.25 | 4.25 | 4.00 | 4.20 |") for row in out)
    assert any(row.startswith("| human : new | 0.50 | 0.25 | 0.25 | 0.62 |") for row in out)
    assert json.loads(out[-1])["means"]["new"]["mean"] == 3.25


def _themes() -> list[panel.Theme]:
    return [panel.Theme("春晓", "五绝", DAWN), panel.Theme("登鹳雀楼", "五绝", TOWER)]


def test_the_sheet_tells_titles_and_lines_and_nothing_of_the_systems() -> None:
    poems = {"human": [DAWN, TOWER], "secret": [TOWER, DAWN]}
    sheet, key = panel.sheet_and_key(poems, _themes(), seed=3)
    assert "secret" not in sheet and "human" not in sheet
    assert sorted((item.system, item.title) for item in key.values()) == [
        ("human", "春晓"), ("human", "登鹳雀楼"), ("secret", "春晓"), ("secret", "登鹳雀楼")
    ]  # fmt: skip
    for number, item in key.items():
        lines = poems[item.system][["春晓", "登鹳雀楼"].index(item.title)]
        assert f"## {number} 《{item.title}》\n\n{lines[0]}，{lines[1]}。  \n{lines[2]}，{lines[3]}。\n" in sheet
    assert panel.sheet_and_key(poems, _themes(), seed=3) == (sheet, key)
    other = panel.sheet_and_key({"human": [DAWN, TOWER], "secret": [DAWN, TOWER]}, _themes(), seed=3)[1]
    assert not set(other) & set(key)  # judgements of one sheet do not pass for another's


def test_items_are_shuffled() -> None:
    poems = {name: [DAWN, TOWER] for name in "abcdefgh"}
    orders = [[item.system for item in panel.sheet_and_key(poems, _themes(), seed)[1].values()] for seed in range(3)]
    assert orders[0] != sorted(orders[0]) and orders[0] != orders[1] != orders[2]


@pytest.mark.parametrize(("title", "fits"), [
    ("登鹳雀楼", True), ("早秋", True), ("送元二使安西", False), ("次韵子由", False), ("绝句", False), ("偶成", False),
    ("江行无题", False), ("题", False), ("自京赴奉先县咏怀五百字", False), ("", False),
])  # fmt: skip
def test_only_titles_that_name_a_theme_are_taken(title: str, fits: bool) -> None:
    assert panel._fit(Verse(TOWER, title)) is fits


def test_only_whole_regulated_poems_are_taken() -> None:
    assert panel._fit(Verse(TOWER, "登鹳雀楼"))
    assert not panel._fit(Verse(("白日依山□", *TOWER[1:]), "登鹳雀楼"))
    assert not panel._fit(Verse((TOWER[1], TOWER[0], *TOWER[2:]), "登鹳雀楼"))


def test_a_file_of_poems_is_matched_by_title_and_form(tmp_path: Path) -> None:
    path = tmp_path / "former.jsonl"
    records = [{"title": "登鹳雀楼", "lines": DAWN}, {"title": "春晓", "lines": TOWER}]
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), encoding="utf-8")
    assert panel.System.of(f"former={path}").poems(_themes()) == [TOWER, DAWN]
    path.write_text(json.dumps(records[0], ensure_ascii=False), encoding="utf-8")
    with pytest.raises(UsageError, match="no 五绝 under 春晓"):
        panel.System.of(f"former={path}").poems(_themes())


def test_weights_write_with_their_settings(tiny_weights: Path) -> None:
    one, again, other = (
        panel.System.of(f"new={tiny_weights},candidates=2,temperature={t}").poems(_themes())
        for t in ("0.7", "0.7", "1")
    )
    assert [len(lines) for lines in one] == [4, 4] and one == again != other


@pytest.mark.parametrize(
    "text", ["new", "=x.jsonl", "new=", "new=a.safetensors,colour=1", "new=a.safetensors,candidates=x"]
)
def test_a_system_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        panel.System.of(text)


def test_themes_of_a_batch_are_judged_where_every_system_has_a_poem(tmp_path: Path) -> None:
    wishes = [{"theme": theme, "form": "五绝"} for theme in ("毕业", "地铁", "樱花")]
    (tmp_path / "wishes.jsonl").write_text("\n".join(map(json.dumps, wishes)))
    found = {"now": [(1, DAWN), (2, TOWER), (3, DAWN)], "former": [(1, TOWER), (3, DAWN)]}
    systems = []
    for name, rows in found.items():
        said = [json.dumps({"row": row, "lines": lines}) for row, lines in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join([*said, json.dumps({"row": 2, "error": "x"})]))
        systems.append(panel.System.of(f"{name}={tmp_path / name}.jsonl"))
    chosen, poems = panel.wished(tmp_path / "wishes.jsonl", systems)
    assert [theme.title for theme in chosen] == ["毕业", "樱花"]
    assert poems == {"now": [DAWN, DAWN], "former": [TOWER, DAWN]}
    with pytest.raises(UsageError, match="human"):
        panel.wished(tmp_path / "wishes.jsonl", [panel.System.of("human")])
    for bad in ('{"title": "毕业", "form": "五绝"}', "毕业", "[1]"):
        (tmp_path / "bad.jsonl").write_text(bad)
        with pytest.raises(UsageError, match="no list of themes"):
            panel.wished(tmp_path / "bad.jsonl", systems)

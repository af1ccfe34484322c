"""`python -m poetry.check`: any text in, marks and names of faults out."""

import io
import json
from importlib import import_module
from pathlib import Path

import pytest

from poetry.text import pasted

check_command = import_module("poetry.check")  # poetry.check is a function, too

TOWER = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
NIGHT = ["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"]


@pytest.mark.parametrize(
    "text",
    [
        "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。",
        "白日依山盡，黃河入海流。\n欲窮千里目，更上一層樓。",
        "白日依山尽黄河入海流欲穷千里目更上一层楼",
        "白日依山尽\n黄河入海流\n欲穷千里目\n更上一层楼\n",
        "登鹳雀楼\n王之涣\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。",
        "登鹳雀楼:白日依山尽，黄河入海流。欲穷千里目，更上一层楼。",
        "「白日依山尽」（一作昼），黄河入海流！\r\n欲穷千里目？更上一层楼……",
        "白日依山尽 黄河入海流 欲穷千里目 更上一层楼",
    ],
)
def test_a_poem_is_read_however_it_is_written(text: str) -> None:
    assert pasted.poems(text) == [TOWER]


def test_many_poems_are_told_apart() -> None:
    one, two = "，".join(TOWER) + "。", "，".join(NIGHT) + "。"
    assert pasted.poems(f"{one}\n\n{two}") == [TOWER, NIGHT]
    assert pasted.poems(f"{one}\n{two}\n") == [TOWER, NIGHT]
    assert pasted.poems(f"甲：{one}\n乙：{two}") == [TOWER, NIGHT]


def test_a_run_is_cut_by_its_length() -> None:
    assert [len(line) for line in pasted.poems("春" * 28)[0]] == [7] * 4
    assert [len(line) for line in pasted.poems("春" * 56)[0]] == [7] * 8
    assert [len(line) for line in pasted.poems("春" * 40)[0]] == [5] * 8
    assert pasted.poems("春江花") == [["春江花"]]


def _run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    try:
        code = check_command.main(arguments)
    except SystemExit as error:
        code = int(error.code or 0)
    return code, *capsys.readouterr()


def test_marks_stand_below_the_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "poems.txt"
    path.write_text("，".join(NIGHT), encoding="utf-8")
    code, out, error = _run([str(path)], capsys)
    rows = out.splitlines()
    assert code == 1 and error.count("\n") == 1
    assert rows[0] == "五绝 平起首句入韵 古体"
    assert rows[rows.index("举头望明月") + 1] == "○●◎○○"
    assert [row[2:4] for row in rows if row.startswith("误")] == ["失对", "失粘"]


def test_json_and_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("".join(TOWER).encode()), "utf-8"))
    code, out, error = _run(["-", "--json"], capsys)
    record = json.loads(out)
    assert code == 0 and error == ""
    assert (record["verdict"], record["pattern"], record["group"]) == ("合律", "仄起首句不入韵", "十一尤")
    assert [line["marks"] for line in record["lines"]] == ["○○○○○"] * 4
    assert record["rhymes"] == [["流", ["十一尤"]], ["楼", ["十一尤"]]]


@pytest.mark.parametrize("content", [b"", b"   \n", b"hello", b"\xff\xfe\x00", b"\xed\xa0\x80", "😀".encode()])
def test_text_without_verse_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    path = tmp_path / "bad"
    path.write_bytes(content)
    code, out, error = _run([str(path)], capsys)
    assert code == 2 and out == "" and error.count("\n") == 1 and "Traceback" not in error


def test_files_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([str(tmp_path)], [str(tmp_path / "absent")], [], ["x", "--policy", "lax"]):
        code, _, error = _run(arguments, capsys)
        assert code == 2 and error.count("\n") == 1


def test_explain_prints_the_same_marks(tiny_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from poetry import generate

    assert generate.main(["春", "--weights", str(tiny_weights), "--seed", "1", "--explain"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].startswith("七绝 ") and rows[0].endswith(" 合律")
    assert all(set(row.split()[0]) <= set("○◎?") for row in rows[2:9:2])


VERSE = "，".join(TOWER[:2]) + "。" + "，".join(TOWER[2:]) + "。"
PASTED = {  # what people paste: (text, title, author, what is left out)
    "a title as long as a line": (f"登鹳雀楼诗\n{VERSE}", "登鹳雀楼诗", "", ()),
    "such a title over lines without marks": ("登鹳雀楼诗\n" + "\n".join(TOWER), "登鹳雀楼诗", "", ()),
    "an author too": (f"登鹳雀楼诗\n王之涣\n{VERSE}", "登鹳雀楼诗", "王之涣", ()),
    "empty rows": (f"登鹳雀楼\n\n王之涣\n\n{VERSE}", "登鹳雀楼", "王之涣", ()),
    "a dynasty beside the author": (f"登鹳雀楼诗\n唐·王之涣\n\n{VERSE}", "登鹳雀楼诗", "唐·王之涣", ()),
    "a row for each": (f"登鹳雀楼\n唐代\n王之涣\n\n{VERSE}", "登鹳雀楼", "唐代 王之涣", ()),
    "a title in brackets": (f"【登鹳雀楼】\n{VERSE}", "登鹳雀楼", "", ()),
    "labels": (f"题目：登鹳雀楼\n作者：王之涣\n{VERSE}", "登鹳雀楼", "王之涣", ()),
    "marks of notes": (
        "白日依山尽【注一】，黄河入海流〔二〕。欲穷千里目［3］，更上一层楼。",
        "",
        "",
        ("【注一】", "〔二〕", "[3]"),
    ),
    "a label within": (
        "白日依山尽，黄河入海流。\n下联：欲穷千里目，更上一层楼。",
        "",
        "",
        ("下联",),
    ),
    "a note at the end": (
        f"{VERSE}\n注：鹳雀楼在蒲州，今属山西。\n又注",
        "",
        "",
        ("注:鹳雀楼在蒲州,今属山西。", "又注"),
    ),
    "a signature": ("\n".join([*TOWER, "——王之涣"]), "", "", ("——王之涣",)),
    "blanks between characters": (" ".join(VERSE), "", "", ()),
    "wide blanks": ("\u3000".join(VERSE), "", "", ()),
    "invisible characters": (
        "\ufeff白\u200b日\ufe00依" + "\u00ad".join(VERSE[3:]),
        "",
        "",
        (),
    ),
    "half-width marks": (VERSE.replace("，", ",").replace("。", "."), "", "", ()),
    "marks of half width": (VERSE.replace("，", "､").replace("。", "｡"), "", "", ()),
    "other line breaks": ("\u2028".join(TOWER), "", "", ()),
    "traditional script": ("白日依山盡，黃河入海流。欲窮千里目，更上一層樓。", "", "", ()),
    "numbers": (f"1、{VERSE}", "", "", ()),
    "Chinese numbers": (f"一、{VERSE}", "", "", ()),
}


@pytest.mark.parametrize("kind", PASTED)
def test_the_poem_is_found_in_what_people_paste(kind: str) -> None:
    text, *about = PASTED[kind]
    (found,) = pasted.read(text)
    assert found.lines == TOWER
    assert [found.title, found.author, tuple(found.left_out)] == about


def test_verse_no_row_of_which_has_lines_of_one_length_is_not_lost() -> None:
    uneven = "空山，白日依山尽，黄河入海流。\n更上，欲穷千里目，更上一层楼。"
    (found,) = pasted.read(uneven)
    assert found.lines == ["空山", *TOWER[:2], "更上", *TOWER[2:]]
    assert [poem.lines for poem in pasted.read(f"{VERSE}\n\n{uneven}")] == [TOWER, found.lines]


def test_titles_stay_with_their_poems() -> None:
    other = "，".join(NIGHT) + "。"
    found = pasted.read(f"凉州词\n王翰\n其一\n{VERSE}\n其二\n{other}\n\n静夜思\n李白\n{other}")
    heads = [("凉州词 其一", "王翰"), ("凉州词 其二", "王翰"), ("静夜思", "李白")]
    assert [(poem.title, poem.author) for poem in found] == heads
    assert [poem.lines for poem in found] == [TOWER, NIGHT, NIGHT]


def test_couplets_on_a_row_are_poems_and_no_headings() -> None:
    both = "\n\n".join(f"{a} {b}\n{c} {d}" for a, b, c, d in (TOWER, NIGHT))
    assert [poem.lines for poem in pasted.read(both)] == [TOWER, NIGHT]
    stanzas = "\n\n".join(f"{a}\n{b}" for a, b in (TOWER[:2], TOWER[2:]))
    assert [poem.lines for poem in pasted.read(stanzas)] == [TOWER]


@pytest.mark.parametrize(("mark", "end"), [("\n", "\n"), ("，", "。"), ("\n\n", "")])
def test_couplets_without_a_mark_within_are_cut_in_two(mark: str, end: str) -> None:
    tower, night = (mark.join(["".join(lines[:2]), "".join(lines[2:])]) + end for lines in (TOWER, NIGHT))
    assert pasted.poems(tower) == [TOWER]
    assert pasted.poems(" ".join(tower)) == [TOWER]
    (found,) = pasted.read(f"登鹳雀楼\n王之涣\n{tower}")
    assert (found.title, found.author, found.lines) == ("登鹳雀楼", "王之涣", TOWER)
    if mark != "\n\n":
        assert pasted.poems(f"{tower}\n\n{night}") == [TOWER, NIGHT]


def test_a_title_of_ten_characters_is_no_couplet() -> None:
    (found,) = pasted.read("白日依山尽黄河入海流也\n黄河入海流欲穷千里目\n" + "\n".join(TOWER))
    assert found.lines == TOWER


def test_japanese_forms_are_read() -> None:
    (found,) = pasted.read("緑樹陰濃夏日長，楼台倒影入池塘。水晶簾動微風起，満架薔薇一院香。")
    assert found.lines[3] == "满架蔷薇一院香"


@pytest.mark.parametrize("mark", "_＿■〓�\ue5e5\U000f0000")
def test_a_character_that_is_lost_keeps_its_place(mark: str) -> None:
    assert pasted.poems(VERSE.replace("里", mark)) == [[*TOWER[:2], "欲穷千□目", TOWER[3]]]


def test_a_line_too_short_is_no_title() -> None:
    assert pasted.poems("白日依山尽\n黄河入海\n欲穷千里目\n更上一层楼") == [["白日依山尽", "黄河入海", *TOWER[2:]]]


def test_what_cannot_be_judged_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ci.txt"
    path.write_text(
        "忆江南\n白居易\n江南好，风景旧曾谙。日出江花红胜火，春来江水绿如蓝。能不忆江南？", encoding="utf-8"
    )
    code, out, error = _run([str(path)], capsys)
    assert code == 1 and error.count("\n") == 1 and "1 of 1 poems" in error
    assert out.startswith("《忆江南》 白居易\n") and "注 无格律：各句字数 3 5 7 7 5：" in out


def test_a_file_in_gbk_is_read_and_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gbk.txt"
    path.write_bytes(VERSE.encode("gb18030"))
    code, out, error = _run([str(path)], capsys)
    assert code == 0 and "合律" in out and error.count("\n") == 1 and "GB18030" in error

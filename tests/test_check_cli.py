"""`python -m poetry.check`: any text in, marks and names of faults out."""

import io
import json
from importlib import import_module
from pathlib import Path

import pytest

from poetry.text import lines

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
    assert lines.poems(text) == [TOWER]


def test_many_poems_are_told_apart() -> None:
    one, two = "，".join(TOWER) + "。", "，".join(NIGHT) + "。"
    assert lines.poems(f"{one}\n\n{two}") == [TOWER, NIGHT]
    assert lines.poems(f"{one}\n{two}\n") == [TOWER, NIGHT]
    assert lines.poems(f"甲：{one}\n乙：{two}") == [TOWER, NIGHT]


def test_a_run_is_cut_by_its_length() -> None:
    assert [len(line) for line in lines.poems("春" * 28)[0]] == [7] * 4
    assert [len(line) for line in lines.poems("春" * 56)[0]] == [7] * 8
    assert [len(line) for line in lines.poems("春" * 40)[0]] == [5] * 8
    assert lines.poems("春江花") == [["春江花"]]


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
    assert sum(row.startswith("误 失") for row in rows) == 3


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

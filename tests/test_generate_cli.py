"""`python -m poetry.generate` as a person uses it, and what it says to input that is no use."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from charrnn_core import weights
from poetry import generate
from poetry.text.forms import BY_NAME
from poetry.text.hanzi import to_traditional

ROOT = Path(__file__).parents[1]


class Command:
    """Runs the command in this process with the tiny weights."""

    def __init__(self, weights_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.weights_file, self.capsys = weights_file, capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.capsys.readouterr()
        try:
            code = generate.main([*arguments, "--weights", str(self.weights_file)])
        except SystemExit as stopped:
            code = int(str(stopped.code))
        out, error = self.capsys.readouterr()
        return code, out, error


@pytest.fixture
def command(tiny_weights: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tiny_weights, capsys)


def test_a_poem_begins_as_asked_and_nothing_else_is_printed(command: Command) -> None:
    code, out, error = command("春江", "--seed", "1")
    assert (code, error) == (0, "")
    assert out.startswith("春江")
    assert [len(line) for line in out.splitlines()] == [16, 16]


def test_the_first_character_may_be_left_out(command: Command) -> None:
    code, out, _ = command("--form", "五绝")
    assert code == 0
    assert [len(line) for line in out.splitlines()] == [12, 12]


def test_the_same_seed_gives_the_same_poem_and_the_next_seed_the_next(command: Command) -> None:
    first = command("月", "--seed", "5", "-n", "2", "--json")[1].splitlines()
    again = command("月", "--seed", "6", "--json")[1].splitlines()
    assert json.loads(first[0])["seed"] == 5
    assert first[1] == again[0]
    assert first[0] != first[1]


@pytest.mark.parametrize("name", ["五绝", "七绝", "五律", "七律"])
def test_json_has_the_form(command: Command, name: str) -> None:
    record = json.loads(command("月", "--seed", "2", "--json", "--form", name)[1])
    form = BY_NAME[name]
    assert {"form", "lines", "text", "seed", "score"} <= record.keys()
    assert record["form"] == name
    assert [len(line) for line in record["lines"]] == [form.length] * form.lines
    assert record["score"] < 0


def test_an_acrostic_heads_every_line(command: Command) -> None:
    record = json.loads(command("--acrostic", "春夏秋冬", "--seed", "1", "--json")[1])
    assert "".join(line[0] for line in record["lines"]) == "春夏秋冬"


def test_an_acrostic_may_have_any_length(command: Command) -> None:
    _, out, error = command("--acrostic", "春 Tom 江", "--spread", "last", "--seed", "1", "--json")
    assert [line[0] for line in json.loads(out)["lines"]][2:] == ["春", "江"]
    assert error == "poetry.generate: Tom cannot be hidden; to have all of it, hide 春桃鸥梅江\n"
    _, out, _ = command("--acrostic", "春夏秋冬东西", "--spread", "row", "--seed", "1", "--json")
    assert [json.loads(row)["lines"][0][0] for row in out.splitlines()] == ["春", "东"]
    code, out, error = command("--acrostic", "春夏秋冬东", "--form", "五绝")
    assert (code, out) == (2, "")
    assert "; instead: a 五律 of 8 lines; a row of 2 绝句; only 春夏秋冬; " in error


def test_traditional_input_and_output(command: Command) -> None:
    record = json.loads(command("雲飛", "--seed", "1", "--json", "--traditional", "--form", "五絕")[1])
    assert record["text"].startswith("雲飛")


def test_free_verse_ends_with_a_full_stop(command: Command) -> None:
    code, out, _ = command("春", "--free", "--seed", "1")
    assert code == 0
    assert out.startswith("春")
    assert out.endswith("。\n")


def test_greedy_is_the_same_for_every_seed(command: Command) -> None:
    poems = {command("山", "--temperature", "0", "--seed", str(seed))[1] for seed in range(3)}
    assert len(poems) == 1


def test_a_character_outside_the_vocabulary_is_printed_with_a_remark(command: Command) -> None:
    code, out, error = command("龘", "--seed", "1")
    assert code == 0
    assert out.startswith("龘")
    assert error.count("\n") == 1
    assert "龘" in error


@pytest.mark.parametrize(
    "arguments",
    [
        [""],
        ["   "],
        ["spring"],
        ["春a"],
        ["😀"],
        ["\ud800"],
        ["春\x07"],
        ["春\n江"],
        ["\u202e春"],
        ["春" * 1000],
        ["春" * 8],
        ["春", "-n", "0"],
        ["春", "-n", "x"],
        ["春", "-n", "100000000"],
        ["春", "--temperature", "-1"],
        ["春", "--temperature", "nan"],
        ["春", "--top-p", "0"],
        ["春", "--top-k", "-2"],
        ["春", "--seed", "-1"],
        ["春", "--candidates", "0"],
        ["春", "--form", "十四行"],
        ["--acrostic", "春夏秋冬年", "--form", "七绝"],
        ["--acrostic", "abcd"],
        ["江", "--acrostic", "春夏秋冬"],
        ["春", "--pattern", "回文"],
        ["春", "--rhyme", "送"],
        ["春", "--policy", "none", "--rhyme", "东"],
        ["春", "--free", "--rhyme", "东"],
        ["春", "--force", "9:1=月"],
        ["春", "--force", "月"],
        ["春", "--lines", "12"],
        ["春", "--form", "五排", "--lines", "11"],
        ["--acrostic", "春夏秋冬", "--at", "8"],
        ["--acrostic", "山山山山", "--at", "-1"],
        ["--acrostic", "春夏秋冬", "--form", "其他"],
        ["春", "--no-such-option"],
        ["春", "江"],
    ],
)
def test_wrong_use_is_one_line_and_exit_code_two(command: Command, arguments: list[str]) -> None:
    code, out, error = command(*arguments)
    assert code == 2
    assert out == ""
    assert error.strip()
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert error.isprintable() or error[:-1].isprintable()


def _bad_files(folder: Path, good: Path) -> dict[str, Path]:
    content = good.read_bytes()
    files = {
        name: folder / name
        for name in ("truncated", "empty", "text", "zip", "flipped", "kind", "absent", "huge-header")
    }
    files["truncated"].write_bytes(content[: len(content) // 2])
    files["empty"].write_bytes(b"")
    files["text"].write_text("春江花月夜" * 100, encoding="utf-8")
    files["zip"].write_bytes(b"PK\x03\x04" + b"\0" * 100)
    files["flipped"].write_bytes(content[:8] + b"\xff" * 40 + content[48:])
    files["huge-header"].write_bytes((1 << 60).to_bytes(8, "little") + content[8:])
    weights.save(files["kind"], {}, {"kind": "char-rnn"})
    return files | {"folder": folder}


@pytest.mark.parametrize(
    "name", ["truncated", "empty", "text", "zip", "flipped", "kind", "absent", "huge-header", "folder"]
)
def test_a_bad_weights_file_is_named_in_one_line(
    tiny_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = _bad_files(tmp_path, tiny_weights)[name]
    code, out, error = Command(path, capsys)("春")
    assert (code, out) == (2, "")
    assert error.count("\n") == 1
    assert str(path) in error


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        generate.main(["春", "--weights", str(tmp_path / "absent"), "--debug"])


def test_as_a_process_in_a_foreign_locale_without_warnings(tiny_weights: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "poetry.generate",
        "春",
        "--seed",
        "1",
        "--weights",
        str(tiny_weights),
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("utf-8").startswith("春")


def test_a_reader_that_goes_away_is_no_error(tiny_weights: Path) -> None:
    command = f"'{sys.executable}' -m poetry.generate 春 -n 50 --candidates 1 --weights '{tiny_weights}' | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def _examples(epilog: str) -> list[list[str]]:
    """The arguments of the examples of a help text."""
    rows = [shlex.split(row.split("  #")[0]) for row in epilog.splitlines() if row.strip().startswith("python -m")]
    return [row[3:] for row in rows]


@pytest.mark.parametrize("arguments", _examples(generate.EXAMPLES), ids=" ".join)
def test_every_example_of_the_help_works(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    few = [] if "--alternatives" in arguments else ["--candidates", "4"]
    assert generate.main([*arguments, "--cell", "rnn", *few]) == 0
    assert capsys.readouterr().out


def test_extended_verse_has_ten_lines_unless_said(command: Command) -> None:
    code, out, error = command("--form", "五排", "--candidates", "2", "--json")
    assert (code, error) == (0, "") and [len(line) for line in json.loads(out)["lines"]] == [5] * 10
    assert BY_NAME["五排"].lines == 0  # no number in the table of forms


POEM = "床前明月光，疑是地上霜。举头望明月，低头思故乡。"


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["春", "--rewrite", POEM, "--gap", "2"], "the beginning of the poem"),
        (["--rewrite", POEM, "--gap", "2", "--form", "五绝"], "--form"),
        (["--rewrite", POEM, "--gap", "2", "--acrostic", "春夏秋冬"], "--acrostic"),
        (["--rewrite", POEM, "--gap", "2", "--rhyme", "七阳"], "--rhyme"),
        (["--rewrite", POEM, "--gap", "2", "--free"], "--free"),
        (["--rewrite", POEM, "--alternatives", "4:5", "-n", "2"], "--count"),
        (["--rewrite", POEM, "--alternatives", "4:5", "--theme", "春"], "--theme"),
        (["--rewrite", POEM, "--alternatives", "4:5", "--json"], "--json"),
        (["--rewrite", POEM, "--alternatives", "4:5", "--seed", "1"], "--seed"),
        (["--rewrite", POEM, "--alternatives", "4:5", "--top-p", "0.5"], "--top-p"),
        (["--rewrite", POEM, "--alternatives", "4:5", "--plan", "月"], "--plan"),
        (["--free", "--policy", "strict"], "--policy"),
        (["春", "--at", "2"], "--at"),
    ],
)
def test_an_option_that_a_mode_does_not_use_is_refused(command: Command, arguments: list[str], option: str) -> None:
    code, out, error = command(*arguments)
    assert (code, out) == (2, "") and option in error and error.count("\n") == 1


def test_what_a_poem_names_of_its_title_is_told(command: Command) -> None:
    (row,) = command("--title", "除夕雪", "--seed", "1", "--explain")[1].splitlines()[-1:]
    record = json.loads(command("--title", "除夕雪", "--seed", "1", "--explain", "--json")[1])
    assert [each["subject"] for each in record["matter"]] == ["除夕", "雪"]
    said = [f"{each['subject']} {' '.join(each['words']) or '（未说到）'}" for each in record["matter"]]
    assert row == "诗料：" + "；".join(said)
    text = "".join(record["lines"])
    assert all(word in text for each in record["matter"] for word in each["words"])
    assert "诗料" not in command("春", "--seed", "1", "--explain")[1]


def test_marks_in_traditional_script_and_in_json(command: Command) -> None:
    plain = command("春", "--seed", "1", "--explain", "--traditional")[1]
    assert plain == to_traditional(command("春", "--seed", "1", "--explain")[1])
    record = json.loads(command("春", "--seed", "1", "--explain", "--json")[1])
    assert [line["text"] for line in record["report"]["lines"]] == record["lines"]
    traditional = json.loads(command("春", "--seed", "1", "--explain", "--json", "--traditional")[1])
    assert traditional["form"] == to_traditional(record["form"]) != record["form"]
    assert [line["text"] for line in traditional["report"]["lines"]] == traditional["lines"]
    assert traditional["lines"] == [to_traditional(line) for line in record["lines"]] != record["lines"]

"""Every example that a command's --help gives is run, with small numbers for large ones; those that need a server, a
cluster or files of others are read by the command's parser."""

import importlib
import io
import re
import shlex
from pathlib import Path

import pytest

MODULES = (
    *("poetry.check", "poetry.gates", "poetry.evaluate", "poetry.batch.__main__", "poetry.batch.on_ray"),
    *("charrnn_core.complete", "charrnn_core.explain", "charrnn_core.exercises", "charrnn_core.train"),
    "apps.gradio_app",
)  # those of poetry.generate: tests/test_generate_cli.py
PARSED = re.compile("on_ray|app|snapshot|--data|--units|check my-exercises|--resume")
LESS = {"--count": "3", "--steps": "40", "-n": "2"}
SHORT = {"charrnn_core.train": ["--steps", "40"]}  # for an example that does not say how long
VERSE = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
FILES = {
    "我的诗.txt": VERSE,
    "prompts.txt": "春\n秋\n",
    "prompts.csv": "head,form\n春,五绝\n秋,七绝\n",
    **dict.fromkeys(
        ("莎士比亚.txt", "text.txt", "samples.txt", "shakespeare.txt"), "the king and the queen, my lord\n" * 9
    ),
}


def _examples() -> list[tuple[str, str]]:
    found = []
    for name in MODULES:
        rows = importlib.import_module(name).EXAMPLES.splitlines()
        commands = [re.split(r"  +[#写批教]", row.strip())[0] for row in rows if re.match("  [a-z]|echo", row)]
        found += [(name, command) for command in commands if "poetry.generate" not in command]
    return found


def test_every_command_with_examples_is_here() -> None:
    root = Path(__file__).parents[1]
    paths = [path for top in ("charrnn_core", "poetry", "apps") for path in (root / top).rglob("*.py")]
    given = {path for path in paths if "\nEXAMPLES = " in path.read_text(encoding="utf-8")}
    here = {root.joinpath(*name.split(".")).with_suffix(".py") for name in (*MODULES, "poetry.generate")}
    assert given == here and {name for name, _ in _examples()} == set(MODULES)


@pytest.mark.parametrize(("name", "command"), _examples())
def test_an_example_works(name: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(name)
    monkeypatch.chdir(tmp_path)
    for file, content in FILES.items():
        Path(file).write_text(content, encoding="utf-8")
    if name == "poetry.evaluate":
        Path("poems.jsonl").write_text(VERSE, encoding="utf-8")
    given, _, command = command.rpartition(" | ")
    words = shlex.split(command)
    arguments = words[3:] if words[0] == "python" else words[1:]
    arguments = [LESS.get(before, word) for before, word in zip(["", *arguments], arguments, strict=False)]
    arguments = [*SHORT.get(name, []), *arguments]  # what the example says comes later, and holds
    if PARSED.search(command):
        monkeypatch.setattr(module, "run", lambda parser, _, argv: parser.parse_args(argv) and 0)
    if given:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(shlex.split(given)[1].encode())))
    assert module.main(arguments) == 0

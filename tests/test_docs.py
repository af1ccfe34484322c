"""Every command of the pages for learners runs in an empty folder, with small numbers for large ones."""

import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import explain, weights
from charrnn_core.lab import char_files

ROOT = Path(__file__).parent.parent
# These need the corpus of 61 MB, or what was trained from it.
NEED_THE_CORPUS = ("poetry.corpus", "poetry.train", "poetry.export", "--weights gru.safetensors", "--data")
# These say of themselves that they need no matplotlib.
NUMPY_ALONE = ("docs/shakespeare.md", "docs/three-cells.md")
PAGES = ("README.md", *(f"docs/{name}.md" for name in ("shakespeare", "verse", "writing", "batch", "three-cells")))
LESS = {
    "-n 20": "-n 2 --candidates 4",
    "--steps 2000": "--steps 200",
    "--steps 3000": "--steps 300",
    "--every 1000": "--every 100",
}
OWN_TEXT = 3000  # characters that the network writes itself before it is explained
FILES = {
    "my.txt": "The king is dead. Long live the king!\nWho goes there? Stand, and unfold yourself.\n" * 40,
    "我的诗.txt": "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。\n",
    "poem.txt": "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。\n",
}


def _commands(page: str) -> list[str]:
    """The commands after `$ ` in the page's consoles; a quoted argument may run over several lines."""
    consoles = re.findall(r"^```console\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.M | re.S)
    commands = [c.strip() for console in consoles for c in re.split(r"^\$ ", console, flags=re.M) if c.strip()]
    return [c for c in commands if not any(name in c for name in NEED_THE_CORPUS)]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_run(page, tmp_path, monkeypatch):
    """In this process, but what needs a shell. README.en.md has the commands of README.md: a test below."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(explain, "OWN_TEXT", OWN_TEXT)
    if page in NUMPY_ALONE:
        for name in {"matplotlib", *(name for name in sys.modules if name.startswith("matplotlib."))}:
            monkeypatch.setitem(sys.modules, name, None)  # importing it is an error
    commands = _commands(page)
    assert commands
    for command in commands:
        for much, less in LESS.items():
            command = command.replace(much, less)
        words = shlex.split(command, comments=True)
        if words[0] == "python" and not {"|", ">", "&&"} & set(words):
            assert _main(words[2])(_enough(words)) == 0, command
        else:
            _in_a_shell(command)


def _main(module):
    """The `main` that `python -m module` runs."""
    package = (ROOT / module.replace(".", "/")).is_dir()
    return importlib.import_module(f"{module}.__main__" if package else module).main


def _enough(words):
    """The arguments of `python -m module ...`, and a little work where they leave it open how much."""
    module, *arguments = words[2:]
    if module == "charrnn_core.train" and "--steps" not in arguments:
        return [*arguments, "--steps", "200"]
    if module == "poetry.generate" and "--alternatives" not in arguments:
        return [*arguments, "--candidates", "4"]
    return arguments


def _in_a_shell(command):
    python = f'python() {{ "{sys.executable}" "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-c", python + command], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"


@pytest.mark.parametrize("page", NUMPY_ALONE)
def test_the_english_page_has_no_command_of_its_own(page):
    """So that the test above runs its commands too."""
    english = _commands(page.replace(".md", ".en.md"))
    assert english and set(english) <= set(_commands(page))


def test_resuming_as_the_page_says_changes_nothing(tmp_path, monkeypatch):
    """docs/shakespeare.md: two commands of 2000 and 3000 steps give what one of 3000 gives; here 20 and 30."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.txt").write_text(FILES["my.txt"], encoding="utf-8")
    for out, steps, more in (("a", "20", []), ("a", "30", ["--resume"]), ("b", "30", [])):
        arguments = ["my.txt", "--hidden", "16", "--every", "10", "--out", out, "--steps", steps, *more]
        assert _main("charrnn_core.train")(arguments) == 0
    (one, note), (two, other) = (
        weights.load(tmp_path / out / "checkpoint.safetensors", kind=char_files.KIND) for out in ("a", "b")
    )
    assert note == other and all(np.array_equal(one[name], two[name]) for name in one)


ALL = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file(page):
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [t for t in targets if "://" not in t and not (page.parent / t).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_the_readme_leads_to_every_page(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    pages = {page.name.replace(".en.md", ".md") for page in (ROOT / "docs").glob("*.md")}
    assert [page for page in pages if page not in text.replace(".en.md", ".md")] == []


def test_the_two_readmes_have_the_same_sections_and_commands():
    def outline(page):
        text = (
            (ROOT / page)
            .read_text(encoding="utf-8")
            .replace("我的诗.txt", "poem.txt")
            .replace("要求.csv", "prompts.csv")
        )
        commands = [re.sub(r"\s+#.*", "", line) for line in re.findall(r"^\$ (.*)$", text, re.M)]
        links = {link.replace(".en.md", ".md") for link in re.findall(r"\]\(([^)]+)\)", text)}
        return [len(heading) for heading in re.findall("^(#+) ", text, re.M)], commands, links - {"README.md"}

    assert outline("README.md") == outline("README.en.md")


def test_the_architecture_names_files_that_are_there():
    named = re.findall(
        r"`((?:poetry|charrnn_core|apps|tests)/[\w/.]*)`", (ROOT / "docs/architecture.md").read_text("utf-8")
    )
    assert len(named) > 20 and [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_the_library_example_of_the_readme_runs(name):
    [example] = re.findall(r"^```python\n(.*?)^```$", (ROOT / name).read_text(encoding="utf-8"), re.M | re.S)
    done = subprocess.run([sys.executable, "-c", example], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith("月") and "合律" in done.stdout, done.stderr

"""Every command of the pages for learners runs as it stands, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from charrnn_core import weights
from charrnn_core.lab import char_files

ROOT = Path(__file__).parent.parent
# These need the corpus of 61 MB, or what was trained from it.
NEED_THE_CORPUS = ("poetry.corpus", "poetry.train", "poetry.export", "--weights gru.safetensors", "--data")
# These say of themselves that they need no matplotlib.
NUMPY_ALONE = ("docs/shakespeare.md", "docs/three-cells.md")
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


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "README.en.md",
        *(f"docs/{name}.md" for name in ("shakespeare", "verse", "writing", "batch", "three-cells")),
    ],
)
def test_the_commands_run_as_they_stand(page, tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    paths = [str(ROOT)]
    if page in NUMPY_ALONE:
        hidden = tmp_path / "hidden" / "matplotlib"
        hidden.mkdir(parents=True)
        (hidden / "__init__.py").write_text("raise ModuleNotFoundError('this page says it needs none')")
        paths.insert(0, str(hidden.parent))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    python = f'python() {{ "{sys.executable}" "$@"; }}\n'
    commands = _commands(page)
    assert commands
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", python + command], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"


@pytest.mark.parametrize("page", NUMPY_ALONE)
def test_the_english_page_has_no_command_of_its_own(page):
    """So that the test above runs its commands too."""
    english = _commands(page.replace(".md", ".en.md"))
    assert english and set(english) <= set(_commands(page))


def test_resuming_as_the_page_says_changes_nothing(tmp_path):
    """docs/shakespeare.md: two commands of 2000 and 3000 steps give what one of 3000 gives; here 20 and 30."""
    (tmp_path / "my.txt").write_text(FILES["my.txt"], encoding="utf-8")
    train = [sys.executable, "-m", "charrnn_core.train", "my.txt", "--hidden", "16", "--every", "10"]
    for out, steps, more in (("a", "20", []), ("a", "30", ["--resume"]), ("b", "30", [])):
        command = [*train, "--out", out, "--steps", steps, *more]
        subprocess.run(
            command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True
        )
    (one, note), (two, other) = (
        weights.load(tmp_path / out / "checkpoint.safetensors", kind=char_files.KIND) for out in ("a", "b")
    )
    assert note == other and all(np.array_equal(one[name], two[name]) for name in one)


PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
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

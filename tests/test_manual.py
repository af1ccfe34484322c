"""The manual is what the commands say of themselves, and the shell offers what they take."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from poetry.build_manual import main, pages
from poetry.commands import COMMANDS
from poetry.writing.order import Order

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Defaults as they are on a machine where nothing is set."""
    for name in ("SERVER_NAME", "SERVER_PORT", "ROOT_PATH"):
        monkeypatch.delenv(f"GRADIO_{name}", raising=False)


def test_the_manual_is_up_to_date() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs/commands").iterdir()}
    assert written == pages(), "python -m poetry.build_manual docs/commands"


def test_the_manual_has_every_command_with_its_options_and_subcommands(tmp_path: Path) -> None:
    assert main([str(tmp_path / "new")]) == 0
    text = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "new").iterdir()}
    assert text.keys() == {"README", *COMMANDS}
    assert "\n    charrnn-verse generate [head] [...]\n" in text["generate"]
    greedy = f"- `--temperature TEMPERATURE`：温度，0 为贪心 / temperature; 0 is greedy [{Order.temperature}]"
    assert greedy in text["generate"] and "[]" not in text["app"]
    assert "- `-n, --count COUNT`：写几首" in text["generate"] and "python -m poetry.generate 春江" in text["generate"]
    assert "\n    charrnn-verse evaluate poems [...]\n" in text["evaluate"]
    assert "\n    charrnn-verse corpus fetch|inspect|encode [...]\n" in text["corpus"]
    assert "## charrnn-verse corpus encode\n\n清洗、去重、切分、编码" in text["corpus"] and "None" not in text["critic"]
    assert text["corpus"].count("--debug") == 1 and "- `-o, --out OUT`：输出 .npz" in text["corpus"]
    training = "charrnn-verse critic train --machine MACHINE [MACHINE ...] --data DATA --out OUT [...]"
    assert f"\n    {training}\n" in text["critic"]


def offered(line: str, tmp_path: Path) -> set[str]:
    """What a shell is told where the line ends."""
    out = tmp_path / "offered"
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "_ARGCOMPLETE_STDOUT_FILENAME": str(out), "PYTHONUTF8": "1"}
    asked |= {"_ARGCOMPLETE_SUPPRESS_SPACE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line))}
    code = "from poetry.__main__ import main\nmain()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | asked, timeout=120, check=False)
    return set(out.read_text(encoding="utf-8").split("\n"))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("charrnn-verse ", {*COMMANDS, "--version"}),
        ("charrnn-verse gen", {"generate"}),
        ("charrnn-verse generate --ac", {"--acrostic"}),
        ("charrnn-verse 春 --ac", {"--acrostic"}),
        ("charrnn-verse generate --form 七", {"七绝", "七律", "七排"}),
        ("charrnn-verse generate --rhyme 十一", {"十一尤", "十一真"}),
        ("charrnn-verse generate --pattern 平起", {"平起首句入韵", "平起首句不入韵"}),
        ("charrnn-verse corpus en", {"encode"}),
        ("charrnn-verse check --policy s", {"strict"}),
    ],
)
def test_the_shell_offers_what_could_come_next(line: str, wanted: set[str], tmp_path: Path) -> None:
    assert importlib.util.find_spec("argcomplete"), "install the extra `completion`"
    found = {word.split("\v")[0] for word in offered(line, tmp_path)}
    assert found >= wanted and (found == wanted or line.endswith(" ")), found


def test_nothing_of_completion_is_imported_unless_a_shell_asks() -> None:
    code = "import sys\nfrom poetry.check import main\nmain(['--policy'])"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['argcomplete'] = None\n{code}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and "--policy" in done.stderr and "Traceback" not in done.stderr

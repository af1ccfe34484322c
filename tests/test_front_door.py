"""The front door: the public names, the one command with all others, the address of the app."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from apps import gradio_app
from poetry import __main__ as door
from poetry.prosody.judge import check
from poetry.text.forms import WULU
from poetry.writing import model
from poetry.writing.order import Order
from poetry.writing.request import request_for
from poetry.writing.writer import Writer

ROOT = Path(__file__).parents[1]
PUBLIC = ["CharRNNError", "Model", "Order", "Poem", "Report", "UsageError", "Writer", "check", "load", "shipped"]


def _fresh(code: str) -> str:
    """What a new process prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    return done.stdout.decode("utf-8").strip()


def test_the_public_names_are_these_and_each_is_there() -> None:
    code = "import poetry\nprint(*poetry.__all__)\nprint(*dir(poetry))\n"
    code += "print(*(getattr(poetry, n).__name__ for n in dir(poetry)))"
    assert [line.split() for line in _fresh(code).splitlines()] == [PUBLIC] * 3


def test_importing_the_package_does_no_work_and_knows_no_other_name() -> None:
    code = "import sys, poetry\nprint('numpy' in sys.modules, hasattr(poetry, 'nothing'))"
    assert _fresh(code) == "False False"


def test_a_writer_takes_a_beginning_an_order_or_a_request(tiny_weights: Path) -> None:
    writer = Writer(model.load(tiny_weights))
    poem = writer.write("春", seed=1)
    assert str(poem) == poem.text and poem.text.startswith("春") and check(poem.lines).form == "七绝"
    ordered = writer.write(Order(head="春", form="五律", seed=2, candidates=2))
    assert (ordered.form, ordered.seed) == ("五律", 2)
    assert ordered.as_dict() == writer.write(request_for(WULU, "春", candidates=2), seed=2).as_dict()
    assert writer.write("春", seed=1).as_dict() == poem.as_dict() and writer.write("春").seed != writer.write("春").seed


def test_every_command_has_a_name_and_shows_its_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert door.main([]) == door.main(["--help"]) == 0
    told = capsys.readouterr().out
    for name, (module, what) in door.COMMANDS.items():
        assert f"  {name} " in told and what in told and " / " in what
        with pytest.raises(SystemExit) as stopped:
            importlib.import_module(module).main(["--help"])
        assert stopped.value.code == 0


def test_no_command_of_the_packages_is_missing() -> None:
    known = {module for module, _ in door.COMMANDS.values()}
    builders = {
        "poetry.__main__",
        "apps.build_gloss",
        "poetry.build_manual",
        "poetry.theme.build",
        "poetry.theme.build_eyes",
        "apps.build_learning",
        "charrnn_core.lab.exercises.child",
    }
    builders |= {f"poetry.corpus.build_{what}" for what in ("seen", "customs")}
    builders |= {
        "poetry.measuring.build_stale",
        "poetry.prosody.usage",
        *(f"poetry.prosody.build_{what}" for what in ("table", "variants")),
    }
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for top in ("apps", "charrnn_core", "poetry")
        for path in (ROOT / top).rglob("*.py")
        if "\nif __name__ ==" in path.read_text(encoding="utf-8")
    }
    assert found - builders <= known, found - builders - known


def test_without_a_command_a_poem_is_written(tiny_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--weights", str(tiny_weights), "--seed", "1", "--candidates", "2"]
    assert door.main(["春", *more]) == 0
    alone = capsys.readouterr().out
    assert door.main(["generate", "春", *more]) == 0
    assert capsys.readouterr().out == alone and alone.startswith("春")


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert door.main(["--version"]) == 0
    written = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split('version = "')[1].split('"')[0]
    assert capsys.readouterr().out == f"charrnn-verse {written}\n"


def test_the_package_itself_is_the_command() -> None:
    command = [sys.executable, "-m", "poetry", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("charrnn-verse ")


def test_help_shows_what_an_option_is_unless_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        door.main(["generate", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert f"[{Order.temperature}]" in told and f"[{Order.top_k}]" in told and "[lstm]" in told
    assert "[None]" not in told and "[False]" not in told and "[[]]" not in told


@pytest.mark.parametrize(("port", "said"), [("x", "invalid int value: 'x'"), ("0", "between 1 and 65535, not 0")])
def test_the_app_listens_where_gradios_variables_say(
    port: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", port)
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    with pytest.raises(SystemExit):
        gradio_app.main(["--help"])
    assert "[0.0.0.0]" in capsys.readouterr().out
    try:
        code = gradio_app.main([])
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2 and said in capsys.readouterr().err

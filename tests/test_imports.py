"""What may import what: generation needs no torch, importing does no work, names stay clear of others."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The rooms, lowest first: a module imports from its own room and from those before it.
ROOMS = (
    "charrnn_core",
    "charrnn_core.lab",
    *(f"poetry.{room}" for room in ("text", "prosody", "slots", "critic", "theme", "writing", "corpus")),
    *(f"poetry.{room}" for room in ("measuring", "training", "batch")),
    *("apps", "apps.door"),
    # what programs are told, and the server, stand behind the door and know no tab
    *(f"apps.{told}" for told in ("coded", "records", "spoken", "openapi", "reference", "server", "tabs")),
)
HEAVY = ("torch", "gradio", "matplotlib", "ray", "jieba", "opencc", "PIL")
LIGHT_MODULES = (
    "charrnn_core.decoding",
    "charrnn_core.weights",
    "poetry.generate",
    "poetry.writing.writer",
    "poetry.writing.model",
    "poetry.export",
    "poetry.train",
    "poetry.corpus.__main__",
    "poetry.prosody.table",
    "poetry.corpus.encoding",
    "poetry.corpus.batches",
    "poetry.measuring.scoring",
    "poetry.check",
    "poetry.batch.__main__",
    "poetry.critic.__main__",
    "poetry.critic.critic",
    "poetry.batch.on_ray",
    "charrnn_core.train",
    "charrnn_core.sample",
    "charrnn_core.complete",
    "charrnn_core.explain",
    "charrnn_core.exercises",
    "apps.gradio_app",
    "apps.service",
    "apps.card",
    "apps.picture",
    "apps.batch",
)
# Module names of the packaging tool Poetry, which owns an import package of the same name.
FOREIGN = """core console config utils json plugins packages version factory exceptions locations __version__
toml vcs pyproject repositories installation inspection layouts masonry mixology publishing puzzle"""


def _imported(statement: str) -> list[str]:
    code = f"{statement}\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.split()


def test_importing_brings_nothing_heavy() -> None:
    """One after the other in one process, each told by what has come with it."""
    brought = f"{{m: [name for name in {HEAVY!r} if name in sys.modules]}}"
    code = f"import importlib, sys\nfor m in {LIGHT_MODULES!r}: importlib.import_module(m), print({brought})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    told = [ast.literal_eval(line) for line in done.stdout.splitlines()]
    assert told == [{module: []} for module in LIGHT_MODULES]


Imports = dict[str, set[str]]


def _imports(root: Path) -> Imports:
    """Every module of the packages below `root`, and which of them it imports, anywhere in its text."""
    tops = ("charrnn_core", "poetry", "apps")
    paths = {_module(path.relative_to(root)): path for top in tops for path in (root / top).rglob("*.py")}
    packages = {module for module, path in paths.items() if path.name == "__init__.py"}
    return {module: _imported_by(path) & set(paths) - packages for module, path in paths.items()}


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imported_by(path: Path) -> set[str]:
    """Dotted names that may be modules: of `from a import b` both a.b and a."""
    return _named_in(path.read_text(encoding="utf-8"), path.name)


@cache
def _named_in(text: str, path: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out"
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _commands(root: Path, imports: Imports) -> set[str]:
    """The modules that are run: they stand above every room, wherever their file lies."""
    paths = {module: root.joinpath(*module.split(".")).with_suffix(".py") for module in imports}
    return {m for m, path in paths.items() if path.exists() and "\nif __name__ ==" in path.read_text(encoding="utf-8")}


def _floor(module: str) -> int:
    """The number of the room a module stands in. Raises ValueError for one that stands in none."""
    return ROOMS.index(max((room for room in ROOMS if f"{module}.".startswith(f"{room}.")), key=len, default=module))


def _upward(root: Path) -> list[str]:
    imports = _imports(root)
    below = imports.keys() - _commands(root, imports) - {"poetry"}
    return [f"{m} <- {other}" for m in below for other in imports[m] if _floor(m) < _floor(other)]


def _imported_commands(root: Path) -> list[str]:
    imports = _imports(root)
    commands = _commands(root, imports)
    return [f"{module} <- {other}" for module in imports for other in imports[module] & commands]


def _cycle(root: Path) -> list[str]:
    """The modules of a cycle, or none."""
    imports = _imports(root)
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_room_imports_from_a_room_above() -> None:
    assert _upward(ROOT) == []


def test_no_modules_import_each_other() -> None:
    assert _cycle(ROOT) == []


def test_commands_are_imported_by_nobody() -> None:
    assert _imported_commands(ROOT) == []


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages, their code alone."""
    folder = tmp_path_factory.mktemp("copy")
    for top in ("charrnn_core", "poetry", "apps"):
        shutil.copytree(
            ROOT / top, folder / top, ignore=lambda _, names: [n for n in names if "." in n and n[-3:] != ".py"]
        )
    return folder


@pytest.mark.parametrize(
    ("check", "module", "planted"),
    [
        (_upward, "poetry.text.forms", "from poetry.writing.writer import Writer"),
        (_upward, "poetry.prosody.tones", "def f():\n    from poetry.batch import run"),
        (_upward, "charrnn_core.cells", "import charrnn_core.lab.vanilla"),
        (_upward, "poetry.batch.run", "from apps import service"),
        (_upward, "poetry.writing.writer", "from poetry.corpus import encoding"),
        (_cycle, "poetry.prosody.tones", "from poetry.prosody import judge"),
        (_cycle, "charrnn_core.lab.char_model", "from charrnn_core.lab.snapshot import load"),
        (_upward, "apps.texts", "from apps.tabs import verse"),
        (_upward, "apps.service", "from apps import server"),
        (_upward, "apps.door.paths", "from apps.server import serve"),
        (_cycle, "apps.current", "from apps.texts import say"),
        (_imported_commands, "apps.server", "from apps.gradio_app import main"),
        (_imported_commands, "poetry.batch.run", "from poetry.evaluate import main"),
        (_imported_commands, "poetry.measuring.evaluation", "from poetry.corpus import build_seen"),
    ],
)
def test_the_checks_above_can_fail(check: Callable[[Path], list[str]], module: str, planted: str, copy: Path) -> None:
    # GIVEN a copy of the packages with one import more
    path = copy.joinpath(*module.split(".")).with_suffix(".py")
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n\n{planted}\n", encoding="utf-8")
    # THEN the check names the module
    try:
        assert module in " ".join(check(copy))
    finally:
        path.write_text(text, encoding="utf-8")


def test_torch_is_seen_where_it_is_imported() -> None:
    assert _imported("import poetry.training.network") == ["torch"]


def test_a_poem_is_written_where_torch_cannot_be_imported(tiny_weights: Path) -> None:
    code = (
        "import sys\nfor name in ('torch', 'gradio', 'matplotlib'): sys.modules[name] = None\n"
        f"from poetry import generate\nsys.exit(generate.main(['春', '--weights', {str(tiny_weights)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_app_is_built_and_writes_where_torch_cannot_be_imported() -> None:
    code = (
        "import sys\nsys.modules['torch'] = None\nfrom apps.gradio_app import create\nfrom apps import service\n"
        "create()\nprint(next(service.order(head='春', seed=1).poems()).text)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0 and done.stdout.decode().startswith("春"), done.stderr.decode()


def _importing_benchmarks(root: Path) -> list[str]:
    paths = (root / "tests").rglob("*.py")
    return [path.name for path in paths if any(name.startswith("benchmarks") for name in _imported_by(path))]


def test_no_test_leans_on_a_benchmark(tmp_path: Path) -> None:
    assert _importing_benchmarks(ROOT) == []
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_planted.py").write_text("def f():\n    from benchmarks import report\n")
    assert _importing_benchmarks(tmp_path) == ["test_planted.py"]


def test_no_module_has_a_name_of_the_tool_poetry() -> None:
    names = {path.stem for path in (ROOT / "poetry").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert names.isdisjoint(FOREIGN.split())


def test_every_package_is_listed() -> None:
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("apps", "charrnn_core", "data", "poetry")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert listed == found

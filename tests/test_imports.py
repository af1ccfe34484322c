"""What may import what: generation needs no torch, importing does no work, names stay clear of others."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "gradio", "matplotlib", "ray", "jieba", "opencc", "PIL")
LIGHT_MODULES = (
    "charrnn_core.decoding",
    "charrnn_core.weights",
    "poetry.generate",
    "poetry.writer",
    "poetry.model",
    "poetry.export",
    "poetry.train",
    "poetry.corpus.__main__",
    "poetry.prosody.table",
    "poetry.encoding",
    "poetry.batches",
    "poetry.scoring",
    "poetry.check",
    "poetry.batch.__main__",
    "poetry.batch.on_ray",
    "charrnn_core.train",
    "charrnn_core.sample",
    "charrnn_core.complete",
    "charrnn_core.explain",
    "apps.gradio_app",
    "apps.service",
    "apps.card",
    "apps.picture",
    "apps.batch",
)
# Module names of the packaging tool Poetry, which owns an import package of the same name.
FOREIGN = """core console config utils json plugins packages version factory exceptions locations __main__ __version__
toml vcs pyproject repositories installation inspection layouts masonry mixology publishing puzzle"""


def _imported(statement: str) -> list[str]:
    code = f"{statement}\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_importing_brings_nothing_heavy(module: str) -> None:
    assert _imported(f"import {module}") == []


def test_dependencies_point_downwards() -> None:
    above = {"charrnn_core": ("poetry", "apps", "benchmarks"), "poetry": ("apps", "benchmarks")}
    for package, forbidden in above.items():
        for path in (ROOT / package).rglob("*.py"):
            lines = path.read_text(encoding="utf-8").splitlines()
            imports = [
                line.split()[1].split(".")[0] for line in lines if line.lstrip().startswith(("import ", "from "))
            ]
            assert not set(imports) & set(forbidden), path


def test_the_check_above_can_fail() -> None:
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

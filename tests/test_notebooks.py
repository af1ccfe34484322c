"""The notebooks run from their first cell to their last, where neither torch nor matplotlib can be imported."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
LIMIT = 300  # seconds for a cell
BLOCK = "import sys\nfor name in ('torch', 'matplotlib'):\n    sys.modules[name] = None"


@pytest.mark.filterwarnings("ignore")  # of the kernel's own libraries
@pytest.mark.parametrize("name", ["vanilla-rnn", "three-cells"])
def test_a_notebook_runs(name, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("POETRY_DATA_DIR", raising=False)
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "commit notebooks without their outputs"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(BLOCK))
    NotebookClient(notebook, timeout=LIMIT, kernel_name="python3").execute(cwd=str(ROOT))
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("text/html" in output.get("data", {}) for output in shown) >= 4
    assert not [output for output in shown if output.get("name") == "stderr"]

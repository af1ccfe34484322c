"""Where files lie on this machine that do not come with the package."""

import os
from pathlib import Path

VARIABLE = "POETRY_DATA_DIR"


def data_folder(given: Path | None = None) -> Path:
    """The data folder: what the caller gives, the environment variable POETRY_DATA_DIR, or ~/.cache/charrnn-verse."""
    if given is not None:
        return given
    variable = os.environ.get(VARIABLE)
    return Path(variable) if variable else Path.home() / ".cache" / "charrnn-verse"

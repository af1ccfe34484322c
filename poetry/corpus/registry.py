"""The registry of data files (data/registry.json).

A data folder (poetry.text.files) holds one folder a dataset. A file counts only when its sha256 matches.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from charrnn_core.errors import DataError, UsageError
from charrnn_core.progress import progress
from poetry.text.files import VARIABLE


@dataclass(frozen=True)
class File:
    """A registered file: sha256 in hexadecimal, size in bytes."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Dataset:
    """A registered dataset: `files` maps a path below `address` and below the local folder to its hash."""

    name: str
    what: str
    licence: str
    address: str
    folder: str
    files: Mapping[str, File]


@cache
def datasets() -> Mapping[str, Dataset]:
    """All registered datasets by name."""
    records = json.loads(files("data").joinpath("registry.json").read_text(encoding="utf-8"))
    return {
        name: Dataset(name, **{**record, "files": {path: File(**file) for path, file in record["files"].items()}})
        for name, record in records.items()
    }


def dataset(name: str) -> Dataset:
    """A dataset by name. Raises UsageError that lists the names."""
    known = datasets()
    if name not in known:
        raise UsageError("unknown dataset {name!r}; choose one of {choices}", name=name, choices=[*known])
    return known[name]


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file. Raises DataError naming it when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(
            "cannot read {path}: {why}; fetch it with `python -m poetry.corpus fetch`", path=path, why=error.strerror
        ) from error


def verify(chosen: Dataset, folder: Path) -> Path:
    """The dataset's local folder, every file's hash checked. Raises DataError naming the first bad file."""
    base = folder / chosen.folder
    for path, file in progress(chosen.files.items(), "校验 / checking", "file"):
        if not (base / path).exists():
            raise DataError(
                "{path} is missing; run `python -m poetry.corpus fetch`, or set {variable}",
                path=base / path,
                variable=VARIABLE,
            )
        if sha256_of(base / path) != file.sha256:
            raise DataError(
                "{path} is damaged (its sha256 differs); delete it and run `python -m poetry.corpus fetch`",
                path=base / path,
            )
    return base

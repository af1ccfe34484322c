"""A picture of training curves: loss in nats a token and validation perplexity per Hanzi."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from charrnn_core.atomic import replacing, write_text
from charrnn_core.errors import DataError

METRICS = "metrics.jsonl"


def read(folder: Path) -> list[dict[str, Any]]:
    """The metric records of a run; a torn last line (a kill while writing) is left out."""
    try:
        lines = (folder / METRICS).read_bytes().decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise DataError(
            "cannot read {path}: {why}; give the folder of a run", path=folder / METRICS, why=error.strerror
        ) from error
    found = (_record(line) for line in lines)
    return [record for record in found if record]


def _record(line: str) -> dict[str, Any] | None:
    """The record of a line; None for a torn or foreign one."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(record, dict) and all(isinstance(record.get(n), int | float) for n in ("step", "train_nats"))
    return record if whole else None


def forget_after(folder: Path, step: int) -> None:
    """Drop the records that a resumed run will write again, and a torn last line."""
    if (folder / METRICS).exists():
        kept = [record for record in read(folder) if record["step"] <= step]
        write_text(folder / METRICS, "".join(json.dumps(record) + "\n" for record in kept))


def draw(folders: Sequence[Path], target: Path | None = None) -> None:
    """Draw the runs side by side into `target` (default: curves.png in the first run's folder)."""
    runs = {folder.name: records for folder in folders if (folder / METRICS).exists() and (records := read(folder))}
    if not runs:
        return
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, records in runs.items():
        steps = [r["step"] for r in records]
        left.plot(steps, [r["train_nats"] for r in records], label=name)
        measured = [r for r in records if "validation_perplexity" in r]
        right.plot([r["step"] for r in measured], [r["validation_perplexity"] for r in measured], label=name)
    left.set(title="training loss", xlabel="step", ylabel="nats a token")
    right.set(title="validation, unconditional", xlabel="step", ylabel="perplexity per Hanzi", yscale="log")
    for axes in (left, right):
        axes.legend()
        axes.grid(alpha=0.3)
    with replacing(target or folders[0] / "curves.png") as temporary:
        figure.savefig(temporary, format="png", dpi=120)

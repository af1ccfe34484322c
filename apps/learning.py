"""Learning curves of training runs: validation perplexity against updates, from the runs' own metrics files."""

from collections.abc import Sequence
from pathlib import Path

from apps import chart
from charrnn_core.errors import UsageError
from poetry.training.curves import METRICS, read

_runs: list[Path] = []


def use_runs(folders: Sequence[Path]) -> None:
    """Show these runs. Raises UsageError for a folder without metrics."""
    for folder in folders:
        if not (folder / METRICS).is_file():
            raise UsageError(f"{folder} holds no {METRICS}; give the folder of a training run")
    _runs[:] = folders


def learning_curves() -> str:
    """The chart as HTML; empty when there is no run to show."""
    losses, perplexities = [], []
    for folder in _runs:
        records = read(folder)
        losses.append((folder.name, [(float(r["step"]), float(r["train_nats"])) for r in records]))
        measured = [r for r in records if "validation_perplexity" in r]
        perplexities.append((folder.name, [(float(r["step"]), float(r["validation_perplexity"])) for r in measured]))
    return chart.curves(losses, x="updates", y="training loss, nats a token") + chart.curves(
        perplexities, x="updates", y="validation perplexity per Hanzi"
    )

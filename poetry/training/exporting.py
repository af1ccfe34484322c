"""From a checkpoint of a run to the small weights file that generation reads. Needs no torch."""

from pathlib import Path
from typing import Any

from charrnn_core import weights
from charrnn_core.errors import WeightsError
from poetry.slots.features import FEATURE_SIZES

KIND = "poetry"
CHECKPOINT_KIND = "poetry-checkpoint"
# What the steps of making weights leave in a run's folder: poetry.train, then poetry.fit_examples, .fit_marks,
# .fit_rhymes and .fit_lines.
STEPS = BEST, TAUGHT, PREFERRED, RHYMES, CHOSEN = (
    *("best.safetensors", "taught.safetensors", "preferred.safetensors"),
    *("rhymes.safetensors", "chosen.safetensors"),
)


def finished(run: Path, *, before: str = "") -> str:
    """The name of the checkpoint that the last step left in a run's folder, or the last step before a given one; BEST
    where there is none yet."""
    steps = STEPS[: STEPS.index(before)] if before else STEPS
    return next((name for name in reversed(steps) if (run / name).exists()), BEST)


def export(checkpoint: Path, out: Path, *, note: str = "") -> None:
    """Write the weights file of a checkpoint. Raises WeightsError when the checkpoint cannot be read."""
    arrays, header = weights.load(checkpoint, kind=CHECKPOINT_KIND)
    prefix = "network."
    network = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
    try:
        described = _header(header, note)
    except KeyError as error:
        raise WeightsError(
            "{checkpoint} is damaged: its header lacks {error}; export another checkpoint",
            checkpoint=checkpoint,
            error=error,
        ) from error
    weights.save(out, network, described, int8=True)


def _header(header: dict[str, Any], note: str) -> dict[str, Any]:
    return {
        "kind": KIND,
        "network": header["network"],
        "feature_sizes": list(FEATURE_SIZES),
        "vocabulary": header["vocabulary"],
        "taught": "examples" in header["settings"],
        "provenance": {"note": note, "progress": header["progress"], "settings": header["settings"]},
    }

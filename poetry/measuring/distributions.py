"""Pictures of distributions: how likely poems are, and how often characters come back. Needs matplotlib."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from charrnn_core.atomic import replacing
from poetry.measuring.evaluation import Scores, Verse

LIKELIHOOD = "likelihood.png"


def draw(folder: Path, sets: Mapping[str, Scores]) -> None:
    """Write LIKELIHOOD and repeats.png into a folder, one outline for every set of poems."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        LIKELIHOOD: ("nats per Hanzi, told only the form", [likelihoods(s) for s in sets.values()]),
        "repeats.png": (
            "characters of a poem that stand in two lines or more",
            [repeated(s.verses) for s in sets.values()],
        ),
    }
    for name, (label, values) in pictures.items():
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.add_subplot()
        edges = np.histogram_bin_edges(np.concatenate(values), bins=30 if name == LIKELIHOOD else range(12))
        for number, column in enumerate(values):
            legend = "human" if number else "these poems"  # the fonts of matplotlib have no Hanzi
            axes.hist(column, bins=list(edges), density=True, histtype="step", linewidth=2, label=legend)
        axes.set(xlabel=label, ylabel="density")
        axes.legend()
        FigureCanvasAgg(figure)
        with replacing(folder / name) as temporary:
            figure.savefig(temporary, format="png", dpi=120)


def likelihoods(scores: Scores) -> np.ndarray:
    """(N,) nats per Hanzi of each poem."""
    nats, hanzi = scores.told()
    return nats / hanzi


def repeated(verses: Sequence[Verse]) -> np.ndarray:
    """(N,) how many different characters of each poem stand in more than one line."""
    counts = [Counter(c for line in verse.lines for c in set(line)) for verse in verses]
    return np.array([sum(n > 1 for n in count.values()) for count in counts])

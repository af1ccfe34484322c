"""学习曲线 (learning curves) of the networks that come with the package.

learning.json maps a network's name to [[updates so far, validation perplexity per Hanzi], ...]; a training in several
stages is one curve. apps.build_learning writes it from the metrics of the runs, so the app needs none of them.
"""

import json
from importlib.resources import files

from apps import figures
from apps.texts import say

FILE = "learning.json"


def shown() -> str:
    """The chart as HTML, perplexity on a logarithmic scale; empty when the package has no curves."""
    file = files("apps").joinpath(FILE)
    if not file.is_file():
        return ""
    series = [(name, [(x, y) for x, y in curve]) for name, curve in json.loads(file.read_text("utf-8")).items()]
    return figures.curves(series, x=say("updates"), y=say("perplexity"), name="learning", logarithmic=True)

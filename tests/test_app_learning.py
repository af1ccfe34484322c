"""Learning curves: stages of a training become one curve."""

import json

import pytest

from apps import build_learning, learning
from apps.tabs.networks import NAMES
from charrnn_core.errors import DataError


@pytest.fixture
def stages(tmp_path):
    """Two stages of a run, the second measured once."""
    for name, records in (
        (
            "a",
            [
                {"step": 100, "train_nats": 5.0, "validation_perplexity": 500.0},
                {"step": 150, "train_nats": 5.0},
                {"step": 200, "train_nats": 5.0, "validation_perplexity": 400.0},
            ],
        ),
        ("b", [{"step": 50, "train_nats": 5.0, "validation_perplexity": 300.04}]),
    ):
        (tmp_path / name).mkdir()
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (tmp_path / name / "metrics.jsonl").write_text(lines, encoding="utf-8")
    return [tmp_path / "a", tmp_path / "b"]


def test_stages_are_joined(stages):
    assert build_learning.collect(stages) == [(100, 500.0), (200, 400.0), (250, 300.0)]


def test_the_command_writes_what_the_app_shows(stages, tmp_path):
    out = tmp_path / "learning.json"
    assert build_learning.main([f"LSTM={stages[0]},{stages[1]}", f"RNN={stages[1]}", "-o", str(out)]) == 0
    assert json.loads(out.read_text()) == {"LSTM": [[100, 500.0], [200, 400.0], [250, 300.0]], "RNN": [[50, 300.0]]}
    assert build_learning.main(["LSTM", "-o", str(out)]) == 2


def test_a_folder_without_metrics_is_refused(tmp_path):
    with pytest.raises(DataError):
        build_learning.collect([tmp_path])


def test_the_shipped_curves_are_of_networks_we_have():
    shown = learning.shown()
    assert not shown or any(name in shown for name in NAMES.values())

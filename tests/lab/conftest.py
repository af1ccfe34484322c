"""A network that was trained on a little text, and its files."""

from pathlib import Path

import pytest

from charrnn_core.lab import char_files
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.char_trainer import CharTrainer, TrainConfig
from tests.lab.little import TEXT


@pytest.fixture(scope="session")
def trained() -> CharModel:
    """A network that knows the little text."""
    trainer = CharTrainer(TEXT, Alphabet.of(TEXT), TrainConfig(hidden=40, seed=1))
    for _ in range(3000):
        trainer.step()
    return trainer.model()


@pytest.fixture(scope="session")
def weights_file(trained: CharModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its weights alone."""
    path = tmp_path_factory.mktemp("char") / "w.safetensors"
    char_files.save(path, CharModel(trained.parameters, trained.alphabet), {})
    return path


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """The little text."""
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path

"""A trained model: vocabulary and stepper from a weights file, the package's own or another.

Generation needs numpy and safetensors only; nothing here imports torch.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from charrnn_core import weights
from charrnn_core.errors import WeightsError
from charrnn_core.stepper import SELDOM, TRANSPOSED, NumpyStepper, Stepper
from poetry.critic.critic import Critic, OtherVocabularyError
from poetry.prosody.tones import Tone
from poetry.slots.features import FEATURE_SIZES, HERE, RHYMES, TONE_WINDOWS, TONES
from poetry.slots.sets import CharacterSets
from poetry.text.vocab import Vocabulary
from poetry.writing.taste import PREFIX as TASTE
from poetry.writing.taste import Taste

KIND = "poetry"
SHIPPED = ("lstm", "gru", "rnn")
CRITIC = "critic.safetensors"


@dataclass(frozen=True)
class Model:
    """What generation needs, and where it came from."""

    stepper: Stepper
    vocabulary: Vocabulary
    provenance: dict[str, Any]
    outlines: bool = False  # whether the network was trained to write a plan of key words
    taste: Taste | None = None  # of lines; see poetry.writing.taste
    taught: bool = False  # whether it learned from examples (poetry.training.examples)
    _sets: dict[bool, CharacterSets] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def critic(self) -> Critic | None:
        """The critic that comes with the package, if it knows the vocabulary; read when first asked for."""
        with as_file(files("poetry").joinpath("weights", CRITIC)) as path:
            try:
                return Critic.load(path, self.vocabulary) if path.exists() else None
            except OtherVocabularyError:
                return None

    def sets(self, strict: bool = False) -> CharacterSets:
        """Which characters fit which slot, computed once."""
        if strict not in self._sets:
            self._sets[strict] = CharacterSets(self.vocabulary, strict=strict)
        return self._sets[strict]


def load(path: Path) -> Model:
    """Read a weights file. Raises WeightsError when it is missing, damaged or foreign."""
    arrays, header = weights.load(path, kind=KIND, transposed=TRANSPOSED, packed=(*SELDOM, TASTE + "weight"))
    try:
        vocabulary = Vocabulary(header["vocabulary"])
        fits = header["feature_sizes"] == list(FEATURE_SIZES) and header["network"]["vocabulary"] == len(vocabulary)
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            "{path} has a damaged header ({error}); fetch or train it again", path=path, error=error
        ) from error
    if not fits:
        raise WeightsError("{path} was made for another version of this package; export it again", path=path)
    stepper = NumpyStepper.from_arrays(arrays, header)
    if stepper.phrases is not None:
        stepper = replace(stepper, phrases=replace(stepper.phrases, fits=_fits(vocabulary)))
    return Model(
        stepper,
        vocabulary,
        header.get("provenance", {}),
        bool(header["network"].get("attention")),
        Taste.from_arrays(arrays, stepper),
        header.get("taught") is True,
    )


def _fits(vocabulary: Vocabulary) -> dict[int, np.ndarray]:
    """Which tokens a slot's features admit, (values, V) bool each: its own tone, and the rhyme where it rhymes."""
    sets, everything = CharacterSets(vocabulary), np.ones(len(vocabulary), dtype=bool)
    tones = np.stack([everything, sets.admitted(Tone.LEVEL), sets.admitted(Tone.OBLIQUE)])
    rhymes = np.stack([everything, *(sets.groups[:, 1:RHYMES].T & vocabulary.writable)])
    return {TONES: tones[np.arange(TONE_WINDOWS) // 9], HERE: rhymes}


def shipped(cell: str = "lstm") -> Model:
    """The model of a cell that comes with the package. Raises WeightsError for another cell."""
    if cell not in SHIPPED:
        raise WeightsError(
            "no {cell!r} weights come with the package; choose one of {choices}", cell=cell, choices=[*SHIPPED]
        )
    with as_file(files("poetry").joinpath("weights", f"{cell}.safetensors")) as path:
        return load(path)


def alone(model: Model) -> Model:
    """The network of a model without its phrases (charrnn_core.phrases)."""
    assert isinstance(model.stepper, NumpyStepper)
    return replace(model, stepper=replace(model.stepper, phrases=None))

"""The Shakespeare laboratory behind its tab: which network, and its bounded questions.

Input: checked values. Output: texts and records for the tab to show.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from apps import limits
from apps.current import check_time
from apps.texts import say
from charrnn_core.errors import UsageError, WeightsError
from charrnn_core.lab import char_files, explanation
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.char_trainer import CharTrainer, TrainConfig
from charrnn_core.lab.explanation import explain, explain_units
from charrnn_core.lab.interpret.reach import back_from
from charrnn_core.lab.writing import by_gumbel, by_softmax, continue_text, paragraph_end

PIECE = 50  # characters between two looks at the clock
SEED = 0
CONTEXT_TEXT = 8_000  # characters the network writes itself to have contexts for an explanation
STEPS_SHOWN = 0.8  # seconds between two pictures of the training


@cache
def shipped() -> CharModel:
    """The network that comes with the package."""
    return char_files.shipped()


def network(path: Any) -> CharModel:
    """An uploaded network (weights or the course's snapshot), or the shipped one. Raises UsageError."""
    if not path:
        return shipped()
    file = Path(str(path))
    if file.suffix not in (".npz", ".safetensors"):
        raise UsageError(say("no_snapshot"))
    try:
        model = char_files.load(file, unpacked=limits.UNPACKED)
    except WeightsError as error:
        raise UsageError(say("no_snapshot")) from error  # the library's own line would name a path of this machine
    if model.parameters.H > limits.UPLOADED_HIDDEN:
        raise UsageError(say("too_many_units", most=limits.UPLOADED_HIDDEN))
    return model


def of_network(chosen: Path | CharModel | None, ask: Callable[..., Any], *arguments: Any) -> Any:
    """What a question of this module is answered by a network: an uploaded one, one trained here or the shipped."""
    return ask(chosen if isinstance(chosen, CharModel) else network(chosen), *arguments)


def size(model: CharModel) -> tuple[int, int]:
    """How many hidden units and characters it has."""
    return model.parameters.H, model.parameters.V


def write_on(model: CharModel, h: np.ndarray, length: int, temperature: float, seed: int, gumbel: bool) -> str:
    """`length` characters from a state, with a look at the clock now and then."""
    choice = (by_gumbel if gumbel else by_softmax)(temperature, np.random.default_rng(seed))
    text = ""
    while len(text) < length:
        check_time()
        piece = continue_text(model, h, min(PIECE, length - len(text)), choice)
        h = model.read(piece, h)[-1]
        text += piece
    return text


def samples(model: CharModel, temperatures: list[float], length: int, seed: int, gumbel: bool) -> list[str]:
    """A sample for each temperature, all from the state after a paragraph's end."""
    h = model.read(paragraph_end(model))[-1]
    return [write_on(model, h, length, temperature, seed, gumbel=gumbel) for temperature in temperatures]


def complete(model: CharModel, starter: str, length: int, temperature: float, seed: int, gumbel: bool) -> str:
    """What follows a starter. Raises UsageError for an empty one or a character the network does not know."""
    if not starter:
        raise limits.FieldError("empty", "starter")
    return write_on(model, read(model, starter)[-1], length, temperature, seed, gumbel=gumbel)


def read(model: CharModel, text: str) -> np.ndarray:
    """The states along a text. Raises UsageError naming a character the network does not know."""
    unknown = next((character for character in text if character not in model.alphabet), None)
    if unknown is not None:
        raise UsageError(say("unknown_character", character=unknown))
    return model.read(text)


@lru_cache(maxsize=1)
def _own_text() -> str:
    return _written_by(shipped())


def _written_by(model: CharModel) -> str:
    return write_on(model, model.zero_state(), CONTEXT_TEXT, 0.8, SEED, gumbel=False)


def own_text(model: CharModel) -> str:
    """A text the network writes itself: what its contexts look like."""
    return _own_text() if model is shipped() else _written_by(model)


def why(model: CharModel, starter: str, following: str) -> dict[str, Any]:
    """The record of charrnn_core.explain for the character after a starter."""
    if not starter:
        raise UsageError(say("empty", name=say("starter")))
    read(model, starter + following)
    rng = np.random.default_rng(SEED)
    return explain(model, starter, following or None, own_text(model), rng, top=8, others=20)


def activations(model: CharModel, text: str, unit: Any) -> np.ndarray:
    """(T,) what a unit is after each character of a text. Raises UsageError for a unit that there is not."""
    number = limits.whole(unit, "unit", 0, model.parameters.H - 1)
    return read(model, text)[1:, number] if text else np.empty(0)


def units(model: CharModel, shown: int) -> tuple[dict[str, Any], list[np.ndarray]]:
    """The units that track something readable, over a short text of the network's own; and of the first few what they
    are along it."""
    found = explain_units(model, own_text(model)[: limits.UNITS_TEXT], np.random.default_rng(SEED))
    states = model.read(found["text"])[1:]
    return found, [states[:, row["unit"]] for row in found["units"][:shown]]


def reach(model: CharModel, text: str, place: int) -> np.ndarray:
    """(place + 1,) how long the gradient of the loss of text[place + 1] is by each character up to text[place]."""
    read(model, text)
    return back_from(model, text, place)


def alike(model: CharModel, starter: str, unit: Any) -> dict[str, Any]:
    """The passages of a text of the network's own in which a unit does what it does along the starter."""
    if not starter:
        raise limits.FieldError("empty", "passage")
    number = limits.whole(unit, "unit", 0, model.parameters.H - 1)
    read(model, starter)
    return explanation.alike(model, own_text(model), starter, number)


@dataclass(frozen=True)
class Progress:
    """A moment of a training: what was recorded so far (CharTrainer.record, each with a sample)."""

    records: list[dict[str, Any]]
    window: int  # characters of which a record's loss is the sum
    seconds: float
    done: bool
    model: CharModel  # as it is now


def train(text: str, hidden: int, rate: float, seconds: float) -> Iterator[Progress]:
    """Train a small network on a text for a while, telling about it every moment."""
    config = TrainConfig(hidden=hidden, rate=rate, dtype="float32")
    trainer = CharTrainer(text, Alphabet.of(text), config)
    start = shown = time.monotonic()
    records: list[dict[str, Any]] = []
    while True:
        check_time()
        now = time.monotonic()
        done = now - start > seconds
        tells = done or not records or now - shown > STEPS_SHOWN
        trainer.step(measured=tells)
        if tells:
            records.append(trainer.record(_sample(trainer)))
            yield Progress(records, config.window, now - start, done, trainer.model())
            shown = time.monotonic()
        if done:
            return


def _sample(trainer: CharTrainer) -> str:
    rng = np.random.default_rng([SEED, trainer.iteration])
    return continue_text(trainer.model(), trainer.h, 200, by_softmax(0.8, rng))

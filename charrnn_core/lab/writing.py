"""Text from a character network: character after character, from a state; and the bounds of what may be asked."""

from collections.abc import Callable

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab import gumbel
from charrnn_core.lab.char_model import CharModel
from charrnn_core.sampling import Sampling, choose

MOST = 100_000  # characters
# Read before sampling. From the zero state a line break alone leads a network astray: it met that state only at
# the very beginning of its text.
PARAGRAPH_END = ".\n\n"

Choice = Callable[[np.ndarray], int]  # (V,) scores, logits through the network's head -> id


def by_softmax(temperature: float, rng: np.random.Generator) -> Choice:
    """Sample softmax(logits / temperature) by inverse CDF; temperature 0 takes the likeliest."""
    sampling = Sampling(temperature)
    return lambda logits: int(choose(logits[None], rng.random(1), sampling)[0])


def by_gumbel(temperature: float, rng: np.random.Generator) -> Choice:
    """Sample the same distribution by Gumbel-max."""
    return lambda logits: int(gumbel.gumbel_max(logits, rng, temperature))


def continue_text(model: CharModel, h: np.ndarray, length: int, choice: Choice) -> str:
    """`length` characters that follow the state h (H,), each read before the next is chosen."""
    p, ids = model.parameters, []
    h = h.copy()
    for _ in range(length):
        ids.append(choice(model.scores(h)))
        h = np.tanh(p.columns[ids[-1]] + p.Whh @ h + p.bh)
    return model.alphabet.decode(ids)


def check_length(length: int) -> None:
    """Raises UsageError unless 1 <= length <= MOST."""
    if not 1 <= length <= MOST:
        raise UsageError("the length must be between 1 and {most}, not {length}", most=MOST, length=length)


def paragraph_end(model: CharModel) -> str:
    """What sampling reads first: the characters of PARAGRAPH_END that the network knows, or its first character."""
    return "".join(c for c in PARAGRAPH_END if c in model.alphabet) or model.alphabet.characters[0]


def parse_temperatures(text: str, *, alpha: bool = False) -> list[float]:
    """Positive numbers by commas; with alpha their inverses. Raises UsageError."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise UsageError("{text!r} is no list of numbers; write such as 0.2,0.5,1", text=text[:40]) from error
    if not values or len(values) > 10 or any(not 0.001 <= value <= 1000 for value in values):
        raise UsageError("give one to ten numbers between 0.001 and 1000")
    return [1 / value if alpha else value for value in values]

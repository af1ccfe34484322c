"""Text from a character network: character after character, from a state."""

from collections.abc import Callable

import numpy as np

from charrnn_core import gumbel
from charrnn_core.char_model import CharModel
from charrnn_core.sampling import Sampling, choose

Choice = Callable[[np.ndarray], int]  # (V,) logits -> id


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
        ids.append(choice(model.logits(h)))
        h = np.tanh(p.columns[ids[-1]] + p.Whh @ h + p.bh)
    return model.alphabet.decode(ids)

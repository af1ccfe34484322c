"""Why B follows A in a network, and what its units track: the figures, as JSON-able records."""

from typing import Any

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.interpret import ablation, paths, units

WARM = 200  # characters of the text that are read before the starter at the least
OWN_TEXT = 20_000  # characters the network writes itself when no text is given
SHOWN = 600  # characters of the coloured text


def explain(
    model: CharModel, starter: str, following: str | None, text: str, rng: np.random.Generator, top: int = 5
) -> dict[str, Any]:
    """Path, ablation with its control, and response mask for the character after a starter; JSON-able.

    Raises UsageError for an empty starter or an unknown character.
    """
    if not starter:
        raise UsageError("the starter is empty; give some text")
    before = model.read(passage(text), skip_unknown=True)[-1]
    hidden = model.read(starter, before)
    last = starter[-1]
    b = following if following is not None else model.alphabet.characters[int(model.logits(hidden[-1]).argmax())]
    found = paths.route(model, hidden, last, b)
    ids = ablation.contexts(model, text, last, rng)
    chosen = [link.unit for link in found.links[:top]]
    driven = paths.strongest_input(model, last, 1)[0][0]
    others = rng.permutation(np.delete(np.arange(model.parameters.H), [*chosen, driven]))[:20]
    effects = [ablation.without_unit(model, ids, b, unit) for unit in dict.fromkeys([*chosen, driven])]
    mean, spread, extreme = ablation.control(lambda j: ablation.without_unit(model, ids, b, j), others)
    a, k = model.alphabet.id(last), model.alphabet.id(b)
    cut = [
        ablation.without_weight(model, ids, b, "Wxh", driven, a),
        ablation.without_weight(model, ids, b, "Why", k, driven),
    ]
    mask = paths.response_mask(model, hidden[-1], b)
    return {
        "last": last,
        "next": b,
        "probability": found.probability,
        "units": [vars(link) for link in found.links[:top]],
        "strongest_input": {
            "unit": driven,
            "index": [driven, a],
            "Wxh": float(model.parameters.Wxh[driven, a]),
            "raises": [
                {"character": c, "index": [model.alphabet.id(c), driven], "Why": value}
                for c, value in paths.strongest_outputs(model, driven)
            ],
            "Why_next": {"index": [k, driven], "Why": float(model.parameters.Why[k, driven])},
        },
        "ablation": {
            "contexts": len(ids),
            "before": effects[0].before,
            "without": {effect.part: effect.after for effect in effects},
            "without_weight": {effect.part: effect.after for effect in cut},
            "random_units": {"mean_change": mean, "deviation": spread, "largest_change": extreme, "units": len(others)},
        },
        "response_mask": {"units": list(mask.units), "share": mask.share, "probability": mask.probability},
    }


def passage(text: str) -> str:
    """What is read before the starter: the text up to its first empty line after WARM characters.

    In training the state was carried on and on; from a zero state a network is not itself yet.
    """
    end = text.find("\n\n", WARM)
    return text[: end + 2] if end > 0 else text[:WARM]


def explain_units(model: CharModel, text: str, rng: np.random.Generator) -> dict[str, Any]:
    """The units that track features of the text, each confirmed by ablation; JSON-able."""
    text = text[:OWN_TEXT]
    rows = []
    for found in units.find(model, text, rng):
        confirmed = units.confirm(model, text, found, rng)
        rows.append(vars(found) | vars(confirmed))
    return {"characters": len(text), "units": rows, "text": units.known(model, text)[:SHOWN]}

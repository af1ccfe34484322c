"""Why B follows A in a network, and what its units track: the figures, as JSON-able records."""

from typing import Any

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.interpret import ablation, paths, reach, similar, units

WARM = 200  # characters of the text that are read before the starter at the least
OWN_TEXT = 20_000  # characters the network writes itself when no text is given
SHOWN = 600  # characters of the coloured text
AROUND = 15  # characters shown on either side of a similar passage
CONTROLS = 40  # other units, and other weights of the same column and row, beside which an effect is judged


def explain(
    model: CharModel,
    starter: str,
    following: str | None,
    text: str | None,
    rng: np.random.Generator,
    *,
    top: int = 5,
    others: int = CONTROLS,
) -> dict[str, Any]:
    """Path, ablation with its controls, reach and response mask for the characters after a starter; JSON-able.

    `following` may be several characters, of which the probabilities are added; None is the likeliest one. The
    starter follows a passage of `text`, and the ablation runs over contexts from it; without a text the starter is
    read from the zero state and is the one context. At most `others` parts of each kind are the control. Raises
    UsageError for an empty starter, an unknown character, or a text without a context that ends as the starter does.
    """
    if not starter:
        raise UsageError("the starter is empty; give some text")
    before = None if text is None else state_after(model, text)
    hidden = model.read(starter, before)
    last = starter[-1]
    b = following or model.alphabet.characters[int(model.scores(hidden[-1]).argmax())]
    found = paths.route(model, hidden, last, b)
    ids = model.alphabet.encode(starter)[None] if text is None else ablation.contexts(model, text, last, rng)
    mask = paths.response_mask(model, hidden[-1], b)
    links = found.links[:top]
    return {
        "last": last,
        "next": b,
        "probability": found.probability,
        "head": {"name": model.head.name, "temperature": model.head.T},
        "units": [vars(link) for link in links],
        "strongest_input": _strongest_input(model, last, b),
        "ablation": _ablation(ablation.Ablation(model, ids, b), last, [link.unit for link in links], others, rng),
        "reach": _reach(model, starter, before, b),
        "response_mask": vars(mask) | {"units": list(mask.units)},
    }


def _reach(model: CharModel, starter: str, before: np.ndarray | None, b: str) -> list[float]:
    """How long the gradient of -log p(the first of b) is by each character of the starter."""
    return [float(norm) for norm in reach.back_from(model, starter + b[0], len(starter) - 1, before)]


def _strongest_input(model: CharModel, last: str, b: str) -> dict[str, Any]:
    """The weight from the last character into the hidden layer that is largest, and what its unit raises."""
    a, ks = model.alphabet.id(last), model.alphabet.encode(b)
    driven = paths.strongest_input(model, last, 1)[0][0]
    return {
        "unit": driven,
        "index": [driven, a],
        "Wxh": float(model.parameters.Wxh[driven, a]),
        "raises": [
            {"character": c, "index": [model.alphabet.id(c), driven], "Why": value}
            for c, value in paths.strongest_outputs(model, driven)
        ],
        "Why_next": [{"index": [int(k), driven], "Why": float(model.parameters.Why[k, driven])} for k in ks],
    }


def _ablation(
    whole: ablation.Ablation, last: str, chosen: list[int], others: int, rng: np.random.Generator
) -> dict[str, Any]:
    """The chosen units, the unit that `last` drives hardest, its two weights and the column of `last`, each without;
    `controls` for the three kinds, `ranks` of the effects among them as [rank, of how many]."""
    model = whole.model
    a = model.alphabet.id(last)
    driven = paths.strongest_input(model, last, 1)[0][0]
    drawn = rng.permutation(np.delete(np.arange(model.parameters.H), list({*chosen, driven})))[:others]
    controls = {
        "units": ablation.Control.of(whole.unit, drawn),
        "Wxh": ablation.Control.of(lambda j: whole.input_weight(j, a), drawn),
        "Why": ablation.Control.of(whole.output_weight, drawn),
    }
    units = [whole.unit(j) for j in dict.fromkeys([*chosen, driven])]
    weights = {"Wxh": whole.input_weight(driven, a), "Why": whole.output_weight(driven)}
    ranks = {effect.part: controls["units"].rank(effect) for effect in units}
    ranks |= {effect.part: controls[kind].rank(effect) for kind, effect in weights.items()}
    return {
        "contexts": len(whole.contexts),
        "before": whole.before,
        "without": {effect.part: effect.after for effect in units},
        "without_weight": {effect.part: effect.after for effect in weights.values()},
        "without_column": {(column := whole.input_column(a)).part: column.after},
        "controls": {
            kind: {"parts": c.parts, "mean_absolute_change": c.mean, "largest_change": c.changes[0]}
            for kind, c in controls.items()
        },
        "ranks": {part: [rank, len(drawn) + 1] for part, rank in ranks.items()},
    }


def passage(text: str) -> str:
    """What is read before the starter: the text up to its first empty line after WARM characters.

    In training the state was carried on and on; from a zero state a network is not itself yet.
    """
    end = text.find("\n\n", WARM)
    return text[: end + 2] if end > 0 else text[:WARM]


def state_after(model: CharModel, text: str) -> np.ndarray:
    """(H,): the state after the passage of a text that is read before a starter."""
    return model.read(passage(text), skip_unknown=True)[-1]


def explain_units(model: CharModel, text: str, rng: np.random.Generator) -> dict[str, Any]:
    """The units that track features of the first OWN_TEXT characters of a text, each confirmed by ablation; JSON-able.
    Raises UsageError as units.find does."""
    text = text[:OWN_TEXT]
    rows = []
    for found in units.find(model, text, rng):
        confirmed = units.confirm(model, text, found, rng)
        rows.append(vars(found) | vars(confirmed))
    known = units.known(model, text)
    share = units.saturated(model.read(known)[1:])
    return {"characters": len(text), "units": rows, "saturated": share, "text": known[:SHOWN]}


def alike(model: CharModel, text: str, starter: str, unit: int) -> dict[str, Any]:
    """The passages of `text` in which a unit does what it does along the starter, which is read after a passage of
    the text as `explain` reads it, and what it does along each; JSON-able. Raises UsageError for an empty starter, an
    unknown character or an unknown unit."""
    if not starter:
        raise UsageError("the starter is empty; give some text")
    model.alphabet.encode(starter)  # an unknown character is named
    known = "".join(c for c in text if c in model.alphabet)
    before = passage(known)
    whole = before + starter + known[len(before) :]
    places = similar.passages(model, whole, len(before), len(starter), unit)
    activation = model.read(whole)[1:, unit]

    def along(start: int) -> list[float]:
        return [float(value) for value in activation[start : start + len(starter)]]

    rows = []
    for place in places:
        end = place.start + place.length
        around = {"before": whole[max(0, place.start - AROUND) : place.start], "passage": whole[place.start : end]}
        around["after"] = whole[end : end + AROUND]
        rows.append({"distance": place.distance, **around, "activation": along(place.start)})
    return {"unit": unit, "starter": starter, "activation": along(len(before)), "passages": rows}

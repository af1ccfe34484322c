"""The named endpoints: generate, check, rewrite, complete. Records in and out, every value checked."""

import inspect
from typing import Any

import gradio as gr

from apps import limits, service, shakespeare
from apps.codes import IMPOSSIBLE, ImpossibleError, Way, code_of
from apps.events import offer
from apps.messages import phrase_line
from apps.shared import shared
from charrnn_core.errors import UsageError
from poetry.writing.order import Order


def generate(
    request: gr.Request,
    head: str = "",
    theme: str = "",
    title: str = "",
    form: str = "",
    pattern: str = "",
    rhyme: str = "",
    acrostic: str = "",
    at: int = Order.at,
    temperature: float = Order.temperature,
    count: int = 1,
    seed: int | None = None,
    cell: str = "lstm",
    traditional: bool = False,
    lines: int = limits.PAILU[0],
    mood: str = "",
    spread: str = Order.spread,
) -> list[dict]:
    """Poems that begin with `head`: form, lines, text, seed, score. An empty wish is left to the network."""
    wishes = dict(
        head=head,
        theme=theme,
        title=title,
        form=form,
        lines=lines,
        pattern=pattern,
        rhyme=rhyme,
        acrostic=acrostic,
        at=at,
        temperature=temperature,
        count=count,
        seed=seed,
        cell=cell,
        mood=mood,
        spread=spread,
    )
    convert = limits.flag(traditional, "show_traditional")
    try:
        return [service.record(poem, traditional=convert) for poem in shared().jobs.results(service.poems, wishes)]
    except UsageError as error:
        if code_of(error) != IMPOSSIBLE:
            raise
        raise ImpossibleError(error, _instead(wishes)) from None


def _instead(wishes: dict[str, Any]) -> list[Way]:
    """What can be done instead, by the parameters of `generate`; what is dropped is what it is unless given."""
    usual = {name: parameter.default for name, parameter in inspect.signature(generate).parameters.items()}

    def changed(changes: Any) -> dict[str, Any]:
        return {name: usual[name] if value is None else value for name, value in changes.items() if name in usual}

    return [
        Way(said=phrase_line(way.said), changes=changed(way.changes))
        for way in shared().jobs.result(service.ways, wishes)
    ]


def check(request: gr.Request, text: str, policy: str = "usual", book: str = "pingshui") -> list[dict]:
    """A report for each poem of a text: form, pattern, verdict, marks, rhymes, faults, notes."""
    return [report.as_dict() for report in service.check_text(text, policy, book)]


def rewrite(
    request: gr.Request,
    text: str,
    gap: str = "",
    temperature: float = Order.temperature,
    seed: int | None = None,
    cell: str = "lstm",
    traditional: bool = False,
) -> dict:
    """The poem with new characters where `gap` says (3, or 3:2-4, by commas) and where it has □."""
    convert = limits.flag(traditional, "show_traditional")
    poem = shared().jobs.result(service.rewrite, text, gap, temperature, seed, cell)
    return service.record(poem, traditional=convert)


def complete(
    request: gr.Request,
    starter: str,
    length: int = 200,
    temperature: float = 0.7,
    seed: int | None = None,
    gumbel: bool = False,
) -> str:
    """What the Shakespeare network writes after a starter."""
    return shared().jobs.result(
        shakespeare.of_network,
        None,
        shakespeare.complete,
        limits.text(starter, "starter", limits.STARTER, lines=True, strip=False),
        limits.whole(length, "length", 1, limits.LENGTH),
        limits.number(temperature, "temperature", 0, 2),
        service.seed_or_any(seed),
        limits.flag(gumbel, "kind"),
    )


ENDPOINTS = (generate, check, rewrite, complete)


def register() -> None:
    """Add the endpoints to the current Blocks."""
    for work in ENDPOINTS:
        offer(work, limits.CHEAP if work is check else limits.NETWORKS)

"""To write together: what is pressed or typed at the desk (apps/desk.py) changes the chosen poem, and can be undone."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import gradio as gr

from apps import limits, service, shown
from apps.desk import candidates, characters, chips, desk
from apps.events import on, stops
from apps.shared import shared
from apps.texts import say
from apps.versions import Versions
from charrnn_core.errors import UsageError
from poetry.slots.plan import Place
from poetry.text.hanzi import HANZI, simplify
from poetry.writing.poem import Poem

LONGEST = 2_000  # characters of what the desk tells
LINES = 3  # candidates for a line


class Desk(NamedTuple):
    """The parts of the page that the desk fills."""

    versions: gr.State
    offered: gr.State  # poems, one of which may be taken
    desk: gr.HTML
    plan: gr.HTML

    @staticmethod
    def laid_out() -> "Desk":
        """Lay it out within the current Blocks."""
        kept = limits.KEPT * 6
        return Desk(
            gr.State(Versions(), time_to_live=kept),
            gr.State([], time_to_live=kept),
            gr.HTML(elem_id="desk"),
            gr.HTML(elem_id="plan"),
        )

    def listen(self, poems: Any, show: Any, which: Any, temperature: Any, cell: Any, outputs: Sequence[Any]) -> None:
        """Let it work on the chosen one of `poems`; `outputs` are cards, details and what is said beside them."""
        told = gr.Textbox(visible="hidden")
        change, network, leave = (
            gr.Button(visible="hidden", elem_id=f"desk-{name}") for name in ("change", "network", "leave")
        )
        extra = outputs[-1]
        js = "(told, ...rest) => [desk.{}(), ...rest]"
        asking = on(
            network.click,
            _network,
            [told, poems, self.versions, show, which, temperature, cell],
            [poems, self.versions, self.offered, *outputs, self.desk, self.plan],
            place=limits.NETWORKS,
            js=js.format("asked"),
            show_progress_on=extra,
        )
        stops(leave.click, _network)
        changing = on(
            change.click,
            _change,
            [told, poems, self.versions, self.offered, show, which],
            [poems, self.versions, *outputs, self.desk],
            js=js.format("told"),
            show_progress="hidden",
        )
        # Gradio drops what is asked for while another answer is on its way.
        for answered, what in ((asking, "over"), (changing, "changed")):
            for over in (answered.then, answered.failure):
                over(None, None, None, js=f"() => desk.{what}()", api_visibility="private")


def fresh(poem: Poem) -> tuple[Any, ...]:
    """What the parts of a Desk hold of a poem that has just come."""
    return Versions(), *of(poem, Versions())


def of(poem: Poem, versions: Versions) -> tuple[Any, ...]:
    """What they hold, but for the versions, of a poem that has just been chosen."""
    return [], desk(poem, versions), chips(poem.words)


def empty() -> tuple[Any, ...]:
    """What they hold when there is no poem."""
    return Versions(), [], "", ""


def _change(
    told: Any, poems: list[Poem], versions: Versions, offered: list[Poem], show: Any, which: Any, request: gr.Request
) -> tuple[Any, ...]:
    """What needs no network: something is typed or taken, undone or done again."""
    asked, number = _asked(told), shown.number(which, poems)
    done = asked.get("do")
    if done in ("undo", "redo"):
        found, versions = versions.undone(poems) if done == "undo" else versions.redone(poems)
    else:
        poem = poems[number - 1]
        new = _typed(poem, asked) if done == "type" else _taken(offered, asked.get("n"))
        found, versions = [*poems[: number - 1], new, *poems[number:]], versions.changed(poems)
    views = shown.views(found, shown.boxes(show), number)
    return list(found), versions, *views, "", desk(found[number - 1], versions, _locked(asked))


def _network(
    told: Any, poems: list[Poem], versions: Versions, show: Any, which: Any, temperature: Any, cell: Any,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """What a network is asked for: other characters, another line, all that is not locked, another plan."""
    asked, number = _asked(told), shown.number(which, poems)
    poem, kept = poems[number - 1], [gr.skip()] * 2
    locked = _locked(asked)
    match asked.get("do"):
        case "look":
            place = _place(poem, asked.get("at"))
            found = shared().jobs.result(service.other_characters, poem, place, cell)
            each = [service.with_character(poem, place, one.character, one.gain) for one in found]
            yield *kept, each, gr.skip(), gr.skip(), characters(poem, place, found, each), gr.skip(), gr.skip()
        case "rewrite":
            line = limits.whole(asked.get("line"), "line", 0, len(poem.lines) - 1)
            places = [(line, place) for place in range(len(poem.lines[line]))]
            each = []
            for one in shared().jobs.results(service.rewritings, poem, places, temperature, cell, LINES):
                each.append(one)
                yield *kept, list(each), gr.skip(), gr.skip(), candidates(poem, each), gr.skip(), gr.skip()
        case "rest":
            places = [(i, j) for i, line in enumerate(poem.lines) if i not in locked for j in range(len(line))]
            if len(places) > limits.GAP:
                raise limits.FieldError("gap_too_large", "gap", most=limits.GAP)
            (new,) = shared().jobs.results(service.rewritings, poem, places, temperature, cell, 1)
            changed, versions = [*poems[: number - 1], new, *poems[number:]], versions.changed(poems)
            views = shown.views(changed, shown.boxes(show), number)
            yield changed, versions, [], *views, "", desk(new, versions, locked), gr.skip()
        case "words":
            fixed = _words(poem, asked.get("words"))
            words = shared().jobs.result(service.words_anew, poem, fixed, cell)
            yield *kept, gr.skip(), gr.skip(), gr.skip(), gr.skip(), gr.skip(), chips(words, [bool(w) for w in fixed])
        case _:
            raise UsageError(say("desk_unknown"))


def _asked(told: Any) -> dict[str, Any]:
    """What the desk tells, which may be anything."""
    try:
        asked = json.loads(limits.text(told, "desk", LONGEST))
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise UsageError(say("desk_unknown"))
    return asked


def _locked(asked: dict[str, Any]) -> set[int]:
    """The lines that are locked, from 0."""
    given = asked.get("locked")
    return {n for n in given if type(n) is int} if isinstance(given, list) else set()


def _typed(poem: Poem, asked: dict[str, Any]) -> Poem:
    """The poem with another character at a place; what the network thinks of it is not known. Raises UsageError."""
    place, character = _place(poem, asked.get("at")), asked.get("character")
    if not isinstance(character, str) or not re.fullmatch(f"[{HANZI}]", character):
        raise UsageError(say("only_hanzi"))
    return service.with_character(poem, place, simplify(character))


def _taken(offered: list[Poem], number: Any) -> Poem:
    """One of the poems that were offered. Raises UsageError."""
    if type(number) is not int or not 0 <= number < len(offered):
        raise UsageError(say("desk_unknown"))
    return offered[number]


def _place(poem: Poem, at: Any) -> Place:
    if not isinstance(at, list) or len(at) != 2:
        raise UsageError(say("desk_unknown"))
    line = limits.whole(at[0], "line", 0, len(poem.lines) - 1)
    return line, limits.whole(at[1], "character", 0, len(poem.lines[line]) - 1)


def _words(poem: Poem, words: Any) -> tuple[str, ...]:
    """The words that are fixed, "" for the others. Raises UsageError."""
    if not isinstance(words, list) or len(words) > len(poem.lines):
        raise UsageError(say("desk_unknown"))
    found = tuple(simplify(limits.text(word, "plan", limits.KEY_WORD)) for word in words)
    if not re.fullmatch(f"[{HANZI}]*", "".join(found)):
        raise UsageError(say("only_hanzi"))
    return found

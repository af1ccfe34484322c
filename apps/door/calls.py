"""What may be called, and with which values: known endpoints and events, known fields, as many values as they take.

Gradio answers what it does not expect with an error of its own and a traceback in the log.
"""

import re
from dataclasses import dataclass
from typing import Any

import gradio as gr

from apps.door import paths
from apps.door.refusal import Refusal

_NAME = re.compile(r"[\w-]{1,64}")
_JOIN = {"data", "event_data", "fn_index", "trigger_id", "session_hash", "event_id", "simple_format", "batched"}
_ADDED = {"time_limit", "oauth_token"}  # what gradio's page and client add, without meaning here


@dataclass(frozen=True)
class Endpoint:
    """A named endpoint: its number, and the names of its values."""

    number: int
    values: tuple[str, ...]
    required: frozenset[str]


class Calls:
    """What the page and its endpoints offer."""

    def __init__(self, blocks: gr.Blocks) -> None:
        self._takes = {number: len(fn.inputs) for number, fn in blocks.fns.items() if fn.fn is not None}
        self._blocks = {blocks._id, *blocks.blocks}  # the page itself triggers what is done when it opens
        self._endpoints: dict[str, Endpoint] = {}
        for name, about in blocks.get_api_info()["named_endpoints"].items():
            values = tuple(each["parameter_name"] for each in about["parameters"])
            required = {each["parameter_name"] for each in about["parameters"] if not each["parameter_has_default"]}
            number = next(n for n, fn in blocks.fns.items() if f"/{fn.api_name}" == name)
            self._endpoints[name[1:]] = Endpoint(number, values, frozenset(required))

    def number(self, path: str, sent: dict[str, Any]) -> int | None:
        """The number of the event that a POST asks for; None for the cancelling of one. Raises
        Refusal."""
        if path == paths.JOIN:
            return self._event(sent)
        if path == paths.CANCEL:
            _only(sent, {"session_hash", "fn_index", "event_id"})
            _expect(all(_is_name(sent.get(key)) for key in ("session_hash", "event_id")), "it names no event")
            _expect(type(sent.get("fn_index")) is int, "it names no event")
            return None
        if path == paths.RESET:  # the page sends it after a cancelling; gradio does nothing with it
            _only(sent, {"event_id"})
            _expect(_is_name(sent.get("event_id")), "it names no event")
            return None
        found = paths.CALL.fullmatch(path)
        endpoint = self._endpoints.get(found["name"]) if found else None
        if endpoint is None or not found:
            raise Refusal(404, f"there is no such endpoint; choose one of {', '.join(self._endpoints)}")
        if found["second"]:
            _only(sent, endpoint.values)
            missing = endpoint.required - sent.keys()
            _expect(not missing, f"it lacks {', '.join(sorted(missing))}")
        else:
            _only(sent, {"data"})
            self._expect_values(sent.get("data"), len(endpoint.values))
        return endpoint.number

    def _event(self, sent: dict[str, Any]) -> int:
        """The number of the page's event."""
        _only(sent, _JOIN | _ADDED)
        number, trigger = sent.get("fn_index"), sent.get("trigger_id")
        if type(number) is not int or number not in self._takes:
            raise Refusal(404, "there is no such event; load the page again")
        _expect(_is_name(sent.get("session_hash")), "session_hash must be a word")
        _expect(sent.get("event_id") is None or _is_name(sent["event_id"]), "event_id must be a word")
        _expect(trigger is None or (type(trigger) is int and trigger in self._blocks), "trigger_id names nothing here")
        _expect(not sent.get("simple_format") and not sent.get("batched"), "one event at a time, as the page does it")
        _expect(sent.get("oauth_token") is None, "no token is wanted")
        self._expect_values(sent.get("data"), self._takes[number])
        return number

    @staticmethod
    def _expect_values(data: Any, count: int) -> None:
        _expect(isinstance(data, list) and len(data) == count, f"data must be a list of {count} values")


def _only(sent: dict[str, Any], known: Any) -> None:
    """Raises Refusal for a field that there is not."""
    unknown = [key for key in sent if key not in known]
    _expect(not unknown, f"there is no field {str(unknown[:1])[1:-1][:40]}; choose among {', '.join(sorted(known))}")


def _expect(holds: bool, why: str) -> None:
    if not holds:
        raise Refusal(400, why)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value))

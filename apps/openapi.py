"""The named endpoints as OpenAPI 3.1, with what each parameter may be and what is given; served at /openapi.json.

The parameters and their defaults are those of the functions in apps.api; the bounds those that the server holds.
"""

import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from apps import api, limits, networks, records, service
from apps.door.refusal import CODES
from poetry.prosody.judge import POLICIES
from poetry.prosody.table import BOOKS
from poetry.text.forms import BY_NAME, QIPAI
from poetry.theme.moods import MOODS
from poetry.writing.acrostics import SPREADS
from poetry.writing.order import LARGEST_SEED

_TYPES: dict[Any, Any] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def _bounds() -> dict[str, dict[str, Any]]:
    """What a parameter of each name may be."""
    return {
        "head": {"maxLength": limits.HEAD},
        "theme": {"maxLength": limits.THEME},
        "title": {"maxLength": limits.TITLE},
        "form": {"enum": ["", *BY_NAME]},
        "lines": {"minimum": limits.PAILU[0], "maximum": limits.PAILU[-1], "multipleOf": 2},
        "pattern": {"enum": ["", *service.PATTERNS]},
        "rhyme": {"enum": ["", *service.RHYMES]},
        "acrostic": {"maxLength": limits.ACROSTIC},
        "spread": {"enum": list(SPREADS)},
        "at": {"minimum": -QIPAI.length, "maximum": QIPAI.length},
        "temperature": {"minimum": 0, "maximum": limits.WARMEST},
        "count": {"minimum": 1, "maximum": limits.POEMS},
        "seed": {"minimum": 0, "maximum": LARGEST_SEED},
        "cell": {"enum": list(networks.cells())},
        "mood": {"enum": ["", *MOODS]},
        "policy": {"enum": list(POLICIES)},
        "book": {"enum": list(BOOKS)},
        "starter": {"maxLength": limits.STARTER, "minLength": 1},
        "length": {"minimum": 1, "maximum": limits.LENGTH},
    }


# The text of a poem may be longer where it is only checked.
_TEXTS = {"check": limits.CHECKED, "rewrite": limits.REWRITTEN}


# What each endpoint gives, by the names of apps.records.
_POEM, _REPORT = ({"$ref": f"#/components/schemas/{name}"} for name in ("Poem", "Report"))
_GIVEN: dict[str, dict[str, Any]] = {
    "generate": {"type": "array", "items": _POEM},
    "check": {"type": "array", "items": _REPORT},
    "rewrite": _POEM,
    "complete": {"type": "string"},
}


def document() -> dict[str, Any]:
    """The document. A call is queued, and its result is streamed at the same path followed by /{event_id}."""
    paths: dict[str, Any] = {}
    for work in api.ENDPOINTS:
        call = f"/gradio_api/call/v2/{work.__name__}"
        paths |= {call: {"post": _operation(work)}, f"{call}/{{event_id}}": {"get": _stream(work)}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "charrnn-verse", "version": version("charrnn-verse")},
        "paths": paths,
        "components": {"schemas": records.schemas()},
    }


def parameters(work: Callable[..., Any]) -> dict[str, dict[str, Any]]:
    """The parameters of an endpoint and their schemas."""
    found = {name: p for name, p in inspect.signature(work).parameters.items() if name != "request"}
    return {name: _schema(work.__name__, p) for name, p in found.items()}


def _operation(work: Callable[..., Any]) -> dict[str, Any]:
    properties = parameters(work)
    schema = {
        "type": "object",
        "properties": properties,
        "required": [name for name, each in properties.items() if "default" not in each],
        "additionalProperties": False,
    }
    event = {"type": "object", "properties": {"event_id": {"type": "string"}}, "required": ["event_id"]}
    return {
        "operationId": work.__name__,
        "summary": inspect.getdoc(work),
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": _answer("queued; its result is streamed under event_id", event), **_refusals()},
    }


def _stream(work: Callable[..., Any]) -> dict[str, Any]:
    """The stream of a call. OpenAPI 3.1 has no word for the data of events, so two extensions say them."""
    said = "server-sent events; the last is `complete`, with a list of one result as its data, or `error`"
    events = {
        "schema": {"type": "string"},
        "x-complete": {"type": "array", "prefixItems": [_GIVEN[work.__name__]], "minItems": 1, "maxItems": 1},
        "x-error": {"$ref": "#/components/schemas/Error"},
    }
    return {
        "operationId": f"{work.__name__}_result",
        "summary": f"The result of a call of {work.__name__}.",
        "parameters": [{"name": "event_id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": {"description": said, "content": {"text/event-stream": events}}, **_refusals()},
    }


def _refusals() -> dict[str, Any]:
    return {str(status): _answer(code, {"$ref": "#/components/schemas/Refusal"}) for status, code in CODES.items()}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _schema(endpoint: str, parameter: inspect.Parameter) -> dict[str, Any]:
    kinds = [kind for kind in getattr(parameter.annotation, "__args__", (parameter.annotation,)) if kind in _TYPES]
    optional = parameter.default is None
    found: dict[str, Any] = {"type": [_TYPES[kinds[0]], "null"] if optional else _TYPES[kinds[0]]}
    found |= {"maxLength": _TEXTS[endpoint]} if parameter.name == "text" else _bounds().get(parameter.name, {})
    return found if parameter.default is parameter.empty else found | {"default": parameter.default}

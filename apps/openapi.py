"""The named endpoints as OpenAPI 3.1, with what each parameter may be; served at /openapi.json.

The parameters and their defaults are those of the functions in apps.api; the bounds are those that apps.limits holds.
"""

import inspect
from collections.abc import Callable
from typing import Any

from apps import api, limits, networks, service
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


def document() -> dict[str, Any]:
    """The document. An answer is an event: its result is streamed at the same path followed by /{event_id}."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "charrnn-verse", "version": "1"},
        "paths": {f"/gradio_api/call/v2/{work.__name__}": {"post": _operation(work)} for work in api.ENDPOINTS},
    }


def _operation(work: Callable[..., Any]) -> dict[str, Any]:
    parameters = [p for name, p in inspect.signature(work).parameters.items() if name != "request"]
    schema = {
        "type": "object",
        "properties": {p.name: _schema(work.__name__, p) for p in parameters},
        "required": [p.name for p in parameters if p.default is p.empty],
        "additionalProperties": False,
    }
    event = {"type": "object", "properties": {"event_id": {"type": "string"}}}
    return {
        "operationId": work.__name__,
        "summary": inspect.getdoc(work),
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "queued", "content": {"application/json": {"schema": event}}}},
    }


def _schema(endpoint: str, parameter: inspect.Parameter) -> dict[str, Any]:
    kinds = [kind for kind in getattr(parameter.annotation, "__args__", (parameter.annotation,)) if kind in _TYPES]
    optional = parameter.default is None
    found: dict[str, Any] = {"type": [_TYPES[kinds[0]], "null"] if optional else _TYPES[kinds[0]]}
    found |= {"maxLength": _TEXTS[endpoint]} if parameter.name == "text" else _bounds().get(parameter.name, {})
    return found if parameter.default is parameter.empty else found | {"default": parameter.default}

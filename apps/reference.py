"""The page for programmers, at /api: what apps.openapi says, to be read by people. No script, nothing fetched."""

import json
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import Any

import fastapi

from apps import api, codes, openapi
from apps.current import preferred, serving
from apps.door.refusal import CODES as REFUSED
from apps.events import PARAMETERS
from apps.spoken import LOCALES
from apps.texts import TEXTS, say
from charrnn_core.escape import escape

_LABELS = {parameter: label for label, parameter in PARAMETERS.items()}
_EXAMPLES: dict[str, dict[str, Any]] = {
    "generate": {"head": "春", "form": "五绝", "seed": 1},
    "check": {"text": "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"},
    "rewrite": {"text": "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。", "gap": "4"},
    "complete": {"starter": "ROMEO:"},
}


def page(request: fastapi.Request) -> fastapi.Response:
    """The page in the language of the request, with examples for the address at which it was asked for."""
    language = preferred(request.headers.get("accept-language"))
    address = f"{request.url.scheme}://{request.headers['host']}{request.app.state.root}"
    with serving(language, float("inf")):
        content = _page(LOCALES[language], address)
    return fastapi.responses.HTMLResponse(content, headers={"vary": "accept-language"})


def _page(locale: str, address: str) -> str:
    style = files("apps").joinpath("reference.css").read_text(encoding="utf-8")
    title = escape(say("api_title"))
    calls = "".join(_endpoint(work, address) for work in api.ENDPOINTS)
    return (
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8"><title>{title}</title>'
        '<link rel="icon" href="favicon.ico">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head><body><main>'
        f'<h1>{title}</h1><p>{escape(say("api_calling"))}</p><p><a href="openapi.json">openapi.json</a></p>{calls}'
        f"<h2>{escape(say('api_errors'))}</h2><p>{escape(say('api_errors_told'))}</p>"
        f"{_codes('event: error', (('', code) for code in codes.CODES))}{_codes('HTTP', REFUSED.items())}"
        "</main></body></html>"
    )


def _endpoint(work: Callable[..., Any], address: str) -> str:
    """One endpoint: what it does, an example, its parameters."""
    name = work.__name__
    rows = "".join(_parameter(each, schema) for each, schema in openapi.parameters(work).items())
    heads = "".join(f'<th scope="col">{escape(say(key))}</th>' for key in ("api_name", "api_may_be", "api_unless"))
    return (
        f'<section id="{name}"><h2>{name}</h2><p>{escape(say(f"api_{name}"))}</p>'
        f'<pre tabindex="0">{escape(example(name, address))}</pre>'
        f'<div class="wide" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        "</section>"
    )


def example(name: str, address: str) -> str:
    """Two commands that call an endpoint: the first gets a number, the second what was asked for."""
    sent = json.dumps(_EXAMPLES[name], ensure_ascii=False)
    call = f"{address}/gradio_api/call/v2/{name}"
    return (
        f"id=$(curl -s {call} -H 'Content-Type: application/json' \\\n    -d '{sent}' | cut -d'\"' -f4)\n"
        f"curl -sN {call}/$id"
    )


def _parameter(name: str, schema: dict[str, Any]) -> str:
    label = _LABELS.get(name, name)
    told = " ".join(say(key) for key in (label, f"{label}_info") if key in TEXTS)
    default = json.dumps(schema["default"], ensure_ascii=False) if "default" in schema else say("api_required")
    return (
        f'<tr><th scope="row"><code>{name}</code><br>{escape(told)}</th><td>{escape(_may_be(schema))}</td>'
        f"<td>{escape(default)}</td></tr>"
    )


def _may_be(schema: dict[str, Any]) -> str:
    """What a parameter may be, in a few words."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "enum" in schema:
        return " ".join(filter(None, schema["enum"]))
    bounds = [f"{schema['minimum']} … {schema['maximum']}"] if "minimum" in schema else []
    bounds += [f"≤ {schema['maxLength']}"] if "maxLength" in schema else []
    return ", ".join([" | ".join(kinds), *bounds])


def _codes(where: str, names: Iterable[tuple[object, str]]) -> str:
    """A table of codes, each with its status or nothing before it."""
    rows = "".join(
        f'<tr><th scope="row"><code>{name}</code></th><td>{status}</td><td>{escape(say(f"code_{name}"))}</td></tr>'
        for status, name in names
    )
    return f"<table><caption>{where}</caption><tbody>{rows}</tbody></table>"

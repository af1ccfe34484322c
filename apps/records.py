"""What the named endpoints give: the JSON of a poem and of a report, as types and as schemas (apps.openapi)."""

from typing import Any, NotRequired, get_type_hints

from pydantic import BaseModel, TypeAdapter, create_model
from typing_extensions import TypedDict  # pydantic takes that of typing from Python 3.12 on

from apps.codes import CODES, Way
from apps.door.refusal import CODES as REFUSED
from charrnn_core.errors import Phrase
from poetry.prosody import judge


class Poem(TypedDict):
    """A poem. `score` is the mean log-probability (nats) of its tokens; `words` are the key words of its lines."""

    form: str
    lines: list[str]
    text: str
    seed: int
    score: float
    title: NotRequired[str]
    words: NotRequired[list[str]]


class Error(TypedDict):
    """What went wrong: a code for programs, which parameter is at fault where it is one, what can be done instead of
    a poem that cannot be, the nearest first, a line for people."""

    code: str
    parameter: str | None
    instead: list[Way]
    message: str


class Refusal(TypedDict):
    """A request that was not taken: a code for programs, a line for people (twice, for gradio's clients)."""

    code: str
    message: str
    detail: str


def _said(kind: type, **others: Any) -> type[BaseModel]:
    """A record of the checker's as its JSON has it: a phrase is said, and some fields are of other kinds."""
    hints = get_type_hints(kind) | others
    fields: dict[str, Any] = {name: (str if hint is Phrase else hint, ...) for name, hint in hints.items()}
    return create_model(kind.__name__, __doc__=kind.__doc__, **fields)


_Remark = _said(judge.Remark)
Report = _said(judge.Report, faults=tuple[_Remark, ...], notes=tuple[_Remark, ...])  # type: ignore[valid-type]


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas by their names; Report and what is in it are those of the checker."""
    found: dict[str, dict[str, Any]] = {}
    for kind in (Poem, Report, Error, Refusal):
        schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {})
        found[kind.__name__] = schema
    found["Error"]["properties"]["code"]["enum"] = list(CODES)
    found["Refusal"]["properties"]["code"]["enum"] = list(REFUSED.values())
    return found

"""A typed client of the app's endpoints, of the standard library alone: copy it, or run it.

python examples/client.py http://127.0.0.1:7860

The types are those of /openapi.json; a test runs this file and mypy --strict reads it.
"""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any, NotRequired, TypedDict


class Poem(TypedDict):
    """A poem; `score` is the mean log-probability of its tokens in nats."""

    form: str
    lines: list[str]
    text: str
    seed: int
    score: float
    title: NotRequired[str]
    words: NotRequired[list[str]]


class Remark(TypedDict):
    """A fault or a licence of a poem; line and position count from 0."""

    name: str
    line: int
    position: int
    character: str
    why: str


class Report(TypedDict):
    """What the checker found, in part."""

    form: str
    pattern: str
    group: str
    verdict: str
    obeys: bool
    faults: list[Remark]
    notes: list[Remark]


class Way(TypedDict):
    """What can be done instead: a line for people, and the wishes that it changes."""

    said: str
    changes: dict[str, str | int]


class VerseError(Exception):
    """The server said no: a code for programs, the parameter at fault if it is one, a line for people, and what can be
    done instead where a poem cannot be."""

    def __init__(self, code: str, parameter: str | None, message: str, instead: Sequence[Way] = ()) -> None:
        super().__init__(message)
        self.code, self.parameter, self.instead = code, parameter, instead


class Client:
    """The endpoints of a server. Every call raises VerseError."""

    def __init__(self, address: str, *, language: str = "en") -> None:
        self._address, self._language = address.rstrip("/"), language

    def generate(self, **wishes: str | int | float | bool) -> list[Poem]:
        """Poems by wishes: head, form, theme, acrostic, seed, count and others."""
        poems: list[Poem] = self._call("generate", wishes)
        return poems

    def check(self, text: str) -> list[Report]:
        """A report for each poem of a text."""
        reports: list[Report] = self._call("check", {"text": text})
        return reports

    def rewrite(self, text: str, gap: str) -> Poem:
        """The poem with new characters at the gap, such as 3 or 3:2-4."""
        poem: Poem = self._call("rewrite", {"text": text, "gap": gap})
        return poem

    def complete(self, starter: str, length: int = 200) -> str:
        """What the Shakespeare network writes after a starter."""
        return str(self._call("complete", {"starter": starter, "length": length}))

    def _call(self, endpoint: str, values: dict[str, Any]) -> Any:
        """Ask, then listen until the answer is complete."""
        path = f"{self._address}/gradio_api/call/v2/{endpoint}"
        event: str = json.loads(self._fetch(path, values))["event_id"]
        for kind, data in _events(self._fetch(f"{path}/{event}")):
            if kind == "error":
                raise VerseError(data["code"], data["parameter"], data["message"], data["instead"])
            if kind == "complete":
                return data[0]
        raise VerseError("broken", None, "the answer broke off")

    def _fetch(self, address: str, values: dict[str, Any] | None = None) -> str:
        headers = {"Accept-Language": self._language, "Content-Type": "application/json"}
        body = None if values is None else json.dumps(values).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            said = json.load(error)
            raise VerseError(said["code"], None, said["message"]) from None


def _events(stream: str) -> Iterator[tuple[str, Any]]:
    """The events of a stream and their data."""
    for event in stream.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in event.splitlines() if ": " in line)
        if fields:
            yield fields["event"], json.loads(fields["data"])


def main() -> None:
    """Write a poem, check it, rewrite its last line, ask for what cannot be, and take what can."""
    client = Client(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7860")
    [poem] = client.generate(head="春", form="五绝", seed=1)
    print(poem["text"], client.check(poem["text"])[0]["verdict"])
    print(client.rewrite(poem["text"], gap="4")["text"])
    print(client.complete("ROMEO:", length=40))
    wishes: dict[str, str | int] = {"acrostic": "但愿人长久", "form": "七绝", "seed": 1}
    try:
        client.generate(**wishes)
    except VerseError as error:
        print(error.code, error.parameter, error)
        way = error.instead[0]
        print(way["said"], client.generate(**{**wishes, **way["changes"]})[0]["text"])


if __name__ == "__main__":
    main()

"""What an attacker has: HTTP as it pleases, on loopback alone."""

import http.client
import json
import secrets
import socket
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from tests.app_server import Served

PATIENCE = 60  # seconds for one answer
JSON = {"Content-Type": "application/json"}
META = {"_type": "gradio.FileData"}
MARK = "s3cret-of-the-server"  # what no answer may hold


@dataclass(frozen=True)
class Answer:
    """A status and the text that came with it."""

    status: int
    text: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Attacker:
    """A client of a server that keeps no rules."""

    server: Served

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.server.address)
        return parts.hostname or "", parts.port or 0

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request; a body that is no bytes is sent as JSON. A header's _ stands for -."""
        sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        given = {**(JSON if sent is not None and "Content-Type" not in named else {}), **named}
        connection = http.client.HTTPConnection(*self.address, timeout=PATIENCE)
        try:
            connection.request(method, path, sent, given)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(errors="replace"), dict(answer.getheaders()))
        finally:
            connection.close()

    @cached_property
    def events(self) -> dict[str, dict[str, Any]]:
        """The events of the page by their names, those that the server answers."""
        found = json.loads(self.server.fetch("/config"))["dependencies"]
        return {event["api_name"]: event for event in found if event["backend_fn"]}

    def do(self, event: str, data: list[Any], *, session: str = "", **more: Any) -> Answer:
        """An event of the page with these values: what the stream says, or the refusal."""
        name = session or secrets.token_hex(8)
        sent = {"data": data, "fn_index": self.events[event]["id"], "session_hash": name, **more}
        joined = self.ask("POST", "/gradio_api/queue/join", sent)
        return joined if joined.status >= 400 else self.ask("GET", f"/gradio_api/queue/data?session_hash={name}")

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file as the page does; its path on the server."""
        answer = self.ask("POST", "/gradio_api/upload", form(name.encode(), content), Content_Type=FORM)
        assert answer.status == 200, answer
        return json.loads(answer.text)[0]

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(self.address, timeout=PATIENCE)


FORM = "multipart/form-data; boundary=x"


def form(name: bytes, content: bytes) -> bytes:
    """The body of an upload."""
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n\r\n'
    return head + content + b"\r\n--x--\r\n"


def file_data(path: Any, **more: Any) -> dict[str, Any]:
    """A file as gradio's page names it."""
    return {"path": path, "meta": META, **more}

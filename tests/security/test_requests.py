"""Requests that mean nothing get a no of one line; half-open ones end; connections are bounded."""

import contextlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from apps import limits
from tests.security.attacker import FORM, Attacker, form

CALL, JOIN = "/gradio_api/call/v2/check", "/gradio_api/queue/join"
EVENT = {"data": [], "fn_index": 9, "session_hash": "a"}

WRONG = {
    "unknown endpoint": ("/gradio_api/call/v2/nonsense", {}),
    "unknown endpoint, in order": ("/gradio_api/call/nonsense", {"data": []}),
    "private endpoint": ("/gradio_api/call/v2/_check", {"poem": "春"}),
    "unknown field": (CALL, {"text": "春", "nonsense": 1}),
    "missing field": (CALL, {}),
    "too few values": ("/gradio_api/call/check", {"data": ["春"]}),
    "too many values": ("/gradio_api/call/check", {"data": ["春"] * 50}),
    "no list": ("/gradio_api/call/check", {"data": {"text": "春"}}),
    "no object": (CALL, ["春"]),
    "no JSON": (CALL, b"{"),
    "a number beyond all bounds": (CALL, b'{"text": ' + b"9" * 5000 + b"}"),
    "nested": (CALL, b'{"text": ' + b"[" * 50 + b"]" * 50 + b"}"),
    "unknown event": (JOIN, EVENT | {"fn_index": 999}),
    "no event": (JOIN, {"data": []}),
    "negative event": (JOIN, EVENT | {"fn_index": -1}),
    "event of the browser": (JOIN, EVENT | {"fn_index": 6}),
    "event with too many values": (JOIN, EVENT | {"data": [1] * 9}),
    "trigger": (JOIN, EVENT | {"trigger_id": 10**6}),
    "session of another type": (JOIN, EVENT | {"session_hash": {"a": 1}}),
    "session too long": (JOIN, EVENT | {"session_hash": "a" * 10_000}),
    "batched": (JOIN, EVENT | {"batched": True}),
    "cancel of nothing": ("/gradio_api/cancel", {"session_hash": 1}),
    "direct call": ("/gradio_api/run/predict", EVENT),
    "direct call by name": ("/gradio_api/api/check", {"data": ["春", "usual", "pingshui"]}),
    "part of a component": ("/gradio_api/component_server", {"data": [], "component_id": 1}),
    "reset": ("/gradio_api/reset", {"event_id": ["a"]}),
    "login": ("/login", {}),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_request_that_means_nothing_is_refused(attacker: Attacker, what: str) -> None:
    answer = attacker.ask("POST", *WRONG[what])
    assert 400 <= answer.status < 500 and "\n" not in answer.text and len(answer.text) < 500, answer


@pytest.mark.parametrize("path", ["queue/data", "queue/data?session_hash=a", "call/check/a", "call/v2/check/a"])
def test_a_stream_of_nothing_is_refused(attacker: Attacker, path: str) -> None:
    assert attacker.ask("GET", f"/gradio_api/{path}").status == 404


@pytest.mark.parametrize("name", [b"", b"a\0b.txt", b"..", b"/", b"\x1b[31m.txt", b"a" * 5000])
def test_a_file_without_a_name_is_refused(attacker: Attacker, name: bytes) -> None:
    answer = attacker.ask("POST", "/gradio_api/upload", form(name, b"spring"), Content_Type=FORM)
    assert answer.status == 400 and "\n" not in answer.text, answer


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"--x\r\n\r\n", FORM),
        (b"nonsense", FORM),
        (form(b"a.txt", b"a") * 2, "multipart/form-data"),
        (form(b"a.txt", b"a").replace(b"files", b"other"), FORM),
        (form(b"a.txt", b"a").replace(b"--x--", form(b"b.txt", b"b")[:-4]), FORM),
        (b"{}", "application/json"),
    ],
)
def test_an_upload_that_is_none_is_refused(attacker: Attacker, body: bytes, kind: str) -> None:
    answer = attacker.ask("POST", "/gradio_api/upload", body, Content_Type=kind)
    assert answer.status == 400 and "\n" not in answer.text, answer


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST"])
def test_other_methods_are_refused(attacker: Attacker, method: str) -> None:
    assert attacker.ask(method, "/").status == 405


def left_open(attacker: Attacker, *sent: bytes) -> float:
    """Seconds until the server ends a connection on which this was sent, a piece a second, and no more."""
    with attacker.connect() as connection:
        began = time.monotonic()
        for piece in sent:
            connection.sendall(piece)
            time.sleep(1)
        connection.settimeout(3 * limits.BODY_SECONDS)
        with contextlib.suppress(ConnectionError):
            while connection.recv(4096):
                pass
        return time.monotonic() - began


HEAD = b"POST /gradio_api/call/v2/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


HALF = {
    "nothing": (),
    "half a head": (b"GET / HT", b"TP/1.1\r\n"),
    "half a body": (HEAD + b"Content-Length: 100\r\n\r\n", b"{", b'"'),
    "half a stream": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n"),
    "a byte a second": (HEAD + b"Content-Length: 100\r\n\r\n", *[b" "] * 9),
    "half a second request": (b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /hea"),
}


def test_what_is_half_sent_ends(attacker: Attacker) -> None:
    with ThreadPoolExecutor(len(HALF)) as clients:
        lasted = dict(zip(HALF, clients.map(lambda sent: left_open(attacker, *sent), HALF.values()), strict=True))
    assert [what for what, seconds in lasted.items() if seconds > limits.BODY_SECONDS + 5] == []


def test_connections_are_bounded(attacker: Attacker) -> None:
    """The last that there is room for is served; the next is told, at once; and there is room again afterwards."""
    held: list[socket.socket] = []
    try:
        for _ in range(limits.CONNECTIONS + 20):
            held.append(attacker.connect())
        told = 0
        for connection in held[-10:]:
            connection.settimeout(5)
            told += b"503" in connection.recv(100)
        assert told == 10
    finally:
        for connection in held:
            connection.close()
    time.sleep(0.5)
    assert attacker.server.health()["status"] == "ok"

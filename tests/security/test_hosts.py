"""No page of another site reaches the server: not by its own name made to point here, not by a request of its own."""

import pytest

from apps.door.hosts import Hosts
from apps.door.refusal import Refusal
from tests.security.attacker import FORM, Attacker, form

REQUESTS = [
    ("GET", "/", None, {}),
    ("GET", "/health", None, {}),
    ("GET", "/config", None, {}),
    ("POST", "/gradio_api/call/v2/check", {"text": "春"}, {}),
    ("POST", "/gradio_api/queue/join", {"data": [], "fn_index": 0, "session_hash": "a"}, {}),
    ("POST", "/gradio_api/cancel", {"session_hash": "a", "fn_index": 0, "event_id": "a"}, {}),
    ("POST", "/gradio_api/upload", form(b"a.txt", b"spring"), {"Content_Type": FORM}),
]
EVIL_HOSTS = ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost@evil.example", "[::2]", "", "a b"]
EVIL_ORIGINS = ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1.evil.example", "file://", "x"]


@pytest.mark.parametrize(("method", "path", "body", "more"), REQUESTS, ids=lambda value: str(value)[:30])
def test_another_host_name_is_refused(attacker: Attacker, method: str, path: str, body: object, more: dict) -> None:
    port = attacker.address[1]
    for host in EVIL_HOSTS:
        origin = {"Origin": f"http://{host}"} if method == "POST" else {}
        answer = attacker.ask(method, path, body, Host=host, **origin, **more)
        assert answer.status == 421, (host, answer)
        assert "access-control-allow-origin" not in {key.lower() for key in answer.headers}
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", "LOCALHOST"):
        assert attacker.ask(method, path, body, Host=host, **more).status != 421, host


@pytest.mark.parametrize(("method", "path", "body", "more"), REQUESTS, ids=lambda value: str(value)[:30])
def test_a_page_of_another_site_is_refused(
    attacker: Attacker, method: str, path: str, body: object, more: dict
) -> None:
    for origin in EVIL_ORIGINS:
        answer = attacker.ask(method, path, body, Origin=origin, **more)
        assert answer.status == 403, (origin, answer)
        assert "access-control-allow-origin" not in {key.lower() for key in answer.headers}
    assert attacker.ask(method, path, body, Origin=attacker.server.address, **more).status != 403
    site = attacker.ask(method, path, body, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors", **more).status
    assert site == (200 if path == "/" else 403)  # a link leads to the page, and to nothing else


def test_a_preflight_of_another_site_is_refused(attacker: Attacker) -> None:
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type"}
    answer = attacker.ask("OPTIONS", "/gradio_api/queue/join", Origin="http://evil.example", **asked)
    assert answer.status == 403 and not [key for key in answer.headers if key.lower().startswith("access-control")]


def test_two_hosts_or_none_are_refused(attacker: Attacker) -> None:
    for hosts in (b"", b"Host: localhost\r\nHost: evil.example\r\n"):
        with attacker.connect() as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n" + hosts + b"\r\n")
            assert connection.recv(100).split()[1] in (b"400", b"421")


def passes(hosts: Hosts, host: str, origin: str = "") -> bool:
    """Whether a POST with these headers is let in."""
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin else [])
    try:
        hosts.check("POST", "/gradio_api/queue/join", headers)
    except Refusal:
        return False
    return True


def test_hosts_that_are_named_are_let_in() -> None:
    named = Hosts("0.0.0.0", ["Verse.example"])
    assert passes(named, "verse.example", "https://verse.example") and passes(named, "192.168.1.5:7860")
    assert passes(named, "127.0.0.1:7860", "https://verse.example")  # a proxy that writes its own Host
    assert not passes(named, "evil.example") and not passes(named, "192.168.1.5", "http://evil.example")
    assert passes(Hosts("10.0.0.7"), "10.0.0.7:1", "http://10.0.0.7:1") and not passes(Hosts("10.0.0.7"), "10.0.0.8")
    assert not passes(Hosts(), "192.168.1.5")  # on loopback, nothing but loopback

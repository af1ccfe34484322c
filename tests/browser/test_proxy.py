"""deploy/nginx.conf as it stands: a real nginx before the app, a real browser before nginx."""

import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from apps.current import LeftError
from charrnn_core.lab import char_files
from tests.app_server import ROOT, serving
from tests.browser.conftest import AT_REST

pytestmark = pytest.mark.browser

NAME = "verse.example"  # that the browser of conftest.py finds on this machine
PATIENCE = 60  # seconds
PREFIXES = ["", "/verse"]
MAIN = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    include {folder}/verse.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running nginx; `prefix` is the path of the app behind it."""

    port: int
    plain: int
    prefix: str

    def ask(self, method: str, path: str, body: object = None, *, name: str = NAME, **headers: str) -> tuple[int, str]:
        """Status and text of an answer to a request by TLS; a header's _ stands for -."""
        with self.connect() as tls:
            connection = http.client.HTTPConnection("127.0.0.1", self.port)
            connection.sock = tls
            named = {key.replace("_", "-"): value for key, value in headers.items()}
            sent = None if body is None else json.dumps(body)
            given = {"Host": f"{name}:{self.port}", "Content-Type": "application/json"} | named
            connection.request(method, self.prefix + path, sent, given)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")

    def connect(self, name: str = NAME) -> ssl.SSLSocket:
        """A connection on which TLS speaks of that name."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), PATIENCE), server_hostname=name)


@contextmanager
def proxying(folder: Path, app: str, prefix: str = "", changed: Mapping[str, str] | None = None) -> Iterator[Proxy]:
    """An nginx from deploy/nginx.conf before the app at that address, with free ports, a certificate of its own, and
    what else is `changed`."""
    assert shutil.which("nginx"), "no nginx: apt-get install nginx"
    key = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(folder / "key.pem"), "-subj", f"/CN={NAME}"]
    subprocess.run(
        ["openssl", "req", "-x509", "-days", "2", "-out", str(folder / "certificate.pem"), *key],
        check=True,
        capture_output=True,
    )
    port, plain = _free(), _free()
    written = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for old, new in {
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "/etc/ssl/verse": str(folder),
        "127.0.0.1:7860": urlsplit(app).netloc,
        **(changed or {}),
    }.items():
        assert old in written
        written = written.replace(old, new)
    if prefix:
        [block] = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/serving.md").read_text(encoding="utf-8"), re.S)
        first = written.index("    location / {")
        written = written[:first] + block + "}\n"
    (folder / "verse.conf").write_text(written, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")
    nginx = subprocess.Popen(["nginx", "-p", str(folder), "-e", str(folder / "log"), "-c", str(folder / "nginx.conf")])
    try:
        _until(lambda: _listens(port), nginx)
        yield Proxy(port, plain, prefix)
    finally:
        nginx.terminate()
        nginx.wait(PATIENCE)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(holds: Callable[[], bool], process: subprocess.Popen) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module", params=PREFIXES)
def proxy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The app behind nginx, at the root and under a path."""
    root = ["--root-path", request.param] if request.param else []
    folder = tmp_path_factory.mktemp("nginx")
    module = "tests.quick_app"
    with (
        serving("--allowed-host", NAME, *root, module=module) as app,
        proxying(folder, app.address, request.param) as running,
    ):
        yield running


def test_the_page_works_behind_it(proxy: Proxy, browser: Browser, tmp_path: Path) -> None:
    address = f"https://{NAME}:{proxy.port}{proxy.prefix}"
    context = browser.new_context(ignore_https_errors=True, locale="zh-SG", viewport={"width": 1280, "height": 900})
    page, wrong = context.new_page(), []
    page.set_default_timeout(1000 * PATIENCE)
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else wrong.append(r.url))
    page.goto(address + "/")
    page.locator("#write").click()
    expect(page.locator("#cards article.verse").first).to_be_visible()
    # A file goes up, and is read by an event that names it by its address.
    page.get_by_role("tab", name="莎士比亚").click()
    page.get_by_role("button", name="换一个网络").click()
    network = tmp_path / "network.safetensors"
    char_files.save(network, char_files.shipped(), {})
    page.locator("input[type=file]").first.set_input_files(network)
    expect(page.locator("#network")).to_contain_text("读到：")
    page.wait_for_function(AT_REST, polling=50)  # who leaves while poems are written is told of a broken connection
    page.goto(address + "/api")
    expect(page.locator("#generate pre")).to_contain_text(f"{address}/gradio_api/call/v2/generate")
    assert wrong == []  # of what is no page a browser looks for an icon at the root
    with page.expect_response("**/openapi.json") as answer:
        page.get_by_role("link", name="openapi.json").click()
    assert answer.value.ok
    context.close()


def test_a_poem_comes_by_the_endpoint(proxy: Proxy) -> None:
    status, said = proxy.ask("POST", "/gradio_api/call/v2/generate", {"head": "春", "form": "五绝", "seed": 1})
    assert status == 200
    status, said = proxy.ask("GET", f"/gradio_api/call/v2/generate/{json.loads(said)['event_id']}")
    assert status == 200 and json.loads(said.rpartition("data: ")[2])[0][0]["text"].startswith("春")


def test_another_name_gets_no_answer(proxy: Proxy) -> None:
    with pytest.raises(ssl.SSLError):
        proxy.connect("evil.example")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        proxy.ask("GET", "/health", name="evil.example")
    assert proxy.ask("GET", "/health", Origin="https://evil.example")[0] == 403


def test_what_a_client_says_of_itself_is_not_believed(proxy: Proxy) -> None:
    status, page = proxy.ask("GET", "/", X_Forwarded_Host="evil.example", X_Gradio_Server="http://evil.example")
    assert status == 200 and "evil.example" not in page and f"https://{NAME}:{proxy.port}{proxy.prefix}" in page


def test_plain_http_leads_to_tls(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=PATIENCE)
    connection.request("GET", proxy.prefix + "/", headers={"Host": NAME})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}{proxy.prefix}/")
    connection.close()


class Idle(BaseHTTPRequestHandler):
    """Something to stand behind nginx: what is asked is answered, and a stream stays open until `over`."""

    over = threading.Event()

    def do_GET(self) -> None:
        """A stream that says nothing."""
        self.send_response(200)
        self.end_headers()
        if "data" in self.path:
            self.over.wait(PATIENCE)

    def do_POST(self) -> None:
        """An answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """nginx before such a server, with a second of its limit as long as a minute: whatever is asked here is at once."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Idle)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(Idle, "over", threading.Event())
    with proxying(tmp_path, f"http://127.0.0.1:{server.server_port}", changed={"5r/s": "1r/m"}) as running:
        yield running
    Idle.over.set()
    server.shutdown()
    server.server_close()


def test_a_client_that_asks_too_often_is_told_so_and_still_reads(limited: Proxy) -> None:
    asked = [limited.ask("POST", "/gradio_api/call/v2/check", {})[0] for _ in range(25)]
    assert asked[:21] == [200] * 21 and 429 in asked[21:]  # a busy machine may take a minute for them
    assert [limited.ask("GET", "/health")[0] for _ in range(25)] == [200] * 25


def test_a_client_that_holds_too_many_streams_is_told_so(limited: Proxy) -> None:
    with ExitStack() as held:
        for _ in range(8):
            stream = held.enter_context(limited.connect())
            stream.sendall(f"GET /gradio_api/queue/data?session_hash=a HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            assert stream.recv(12) == b"HTTP/1.1 200"
        assert limited.ask("GET", "/gradio_api/call/v2/check/data")[0] == 429
        assert limited.ask("GET", "/health")[0] == 200


def test_who_leaves_nginx_is_not_worked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The poems of this app never end by themselves and say what ended them."""
    ended = tmp_path / "ended"
    ended.mkdir()
    monkeypatch.setenv("ENDLESS", str(ended))
    module = "tests.security.endless"
    with serving("--allowed-host", NAME, module=module) as app, proxying(tmp_path, app.address) as proxy:
        event = json.loads(proxy.ask("POST", "/gradio_api/call/v2/generate", {"seed": 7})[1])["event_id"]
        with proxy.connect() as tls:
            head = f"GET /gradio_api/call/v2/generate/{event} HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
            tls.sendall(head.encode())
            end = time.monotonic() + PATIENCE
            while not list(ended.iterdir()):
                assert time.monotonic() < end, "it never began"
                time.sleep(0.05)
        end = time.monotonic() + PATIENCE
        while not (found := next(ended.iterdir()).read_text(encoding="ascii")):
            assert time.monotonic() < end, "it never ended"
            time.sleep(0.05)
        assert found == LeftError.__name__

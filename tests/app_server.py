"""The real server of the app as a process of its own on this machine, for tests and benchmarks."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
START = 300  # seconds within which it must answer
PATIENCE = 150  # seconds for one answer


_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine, whatever proxy is set


class CallError(Exception):
    """The server said no: `status` is the answer's HTTP status (200 where the stream told it), `said` its words."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status}: {said}")
        self.status, self.said = status, said


@dataclass(frozen=True)
class Served:
    """A running server: its address and process number."""

    address: str
    pid: int

    def fetch(self, path: str, body: Any = None) -> str:
        """GET a path, or POST a body as JSON. Raises CallError for a status of 400 or more."""
        return self.post(path, None if body is None else json.dumps(body).encode(), "application/json")

    def post(self, path: str, body: bytes | None, kind: str) -> str:
        """The same with a body of any kind."""
        request = urllib.request.Request(self.address + path, body, {"Content-Type": kind})
        try:
            with _direct.open(request, timeout=PATIENCE) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise CallError(error.code, error.read().decode(errors="replace")) from error

    def health(self) -> dict[str, Any]:
        """What /health says."""
        return json.loads(self.fetch("/health"))

    def call(self, endpoint: str, **values: Any) -> Any:
        """The result of a named endpoint, its values given by name. Raises CallError."""
        event = json.loads(self.fetch(f"/gradio_api/call/v2/{endpoint}", values))["event_id"]
        return self._last(self.fetch(f"/gradio_api/call/v2/{endpoint}/{event}"))

    def call_in_order(self, endpoint: str, values: Any) -> Any:
        """The same with the values in order, as any JSON at all. Raises CallError."""
        event = json.loads(self.fetch(f"/gradio_api/call/{endpoint}", {"data": values}))["event_id"]
        return self._last(self.fetch(f"/gradio_api/call/{endpoint}/{event}"))

    @staticmethod
    def _last(stream: str) -> Any:
        """The end of a stream of server-sent events."""
        kind, data = "", ""
        for line in stream.splitlines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = line.removeprefix("data: ")
        if kind != "complete":
            raise CallError(200, data)
        return json.loads(data)[0]

    def resident_mb(self) -> float:
        """Memory in use, of the process alone."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


@contextmanager
def serving(*options: str, log: IO[str] | None = None, module: str = "apps.gradio_app") -> Iterator[Served]:
    """Start the server on a free port of 127.0.0.1, wait until it answers, stop it at the end. What it says goes to
    `log`, or to where this process's errors go. A test may name a module that changes the app and runs it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", module, "--port", str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT, stderr=log)
    served = Served(f"http://127.0.0.1:{port}", process.pid)
    try:
        _wait(served, process)
        yield served
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(served: Served, process: subprocess.Popen) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            served.health()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not answer within {START} s")

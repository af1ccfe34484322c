"""How long a check takes on the app's real server: alone, among many users, and after others left heavy work behind.

Each of the users asks again a second after the answer, one in three of them for a poem. What the machine's other
work adds is in the figures, too: its load is told with them, and `cpu_ms`, the server's own computing for one check,
does not depend on it.
"""

import argparse
import json
import os
import socket
import statistics
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from tests.app_server import CallError, Served, serving

POEM = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)
PAUSE = 1  # seconds between an answer and the next question
ALONE = 20  # checks of one user
LEAVING = 6  # clients that ask for a rewriting, and go
HEAVY = {"text": "□□□□□□□，□□□□□□□。" * 4}  # as many □ as may be
MOST_USERS, MOST_SECONDS = 64, 120


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.app_checks", description="检查要等多久 / how long a check takes")
    parser.add_argument("--users", type=int, default=24, help="同时多少人 / users at once")
    parser.add_argument("--seconds", type=int, default=30, help="多久 / for how long")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    for value, most in ((arguments.users, MOST_USERS), (arguments.seconds, MOST_SECONDS)):
        if not 1 <= value <= most:
            raise UsageError(f"give a number between 1 and {most}, not {value}")
    with serving() as server:
        server.call("generate", seed=1)  # the workers are there
        before = _cpu_seconds(server)
        alone = [_check(server) for _ in range(ALONE)]
        figures: dict[str, Any] = {
            "cpu_ms": round((_cpu_seconds(server) - before) / ALONE * 1000, 1),
            "alone": _told(alone),
            f"among_{arguments.users}": _told(_among(server, arguments.users, arguments.seconds)),
        }
        _leave(server)
        figures[f"after_{LEAVING}_left"] = _told([_check(server) for _ in range(ALONE)])
    report("app_checks", figures)


def _check(server: Served) -> float:
    """Seconds until the report of a poem is there."""
    began = time.perf_counter()
    server.call("check", text=POEM)
    return time.perf_counter() - began


def _among(server: Served, users: int, seconds: float) -> list[float]:
    """What the checks of so many users take."""
    taken, end = list[float](), time.monotonic() + seconds

    def user(number: int) -> None:
        time.sleep(PAUSE * number / users)  # they do not come all at the same moment
        while time.monotonic() < end:
            if number % 3:
                taken.append(_check(server))
            else:
                with suppress(CallError):  # busy
                    server.call("generate", seed=number)
            time.sleep(PAUSE)

    threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def _leave(server: Served) -> None:
    """Clients ask for a rewriting, listen, and go."""
    parts, streams = urlsplit(server.address), []
    for seed in range(LEAVING):
        asked = server.fetch("/gradio_api/call/v2/rewrite", HEAVY | {"seed": seed})
        path = f"/gradio_api/call/v2/rewrite/{json.loads(asked)['event_id']}"
        stream = socket.create_connection((parts.hostname or "", parts.port or 0))
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        streams.append(stream)
    for stream in streams:
        stream.close()


def _cpu_seconds(server: Served) -> float:
    """Computing time of the server's process so far, its workers' left out."""
    fields = Path(f"/proc/{server.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _told(taken: list[float]) -> dict[str, Any]:
    """Their number, median and 95th percentile in seconds."""
    if not taken:
        raise UsageError("no check was done; give it more seconds")
    found = sorted(taken)
    worst = found[int(0.95 * (len(found) - 1))]
    return {"checks": len(found), "median": round(statistics.median(found), 3), "p95": round(worst, 3)}


if __name__ == "__main__":
    sys.exit(main())

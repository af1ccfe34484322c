"""No job holds the server: who leaves is not worked for, who waits is not kept by others, and time ends everything."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from apps import jobs, limits
from apps.current import LeftError, TimeUpError, serving
from apps.presence import Presence
from tests.security.attacker import Attacker

POEM = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)
LONG = 15  # seconds: far more than what is cheap takes on a busy machine, far less than what is held


def leave(attacker: Attacker, endpoint: str, sent: dict) -> None:
    """Ask, listen until the work has begun, and go."""
    event = json.loads(attacker.ask("POST", f"/gradio_api/call/v2/{endpoint}", sent).text)["event_id"]
    with attacker.connect() as connection:
        connection.sendall(f"GET /gradio_api/call/v2/{endpoint}/{event} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        connection.settimeout(0.5)
        with pytest.raises(TimeoutError):
            while connection.recv(4096):
                pass


def seconds(work: partial) -> float:
    """How long it takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def test_who_leaves_is_not_worked_for(attacker: Attacker) -> None:
    """Each of six would hold a place for as long as a request may take."""
    for seed in range(6):
        leave(attacker, "generate", {"form": "七排", "lines": 20, "theme": "江边送别", "count": 6, "seed": seed})
    assert seconds(partial(attacker.server.call, "generate", seed=1, form="五绝")) < limits.SECONDS
    assert seconds(partial(attacker.server.call, "check", text=POEM)) < LONG


def test_a_training_ends_with_its_client(attacker: Attacker) -> None:
    number = attacker.events["_train"]["id"]
    sent = {"data": ["the cat sat " * 500, 200, 0.1, 60], "fn_index": number, "session_hash": "leaver"}
    assert attacker.ask("POST", "/gradio_api/queue/join", sent).status == 200
    with attacker.connect() as connection:
        connection.sendall(b"GET /gradio_api/queue/data?session_hash=leaver HTTP/1.1\r\nHost: localhost\r\n\r\n")
        heard = b""
        while b"process_generating" not in heard:
            heard += connection.recv(1 << 16)
    began = time.monotonic()
    assert "process_completed" in attacker.do("_train", ["the cat sat " * 50, 10, 0.1, 1]).text
    assert time.monotonic() - began < LONG


def test_what_is_cheap_waits_for_nobody(attacker: Attacker) -> None:
    """The place of the networks is full, with listeners who stay; what needs no network is answered as ever."""
    sent = {"form": "七律", "count": 6}

    def stay(seed: int) -> int:
        event = attacker.ask("POST", "/gradio_api/call/v2/generate", sent | {"seed": seed})
        if event.status == 200:
            path = f"/gradio_api/call/v2/generate/{json.loads(event.text)['event_id']}"
            with attacker.connect() as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                time.sleep(LONG)
        return event.status

    with ThreadPoolExecutor(limits.QUEUE + 8) as users:
        asked = [users.submit(stay, seed) for seed in range(limits.QUEUE + 8)]
        time.sleep(3)
        taken = [seconds(partial(attacker.server.call, "check", text=POEM)) for _ in range(5)]
        statuses = [each.result() for each in asked]
    assert statuses.count(503) >= 4 and statuses.count(200) >= limits.QUEUE  # the place was full, and said so
    assert max(taken) < LONG / 3
    assert attacker.server.call("generate", seed=1)  # all of them have left


def test_who_never_listens_is_dropped(attacker: Attacker) -> None:
    for seed in range(limits.QUEUE):
        attacker.ask("POST", "/gradio_api/call/v2/generate", {"form": "七排", "lines": 20, "count": 6, "seed": seed})
    assert seconds(partial(attacker.server.call, "generate", seed=1)) < limits.UNHEARD + LONG


@pytest.mark.parametrize(
    ("endpoint", "sent"),
    [
        ("rewrite", {"text": "□□□□□，□□□□□。" * 100}),
        ("rewrite", {"text": "□□□□□□□，□□□□□□□。" * 20}),
        ("rewrite", {"text": POEM, "gap": ",".join(["1"] * 1000)}),
        ("generate", {"count": 7}),
        ("generate", {"form": "七排", "lines": 400}),
        ("generate", {"theme": "江边送别" * 100}),
        ("generate", {"acrostic": "春" * 100}),
        ("check", {"text": POEM * 1000}),
        ("complete", {"starter": "a" * 3000}),
        ("complete", {"starter": "a", "length": 10_000}),
    ],
)
def test_every_multiplier_of_work_is_bounded(attacker: Attacker, endpoint: str, sent: dict) -> None:
    event = json.loads(attacker.ask("POST", f"/gradio_api/call/v2/{endpoint}", sent).text)["event_id"]
    answer = attacker.ask("GET", f"/gradio_api/call/v2/{endpoint}/{event}")
    assert "event: error" in answer.text and "too long to" not in answer.text  # refused, not stopped
    assert re.search(r"at most|between", answer.text), answer.text


STUCK = (re.fullmatch, r"(a+)+b", "a" * 60)  # for years, and never back in Python


def test_time_ends_what_does_not_look_at_the_clock() -> None:
    with serving("en", time.monotonic() + 1), pytest.raises(TimeUpError):
        jobs.result(*STUCK)
    with serving("en", time.monotonic() + 60):
        assert jobs.result(len, "abc") == 3  # another worker has taken its place
    jobs.end()


def test_a_client_that_leaves_ends_it_too() -> None:
    begun = time.monotonic()
    with serving("en", begun + 60, lambda: time.monotonic() > begun + 1), pytest.raises(LeftError):
        jobs.result(*STUCK)
    assert time.monotonic() < begun + LONG
    jobs.end()


def test_a_worker_goes_on_after_a_job_that_was_left_or_failed() -> None:
    with serving("en", time.monotonic() + 60):
        steps = jobs.results(range, 3)
        assert jobs.result(sum, [1, 2]) == 3
        steps.close()
        with pytest.raises(Exception, match="ZeroDivisionError"):
            jobs.result(divmod, 1, 0)
        assert jobs.result(sum, [1, 2]) == 3
    jobs.end()


def test_who_listens_is_there_and_who_stops_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    present = Presence()
    assert not present.has_left("a", now) and present.has_left("a", now - limits.UNHEARD - 1)
    with present.listening("a"), present.listening("a"):
        assert not present.has_left("a", now - 1000)
    asked, now = now - 1, now + limits.LEFT / 2
    assert not present.has_left("a", asked)  # its page may be opening the next stream
    now += limits.LEFT
    assert present.has_left("a", asked) and not present.has_left("a", now)
    for number in range(10 * limits.SESSIONS):
        with present.listening(str(number)):
            pass
    assert len(present._ended) <= limits.SESSIONS

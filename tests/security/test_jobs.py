"""No job holds the server: who leaves is not worked for, who waits is not kept by others, and time ends everything."""

import asyncio
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio.queueing import Event, EventQueue, Queue

from apps import forgetting, limits
from apps.current import LeftError, TimeUpError, check_left, serving
from apps.guard import guarded, stopping
from apps.presence import Presence
from apps.shared import SHARED, Shared
from apps.tabs import verse
from tests.app_server import serving as serving_app
from tests.security.attacker import PATIENCE, Attacker

POEM = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)
LONG = 15  # seconds: far more than what is cheap takes on a busy machine, far less than what is held


def seconds(work: partial) -> float:
    """How long it takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


@pytest.fixture
def endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Attacker, Path]]:
    """A server whose poems and training never end by themselves, and the folder in which they say what ended them."""
    monkeypatch.setenv("ENDLESS", str(tmp_path))
    with serving_app(module="tests.security.endless") as served:
        yield Attacker(served), tmp_path


def until(holds: Callable[[], bool]) -> None:
    """Wait for something; how long is patience, not what is tested."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def listen(attacker: Attacker, stream: str) -> socket.socket:
    """Open a stream, to be left."""
    connection = attacker.connect()
    connection.sendall(f"GET /gradio_api/{stream} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


def ask_for_poems(attacker: Attacker, seed: int) -> socket.socket:
    """Ask for poems and listen."""
    asked = attacker.ask("POST", "/gradio_api/call/v2/generate", {"seed": seed})
    return listen(attacker, f"call/v2/generate/{json.loads(asked.text)['event_id']}")


def ask_for_training(attacker: Attacker, hidden: int) -> socket.socket:
    """Ask for a training and listen."""
    sent = {"data": ["the cat sat " * 50, hidden, 0.1, 60], "fn_index": attacker.events["_train"]["id"]}
    assert attacker.ask("POST", "/gradio_api/queue/join", sent | {"session_hash": f"s{hidden}"}).status == 200
    return listen(attacker, f"queue/data?session_hash=s{hidden}")


@pytest.mark.parametrize(
    ("ask", "names", "at_once"),
    [
        (ask_for_poems, "poems of", limits.NETWORKS.at_once),
        (ask_for_training, "training of", limits.TRAINING.at_once),
    ],
)
def test_who_leaves_is_not_worked_for(endless: tuple[Attacker, Path], ask: Callable, names: str, at_once: int) -> None:
    """Six fill the place, some at work and some waiting, and go: one who comes after them is served at once, and what
    was worked on ended because they went, not because its time was up."""
    attacker, folder = endless
    leaving = [ask(attacker, number) for number in range(20, 26)]
    until(lambda: len(list(folder.iterdir())) == at_once)
    for connection in leaving:
        connection.close()
    with ask(attacker, 100):
        until((folder / f"{names} 100").exists)

    def ended() -> dict[str, str]:
        found = {file.name: file.read_text(encoding="ascii") for file in folder.iterdir()}
        del found[f"{names} 100"]
        return found

    until(lambda: all(ended().values()))  # what is at work writes its end when it ends
    assert len(ended()) >= at_once and set(ended().values()) == {LeftError.__name__}


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
    assert re.search(r"at most|between|more than|from 10 to", answer.text), answer.text


STUCK = (re.fullmatch, r"(a+)+b", "a" * 60)  # for years, and never back in Python


def test_time_ends_what_does_not_look_at_the_clock(shared: Shared) -> None:
    with serving("en", time.monotonic() + 1), pytest.raises(TimeUpError):
        shared.jobs.result(*STUCK)
    with serving("en", time.monotonic() + 60):
        assert shared.jobs.result(len, "abc") == 3  # another worker has taken its place


def test_a_client_that_leaves_ends_it_too(shared: Shared) -> None:
    begun = time.monotonic()
    with serving("en", begun + 60, lambda: time.monotonic() > begun + 1), pytest.raises(LeftError):
        shared.jobs.result(*STUCK)
    assert time.monotonic() < begun + LONG


def test_a_worker_goes_on_after_a_job_that_was_left_or_failed(shared: Shared) -> None:
    with serving("en", time.monotonic() + 60):
        steps = shared.jobs.results(range, 3)
        assert shared.jobs.result(sum, [1, 2]) == 3
        steps.close()
        with pytest.raises(Exception, match="ZeroDivisionError"):
            shared.jobs.result(divmod, 1, 0)
        assert shared.jobs.result(sum, [1, 2]) == 3


def test_what_nobody_listens_for_leaves_the_queue() -> None:
    """Three of gradio's events wait: for one somebody listens, one has just been asked for, one long ago."""
    now, present, waiting = time.monotonic(), Presence(), EventQueue("networks", 1)
    for session, asked in (("listens", 100), ("has asked", 1), ("is silent", 100)):
        event = Event(session, SimpleNamespace(concurrency_id="networks"), None, None)
        event._id, event.enqueue_time = session, now - asked
        waiting.queue.append(event)
    queue = SimpleNamespace(
        event_queue_per_concurrency_id={"networks": waiting}, active_jobs=[], event_ids_to_events={}
    )
    queue.delete_lock, queue.pending_event_ids_session = asyncio.Lock(), {}
    with present.listening("listens"):
        assert forgetting.abandoned(SimpleNamespace(_queue=queue), present) == ["is silent"]
    asyncio.run(Queue.clean_events(queue, event_id="is silent"))
    assert [event._id for event in waiting.queue] == ["listens", "has asked"]


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


def test_what_is_stopped_ends_as_if_it_were_done_and_nothing_else_does(shared: Shared) -> None:
    def count(request: gr.Request) -> Iterator[int]:
        for number in range(4):
            check_left()  # as a job's wait does
            yield number

    def other(request: gr.Request) -> Iterator[int]:
        yield from (0, 1)

    def asked(session: str) -> gr.Request:
        return gr.Request(session_hash=session, headers={}, state=SimpleNamespace(**{SHARED: shared}))

    with shared.presence.listening("a"), shared.presence.listening("b"):
        numbers, others, elsewhere = (guarded(work)(asked(s)) for work, s in ((count, "a"), (other, "a"), (count, "b")))
        assert next(numbers) == next(others) == next(elsewhere) == 0
        stopping(count)(asked("a"))
        assert list(numbers) == []
        assert list(others) == [1] and list(elsewhere) == [1, 2, 3]
        late = asked("a")
        late.state.asked = time.monotonic()
        again = guarded(count)(asked("a"))  # what is asked for afterwards is wanted, however late the stop is done
        assert next(again) == 0
        stopping(count)(late)
        assert list(again) == [1, 2, 3]


def test_no_poem_comes_unasked_to_who_asked_for_one(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    """However late the poem of the day is there, it does not take the place of another."""
    present, request = shared.presence, SimpleNamespace(session_hash="a")
    monkeypatch.setattr(verse, "_shown", lambda poems, show: poems)
    monkeypatch.setattr(shared.today, "poem", lambda day: "of the day")
    assert verse._open("?__theme=dark", [], request) == ["of the day"]
    next(verse._write(request, None, []))
    assert verse._open("", [], request) == (gr.skip(),) * verse.WRITTEN
    for number in range(10 * limits.SESSIONS):
        present.wishes(str(number))
    assert len(present._wished) <= limits.SESSIONS and present.has_wished(str(number)) and not present.has_wished("a")

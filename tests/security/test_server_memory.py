"""What stays after many requests: memory is bounded, whoever asks, and whether or not they fetch the answer."""

import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.app_server import ROOT, serving
from tests.security.attacker import Attacker, file_data

POEM = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)
SNAPSHOT = b"PK\x03\x04 no network"


def networks(attacker: Attacker, seed: int) -> int:
    """Requests of every kind that needs a network; how many they are."""
    call, session = attacker.server.call, secrets.token_hex(8)
    call("generate", form="五绝", seed=seed)
    call("rewrite", text=POEM, gap="4:2", seed=seed)
    call("complete", starter="ROMEO:", length=20, seed=seed)
    attacker.do("_upload", [file_data(attacker.upload("a.npz", SNAPSHOT))], session=session)
    attacker.do("_sample", [None, "0.5", 20, str(seed), "softmax"], session=session)
    attacker.do("_colour_1", [None, "hello", 3], session=session)
    return 13


def others(attacker: Attacker, seed: int) -> int:
    """Requests of every kind that needs none, hostile ones among them; how many they are."""
    attacker.server.call("check", text=POEM)
    session = secrets.token_hex(8)
    attacker.do("_check", [POEM, "usual", "pingshui"], session=session)
    attacker.do("_read", [file_data(attacker.upload("a.txt", f"spring {seed}".encode()))], session=session)
    attacker.do("_learning", [])
    attacker.do("_draw", [None, [], 1])
    attacker.do("_check", [{"a": [seed]}, None, 7])
    attacker.do("_read", [file_data("/etc/passwd")])
    attacker.ask("POST", f"/gradio_api/call/v2/{secrets.token_hex(8)}", {"a": 1})
    attacker.ask("GET", f"/gradio_api/queue/data?session_hash={secrets.token_hex(8)}")
    attacker.ask("GET", f"/{secrets.token_hex(8)}", Host=f"{secrets.token_hex(8)}.example")
    attacker.ask("GET", "/")
    attacker.ask("GET", "/config")
    attacker.ask("POST", "/gradio_api/call/v2/check", {"text": POEM * 100})  # never fetched
    return 20


def many(attacker: Attacker, requests: int) -> None:
    """So many requests of all kinds by four users at once, one in ten rounds with a network."""
    rounds = [seed for seed in range(requests * 10 // (10 * 20 + 13))]

    def one(seed: int) -> int:
        return others(attacker, seed) + (networks(attacker, seed) if seed % 10 == 0 else 0)

    with ThreadPoolExecutor(4) as users:
        assert sum(users.map(one, rounds)) > 0.95 * requests


def family_mb(process: int) -> float:
    """Resident memory of a process and its children, what they share counted once (MB)."""
    numbers, found = [process], 0.0
    while numbers:
        number = numbers.pop()
        for line in Path(f"/proc/{number}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                found += int(line.split()[1]) / 1024
        children = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii")
        numbers += map(int, children.split())
    return found


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs /proc")
@pytest.mark.slow
def test_memory_stays_within_bounds_over_five_thousand_requests() -> None:
    with serving() as served:
        attacker, found = Attacker(served), []
        for requests in (1_000, 2_500, 2_500):
            many(attacker, requests)
            found.append((served.resident_mb(), family_mb(served.pid)))
            print(f"{requests} more requests; MB of the server, and with its workers: {found[-1]}", flush=True)
    _, sooner, later = found  # in the first thousand workers start, and what is read on first use is read
    assert all(after < 1.05 * before for before, after in zip(sooner, later, strict=True))


OVER = """
import asyncio
from gradio.server_messages import ProcessCompletedMessage
from apps import forgetting, limits
from apps.gradio_app import create

app = create()
blocks, present = app.blocks, app.shared.presence
queue, states = blocks._queue, blocks.state_holder
for number in range(3 * limits.SESSIONS):
    name = f"s{number}"
    states[name]
    queue.pending_messages_per_session[name] = asyncio.Queue()
    queue.pending_event_ids_session[name] = {name}
assert len(states.session_data) == len(queue.pending_messages_per_session) == limits.SESSIONS
assert not states[name].config_values
states[name].config_values[0] = "an answer"
unheard = forgetting.sweep(blocks, present, {})
assert not states[name].config_values
assert len(queue.pending_event_ids_session) == limits.SESSIONS
queue.pending_messages_per_session["s"] = asyncio.Queue()  # drops the oldest
with present.listening("heard"):
    queue.pending_messages_per_session["heard"] = unheard["heard"] = asyncio.Queue()
    unheard = forgetting.sweep(blocks, present, unheard)
assert set(queue.pending_messages_per_session) == {"heard", "s"} and set(unheard) == {"s"}
assert not queue.pending_event_ids_session
queue.pending_event_ids_session[name] = {name}
queue.pending_event_ids_session[name].clear()
forgetting.after_call(blocks, name)
kept = (states.session_data, queue.pending_messages_per_session, queue.pending_event_ids_session)
assert all(name not in each for each in kept)
assert queue.ANALYTICS_MAX_EVENTS == 1
# A stream breaks off when its session has asked for something else: that is not forgotten with it.
queue.pending_messages_per_session["asks"] = asyncio.Queue()
queue.pending_event_ids_session["asks"] = {"later"}
del queue.pending_messages_per_session["asks"]
asyncio.run(queue.clean_events(session_hash="asks"))
assert "asks" in queue.pending_messages_per_session and queue.pending_event_ids_session["asks"] == {"later"}
# What its stream took last is given to the next, before all else, and when none comes in time it is forgotten.
def answer(event):
    return ProcessCompletedMessage(event_id=event, output={}, success=True)

async def take():
    heard = queue.pending_messages_per_session["asks"]
    heard.put_nowait(answer("first"))
    await heard.get()
    forgetting.after_stream(blocks, "asks", heard)
    queue.pending_messages_per_session["asks"].put_nowait(answer("second"))
    heard = queue.pending_messages_per_session["asks"]
    return [(await heard.get()).event_id for _ in range(2)]

queue.pending_event_ids_session["asks"].clear()
assert asyncio.run(take()) == ["first", "second"]
assert queue.pending_event_ids_session["asks"] == {"first"}
unheard = forgetting.sweep(blocks, present, forgetting.sweep(blocks, present, {}))
assert "asks" not in queue.pending_messages_per_session and "asks" not in queue.pending_event_ids_session
"""


def test_nothing_is_kept_of_a_session_that_is_over() -> None:
    """A call leaves no session and no answer behind; an answer that is not fetched is gone after two sweeps."""
    done = subprocess.run([sys.executable, "-c", OVER], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr

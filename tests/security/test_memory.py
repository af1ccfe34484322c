"""What stays after many requests: memory is bounded, whoever asks, and whether or not they fetch the answer."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.app_server import serving
from tests.security.attacker import Attacker, file_data

POEM = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)
SNAPSHOT = b"PK\x03\x04 no network"


def all_kinds(attacker: Attacker, seed: int) -> None:
    """A request of every kind, hostile ones among them."""
    call, upload = attacker.server.call, attacker.upload("a.txt", f"spring {seed}".encode())
    call("check", text=POEM)
    call("generate", form="五绝", seed=seed)
    call("rewrite", text=POEM, gap="4:2", seed=seed)
    call("complete", starter="ROMEO:", length=20, seed=seed)
    session = secrets.token_hex(8)
    attacker.do("_check", [POEM, "usual", "pingshui"], session=session)
    attacker.do("_read", [file_data(upload)], session=session)
    attacker.do("_about", [file_data(attacker.upload("a.npz", SNAPSHOT))], session=session)
    attacker.do("_sample", [None, "0.5", 20, str(seed), "softmax"], session=session)
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


KINDS = 20


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


def growth(requests: int, warm: int) -> tuple[float, float, float, float]:
    """MB of the server and of it with its workers, after `warm` requests and after `requests` more."""
    with serving() as served, ThreadPoolExecutor(4) as users:
        attacker = Attacker(served)
        list(users.map(lambda seed: all_kinds(attacker, seed), range(warm // KINDS)))
        before = served.resident_mb(), family_mb(served.pid)
        list(users.map(lambda seed: all_kinds(attacker, seed), range(requests // KINDS)))
        after = served.resident_mb(), family_mb(served.pid)
    return *before, *after


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs /proc")
@pytest.mark.skipif(os.name != "posix", reason="needs /proc")
@pytest.mark.slow
def test_memory_stays_within_bounds_over_five_thousand_requests() -> None:
    server, family, server_later, family_later = growth(5_000, 1_000)
    print(f"\nserver {server:.0f} -> {server_later:.0f} MB, with workers {family:.0f} -> {family_later:.0f} MB")
    assert server_later < 1.1 * server and family_later < 1.1 * family


def test_nothing_is_kept_of_a_session_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call leaves no session and no answer behind; one that is never fetched leaves what is bounded."""
    import asyncio

    from apps import forgetting, limits
    from apps.gradio_app import create

    blocks = create().blocks
    queue, states = blocks._queue, blocks.state_holder
    for number in range(3 * limits.SESSIONS):
        name = f"s{number}"
        states[name]
        queue.pending_messages_per_session[name] = asyncio.Queue()
        queue.pending_event_ids_session[name] = {name}
    assert len(states.session_data) == len(queue.pending_messages_per_session) == limits.SESSIONS
    forgetting.sweep(blocks)
    assert len(queue.pending_event_ids_session) == limits.SESSIONS
    last = f"s{3 * limits.SESSIONS - 1}"
    queue.pending_event_ids_session[last].clear()
    forgetting.after_call(blocks, last)
    kept = (states.session_data, queue.pending_messages_per_session, queue.pending_event_ids_session)
    assert all(last not in each for each in kept)
    assert queue.ANALYTICS_MAX_EVENTS == 1

"""What gradio keeps of sessions after they are over, and its removal: answers nobody fetched, values of components.

Gradio makes a session of every call of an endpoint, with a copy of the page's settings (0.3 MB), keeps the answers of
2,000 sessions, and the names of all that ever were. All here runs on the thread of the event loop, as gradio's own.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import gradio as gr
from gradio.server_messages import EventMessage

from apps import limits
from apps.presence import Presence

Unheard = Mapping[str, asyncio.Queue]  # the answers of each session that nobody has come for


def bound(blocks: gr.Blocks) -> None:
    """Let it keep no more sessions than we say, and of each no copy of all settings, which deep links alone read.

    To be called when the blocks are mounted.

    Gradio's page breaks off its session's stream when it awaits nothing, and opens another when it does again. Until
    the server notices, the first takes answers that the second will miss; and then gradio forgets all that the session
    has asked for. So what a stream was given last is given to the next one (`after_stream`), and who has really left
    is noticed by apps.presence.
    """
    holder = blocks.state_holder
    holder.capacity = limits.SESSIONS
    holder.blocks = cast(gr.Blocks, SimpleNamespace(default_config=blocks.default_config, blocks=()))
    queue = blocks._queue
    queue.pending_messages_per_session = _Sessions(queue.pending_event_ids_session)  # type: ignore[assignment]
    clean = queue.clean_events

    async def clean_one(*, session_hash: str | None = None, event_id: str | None = None) -> None:
        if event_id is not None:
            await clean(event_id=event_id)

    queue.clean_events = clean_one  # type: ignore[method-assign]


class _Sessions(OrderedDict[str, "_Answers"]):
    """The answers of limits.SESSIONS sessions, the latest; of one that awaits something they stay."""

    def __init__(self, awaited: Mapping[str, set[str]]) -> None:
        super().__init__()
        self._awaited = awaited

    def __setitem__(self, session: str, answers: asyncio.Queue) -> None:
        if session not in self and len(self) >= limits.SESSIONS:
            super().__delitem__(next(iter(self)))
        super().__setitem__(session, _Answers())  # gradio gives an empty one
        self.move_to_end(session)

    def __delitem__(self, session: str) -> None:
        if not self._awaited.get(session):
            super().__delitem__(session)


class _Answers(asyncio.Queue):
    """A session's answers, in order; those just taken can be had again."""

    def __init__(self) -> None:
        super().__init__()
        self._taken: list[tuple[float, EventMessage]] = []

    async def get(self) -> EventMessage:
        """The next one."""
        answer: EventMessage = await super().get()
        self._taken = [*self._recent(), (time.monotonic(), answer)]
        return answer

    def just_taken(self) -> list[EventMessage]:
        """Those of events that were taken in the last limits.UNNOTICED seconds, once."""
        found = [answer for _, answer in self._recent() if answer.event_id]
        self._taken = []
        return found

    def put_first(self, answers: list[EventMessage]) -> None:
        """Let these come before the others."""
        for answer in answers + [self.get_nowait() for _ in range(self.qsize())]:
            self.put_nowait(answer)

    def _recent(self) -> list[tuple[float, EventMessage]]:
        since = time.monotonic() - limits.UNNOTICED
        return [each for each in self._taken if each[0] >= since]


def after_call(blocks: gr.Blocks, session: str) -> None:
    """The stream of an endpoint's call has ended: nobody comes back for anything of it."""
    _forget(blocks, session)
    blocks.state_holder.session_data.pop(session, None)
    blocks.state_holder.time_last_used.pop(session, None)


def after_stream(blocks: gr.Blocks, session: str, heard: asyncio.Queue) -> None:
    """A session's stream has ended. Its last answers, taken from `heard`, may not have arrived; the page passes over
    those that have. What it has heard before is not kept, unless an event of it goes on."""
    queue = blocks._queue
    lost = heard.just_taken() if isinstance(heard, _Answers) else []
    if not lost:
        _forget(blocks, session)
        return
    if session not in queue.pending_messages_per_session:
        queue.pending_messages_per_session[session] = asyncio.Queue()
    cast(_Answers, queue.pending_messages_per_session[session]).put_first(lost)
    queue.pending_event_ids_session.setdefault(session, set()).update(cast(str, each.event_id) for each in lost)


def _forget(blocks: gr.Blocks, session: str) -> None:
    """Unless an event of the session goes on."""
    queue = blocks._queue
    if not queue.pending_event_ids_session.get(session):
        queue.pending_event_ids_session.pop(session, None)
        queue.pending_messages_per_session.pop(session, None)


def abandoned(blocks: gr.Blocks, presence: Presence) -> list[str]:
    """The events that wait for a place, and for which nobody listens any more or ever did: they would keep others out
    as long as the places are full."""
    waiting = (event for each in blocks._queue.event_queue_per_concurrency_id.values() for event in each.queue)
    return [event._id for event in waiting if presence.has_left(event.session_hash, event.enqueue_time)]


def sweep(blocks: gr.Blocks, presence: Presence, before: Unheard) -> Unheard:
    """Forget the answers nobody has come for since the sweep before, and the events of sessions without answers.

    `before` is what that sweep returned: the answers of the sessions that nobody listened to. Two sweeps are as far
    apart as a client has time to open its stream (limits.UNHEARD); one answer may have 0.5 MB.
    """
    queue, keep = blocks._queue, {event.session_hash for event in blocks._queue.event_ids_to_events.values()}
    answers = queue.pending_messages_per_session
    unheard = {each: answers[each] for each in answers if each not in keep and not presence.listens(each)}
    for session in [each for each, found in unheard.items() if before.get(each) is found]:
        queue.pending_event_ids_session.pop(session, None)
        del unheard[session], answers[session]
    for session in queue.pending_event_ids_session.keys() - queue.pending_messages_per_session.keys() - keep:
        queue.pending_event_ids_session.pop(session, None)
    for state in blocks.state_holder.session_data.values():
        state.config_values.clear()  # what each component last held, answers included; deep links alone read it
    blocks.state_holder.delete_all_expired_state()
    return unheard

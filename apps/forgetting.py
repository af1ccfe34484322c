"""What gradio keeps of sessions after they are over, and its removal: answers nobody fetched, values of components.

Gradio makes a session of every call of an endpoint, with a copy of the page's settings (0.3 MB), keeps the answers of
2,000 sessions, and the names of all that ever were. All here runs on the thread of the event loop, as gradio's own.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import gradio as gr

from apps import limits
from apps.presence import Presence

Answers = Mapping[str, asyncio.Queue]  # what waits for each session


def bound(blocks: gr.Blocks) -> None:
    """Let it keep no more sessions than we say, and of each no copy of all settings, which deep links alone read.

    To be called when the blocks are mounted.

    Where a stream breaks off gradio forgets all that its session has asked for, which may be what the same page has
    asked for since: its stream ends whenever nothing is awaited. Who has really left is noticed by apps.presence.
    """
    holder = blocks.state_holder
    holder.capacity = limits.SESSIONS
    holder.blocks = cast(gr.Blocks, SimpleNamespace(default_config=blocks.default_config, blocks=()))
    queue = blocks._queue
    queue.pending_messages_per_session = _Answers(queue.pending_event_ids_session)  # type: ignore[assignment]
    clean = queue.clean_events

    async def clean_one(*, session_hash: str | None = None, event_id: str | None = None) -> None:
        if event_id is not None:
            await clean(event_id=event_id)

    queue.clean_events = clean_one  # type: ignore[method-assign]


class _Answers(OrderedDict[str, asyncio.Queue]):
    """Those of limits.SESSIONS sessions, the latest; of one that waits for an answer they stay."""

    def __init__(self, awaited: Mapping[str, set[str]]) -> None:
        super().__init__()
        self._awaited = awaited

    def __setitem__(self, session: str, answers: asyncio.Queue) -> None:
        if session not in self and len(self) >= limits.SESSIONS:
            super().__delitem__(next(iter(self)))
        super().__setitem__(session, answers)
        self.move_to_end(session)

    def __delitem__(self, session: str) -> None:
        if not self._awaited.get(session):
            super().__delitem__(session)


def after_call(blocks: gr.Blocks, session: str) -> None:
    """The stream of an endpoint's call has ended: nobody comes back for anything of it."""
    after_stream(blocks, session)
    blocks.state_holder.session_data.pop(session, None)
    blocks.state_holder.time_last_used.pop(session, None)


def after_stream(blocks: gr.Blocks, session: str) -> None:
    """A session's stream has ended: what it has heard is not kept, unless an event of it goes on."""
    queue = blocks._queue
    if not queue.pending_event_ids_session.get(session):
        queue.pending_event_ids_session.pop(session, None)
        queue.pending_messages_per_session.pop(session, None)


def abandoned(blocks: gr.Blocks, presence: Presence) -> list[str]:
    """The events that wait for a place, and for which nobody listens any more or ever did. Gradio takes out of its
    queues what a closed stream waited for; who never opened one would keep others out as long as the places are full.
    """
    waiting = (event for each in blocks._queue.event_queue_per_concurrency_id.values() for event in each.queue)
    return [event._id for event in waiting if presence.has_left(event.session_hash, event.enqueue_time)]


def sweep(blocks: gr.Blocks, presence: Presence, before: Answers) -> Answers:
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

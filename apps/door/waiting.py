"""How many requests may wait for a place: a full place says so, and leaves the others as they are."""

import gradio as gr

from apps import limits
from apps.door.refusal import Refusal


def check(blocks: gr.Blocks, number: int) -> None:
    """Raises Refusal when the place of an event has as many waiting as it may."""
    place = blocks.fns[number].concurrency_id
    queue = blocks._queue.event_queue_per_concurrency_id.get(place)  # gradio's own bound is one for all places
    if queue and len(queue.queue) >= limits.QUEUE:
        raise Refusal(503, f"Queue is full: {limits.QUEUE} requests wait; try again in a moment")

"""How many requests may wait for a place: a full place says so, and leaves the others as they are."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from apps import limits
from apps.door.refusal import Refusal


class Waiting:
    """What waits in gradio's queues, whose own bound is one for all, and what is on the way into them."""

    def __init__(self, blocks: gr.Blocks) -> None:
        self._blocks = blocks
        self._coming: Counter[str] = Counter()

    @contextmanager
    def joining(self, number: int) -> Iterator[None]:
        """Within this block the event of that number joins its queue. Raises Refusal when as many wait as may."""
        place = str(self._blocks.fns[number].concurrency_id)
        queue = self._blocks._queue.event_queue_per_concurrency_id.get(place)
        if (len(queue.queue) if queue else 0) + self._coming[place] >= limits.QUEUE:
            raise Refusal(503, f"Queue is full: {limits.QUEUE} requests wait; try again in a moment")
        self._coming[place] += 1
        try:
            yield
        finally:
            self._coming[place] -= 1

"""Who still waits for an answer: a client asks with one request and listens with another, its stream.

The door notes when a session asked, and when its stream opens and ends; a job asks whether anybody listens, or has
been told to stop. (To cancel an event gradio's page breaks off the session's stream, and the server, when it notices,
drops all that the session has asked for since.)
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from apps import limits


class Presence:
    """The sessions that listen, and when the others last did."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._stopped: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._wished: OrderedDict[str, None] = OrderedDict()

    @contextmanager
    def listening(self, session: str) -> Iterator[None]:
        """The session's stream is open within this block."""
        with self._lock:
            self._open[session] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[session] -= 1
                self._open += Counter()  # drops those at zero
                self._ended[session] = time.monotonic()
                self._ended.move_to_end(session)
                while len(self._ended) > limits.SESSIONS:
                    self._ended.popitem(last=False)

    def stop(self, session: str, work: str, asked: float) -> None:
        """The session does not want what it has asked `work` for before `asked` (time.monotonic)."""
        with self._lock:
            self._stopped[session, work] = asked
            self._stopped.move_to_end((session, work))
            while len(self._stopped) > limits.SESSIONS:
                self._stopped.popitem(last=False)

    def wishes(self, session: str) -> None:
        """The session asks for a poem of its own."""
        with self._lock:
            self._wished[session] = None
            while len(self._wished) > limits.SESSIONS:
                self._wished.popitem(last=False)

    def has_wished(self, session: str) -> bool:
        """Whether the session has asked for a poem of its own, so that none shall come unasked."""
        with self._lock:
            return session in self._wished

    def listens(self, session: str) -> bool:
        """Whether the session's stream is open."""
        with self._lock:
            return session in self._open

    def has_left(self, session: str, asked: float, work: str = "") -> bool:
        """Whether nobody wants what a session asked `work` for at `asked` (time.monotonic).

        One stream serves a session's events; when it ends while another event is being asked for, the page opens a
        new one: that takes a moment. Who has not opened one at all may still be about to.
        """
        with self._lock:
            if self._stopped.get((session, work), 0.0) > asked:
                return True
            if session in self._open:
                return False
            ended, now = self._ended.get(session, 0.0), time.monotonic()
        if ended > asked:
            return now - ended > limits.LEFT
        return now - asked > limits.UNHEARD

"""A worker: a process that does one job after another and sends back what it finds.

It stops when it is told to: apps.current.check_time looks into the pipe at every step of a network. What does not
look there is killed by the server, and another worker takes its place.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from inspect import isgenerator
from multiprocessing.connection import Connection
from typing import Any

from apps.current import LeftError, serving
from charrnn_core.errors import CharRNNError

STOP = "stop"
NICER = 5  # than the server's own process: what is done in a moment goes before what takes seconds


@dataclass(frozen=True)
class Errand:
    """What is to be done, for a reader of which language, within how many seconds."""

    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    language: str
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """One of the results; the last of a task is the one that `ends` it. An error is the last."""

    value: Any = None
    error: Exception | None = None
    ends: bool = False


class BrokenJobError(Exception):
    """A job failed in a way that is no fault of the request; the message is the worker's traceback."""


def work(connection: Connection, prepare: Callable[[], None]) -> None:
    """Read what the first job will need, then do jobs until the server closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which closes the pipe
    if hasattr(os, "nice"):
        os.nice(NICER)
    try:
        prepare()
    except Exception:
        traceback.print_exc()  # the first job will say so, too
    with suppress(EOFError, OSError):
        while True:
            task = connection.recv()
            if task != STOP:  # that came when the job was just done
                _do(task, connection)
    sys.stderr.flush()
    os._exit(0)


def _do(task: Errand, connection: Connection) -> None:
    """Do a job and send what it finds."""
    with serving(task.language, time.monotonic() + task.seconds, connection.poll):
        try:
            found = task.work(*task.arguments)
            if isgenerator(found):
                for each in found:
                    connection.send(Outcome(each))
                found = None
            last = Outcome(found, ends=True)
        except LeftError as error:
            with suppress(EOFError):
                connection.recv()  # the STOP
            last = Outcome(error=error, ends=True)
        except CharRNNError as error:
            last = Outcome(error=error, ends=True)
        except Exception:
            last = Outcome(error=BrokenJobError(traceback.format_exc()), ends=True)
    connection.send(last)

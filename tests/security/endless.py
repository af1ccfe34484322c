"""The app with work that no bound but the server's ends, and that says in a file of the folder ENDLESS how it ended."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from apps import gradio_app, service, shakespeare

_poems, _train = service.poems, shakespeare.train


def poems(wishes: dict[str, Any]) -> Iterator[Any]:
    """The poems of a wish, again and again, and none of them shown."""
    with _told(f"poems of {wishes['seed']}"):
        while True:
            for _ in _poems(wishes):
                pass
    yield


def train(text: str, hidden: int, rate: float, seconds: float) -> Iterator[shakespeare.Progress]:
    """A training without its own end."""
    with _told(f"training of {hidden}"):
        yield from _train(text, hidden, rate, float("inf"))


@contextmanager
def _told(name: str) -> Iterator[None]:
    """A file while the block runs, which then holds the name of what ended it."""
    file = Path(os.environ["ENDLESS"]) / name
    file.touch()
    try:
        yield
    except BaseException as error:
        file.write_text(type(error).__name__, encoding="ascii")
        raise


if __name__ == "__main__":
    service.poems, shakespeare.train = poems, train
    sys.exit(gradio_app.main())

"""Whether what is printed may be coloured: on a terminal, unless NO_COLOR (no-color.org) or TERM says no."""

import os
from typing import TextIO


def takes_colour(stream: TextIO) -> bool:
    """Whether a stream shows colours and its reader wants them."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

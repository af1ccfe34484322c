"""All limits in one place, and the checks that hold them on the server, whatever a browser or a script sends.

Every check returns the clean value or raises UsageError with one line in the language of the request.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from apps.texts import say
from charrnn_core.errors import UsageError
from poetry.text.decoding import LOST
from poetry.text.forms import SHORTEST_PAILU
from poetry.text.vocab import MAX_TITLE
from poetry.theme.reading import LONGEST
from poetry.writing.order import LONGEST_HEAD, LONGEST_PAILU


@dataclass(frozen=True)
class Place:
    """Where requests of a kind are served: how many at once. They wait for none of another kind."""

    name: str
    at_once: int


CHEAP = Place("cheap", 4)  # done in a moment: what needs no network
NETWORKS = Place("networks", 2)
TRAINING, BATCH = Place("training", 1), Place("batch", 1)
PLACES = (CHEAP, NETWORKS, TRAINING, BATCH)

# Verse
HEAD, TITLE, THEME = LONGEST_HEAD, MAX_TITLE, LONGEST  # characters
REWRITTEN = 400  # characters of a poem that is rewritten: forty lines of seven, their marks, a title
GAP = 56  # of them written anew at once: a whole 律诗 of seven
ACROSTIC = LONGEST_PAILU
KEY_WORD = 2
PLAN = 3 * LONGEST_PAILU
ADDRESS = 8_000
POEMS = 6  # candidates shown to choose among
PAILU = tuple(range(SHORTEST_PAILU, 22, 2))  # lines of a 排律 the app offers
WARMEST = 2  # temperature of verse
SEAL, SIGNATURE = 4, 16  # characters on a picture
CHECKED = 5_000  # characters of verse that are checked at once

# Shakespeare
STARTER = 2_000
LENGTH = 1_000  # characters written at once
COLUMNS = 4  # temperatures side by side
UNITS_TEXT = 5_000  # characters over which units are looked for
COLOURED = 1_000
TRAINING_TEXT = 200_000
TRAINING_SECONDS = 60
HIDDEN = 200
UPLOADED_HIDDEN = 512

# Batch
ROWS = 50
BATCH_TEXT = 20_000

# The server
UPLOAD = 4 << 20  # bytes of one file
UNPACKED = 16 << 20  # bytes a compressed file may unpack to
UPLOADS = 256 << 20  # bytes of all files that are kept; the oldest makes room
BODY = 5 << 20  # bytes of one request
BODY_SECONDS = 10  # within which a request must have been sent, its head as well as its body
DEPTH = 12  # levels of lists and objects in a request
QUEUE = 32  # requests that wait for a place; the next is told that the server is busy
CONNECTIONS = 256
SESSIONS = 200  # whose poems are remembered; gradio counts each call of an endpoint as one
SECONDS = 30  # of one request
LEFT = 0.4  # seconds after the end of a client's stream until what it asked for is stopped
UNNOTICED = 1  # seconds for which a stream that its page has broken off may still take answers
UNHEARD = 10  # seconds within which a client must open its stream
STOPPING = 0.4  # seconds a worker has to stop by itself
BATCH_SECONDS = 120
KEPT = 600  # seconds an uploaded file is kept

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class FieldError(UsageError):
    """A value is wrong: `how` (of apps.texts) says in which way, `field` which value, by the key of its label. It is
    told in the language of whoever tells it."""

    def __init__(self, how: str, field: str, **values: object) -> None:
        super().__init__(how)
        self.args = how, field  # what is pickled on the way from a worker, with the attributes
        self.how, self.field, self.filled = how, field, values

    def told(self, name: str) -> str:
        """The line, the field called so."""
        return say(self.how, **{"name": name} | self.filled)

    def __str__(self) -> str:
        return self.told(say(self.field))


def rows(value: Any, name: str, longest: int) -> str:
    """A text in rows, blank ones too. What `text` refuses as a character becomes U+FFFD, which spoils its row only."""
    known = _CONTROL.sub(lambda bad: bad[0] if bad[0] == "\r" else LOST, value) if isinstance(value, str) else value
    return text(known, name, longest, lines=True, strip=False)


def text(value: Any, name: str, longest: int, *, lines: bool = False, strip: bool = True) -> str:
    """A string of at most `longest` characters without control characters or surrogates; None counts as empty.

    Line breaks and tabs are kept only with `lines`; blanks around it only without `strip`.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise FieldError("not_text", name)
    if len(value) <= longest + 1000:  # else it is too long whatever its blanks
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        value = value.strip() if strip else value
    if len(value) > longest:
        raise FieldError("too_long", name, longest=longest, length=len(value))
    bad = _CONTROL.search(value) or (None if lines else re.search(r"[\n\t]", value))
    if bad:
        raise FieldError("bad_character", name, character=f"U+{ord(bad.group()):04X}")
    return value


def whole(value: Any, name: str, low: int, high: int) -> int:
    """A whole number within bounds."""
    return int(number(value, name, low, high, whole=True))


def number(value: Any, name: str, low: float, high: float, *, whole: bool = False) -> float:
    """A number within bounds."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high or (whole and value != int(value)):
        raise FieldError("out_of_range", name, low=low, high=high)
    return value


def choice(value: Any, name: str, choices: Collection[str]) -> str:
    """One of the given names."""
    if not isinstance(value, str) or value not in choices:
        raise FieldError("no_such_choice", name, choices=" ".join(filter(None, choices)))
    return value


def flag(value: Any, name: str) -> bool:
    """True or False; None counts as False."""
    if value is not None and not isinstance(value, bool):
        raise FieldError("not_a_flag", name)
    return bool(value)

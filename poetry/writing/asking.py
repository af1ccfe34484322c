"""Checks of what a person typed: each gives the clean value, or one clear line for what is wrong with it."""

import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

from charrnn_core.errors import Phrase, UsageError
from poetry.slots.plan import Place
from poetry.text.decoding import LOST, decoded
from poetry.text.hanzi import HANZI, simplify
from poetry.text.pasted import GAP, poems

LONGEST_TEXT = 4000  # characters of a poem that is continued or rewritten
LARGEST_FILE = 1 << 20
OPEN = "-"  # in a plan of key words: a line left to the network
_NO_TEXT = re.compile(f"[\0-\x08\x0e-\x1f\x7f{LOST}]")

Lines = list[str]


def given_lines(value: str) -> Lines:
    """Lines to go on from, divided by punctuation. Raises UsageError."""
    lines = re.findall(f"[{HANZI}]+", simplify(_short(value, Phrase("the text to continue"))))
    if not lines:
        raise UsageError("the text to continue holds no Chinese characters; give the lines the poem begins with")
    return lines


def poem_to_rewrite(source: str) -> Lines:
    """The one poem of a file, of standard input (-), or of the text itself. Raises UsageError."""
    given = source
    if source == "-":
        given = decoded(sys.stdin.buffer.read(4 * LONGEST_TEXT + 1), "-")
    elif not re.search(f"[{HANZI}{GAP}]", source[:LONGEST_TEXT]) or _names_file(source):
        given = _file(Path(source))
    found = poems(_short(given, Phrase("the poem")))
    if len(found) != 1:
        raise UsageError("there are {count} poems; give one to rewrite", count=len(found))
    return found[0]


def _names_file(given: str) -> bool:
    """Whether a text is the name of a file; a long poem is longer than a name can be, which is an OSError."""
    try:
        return Path(given).is_file()
    except OSError:
        return False


def _file(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no name of a file"
        raise UsageError(
            "cannot read {path!r}: {why}; give a poem, or a text file with one", path=str(path)[:60], why=why
        ) from error
    if len(content) > LARGEST_FILE:
        raise UsageError("{path} is larger than {most} MB; give one poem", path=path, most=LARGEST_FILE >> 20)
    return decoded(content, str(path))


def _short(given: str, what: Phrase) -> str:
    if len(given) > LONGEST_TEXT:
        raise UsageError("{what} has more than {longest} characters; give fewer", what=what, longest=LONGEST_TEXT)
    return unicodedata.normalize("NFC", whole_characters(given, what))


def gap_places(written: list[str], lines: Lines) -> set[Place]:
    """The places of gaps written 3 (a line), 3:2 (a character) or 3:2-4. Raises UsageError."""
    places: set[Place] = set()
    for gap in written:
        found = re.fullmatch(r"(\d{1,2})(?::(\d{1,2})(?:-(\d{1,2}))?)?", gap.strip())
        if not found or not 1 <= int(found[1]) <= len(lines):
            raise UsageError(
                "the gap {gap!r} names no line of the poem; write 3, or 3:2-4 for characters 2-4", gap=gap[:20]
            )
        line = int(found[1]) - 1
        first = int(found[2]) if found[2] else 1
        last = int(found[3] or found[2]) if found[2] else len(lines[line])
        if not 1 <= first <= last <= len(lines[line]):
            raise UsageError(
                "line {line} has characters 1 to {last}, not {gap}",
                line=line + 1,
                last=len(lines[line]),
                gap=gap.strip(),
            )
        places |= {(line, position) for position in range(first - 1, last)}
    return places


def key_words(written: Any) -> tuple[str, ...]:
    """The key word of each line, one or two Hanzi, from words parted by blanks or commas; - leaves a line open. Raises
    UsageError."""
    words = re.split(r"[\s,，、]+", text(written, Phrase("the plan")).strip(" \t\n,，、"))
    found = tuple("" if word == OPEN else hanzi(word, Phrase("a key word"), 2) for word in words)
    if not any(found):
        raise UsageError("the plan holds no word; give one or two Hanzi for each line, - for a line left open")
    return found


def forced(written: str) -> tuple[int, int, str]:
    """Line, place and character of 4:7=楼. Raises UsageError."""
    found = re.fullmatch(r"(\d{1,2}):(\d)=(.+)", written.strip(), re.DOTALL)
    if not found:
        raise UsageError(
            "--force {given!r} is not understood; write LINE:PLACE=CHARACTER, such as 4:7=楼", given=written[:20]
        )
    return int(found[1]), int(found[2]), found[3]


def text(value: Any, what: Phrase) -> str:
    """A string of characters, none of them lost. Raises UsageError."""
    if not isinstance(value, str):
        raise UsageError("{what} is {given}, which is no text; mend it or leave it out", what=what, given=short(value))
    given = whole_characters(value, what)
    bad = _NO_TEXT.search(given)
    if bad:
        raise UsageError(
            "{what} holds U+{code:04X}, which is no character of a text; type it again",
            what=what,
            code=ord(bad.group()),
        )
    return given


def whole_characters(given: str, what: Phrase) -> str:
    """A text without lone surrogates. Bytes of UTF-8 that the system took for something else, as under LC_ALL=C, are
    put together again. Raises UsageError."""
    try:
        return given.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError as error:
        raise UsageError("{what} holds half of a character (a lone surrogate); type it again", what=what) from error


def name(value: Any) -> str:
    """A name of a few characters, which whoever knows the names looks up; None is none."""
    return "" if value is None else short(value).strip()


def short(value: Any) -> str:
    """The beginning of whatever was given, to be shown; half of a character as its number."""
    given = (value if isinstance(value, str) else repr(value))[:20]
    return given.encode("utf-8", "backslashreplace").decode("utf-8")


def hanzi(value: Any, what: Phrase, longest: int) -> str:
    """Chinese characters, simplified; None is none. Raises UsageError naming the first bad character."""
    if value is None:
        return ""
    given = unicodedata.normalize("NFC", text(value, what)[: longest * 20]).strip()
    if not given:
        raise UsageError("{what} is empty; give Chinese characters or leave it out", what=what)
    bad = re.search(f"[^{HANZI}]", given)
    if bad:
        raise UsageError(
            "{what} holds {character!r} (U+{code:04X}), which is no Chinese character; give Chinese characters only",
            what=what,
            character=bad.group(),
            code=ord(bad.group()),
        )
    if len(given) > longest:
        raise UsageError("{what} has more than {longest} characters; give fewer", what=what, longest=longest)
    return simplify(given)


def whole(value: Any, what: Phrase) -> int:
    """A whole number, or its digits. Raises UsageError."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,20}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise UsageError(
            "{what} is {given!r}, which is no whole number; mend it or leave it out", what=what, given=short(value)
        )
    return int(value)


def real(value: Any, what: Phrase) -> float:
    """A number. Raises UsageError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(
            "{what} is {given!r}, which is no number; mend it or leave it out", what=what, given=short(value)
        )
    return value

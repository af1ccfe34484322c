"""From what a person typed to a Request: every text is checked here, with one clear line for what is wrong."""

import argparse
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.slots.plan import Place, acrostic, make_plan, opening
from poetry.slots.regulated import Wish, merge, rhyme_number
from poetry.text.decoding import decoded
from poetry.text.forms import BY_NAME, QIJUE, QIPAI, SHORTEST_PAILU, WUJUE, WUPAI, Form, pailu
from poetry.text.hanzi import HANZI, simplify
from poetry.text.pasted import poems
from poetry.writing.writer import Request

LONGEST_HEAD = 7
LONGEST_PAILU = 40  # lines
LONGEST_TEXT = 4000  # characters of a poem that is continued or rewritten
LARGEST_FILE = 1 << 20

Lines = list[str]


def new_poem(arguments: argparse.Namespace, sampling: Sampling, **theme: Any) -> tuple[Request, str]:
    """The request for a new poem, and all characters that were asked for."""
    given = given_lines(arguments.continue_) if arguments.continue_ is not None else []
    form = find_form(arguments.form or _form_of(given), arguments.lines)
    head = hanzi(arguments.head, "the beginning of the poem", LONGEST_HEAD)
    hidden = hanzi(arguments.acrostic, "the acrostic", 100)
    settings: dict[str, Any] = {"form": form, "sampling": sampling, **theme}
    if arguments.candidates is not None:
        settings["candidates"] = arguments.candidates
    if arguments.free or not form.fixed:
        if hidden or arguments.force or arguments.pattern or arguments.rhyme or given:
            raise UsageError(
                "free verse has no acrostic, pattern, rhyme or forced character; leave out one or the other"
            )
        return Request(head=head, **settings), head
    forced = merge(
        opening(head),
        {(i, j): c for i, line in enumerate(given) for j, c in enumerate(line)},
        acrostic(hidden, form, arguments.at) if hidden else {},
        *(_forced(text) for text in arguments.force),
    )
    asked = "".join(forced.values())
    if arguments.policy == "none":
        if arguments.pattern or arguments.rhyme:
            raise UsageError("a pattern or a rhyme is a rule; leave out --policy none")
        return Request(plan=make_plan(form, forced=forced), **settings), asked
    rhyme = rhyme_number(simplify(arguments.rhyme)) if arguments.rhyme else 0
    wish = Wish(form, simplify(arguments.pattern), rhyme, forced, strict=arguments.policy == "strict")
    return Request(wish=wish, **settings), asked


def find_form(name: str, lines: int | None = None) -> Form:
    """A form by its name; `lines` for 排律, ten unless said. Raises UsageError for another name or number."""
    form = BY_NAME.get(simplify(name.strip()[:10]))
    if form is None:
        raise UsageError(f"unknown form {name[:20]!r}; choose one of {' '.join(BY_NAME)}")
    if lines is None:
        return pailu(SHORTEST_PAILU, form.length) if form in (WUPAI, QIPAI) else form
    if form not in (WUPAI, QIPAI) or not SHORTEST_PAILU <= lines <= LONGEST_PAILU or lines % 2:
        raise UsageError(f"--lines is for 五排 and 七排: an even number from {SHORTEST_PAILU} to {LONGEST_PAILU}")
    return pailu(lines, form.length)


def _form_of(given: Lines) -> str:
    """The quatrain that given lines begin, 七绝 without any."""
    return WUJUE.name if given and len(given[0]) == WUJUE.length else QIJUE.name


def given_lines(text: str) -> Lines:
    """Lines to go on from, divided by punctuation. Raises UsageError."""
    lines = re.findall(f"[{HANZI}]+", simplify(_short(text, "the text to continue")))
    if not lines:
        raise UsageError("the text to continue holds no Chinese characters; give the lines the poem begins with")
    return lines


def poem_to_rewrite(source: str) -> Lines:
    """The one poem of a file, of standard input (-), or of the text itself. Raises UsageError."""
    text = source
    if source == "-":
        text = decoded(sys.stdin.buffer.read(4 * LONGEST_TEXT + 1), "-")
    elif not re.search(f"[{HANZI}]", source[:LONGEST_TEXT]) or _names_file(source):
        text = _file(Path(source))
    found = poems(_short(text, "the poem"))
    if len(found) != 1:
        raise UsageError(f"there are {len(found)} poems; give one to rewrite")
    return found[0]


def _names_file(text: str) -> bool:
    """Whether a text is the name of a file; a long poem is longer than a name can be, which is an OSError."""
    try:
        return Path(text).is_file()
    except OSError:
        return False


def _file(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no name of a file"
        raise UsageError(f"cannot read {str(path)[:60]!r}: {why}; give a poem, or a text file with one") from error
    if len(content) > LARGEST_FILE:
        raise UsageError(f"{path} is larger than {LARGEST_FILE >> 20} MB; give one poem")
    return decoded(content, str(path))


def _short(text: str, what: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise UsageError(f"{what} has more than {LONGEST_TEXT} characters; give less")
    if not _encodable(text):
        raise UsageError(f"{what} holds half of a character (a lone surrogate); type it again")
    return unicodedata.normalize("NFC", text)


def gap_places(texts: list[str], lines: Lines) -> set[Place]:
    """The places of gaps written 3 (a line), 3:2 (a character) or 3:2-4. Raises UsageError."""
    places: set[Place] = set()
    for text in texts:
        found = re.fullmatch(r"(\d{1,2})(?::(\d{1,2})(?:-(\d{1,2}))?)?", text.strip())
        if not found or not 1 <= int(found[1]) <= len(lines):
            raise UsageError(f"the gap {text[:20]!r} names no line of the poem; write 3, or 3:2-4 for characters 2-4")
        line = int(found[1]) - 1
        first = int(found[2]) if found[2] else 1
        last = int(found[3] or found[2]) if found[2] else len(lines[line])
        if not 1 <= first <= last <= len(lines[line]):
            raise UsageError(f"line {line + 1} has characters 1 to {len(lines[line])}, not {text.strip()}")
        places |= {(line, position) for position in range(first - 1, last)}
    return places


def _forced(text: str) -> dict[Place, str]:
    found = re.fullmatch(r"(\d{1,2}):(\d)=(.+)", text.strip(), re.DOTALL)
    if not found:
        raise UsageError(f"--force {text[:20]!r} is not understood; write LINE:PLACE=CHARACTER, such as 4:7=楼")
    return {(int(found[1]) - 1, int(found[2]) - 1): hanzi(found[3], "--force", 1)}


def hanzi(text: str | None, what: str, longest: int) -> str:
    """Check and simplify what the user typed. Raises UsageError naming the first bad character."""
    if text is None:
        return ""
    text = unicodedata.normalize("NFC", text[: longest * 20]) if _encodable(text) else text
    text = text.strip()
    if not text:
        raise UsageError(f"{what} is empty; give Chinese characters or leave it out")
    bad = re.search(f"[^{HANZI}]", text)
    if bad:
        raise UsageError(
            f"{what} holds {_name(bad.group())}, which is no Chinese character; give Chinese characters only"
        )
    if len(text) > longest:
        raise UsageError(f"{what} has more than {longest} characters; give fewer")
    return simplify(text)


def _encodable(text: str) -> bool:
    return not any(0xD800 <= ord(c) <= 0xDFFF for c in text)


def _name(character: str) -> str:
    return f"{character!r} (U+{ord(character):04X})"

"""Bytes of a text file to text: UTF-8, or GB18030 as Excel and old editors in China save it."""

import sys
from collections.abc import Iterable

from charrnn_core.errors import UsageError

UTF8, GB18030 = "utf-8-sig", "gb18030"  # the first with or without a byte order mark


def encoding_of(lines: Iterable[bytes], name: str) -> str:
    """The encoding of a text called `name`: GB18030, which is said on standard error, where all lines are that and most
    of those that are not ASCII are no UTF-8; else UTF-8, in which a line may yet be damaged."""
    good = bad = 0
    chinese = True
    for line in lines:
        if not line.isascii():
            passes = _decodes(line, "utf-8")
            good, bad = good + passes, bad + (not passes)
            chinese = chinese and _decodes(line, GB18030)
    if not (chinese and bad > good):
        return UTF8
    print(f"{name}: 不是 UTF-8，按 GB18030 读 / not UTF-8: read as GB18030", file=sys.stderr)
    return GB18030


def decoded(content: bytes, name: str) -> str:
    """The text of a file. Raises UsageError when it is neither UTF-8 nor GB18030."""
    try:
        return content.decode(encoding_of(content.split(b"\n"), name))
    except UnicodeDecodeError as error:
        raise UsageError(
            "{name} is not UTF-8 text (byte {place}); save it as UTF-8", name=name, place=error.start
        ) from error


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True

"""Bytes of a text file to text: UTF-8, or GB18030 as Excel and old editors in China save it."""

import sys
from collections.abc import Iterable

from charrnn_core.errors import UsageError

UTF8, GB18030 = "utf-8-sig", "gb18030"  # the first with or without a byte order mark
LOST = "\N{REPLACEMENT CHARACTER}"  # stands for bytes that were no text


def encoding_of(lines: Iterable[bytes]) -> str:
    """The encoding of a text: GB18030 where all lines are that and most of those that are not ASCII are no UTF-8; else
    UTF-8, in which a line may yet be damaged."""
    good = bad = 0
    chinese = True
    for line in lines:
        if not line.isascii():
            passes = _decodes(line, "utf-8")
            good, bad = good + passes, bad + (not passes)
            chinese = chinese and _decodes(line, GB18030)
    return GB18030 if chinese and bad > good else UTF8


def tell(encoding: str, name: str) -> None:
    """Say on standard error that the text called `name` is read as GB18030, if it is."""
    if encoding == GB18030:
        print(f"{name}: 不是 UTF-8，按 GB18030 读 / not UTF-8: read as GB18030", file=sys.stderr)


def decoded(content: bytes, name: str) -> str:
    """The text of a file called `name`; where it is GB18030, that is told. Raises UsageError when it is neither."""
    encoding = encoding_of(content.split(b"\n"))
    tell(encoding, name)
    try:
        return content.decode(encoding)
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

"""What every command shares: one-line errors, exit codes, `--debug`, a quiet Ctrl-C."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from charrnn_core.errors import CharRNNError, refused

INTERRUPTED = 130  # the shell's code for a program ended by SIGINT


class _Help(argparse.RawDescriptionHelpFormatter):
    """Descriptions as they stand, and what an option is unless it is given."""

    def _get_help_string(self, action: argparse.Action) -> str:
        told = action.help or ""
        hidden = action.default is None or action.default is False or action.default in ([], argparse.SUPPRESS)
        return told if hidden else f"{told} [%(default)s]"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line and which knows `--debug`."""

    def __init__(self, **settings) -> None:
        settings.setdefault("formatter_class", _Help)
        super().__init__(**settings, allow_abbrev=False)
        self.add_argument("--debug", action="store_true", help="出错时显示完整回溯 / show the traceback of an error")

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with 2."""
        print(f"{self.prog}: {printable(message)} (--help 看用法 / shows the usage)", file=sys.stderr)
        raise SystemExit(2)


def printable(text: str) -> str:
    """`text` on one line that any terminal can print: control characters and surrogates escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def run(parser: Parser, work: Callable[[argparse.Namespace], None], argv: Sequence[str] | None = None) -> int:
    """Parse `argv`, do `work`, return the exit code: 0, 1 (failure), 2 (wrong use) or 130 (Ctrl-C)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # poems are UTF-8 whatever the locale; a surrogate must not crash the error line
            reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = parser.parse_args(argv)
    try:
        work(arguments)
        sys.stdout.flush()
    except CharRNNError as error:
        if arguments.debug:
            raise
        print(f"{parser.prog}: {printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader (head, less) went away: not our failure
        _give_up_output()
    except OSError as error:  # a full disk, a folder that is none: whoever wrote need not have foreseen it
        if arguments.debug:
            raise
        print(f"{parser.prog}: {printable(str(refused(error)))}", file=sys.stderr)
        _give_up_output()
        return CharRNNError.exit_code
    return 0


def _give_up_output() -> None:
    """What could not be printed must not be tried again when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

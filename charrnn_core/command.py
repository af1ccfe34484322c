"""What every command shares: one-line errors, exit codes, `--debug`, a quiet Ctrl-C, closed streams, completion."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from charrnn_core.errors import CharRNNError, UsageError, refused

INTERRUPTED = 130  # the shell's code for a program ended by SIGINT


class _Help(argparse.RawDescriptionHelpFormatter):
    """Descriptions as they stand, and what an option is unless it is given."""

    def _get_help_string(self, action: argparse.Action) -> str:
        told = action.help or ""
        hidden = action.default is None or action.default is False or action.default in ([], "", argparse.SUPPRESS)
        return told if hidden else f"{told} [%(default)s]"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line and which knows `--debug`."""

    def __init__(self, **settings) -> None:
        settings.setdefault("formatter_class", _Help)
        super().__init__(**settings, allow_abbrev=False)
        debug = "出错时显示完整回溯 / show the traceback of an error"
        # Without a default: that of a subcommand would undo what stands before its name.
        self.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=debug)

    def print_help(self, file: Any = None) -> None:
        """As argparse, which is silent where nothing can be written."""
        print(self.format_help(), end="", file=file, flush=True)

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with 2."""
        print(f"{self.prog}: {printable(message)} (--help 看用法 / shows the usage)", file=sys.stderr)
        raise SystemExit(2)


def printable(text: str) -> str:
    """`text` on one line that any terminal can print: control characters and surrogates escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def require_torch() -> None:
    """UsageError where torch is missing, of the commands that train."""
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError("training needs torch; install it with `pip install charrnn-verse[train]`") from error


def run(parser: Parser, work: Callable[[argparse.Namespace], None], argv: Sequence[str] | None = None) -> int:
    """Parse `argv`, do `work`, return the exit code: 0, 1 (failure), 2 (wrong use) or 130 (Ctrl-C)."""
    _heed_ctrl_c()
    _open_streams()
    complete(parser)
    arguments = argparse.Namespace()
    try:
        if sys.stdout is None:
            raise CharRNNError("the standard output is closed; give it a file, or /dev/null")
        parser.parse_args(argv, arguments)
        work(arguments)
        sys.stdout.flush()
    except CharRNNError as error:
        if "debug" in arguments:
            raise
        print(f"{parser.prog}: {printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader (head, less) went away: not our failure
        _give_up_output()
    except OSError as error:  # a full disk, a folder that is none: whoever wrote need not have foreseen it
        if "debug" in arguments:
            raise
        print(f"{parser.prog}: {printable(str(refused(error)))}", file=sys.stderr)
        _give_up_output()
        return CharRNNError.exit_code
    return 0


def complete(parser: argparse.ArgumentParser) -> None:
    """Where the shell asks what could come next (argcomplete, the extra `completion`), answer it and end."""
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete

        argcomplete.autocomplete(parser)


def offer(action: argparse.Action, values: Callable[[], Iterable[str]]) -> None:
    """Let the shell offer these values of an option that has no fixed choices."""
    action.completer = lambda **_: values()  # type: ignore[attr-defined]


def end_at_ctrl_c() -> None:
    """Until `run` begins, Ctrl-C ends the process at once, as it ends a program that is no Python: there is nothing to
    save, and a traceback through the imports tells nobody anything. A package calls this when it is imported; where
    it is not imported by `python -m`, nothing is done."""
    if sys.argv[:1] == ["-m"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _heed_ctrl_c() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _open_streams() -> None:
    """Something stands in for a standard input or error that is closed; output is UTF-8 whatever the locale, and a
    surrogate does not crash the error line."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, open to the end
    if sys.stderr is None:  # print(file=None) would print to the standard output
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _give_up_output() -> None:
    """What could not be printed must not be tried again when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""`charrnn-verse` (or `python -m poetry`): every command by its name; `charrnn-verse 春` writes a poem."""

import os
import sys
from importlib import import_module
from importlib.metadata import version

from charrnn_core.command import Parser, complete
from poetry.commands import COMMANDS


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code of the command that is named, or of generate."""
    arguments = sys.argv[1:] if argv is None else argv
    if "_ARGCOMPLETE" in os.environ:
        arguments = _words()
    first = arguments[0] if arguments else "--help"
    if first in ("-h", "--help"):
        print(_help())
        return 0
    if first == "--version":
        print(f"charrnn-verse {version('charrnn-verse')}")
        return 0
    known = first in COMMANDS
    module, _ = COMMANDS[first if known else "generate"]
    code: int = import_module(module).main(arguments[1:] if known else arguments)
    return code


def _words() -> list[str]:
    """The words before the one that the shell asks about. Where that is the first, it is answered here."""
    from argcomplete.lexers import split_line

    *_, words, _ = split_line(os.environ["COMP_LINE"], int(os.environ["COMP_POINT"]))
    if len(words) == 1:
        parser = Parser(prog=words[0])
        parser.add_argument("command", choices=COMMANDS)
        parser.add_argument("--version", action="store_true")
        complete(parser)
    if words[1] in COMMANDS:
        os.environ["_ARGCOMPLETE"] = "2"  # the words begin with the command
    return words[1:]


def _help() -> str:
    rows = "\n".join(f"  {name:<12} {what}" for name, (_, what) in COMMANDS.items())
    return (
        "usage: charrnn-verse COMMAND [...] | charrnn-verse 春 [...] | --version\n\n"
        f"命令 / commands (charrnn-verse COMMAND --help):\n{rows}\n\n"
        "不写命令就是 generate / without a command: generate"
    )


if __name__ == "__main__":
    sys.exit(main())

"""手册 (the manual): `python -m poetry.build_manual docs/commands` writes a page for every command.

A page says what `--help` says, and what the module's first lines do. A test holds that the pages are up to date.
"""

import argparse
import inspect
import sys
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from poetry.commands import COMMANDS

EVERYWHERE = ("help", "debug")  # what every command takes
ENDINGS = "0 成 / done；1 不成 / failure；2 用法错 / wrong use；130 Ctrl-C"


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.build_manual", description="写手册 / write the manual")
    parser.add_argument("folder", type=Path, help="目录，如 docs/commands / the folder")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        write_text(arguments.folder / name, text)


def pages() -> dict[str, str]:
    """The text of every page by its name; README.md is the list of them."""
    rows = "".join(f"- [{name}]({name}.md)：{what}\n" for name, (_, what) in COMMANDS.items())
    head = "# 命令 / Commands\n\n`python -m poetry.build_manual docs/commands` 写的 / written by this command.\n\n"
    return {"README.md": head + rows} | {f"{name}.md": _page(name, module) for name, (module, _) in COMMANDS.items()}


def _page(name: str, module: str) -> str:
    """The page of a command; its subcommands have sections."""
    parser = _parser(module)
    about = inspect.getdoc(import_module(module)) or ""
    parts = [f"# charrnn-verse {name}", str(parser.description), about, *_usage(f"charrnn-verse {name}", parser)]
    for word, told, sub in _subcommands(parser):
        parts += [f"## charrnn-verse {name} {word}", told, *_usage(f"charrnn-verse {name} {word}", sub, EVERYWHERE)]
    if parser.epilog:
        parts.append(f"```text\n{parser.epilog.strip()}\n```")
    return "\n\n".join([*parts, f"退出码 / Exit codes: {ENDINGS}\n"])


def _parser(module: str) -> Parser:
    """The parser of a command, as it stands when it is to read the arguments."""
    command: Any = import_module(module)
    found: list[Parser] = []
    was = command.run

    def keep(parser: Parser, *_: object) -> int:
        found.append(parser)
        return 0

    command.run = keep
    try:
        command.main([])
    finally:
        command.run = was
    return found[0]


def _subcommands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """The subcommands of a command: name, what it does, its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {each.dest: each.help or "" for each in action._choices_actions}
            yield from ((name, told[name], sub) for name, sub in action.choices.items())


def _usage(name: str, parser: argparse.ArgumentParser, told: Collection[str] = ()) -> list[str]:
    """A line on how it is called, and a list of what it takes, but for what is `told` elsewhere."""
    actions = [action for action in parser._actions if not isinstance(action, argparse._SubParsersAction)]
    words = [_invocation(action) for action in actions if action.required]
    words += ["|".join(word for word, _, _ in _subcommands(parser))] if len(actions) < len(parser._actions) else []
    optional = [_invocation(action) for action in actions if not action.required and not action.option_strings]
    line = " ".join([name, *words, *(f"[{word}]" for word in optional), "[...]"])
    expand = parser._get_formatter()._expand_help
    rows = [f"- `{_named(action)}`：{expand(action)}" for action in actions if action.dest not in told]
    return [f"    {line}", "\n".join(rows)]


def _invocation(action: argparse.Action) -> str:
    """An argument as it is written in a call."""
    return " ".join([*action.option_strings[-1:], *_value(action)])


def _named(action: argparse.Action) -> str:
    """An argument by all its names."""
    return " ".join([", ".join(action.option_strings), *_value(action)]).strip()


def _value(action: argparse.Action) -> list[str]:
    """What stands for an argument's value, or nothing for a flag."""
    if action.nargs == 0:
        return []
    shown = "|".join(map(str, action.choices)) if action.choices else action.metavar or action.dest
    value = str(shown if action.metavar or not action.option_strings or action.choices else action.dest.upper())
    return [value, f"[{value} ...]"] if action.nargs == "+" else [value]


if __name__ == "__main__":
    sys.exit(main())

"""Finds the subcommands, makes their parsers and runs the one that is asked for."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol, cast

import wireproof.cli as package
from wireproof.cli._failures import WRONG_USAGE, UsageError

DEFAULT = "dissect"  # what a command line means that begins with an option

EPILOG = """\
a tshark command works with its first word replaced:
  wireproof -r lan.pcapng -Y 'arp.opcode == 1' -T fields -e frame.number -e arp.src.proto_ipv4

completion of words in bash:
  eval "$(register-python-argcomplete wireproof)"

exit status:
  0  done
  1  wrong usage
  2  a faulty filter, or a capture that cannot be read or is damaged
"""


class Command(Protocol):
    """A subcommand's module."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, options: argparse.Namespace) -> int: ...


def run(words: Sequence[str]) -> int:
    """Run the subcommand that the words of the command line name."""
    if not words or words[0] in ("-h", "--help", "-v", "--version"):
        parser = _program()
        if words:
            parser.parse_args(words[:1])  # ends the program
        parser.print_help(sys.stderr)
        return WRONG_USAGE
    name, rest = (DEFAULT, words) if words[0].startswith("-") else (words[0], words[1:])
    command = _command(name)
    arrange: Callable[[Sequence[str]], list[str]] = getattr(command, "arrange", list)
    parser = _parser(name, command)
    return command.run(parser.parse_args(arrange(rest)))


def complete() -> None:
    """Answer the shell's question how the command line may go on; ends the process."""
    import argcomplete

    second = os.environ.get("COMP_LINE", "").split()[1:2]
    parser = _parser(DEFAULT, _command(DEFAULT)) if second and second[0].startswith("-") else _program()
    argcomplete.autocomplete(parser)


def _names() -> list[str]:
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return [name.replace("_", "-") for name in names if not name.startswith("_")]


def _command(name: str) -> Command:
    names = _names()
    if name not in names:
        raise UsageError(f"{name!r} is no command; {_hint(name, names)}")
    return cast(Command, importlib.import_module(f"{package.__name__}.{name.replace('-', '_')}"))


def _hint(name: str, names: Sequence[str]) -> str:
    """Say what may have been meant by a word that is no command."""
    import difflib
    import shlex

    if os.path.exists(name):
        return f"to dissect the file: wireproof dissect {shlex.quote(name)}"
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"


def _program() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="wireproof",
        description="Dissect captures and filter them with Wireshark's display filters.",
        epilog=EPILOG,
    )
    _add_version(parser)
    choice = parser.add_subparsers(
        title="commands", metavar="COMMAND", prog="wireproof", parser_class=_Parser, required=True
    )
    for name in _names():
        command = _command(name)
        entry = choice.add_parser(name, help=command.HELP, description=command.HELP)
        _fill(entry, command)
    return parser


def _parser(name: str, command: Command) -> argparse.ArgumentParser:
    parser = _Parser(prog=f"wireproof {name}", description=command.HELP)
    _fill(parser, command)
    return parser


def _fill(parser: argparse.ArgumentParser, command: Command) -> None:
    command.add_arguments(parser)
    _add_version(parser)


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-v", "--version", action=_Version, help="show the version and exit")


class _Version(argparse.Action):
    """Prints the version, which is looked up only then: the library that knows it is slow to import."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("wireproof")
        except PackageNotFoundError:  # a checkout that was never installed
            number = "(not installed)"
        print(f"wireproof {number}")
        parser.exit()


class _Parser(argparse.ArgumentParser):
    """argparse with one line on stderr and status 1 for wrong usage, and with help in colour."""

    def __init__(self, **options: Any) -> None:
        # Every option is tried on a formatter as it is added. This one imports nothing, not even what would find
        # out the terminal's width.
        super().__init__(formatter_class=lambda prog: argparse.HelpFormatter(prog, width=80), **options)

    def format_help(self) -> str:
        from rich_argparse import RawDescriptionRichHelpFormatter

        self.formatter_class = lambda prog: RawDescriptionRichHelpFormatter(prog, max_help_position=28)
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message.removeprefix('argument ')} (try: {self.prog} --help)")

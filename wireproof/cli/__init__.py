# PYTHON_ARGCOMPLETE_OK
"""The command line: ``wireproof COMMAND …``, and ``wireproof -r FILE …`` with tshark's letters.

Each module here whose name does not begin with an underscore is a subcommand of that name, a dash for each underscore
in it, and has

``HELP``
    one line that says what it does;
``add_arguments(parser)``
    declares its options with argparse, and sets the examples below its help as ``parser.epilog``;
``run(options)``
    does the work and returns the exit status;
``arrange(words)``
    where argparse's rules do not do: rewrites the words of the command before argparse sees them.

So a new subcommand edits no existing file. The exit status is 0; 1 for wrong usage; 2 for a faulty filter, for a
capture that cannot be read or is damaged, and for output that cannot be written; 130 after Ctrl-C, which only ends a
live capture as it should.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence

from wireproof.cli._failures import report
from wireproof.cli._streams import abandon_output, finish_output, prepare_streams

INTERRUPTED = 130
ALLOCATIONS = 200_000
"""New objects until garbage is looked for: more than there are before a packet is printed, or the start would take a
twentieth longer."""


def run_process() -> int:
    """Run the command that a process was started for, and return its exit status."""
    if sys.implementation.name == "cpython":
        gc.set_threshold(ALLOCATIONS)
        atexit.register(gc.freeze)  # nor is it looked for at the end, when everything goes
    return main()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; never raises on what a user or a file may do wrong."""
    prepare_streams()
    try:
        try:
            status = _run(list(sys.argv[1:] if argv is None else argv))
        finally:
            finish_output()
    except BrokenPipeError:
        abandon_output()
        return 0  # the reader has what it wanted
    except KeyboardInterrupt:
        abandon_output()
        return INTERRUPTED
    except Exception as error:
        abandon_output()
        return report(error)
    return status


def _run(words: list[str]) -> int:
    from wireproof.cli import _commands

    if "_ARGCOMPLETE" in os.environ:
        _commands.complete()
    try:
        return _commands.run(words)
    except SystemExit as end:  # argparse, after --help and --version
        return end.code if isinstance(end.code, int) else 0

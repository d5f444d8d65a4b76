"""``wireproof vectors``: the test vectors, listed, shown and exported."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from wireproof.cli._failures import CommandError, UsageError

if TYPE_CHECKING:
    from wireproof.conformance.selection import Suite
    from wireproof.vectors import Vector

HELP = "List, show and export the test vectors: packets, each with what the RFCs say of it."
EXAMPLES = """\
examples:
  wireproof vectors list
  wireproof vectors list --select arp --exclude unknown-number
  wireproof vectors show arp-parse-0004
  wireproof vectors export vectors.jsonl          one JSON object a line, - for the standard output
  wireproof vectors export --pcapng captures/     one capture a protocol and link type, verdicts as comments
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    parser.add_argument("action", choices=["list", "show", "export"], help="what to do")
    parser.add_argument("names", nargs="*", default=[], metavar="NAME", help="ids to show, or the file to export to")
    words = "an id, requirement, flag, level, protocol, operation or 'provisional', with * and ?"
    parser.add_argument("--select", action="append", default=[], metavar="WORD", help=f"only these: {words}")
    parser.add_argument("--exclude", action="append", default=[], metavar="WORD", help="not these")
    parser.add_argument("--pcapng", metavar="FOLDER", help="export packets as captures into a folder")


def run(options: argparse.Namespace) -> int:
    """List, show or export."""
    from wireproof.conformance.selection import SelectionError, full_suite

    suite = full_suite()
    try:
        selected = [*options.select, *(options.names if options.action == "show" else ())]
        if options.action == "show" and not selected:
            raise UsageError("show what? Give ids, as in: wireproof vectors show arp-parse-0001")
        vectors = suite.chosen(selected, options.exclude)
    except SelectionError as error:
        raise UsageError(str(error)) from None
    if options.action == "list":
        if options.names:
            raise UsageError("list takes no names; choose with --select")
        _list(vectors)
    elif options.action == "show":
        _show(vectors, suite)
    else:
        _export(options, vectors)
    return 0


def _list(vectors: Sequence[Vector]) -> None:
    width = max((len(vector.id) for vector in vectors), default=0)
    for vector in vectors:
        doubt = " (provisional)" if vector.is_provisional else ""
        print(f"{vector.id:<{width}}  {_result(vector):<10}  {vector.sentence}{doubt}")


def _show(vectors: Sequence[Vector], suite: Suite) -> None:
    from wireproof.conformance.reports.description import description

    for place, vector in enumerate(vectors):
        print("\n" * bool(place) + "\n".join(description(vector, suite)))


def _export(options: argparse.Namespace, vectors: Sequence[Vector]) -> None:
    from wireproof.conformance.reports.export import write_captures

    if (options.pcapng is None and len(options.names) != 1) or (options.pcapng is not None and options.names):
        raise UsageError("export to one file, or with --pcapng into a folder")
    if options.names == ["-"]:
        _write(sys.stdout, vectors)
        return
    try:
        if options.pcapng is not None:
            for path, count in write_captures(vectors, Path(options.pcapng)):
                print(f"{path}: {count} packets")
            return
        with open(options.names[0], "w", encoding="utf-8") as file:
            _write(file, vectors)
    except OSError as error:
        where = error.filename or options.pcapng or options.names[0]
        raise CommandError(f"cannot write {where!r}: {error.strerror or error}") from None


def _write(file: TextIO, vectors: Sequence[Vector]) -> None:
    from wireproof.conformance.reports.export import as_json

    for vector in vectors:
        file.write(json.dumps(as_json(vector)) + "\n")


def _result(vector: Vector) -> str:
    from wireproof.vectors import Parse

    task = vector.task
    return task.result if isinstance(task, Parse) else type(task).__name__.lower()

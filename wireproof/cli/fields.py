"""``wireproof fields [PATTERN]``: the names that filters and ``-e`` know."""

from __future__ import annotations

import argparse
import fnmatch
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wireproof.cli._failures import UsageError

if TYPE_CHECKING:
    from wireproof.dissectors.schema import FieldInfo

HELP = "List fields and protocols: name, type, other names, title, and where a standard defines it."
EXAMPLES = """\
examples:
  wireproof fields arp             all that has arp in a name or in its title
  wireproof fields 'tcp.flags.*'   a pattern, with * and ? (in quotes, or the shell takes it)
  wireproof fields --json opcode   for a program, with the names of values
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    parser.add_argument(
        "pattern",
        nargs="?",
        default="",
        metavar="PATTERN",
        help="part of a name, another name or a title; or the whole of one, with * and ?; else all",
    )
    parser.add_argument("--json", action="store_true", help="one JSON array of objects")


def run(options: argparse.Namespace) -> int:
    """Print the fields that match."""
    from wireproof.dissectors.schema import catalogue

    known = catalogue()
    found = [info for info in known.fields.values() if _matches(info, options.pattern.lower())]
    if not found:
        nearest = known.nearest(options.pattern)
        hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
        raise UsageError(f"no field matches {options.pattern!r}{hint}")
    if options.json:
        import json

        print(json.dumps([_as_object(info) for info in found], indent=2, ensure_ascii=False))
    else:
        print("\n".join(_table(found)))
    return 0


def _matches(info: FieldInfo, pattern: str) -> bool:
    texts = [text.lower() for text in (info.name, *info.aliases, info.title)]
    if any(character in pattern for character in "*?["):
        return any(fnmatch.fnmatchcase(text, pattern) for text in texts)
    return any(pattern in text for text in texts)


def _table(found: Iterable[FieldInfo]) -> list[str]:
    """Return the lines of a table, its columns aligned."""
    head = ("NAME", "TYPE", "ALSO", "TITLE", "REFERENCE")
    rows = [head]
    rows += [
        (info.name, info.type.wireshark, ", ".join(info.aliases) or "-", info.title, info.reference) for info in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _as_object(info: FieldInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "type": info.type.wireshark,
        "aliases": list(info.aliases),
        "title": info.title,
        "base": info.base.value,
        "labels": {str(value): label for value, label in info.labels.items()},
        "reference": info.reference,
    }

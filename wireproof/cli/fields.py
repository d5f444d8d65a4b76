"""``wireproof fields [NAME]``: the names that filters and ``-e`` know, and what is known of each."""

from __future__ import annotations

import argparse
import fnmatch
from typing import TYPE_CHECKING

from wireproof.cli._failures import UsageError

if TYPE_CHECKING:
    from wireproof.dissectors.schema import FieldInfo

HELP = "Tell of fields and protocols: names, types, labels, header drawings, standards, example filters."
EXAMPLES = """\
examples:
  wireproof fields arp             a protocol: its header, drawn, and its fields
  wireproof fields arp.opcode      a field: its type, all of its labels, where a standard defines it
  wireproof fields opcode          all that has opcode in a name or in its title
  wireproof fields 'tcp.flags.*'   a pattern, with * and ? (in quotes, or the shell takes it)
  wireproof fields --json tcp      for a program
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    name = parser.add_argument(
        "pattern",
        nargs="?",
        default="",
        metavar="NAME",
        help="a protocol or a field, by any of its names; else part of a name or a title; "
        "or the whole of one, with * and ?; nothing for all",
    )
    name.completer = _complete  # type: ignore[attr-defined] # argcomplete's way
    parser.add_argument("--json", action="store_true", help="one JSON array of objects")


def _complete(prefix: str, **_: object) -> list[str]:
    from wireproof.dissectors.schema import catalogue

    known = catalogue()
    return [name for name in (*known.fields, *known.aliases) if name.startswith(prefix)]


def run(options: argparse.Namespace) -> int:
    """Print what is known of a name, or the fields that match."""
    from wireproof.dissectors.schema import catalogue
    from wireproof.output import reference

    known = catalogue()
    info = known.find(options.pattern) or known.find(options.pattern.lower())
    if info is not None and info.name in known.protocols:
        found = [info, *reference.fields_of(known.protocols[info.name], known)]
        lines = reference.protocol_lines(known.protocols[info.name], known)
    elif info is not None:
        found, lines = [info], reference.field_lines(info, known)
    else:
        found = [each for each in known.fields.values() if _matches(each, options.pattern.lower())]
        lines = iter(reference.field_table(found))
    if not found:
        nearest = known.nearest(options.pattern)
        hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
        raise UsageError(f"no field matches {options.pattern!r}{hint}")
    if options.json:
        import json

        print(json.dumps([reference.as_object(each, known) for each in found], indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines))
    return 0


def _matches(info: FieldInfo, pattern: str) -> bool:
    texts = [text.lower() for text in (info.name, *info.aliases, info.title)]
    if any(character in pattern for character in "*?["):
        return any(fnmatch.fnmatchcase(text, pattern) for text in texts)
    return any(pattern in text for text in texts)

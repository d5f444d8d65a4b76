"""``wireproof explain FILTER``: which part of a filter runs as machine code, and which the reference decides."""

from __future__ import annotations

import argparse

from wireproof.cli._failures import CommandError, UsageError

HELP = "Say which part of a filter runs as machine code, and which one frame by frame."
EXAMPLES = """\
examples:
  wireproof explain 'arp.opcode == 1 && arp.spa == 0.0.0.0'
  wireproof explain 'tcp.port == 80 and frame matches "GET"'
  wireproof explain --plan vlan        the steps themselves, from layer to layer
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    parser.add_argument("filter", metavar="FILTER", help="a display filter")
    parser.add_argument("--plan", action="store_true", help="print the intermediate form that the machine code is of")


def run(options: argparse.Namespace) -> int:
    """Print the explanation."""
    from wireproof.dissectors.schema import catalogue
    from wireproof.grammar import FilterError
    from wireproof.interface import Filter

    try:
        chosen = Filter(options.filter)
    except FilterError as error:
        raise CommandError(str(error), in_lines=True) from error
    try:
        from wireproof.engine import NotLowerableError, compile_query
    except ImportError as error:
        raise UsageError("llvmlite is not installed: every filter runs frame by frame") from error
    try:
        query = compile_query(chosen.typed, catalogue())
    except NotLowerableError as error:
        print(f"every frame is dissected, in order:\n  {error}")
        return 0
    print(query.plan() if options.plan else query.explain())
    return 0

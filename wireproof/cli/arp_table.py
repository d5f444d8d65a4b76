"""``wireproof arp-table FILE``: the ARP table as a cache that heard all packets would hold it, and what is odd."""

from __future__ import annotations

import argparse

from wireproof.cli import _tables

HELP = "Tell who has which IPv4 address by the ARP packets of a capture, what changed, and what conflicts."
EXAMPLES = """\
examples:
  wireproof arp-table lan.pcapng
  wireproof arp-table lan.pcapng -Y 'frame.number <= 1000'     as it was at frame 1000
  wireproof arp-table lan.pcapng -Y 'vlan.id == 5' --age 300   entries go after five minutes
  wireproof arp-table --json lan.pcapng
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    _tables.add_input(parser, "entries that nothing was heard of for so long go (default: they stay)")


def run(options: argparse.Namespace) -> int:
    """Print the table."""
    from wireproof.analysis.arp_table import ArpTable
    from wireproof.interface.events import arp_events
    from wireproof.output import arp_table

    found = ArpTable(options.age)
    damage = _tables.follow(options, arp_events, found.see)
    return _tables.finish(options, damage, arp_table.lines(found), lambda: arp_table.as_json(found))

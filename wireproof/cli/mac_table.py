"""``wireproof mac-table FILE``: the MAC table as a learning switch would hold it, and what it would flood."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any

from wireproof.cli import _tables

HELP = "Tell behind which port a switch would have learned which MAC address, and which frames it would flood."
EXAMPLES = """\
examples:
  wireproof mac-table lan.pcapng
  wireproof mac-table lan.pcapng --age 20 -Y 'vlan.id == 5'
  wireproof mac-table lan.pcapng --station 02:00:00:00:00:0a          what that station takes in
  wireproof mac-table lan.pcapng --station 02:00:00:00:00:0a --frames frame by frame

The capture's interfaces are the switch's ports. As a filter: switch.cast == "unknown unicast", or switch.bum.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    _tables.add_input(parser, "addresses that no frame came from for so long are forgotten (default: 300)")
    parser.add_argument("--station", type=_address, metavar="MAC", help="tell which frames this station takes in")
    parser.add_argument("--promiscuous", action="store_true", help="that station takes in what is for others, too")
    parser.add_argument("--frames", action="store_true", help="list the frames, each with what it is to the switch")


def _address(text: str) -> bytes:
    """The value of ``--station``."""
    digits = text.replace(":", "").replace("-", "").replace(".", "")
    try:
        octets = bytes.fromhex(digits) if digits.isascii() else b""
    except ValueError:
        octets = b""
    if len(octets) != 6:
        raise argparse.ArgumentTypeError(f"{text!r} is no MAC address, such as 02:00:00:00:00:0a")
    return octets


def run(options: argparse.Namespace) -> int:
    """Print the table, and the frames where they are wanted."""
    from wireproof.analysis.mac_table import AGE, MacTable, acceptance
    from wireproof.interface.events import mac_events
    from wireproof.output import mac_table

    found = MacTable(AGE if options.age is None else options.age)
    station: bytes | None = options.station
    accepted: Counter[str] = Counter()
    is_listed = options.frames and not options.json

    def see(columns: Sequence[Sequence[Any]]) -> None:
        casts = found.see_all(columns)
        if station is None and not is_listed:
            return
        for cast, number, *_, source, destination in zip(casts, *columns, strict=True):
            reason = acceptance(station, source, destination, promiscuous=options.promiscuous) if station else ""
            if reason:
                accepted[reason] += 1
            if is_listed:
                taken = f"  {reason or 'not accepted'}" if station else ""
                print(f"{number:>7}  {source.hex(':')} → {destination.hex(':')}  {cast:<15}{taken}".rstrip())

    damage = _tables.follow(options, mac_events, see)
    if is_listed:
        print()
    reasons = None if station is None else dict(accepted)
    return _tables.finish(options, damage, mac_table.lines(found, reasons), lambda: mac_table.as_json(found, reasons))

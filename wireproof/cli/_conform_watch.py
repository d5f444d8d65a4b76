"""``wireproof conform capture FILE --host ADDRESS``: what a recorded capture shows of a host."""

from __future__ import annotations

import argparse
import ipaddress
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wireproof.cli._conform_reports import NOT_AS_EXPECTED, check_paths, save
from wireproof.cli._failures import CommandError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wireproof.conformance.live.watching import Sight
    from wireproof.packet import Packet

HELP = "judge what a recorded capture shows of a host"
EXAMPLES = """\
examples:
  wireproof conform capture lan.pcapng --host 192.0.2.10
  wireproof conform capture lan.pcapng --host 192.0.2.10 --all --json seen.json

what a capture does not show is "not seen". A capture that was made on the host itself shows checksums that a card
had not made yet.

exit status:
  0  no rule is broken
  1  wrong usage
  2  the capture cannot be read, or has no packet of the host
  3  a rule is broken
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    parser.add_argument("file", metavar="FILE", help="a pcap or pcapng file")
    parser.add_argument("--host", required=True, metavar="ADDRESS", help="the host's IP address")
    parser.add_argument("--all", action="store_true", help="print all results, not only what is broken or observed")
    parser.add_argument("--json", metavar="FILE", help="as JSON (- for the standard output)")


def run(options: argparse.Namespace) -> int:
    """Judge, report, and tell by the status whether a rule is broken."""
    from wireproof.capture import CaptureError
    from wireproof.conformance.live.watching import Seen, watch
    from wireproof.vectors import load_watches

    try:
        host = str(ipaddress.IPv4Address(options.host))
    except ValueError as error:
        raise UsageError(f"--host: {error}") from None
    check_paths(options.json)
    try:
        mac = _hardware_address(options.file, host)
        sights = watch(load_watches(), _packets(options.file), host, mac)
    except (CaptureError, OSError) as error:
        raise CommandError(f"{options.file}: {error}") from None
    _write(options, host, mac, sights)
    return NOT_AS_EXPECTED if any(sight.verdict is Seen.FAIL for sight in sights) else 0


def _packets(path: str) -> Iterator[tuple[Packet, int]]:
    from wireproof.capture import open_reader
    from wireproof.conformance.live.watching import CHECKSUMS
    from wireproof.packet import dissect, source_of

    with open_reader(path) as reader:
        for record in reader:
            yield dissect(record.data, source_of(record, reader), CHECKSUMS), record.time or 0


def _hardware_address(path: str, host: str) -> str:
    """Return the hardware address that the host sends from. Raises CommandError where it sends nothing."""
    from wireproof.interface import Filter

    own = Filter(f"eth && (arp.src.proto_ipv4 == {host} || ip.src == {host})")
    for packet, _ in _packets(path):
        if own.matches(packet):
            return str(packet["eth.src"][0])
    raise CommandError(f"{path}: no Ethernet frame with a packet of {host}")


def _write(options: argparse.Namespace, host: str, mac: str, sights: Sequence[Sight]) -> None:
    from wireproof.conformance.live.watching import Seen
    from wireproof.output.escape import escape

    if options.json:
        told = [
            {
                "id": sight.watch.id,
                "requirements": list(sight.watch.requirements),
                "verdict": sight.verdict.value,
                "level": sight.watch.level,
                "sentence": sight.watch.sentence,
                "packets": sight.packets,
                "faults": list(sight.faults),
                "remarks": list(sight.remarks),
            }
            for sight in sights
        ]
        document = {"format": 1, "host": host, "hardware_address": mac, "results": told}
        save(options.json, json.dumps(document, indent=2).encode() + b"\n")
        if options.json == "-":
            return
    for sight in sights:
        if options.all or sight.verdict in (Seen.FAIL, Seen.OBSERVED):
            level = f" ({sight.watch.level})" if sight.verdict is Seen.FAIL else ""
            print(escape(f"{sight.watch.id}  {sight.verdict.value}{level}: {sight.watch.sentence}"))
            print(escape(f"    {', '.join(sight.watch.requirements)}; {sight.packets} packets"))
            for text in (*sight.faults, *sight.remarks):
                print(escape(f"    {text}"))
    counts = ", ".join(f"{sum(each.verdict is seen for each in sights)} {seen.value}" for seen in Seen)
    print(f"{host} ({mac}): {len(sights)} rules: {counts}")

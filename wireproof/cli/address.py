"""``wireproof address ADDRESS/PREFIX``: what a subnet is, and blocks of it for sites and hosts."""

from __future__ import annotations

import argparse
import json

from wireproof.cli._failures import CommandError, UsageError

HELP = "Tell what an IPv4 address and its prefix are: class, scope, bits, network, hosts; and plan blocks of it."
EXAMPLES = """\
examples:
  wireproof address 192.0.2.77/26
  wireproof address 10.0.0.0/8 --sites 5 --hosts 500
  wireproof address 10.1.2.3/255.255.255.0       a mask will do
  wireproof address --json 172.16.0.0/12 --sites 3
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    parser.add_argument("address", metavar="ADDRESS/PREFIX", help="an address; the bits of its prefix, or its mask")
    parser.add_argument("--sites", type=int, metavar="N", help="split it into blocks of one size for so many sites")
    parser.add_argument(
        "--hosts", type=int, metavar="M", help="each with so many hosts (default: as many as there can)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(options: argparse.Namespace) -> int:
    """Print what there is to tell."""
    from wireproof.output import address
    from wireproof.packet.subnets import SubnetError, plan, subnet

    text, slash, length = options.address.partition("/")
    if not slash:
        raise UsageError(f"{options.address!r} has no prefix; write ADDRESS/PREFIX, as 192.0.2.77/26")
    is_split = options.sites is not None or options.hosts is not None
    try:
        found = subnet(text, _prefix(length))
        blocks = plan(found, options.sites, options.hosts) if is_split else None
    except SubnetError as error:
        raise UsageError(str(error)) from None
    if is_split and blocks is None:
        sites = "" if options.sites is None else f" for {options.sites} sites"
        hosts = "" if options.hosts is None else f" of {options.hosts} hosts each"
        raise CommandError(f"{found.network}/{found.prefix} has no room{sites}{hosts}")
    if options.json:
        print(json.dumps(address.as_json(found, blocks), indent=2))
    else:
        for line in address.lines(found, blocks):
            print(line)
    return 0


def _prefix(text: str) -> int:
    """Return the bits of a prefix that is written as a number or as a mask. Raises SubnetError."""
    from ipaddress import AddressValueError, IPv4Address

    from wireproof.packet.subnets import BITS, SubnetError

    if text.isascii() and text.isdigit() and len(text) <= 3:
        return int(text)
    try:
        mask = int(IPv4Address(text))
    except AddressValueError:
        raise SubnetError(f"{text!r} is neither the bits of a prefix nor a mask") from None
    prefix = mask.bit_count()
    if mask != (1 << BITS) - (1 << BITS - prefix):
        raise SubnetError(f"{text} is no mask: its ones do not stand together at the begin")
    return prefix

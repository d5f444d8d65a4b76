"""What kind of address an IPv4 address is: its class, and the block that it is in.

The blocks are those of the IANA IPv4 Special-Purpose Address Registry (RFC 6890, RFC 8190), and multicast. Of blocks in
blocks the narrowest counts, as in the registry.
"""

import re
from typing import NamedTuple

from wireproof.dissectors.schema import AddressBlock

CLASSES = {1: "A", 2: "B", 3: "C", 4: "D", 5: "E"}
"""RFC 791 section 3.2 has A to C, RFC 1112 section 4 D and E."""

CLASS_BLOCKS = (
    AddressBlock("0.0.0.0/1", 1),
    AddressBlock("128.0.0.0/2", 2),
    AddressBlock("192.0.0.0/3", 3),
    AddressBlock("224.0.0.0/4", 4),
    AddressBlock("240.0.0.0/4", 5),
)

SCOPES = dict(
    enumerate(
        (
            "global",
            "this network",
            "private",
            "shared",
            "loopback",
            "link-local",
            "protocol assignments",
            "documentation",
            "anycast block",
            "benchmarking",
            "multicast",
            "reserved",
            "limited broadcast",
        )
    )
)
"""What a block is for; an address in no block is global."""

# Block, what may be done with it (S a source, D a destination, F forwarded, G globally reachable, R reserved by the
# protocol itself), its scope, its name as the registry has it, and the standard.
_REGISTRY = """
0.0.0.0/8           S---R  this network          "This network"                           RFC 791 section 3.2
0.0.0.0/32          S---R  this network          "This host on this network"              RFC 1122 section 3.2.1.3
10.0.0.0/8          SDF--  private               Private-Use                              RFC 1918
100.64.0.0/10       SDF--  shared                Shared Address Space                     RFC 6598
127.0.0.0/8         ----R  loopback              Loopback                                 RFC 1122 section 3.2.1.3
169.254.0.0/16      SD--R  link-local            Link Local                               RFC 3927
172.16.0.0/12       SDF--  private               Private-Use                              RFC 1918
192.0.0.0/24        -----  protocol assignments  IETF Protocol Assignments                RFC 6890 section 2.1
192.0.0.0/29        SDF--  protocol assignments  IPv4 Service Continuity Prefix           RFC 7335
192.0.0.8/32        S----  protocol assignments  IPv4 dummy address                       RFC 7600
192.0.0.9/32        SDFG-  anycast block         Port Control Protocol Anycast            RFC 7723
192.0.0.10/32       SDFG-  anycast block         Traversal Using Relays around NAT Anycast  RFC 8155
192.0.0.170/32      ----R  protocol assignments  NAT64/DNS64 Discovery                    RFC 8880
192.0.0.171/32      ----R  protocol assignments  NAT64/DNS64 Discovery                    RFC 8880
192.0.2.0/24        -----  documentation         Documentation (TEST-NET-1)               RFC 5737
192.31.196.0/24     SDFG-  anycast block         AS112-v4                                 RFC 7535
192.52.193.0/24     SDFG-  anycast block         AMT                                      RFC 7450
192.88.99.0/24      -----  anycast block         Deprecated (6to4 Relay Anycast)          RFC 7526
192.168.0.0/16      SDF--  private               Private-Use                              RFC 1918
192.175.48.0/24     SDFG-  anycast block         Direct Delegation AS112 Service          RFC 7534
198.18.0.0/15       SDF--  benchmarking          Benchmarking                             RFC 2544
198.51.100.0/24     -----  documentation         Documentation (TEST-NET-2)               RFC 5737
203.0.113.0/24      -----  documentation         Documentation (TEST-NET-3)               RFC 5737
240.0.0.0/4         ----R  reserved              Reserved                                 RFC 1112 section 4
255.255.255.255/32  -D--R  limited broadcast     Limited Broadcast                        RFC 8190
"""


class SpecialBlock(NamedTuple):
    """A row of the registry; `uses` are its letters."""

    block: str
    uses: str
    scope: str
    name: str
    reference: str


REGISTRY = tuple(SpecialBlock(*re.split("  +", row)) for row in _REGISTRY.strip().splitlines())
_NUMBERS = {name: number for number, name in SCOPES.items()}
SCOPE_BLOCKS = (
    *(AddressBlock(row.block, _NUMBERS[row.scope]) for row in REGISTRY),
    AddressBlock("224.0.0.0/4", _NUMBERS["multicast"]),  # RFC 5771 section 3
)

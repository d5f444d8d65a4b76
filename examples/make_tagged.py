"""Write tagged.pcap: VLAN tags in the forms that one meets, around ARP and UDP.

    python examples/make_tagged.py [OUTPUT]

The file is the same every time. Addresses are those kept for documentation (192.0.2.0/24, RFC 5737), MAC addresses
are locally administered.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import wireproof
from wireproof.capture import Record, write_pcap

ALICE = "02:00:00:00:00:0a", "192.0.2.10"
BOB = "02:00:00:00:00:0b", "192.0.2.11"

TO_ALL = "eth", {"eth.src": ALICE[0], "eth.dst": "ff:ff:ff:ff:ff:ff"}
TO_ALICE = "eth", {"eth.src": BOB[0], "eth.dst": ALICE[0]}
TO_BOB = "eth", {"eth.src": ALICE[0], "eth.dst": BOB[0]}

# opcode 1 asks for Bob, 2 is his answer
REQUEST = (
    "arp",
    {"arp.opcode": 1, "arp.src.hw_mac": ALICE[0], "arp.src.proto_ipv4": ALICE[1], "arp.dst.proto_ipv4": BOB[1]},
)
REPLY = (
    "arp",
    {
        "arp.opcode": 2,
        "arp.src.hw_mac": BOB[0],
        "arp.src.proto_ipv4": BOB[1],
        "arp.dst.hw_mac": ALICE[0],
        "arp.dst.proto_ipv4": ALICE[1],
    },
)
IP = "ip", {"ip.src": ALICE[1], "ip.dst": BOB[1]}
UDP = "udp", {"udp.srcport": 40001, "udp.dstport": 9010}

START = 1_767_272_400  # 2026-01-01 13:00:00 UTC
SECOND = 1_000_000_000  # in nanoseconds
ETHERNET = 1  # link type
SHORTEST = 60  # octets of an Ethernet frame without its check sequence
TAG = 4  # octets


def frames() -> Iterator[bytes]:
    """The frames, in the order of the file."""
    # One tag: VLAN 10. The host that sends fills up to 60 octets, tag included.
    vlan = "vlan", {"vlan.id": 10}
    yield wireproof.build([TO_ALL, vlan, REQUEST]).ljust(SHORTEST, b"\0")
    # A bridge that puts a tag into a frame of 60 leaves its padding, and so makes it 64.
    yield wireproof.build([TO_ALICE, vlan, REPLY]).ljust(SHORTEST + TAG, b"\0")
    # Priority 5 (voice) in VLAN 10, and a frame that may be dropped first (DEI).
    yield wireproof.build([TO_BOB, ("vlan", {"vlan.id": 10, "vlan.priority": 5}), IP, UDP, b"how long is this frame?"])
    yield wireproof.build([TO_BOB, ("vlan", {"vlan.id": 10, "vlan.dei": 1}), IP, UDP, b"not so important, this one"])
    # VLAN 0 is no VLAN: the tag is there for the priority only.
    yield wireproof.build([TO_BOB, ("vlan", {"vlan.id": 0, "vlan.priority": 7}), IP, UDP, b"urgent, but in no VLAN"])
    # Two tags, QinQ as it was before the standard: 0x8100 in 0x8100. The outer one is the provider's.
    qinq = [("vlan", {"vlan.id": 100}), ("vlan", {"vlan.id": 10})]
    yield wireproof.build([TO_ALL, *qinq, REQUEST]).ljust(SHORTEST, b"\0")
    yield wireproof.build([TO_BOB, *qinq, IP, UDP, b"through the provider"])
    # Two tags as 802.1ad has it: the provider's service tag has a type of its own, 0x88a8.
    service = [("ieee8021ad", {"ieee8021ad.id": 100}), ("vlan", {"vlan.id": 10})]
    yield wireproof.build([TO_ALL, *service, REQUEST]).ljust(SHORTEST, b"\0")
    yield wireproof.build([TO_BOB, *service, IP, UDP, b"through the provider"])
    # A service tag alone: the customer's frame had none.
    yield wireproof.build([TO_ALL, ("ieee8021ad", {"ieee8021ad.id": 200}), REQUEST]).ljust(SHORTEST, b"\0")


def main(output: Path) -> None:
    """Write the capture, one frame a second."""
    with write_pcap(output, ETHERNET) as capture:
        for number, frame in enumerate(frames(), 1):
            time = (START + number - 1) * SECOND
            capture.write(Record(number, frame, len(frame), time, ETHERNET, 0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("tagged.pcap"))

"""Write arp_forms.pcap: every form of ARP once, as a story of eleven minutes on one Ethernet.

    python examples/make_arp_forms.py [OUTPUT]

docs/arp.md walks through it. The file is the same every time. Addresses are those kept for documentation
(192.0.2.0/24, RFC 5737), MAC addresses are locally administered, but for VRRP's own (RFC 5798 section 7.3).
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import wireproof
from wireproof.capture import Record, write_pcap

Host = tuple[str, str]  # MAC and IPv4 address
Scene = Iterator[tuple[float, bytes]]  # seconds since the start of the story, frame

ROUTER = "02:00:00:00:00:01", "192.0.2.1"
SERVER = "02:00:00:00:00:02", "192.0.2.2"
ALICE = "02:00:00:00:00:0a", "192.0.2.10"
BOB = "02:00:00:00:00:0b", "192.0.2.11"
CAROL = "02:00:00:00:00:0c", "192.0.2.12"
DAVE = "02:00:00:00:00:0d", "192.0.2.13"
ERIN = "02:00:00:00:00:0e", "192.0.2.14"
PRINTER = "02:00:00:00:00:66", CAROL[1]
PRIMARY = "02:00:00:00:00:51", "192.0.2.80"
STANDBY = "02:00:00:00:00:52", PRIMARY[1]
VIRTUAL_ROUTER = "00:00:5e:00:01:01", "192.0.2.254"
BACKUP_ROUTER_MAC = "02:00:00:00:00:f2"
REMOTE = "192.0.2.200"  # a host at the other end of the router's dial-in line

BROADCAST = "ff:ff:ff:ff:ff:ff"
NO_MAC = "00:00:00:00:00:00"
NO_IP = "0.0.0.0"
REQUEST, REPLY, REVERSE_REQUEST, REVERSE_REPLY, INVERSE_REQUEST, INVERSE_REPLY = 1, 2, 3, 4, 8, 9
RARP_TYPE = 0x8035

START = 1_767_272_400  # 2026-01-01 13:00:00 UTC
SECOND = 1_000_000_000  # in nanoseconds
ETHERNET = 1  # link type
SHORTEST = 60  # octets of an Ethernet frame without its check sequence


def padded(frame: bytes) -> bytes:
    """Fill a frame up to Ethernet's least length."""
    return frame.ljust(SHORTEST, b"\0")


def arp(opcode: int, sender: Host, target: Host, to: str = BROADCAST, **ethernet: object) -> bytes:
    """Build a frame from the sender to a MAC address; `ethernet` overrules fields of its header."""
    header = {"eth.dst": to, "eth.src": sender[0]} | {f"eth.{name}": value for name, value in ethernet.items()}
    fields = {
        "arp.opcode": opcode,
        "arp.src.hw_mac": sender[0],
        "arp.src.proto_ipv4": sender[1],
        "arp.dst.hw_mac": target[0],
        "arp.dst.proto_ipv4": target[1],
    }
    return padded(wireproof.build([("eth", header), ("arp", fields)]))


def request_and_reply() -> Scene:
    """Alice looks for Bob (RFC 826), and a minute later asks him alone if he is still there (RFC 1122 2.3.2.1)."""
    yield 0.0, arp(REQUEST, ALICE, (NO_MAC, BOB[1]))
    yield 0.0002, arp(REPLY, BOB, ALICE, to=ALICE[0])
    yield 60.0, arp(REQUEST, ALICE, (NO_MAC, BOB[1]), to=BOB[0])
    yield 60.0002, arp(REPLY, BOB, ALICE, to=ALICE[0])


def gratuitous() -> Scene:
    """Bob repeats what he is, as a request and as a reply (RFC 5944 section 4.6)."""
    yield 90.0, arp(REQUEST, BOB, (BROADCAST, BOB[1]))
    yield 91.0, arp(REPLY, BOB, BOB)


def probe_and_announcement() -> Scene:
    """Carol makes sure that an address is free and takes it (RFC 5227 sections 2.1.1 and 2.3)."""
    yield 120.4, arp(REQUEST, (CAROL[0], NO_IP), (NO_MAC, CAROL[1]))
    yield 121.7, arp(REQUEST, (CAROL[0], NO_IP), (NO_MAC, CAROL[1]))
    yield 123.4, arp(REQUEST, (CAROL[0], NO_IP), (NO_MAC, CAROL[1]))
    yield 125.4, arp(REQUEST, CAROL, (NO_MAC, CAROL[1]))
    yield 127.4, arp(REQUEST, CAROL, (NO_MAC, CAROL[1]))


def conflict_and_defence() -> Scene:
    """A printer was given Carol's address by hand; she defends it (RFC 5227 section 2.4)."""
    yield 180.0, arp(REQUEST, PRINTER, (BROADCAST, PRINTER[1]))
    yield 180.001, arp(REQUEST, CAROL, (NO_MAC, CAROL[1]))


def dhcp() -> Scene:
    """Dave checks what DHCP offers him and announces that he took it, by a reply (RFC 2131 section 4.4.1)."""
    yield 240.0, arp(REQUEST, (DAVE[0], NO_IP), (NO_MAC, DAVE[1]))
    yield 242.0, arp(REPLY, DAVE, DAVE)


def reverse() -> Scene:
    """Erin has no disk, knows only her MAC address and asks who she is (RFC 903)."""
    yield 300.0, arp(REVERSE_REQUEST, (ERIN[0], NO_IP), (ERIN[0], NO_IP), type=RARP_TYPE)
    yield 300.002, arp(REVERSE_REPLY, SERVER, ERIN, to=ERIN[0], type=RARP_TYPE)


def inverse() -> Scene:
    """The server knows a MAC address, Bob's, and asks for the IP address that goes with it (RFC 2390)."""
    yield 360.0, arp(INVERSE_REQUEST, SERVER, (BOB[0], NO_IP), to=BOB[0])
    yield 360.0002, arp(INVERSE_REPLY, BOB, SERVER, to=SERVER[0])


def proxy_and_unarp() -> Scene:
    """The router answers for itself and for a host behind it (RFC 1027), and says when that is gone (RFC 1868)."""
    yield 420.0, arp(REQUEST, ALICE, (NO_MAC, ROUTER[1]))
    yield 420.0003, arp(REPLY, ROUTER, ALICE, to=ALICE[0])
    yield 430.0, arp(REQUEST, ALICE, (NO_MAC, REMOTE))
    yield 430.0003, arp(REPLY, (ROUTER[0], REMOTE), ALICE, to=ALICE[0])
    header = {"eth.dst": BROADCAST, "eth.src": ROUTER[0]}
    unarp = {
        "arp.opcode": REPLY,
        "arp.hw.size": 0,  # so there are no hardware addresses
        "arp.src.proto_ipv4": REMOTE,
        "arp.dst.proto_ipv4": "255.255.255.255",
    }
    yield 480.0, padded(wireproof.build([("eth", header), ("arp", unarp)]))


def virtual_router() -> Scene:
    """A backup router takes over the virtual address and its MAC address (RFC 5798 sections 6.4.2 and 8.1.2)."""
    mac, address = VIRTUAL_ROUTER
    yield 540.0, arp(REQUEST, VIRTUAL_ROUTER, (BROADCAST, address))
    yield 541.0, arp(REQUEST, ALICE, (NO_MAC, address))
    yield 541.0003, arp(REPLY, (mac, address), ALICE, to=ALICE[0], src=BACKUP_ROUTER_MAC)


def failover() -> Scene:
    """Without a virtual MAC address, the address of a service moves to another machine, and to its MAC address."""
    yield 600.0, arp(REQUEST, ALICE, (NO_MAC, PRIMARY[1]))
    yield 600.0002, arp(REPLY, PRIMARY, ALICE, to=ALICE[0])
    yield 660.0, arp(REQUEST, STANDBY, (BROADCAST, STANDBY[1]))


STORY = (
    request_and_reply,
    gratuitous,
    probe_and_announcement,
    conflict_and_defence,
    dhcp,
    reverse,
    inverse,
    proxy_and_unarp,
    virtual_router,
    failover,
)


def main(output: Path) -> None:
    """Write the capture."""
    frames = [moment for scene in STORY for moment in scene()]
    with write_pcap(output, ETHERNET) as capture:
        for number, (seconds, frame) in enumerate(frames, 1):
            time = START * SECOND + round(seconds * SECOND)
            capture.write(Record(number, frame, len(frame), time, ETHERNET, 0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("arp_forms.pcap"))

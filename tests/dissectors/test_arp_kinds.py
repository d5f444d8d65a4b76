"""What kind of ARP packet it is, and what is odd about it."""

import struct

import pytest

import wireproof
from wireproof.dissectors.schema import Severity, catalogue
from wireproof.grammar import compile_filter
from wireproof.packet import Packet, build, layers_of

MAC, OTHER, NOBODY, ALL = "020000000001", "020000000002", "000000000000", "ffffffffffff"
ONE, TWO, ZERO = "c0000201", "c0000202", "00000000"


def read(op: int, *addresses: str, hardware: int = 1, protocol: int = 0x0800) -> Packet:
    """Dissect an ARP packet: sender's hardware and protocol address, target's hardware and protocol address."""
    octets = [bytes.fromhex(each) for each in addresses]
    head = struct.pack(">HHBBH", hardware, protocol, len(octets[0]), len(octets[1]), op)
    return wireproof.dissect(bytes.fromhex(ALL + MAC + "0806") + head + b"".join(octets))


@pytest.mark.parametrize(
    ("packet", "kinds"),
    [
        (read(1, MAC, ONE, NOBODY, TWO), "request"),
        (read(2, MAC, ONE, OTHER, TWO), "reply"),
        (read(1, MAC, ONE, ALL, ONE), "request, gratuitous request"),
        (read(1, MAC, ONE, NOBODY, ONE), "request, gratuitous request, announcement"),
        (read(2, MAC, ONE, ALL, ONE), "reply, gratuitous reply, DHCP announcement by reply"),
        (read(1, MAC, ZERO, NOBODY, ONE), "request, probe, DHCP check"),
        (read(1, MAC, ZERO, OTHER, ONE), "request, probe, DHCP check"),
        (read(1, MAC, ZERO, NOBODY, ZERO), "request, gratuitous request"),
        (read(1, MAC, "", NOBODY, ""), "request"),
        (read(3, MAC, ZERO, MAC, ZERO), "RARP request"),
        (read(4, MAC, ONE, MAC, TWO), "RARP reply"),
        (read(8, MAC, ONE, OTHER, ZERO), "InARP request"),
        (read(9, MAC, ONE, OTHER, TWO), "InARP reply"),
        (read(2, "", ONE, "", "ffffffff"), "reply, UnARP"),
        *((read(op, MAC, ONE, OTHER, TWO), "other") for op in (0, 5, 7, 10, 24, 65535)),
    ],
)
def test_every_kind_that_fits(packet: Packet, kinds: str) -> None:
    assert ", ".join(packet["arp.kind"]) == kinds


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("rarp", {3, 4}), ("inarp", {8, 9}), ("unarp", set()), ("not rarp and not inarp", {1, 2, 5, 6, 7, 10})],
)
def test_relatives_have_names_in_filters(text: str, numbers: set[int]) -> None:
    chosen = compile_filter(text, catalogue())
    assert {op for op in range(1, 11) if chosen.matches(read(op, MAC, ONE, OTHER, TWO))} == numbers


def test_farewells_have_a_name_in_filters() -> None:
    chosen = compile_filter("unarp", catalogue())
    assert chosen.matches(read(2, "", ONE, "", "ffffffff"))
    assert not chosen.matches(read(1, "", ONE, "", "ffffffff"))


@pytest.mark.parametrize(
    ("packet", "name", "severity", "reference"),
    [
        (read(0, MAC, ONE, OTHER, TWO), "arp.reserved_opcode", Severity.NOTE, "RFC 5494 section 3"),
        (read(1, MAC[:10], ONE, OTHER[:10], TWO), "arp.hw.size.unusual", Severity.NOTE, "RFC 826"),
        (read(1, MAC, ONE[:6], OTHER, TWO[:6]), "arp.proto.size.unusual", Severity.NOTE, "RFC 826"),
        (read(1, MAC, ZERO, OTHER, TWO), "arp.probe.target", Severity.NOTE, "RFC 5227 section 2.1.1"),
        (read(2, ALL, ONE, OTHER, TWO), "arp.src.hw_mac.group", Severity.WARNING, "RFC 1812 section 3.3.2"),
    ],
)
def test_a_diagnosis_names_its_rule(packet: Packet, name: str, severity: Severity, reference: str) -> None:
    (diagnosis,) = packet.diagnoses
    assert diagnosis.field is not None
    assert (diagnosis.field.name, diagnosis.severity, diagnosis.reference) == (name, severity, reference)
    assert reference in diagnosis.message
    assert name in packet
    assert "_ws.expert" not in packet  # Wireshark does not say it


@pytest.mark.parametrize(
    ("tag", "name"), [("0000", "priority_tag"), ("e000", "priority_tag"), ("0fff", "reserved_vid")]
)
@pytest.mark.parametrize(("kind", "protocol"), [("8100", "vlan"), ("88a8", "ieee8021ad")])
def test_numbers_of_tags_that_name_no_vlan(kind: str, protocol: str, tag: str, name: str) -> None:
    packet = wireproof.dissect(bytes.fromhex(ALL + MAC + kind + tag + "9999"))
    assert [diagnosis.field.name for diagnosis in packet.diagnoses if diagnosis.field] == [f"{protocol}.{name}"]
    assert packet.diagnoses[0].reference.startswith("IEEE 802.1Q")


@pytest.mark.parametrize(
    ("address", "cast"),
    [(ALL, "broadcast"), (MAC, "unicast"), ("01005e000001", "multicast"), ("feffffffffff", "unicast")],
)
def test_for_how_many_stations_a_frame_is(address: str, cast: str) -> None:
    assert wireproof.dissect(bytes.fromhex(address + MAC + "0806"))["eth.dst.cast"] == (cast,)


ATM = "0013 0800 43 02 0001 04 14 00 04 353535 abcd c0000201 47000580ffe1000000f21a26d80020481a26d800 c0000202"


def test_atm_arp_is_read_and_built_again() -> None:
    octets = bytes.fromhex(ALL + MAC + "0806" + ATM)
    packet = wireproof.dissect(octets)
    assert packet["arp.src.atm_num_e164"] == ("555",)
    assert packet["arp.src.atm_subaddr"] == (b"\xab\xcd",)
    assert packet["arp.src.atm_end_system_identifier"] == (bytes.fromhex("0020481a26d8"),)
    assert packet["arp.kind"] == ("request",)
    assert "arp" in packet
    assert "atmarp" in packet
    assert "arp.hw.size" not in packet
    assert build(layers_of(packet)) == octets


def test_atm_arp_is_built_from_its_fields() -> None:
    fields = {
        **{"atmarp.shtl": 4, "atmarp.sha": b"abcd", "atmarp.tha": b"", "arp.opcode": "inverse request"},
        **{"arp.src.proto_ipv4": "192.0.2.1", "arp.dst.proto_ipv4": "0.0.0.0"},
    }
    packet = wireproof.dissect(build([("eth", {}), ("atmarp", fields)]))
    assert packet["eth.type"] == (0x0806,)
    assert packet["arp.src.atm_num_nsap"] == (b"abcd",)
    assert packet["arp.kind"] == ("InARP request",)
    assert "inarp" in packet

"""ARP over time: duplicate addresses, storms, the table, who moved and why, and RFC 5227 from probe to defence."""

import struct
from typing import Any

import pytest

from wireproof.analysis import Analysis
from wireproof.analysis.arp_event import ArpEvent, event_of
from wireproof.analysis.arp_table import ArpTable
from wireproof.packet import Packet, Preferences, Source, dissect
from wireproof.packet.preferences import DEFAULT

SECOND = 10**9
REQUEST, REPLY = 1, 2
NOBODY = bytes(6)
VRRP = bytes.fromhex("00005e000107")
HSRP = bytes.fromhex("00000c07ac01")


def mac(number: int | bytes) -> bytes:
    return number if isinstance(number, bytes) else bytes([2, 0, 0, 0, 0, number])


def ip(number: int) -> bytes:
    return bytes([192, 0, 2, number]) if number else bytes(4)


def packet(
    operation: int,
    sender: int | bytes,
    address: int,
    target: int | bytes,
    asked: int,
    source: int | bytes | None = None,
) -> bytes:
    """An ARP packet; addresses are 192.0.2.N, stations 02:00:00:00:00:N, and 0 is none."""
    head = struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation)
    to = NOBODY if target == 0 else mac(target)
    frame = b"\xff" * 6 + mac(sender if source is None else source) + b"\x08\x06"
    return frame + head + mac(sender) + ip(address) + to + ip(asked)


def read(frames: list[tuple[float, bytes]], preferences: Preferences = DEFAULT) -> list[Packet]:
    """The packets, each with what those before tell; times are seconds."""
    analysis, found = Analysis(preferences), []
    for number, (time, data) in enumerate(frames, 1):
        found.append(dissect(data, Source(number, time=round(time * SECOND)), preferences))
        analysis.see(found[-1])
    return found


def table(frames: list[tuple[float, bytes]], age: float | None = None) -> ArpTable:
    found = ArpTable(None if age is None else round(age * SECOND))
    for each in read(frames):
        layer = each.layer("arp")
        assert layer is not None
        found.see(event_of(each, layer))
    return found


def held(found: ArpTable) -> dict[int, bytes]:
    return {entry.address & 0xFF: entry.mac for entry in found.entries()}


def test_duplicates_are_told_with_the_frame_and_the_seconds() -> None:
    frames = [(0, packet(REPLY, 2, 9, 1, 1)), (3.2, packet(REPLY, 3, 9, 1, 1)), (5.9, packet(REQUEST, 3, 9, 0, 1))]
    packets = read(frames)
    assert [each["arp.duplicate-address-frame"] for each in packets] == [(), (1,), (1,)]
    assert [each["arp.seconds-since-duplicate-address-frame"] for each in packets] == [(), (3,), (5,)]
    assert packets[1]["_ws.expert.message"] == ("Duplicate IP address configured (192.0.2.9)",)
    assert packets[1]["arp.duplicate-address-mac"] == ("02:00:00:00:00:02",)
    off = read(frames, Preferences(switched_off=frozenset({"arp.detect_duplicate_ips"})))
    assert not any(each["arp.duplicate-address-frame"] for each in off)


def test_a_storm_is_told_where_that_is_wanted() -> None:
    frames = [(number / 1000, packet(REQUEST, 1, 1, 0, 9)) for number in range(70)]
    wanted = Preferences(frozenset({"arp.detect_request_storms"}))
    assert [each.number for each in read(frames, wanted) if "arp.packet-storm-detected" in each] == [31, 62]
    assert not any("arp.packet-storm-detected" in each for each in read(frames))


def test_the_table_learns_refreshes_and_ages() -> None:
    frames = [
        (0, packet(REQUEST, 1, 1, 0, 2)),
        (0.1, packet(REPLY, 2, 2, 1, 1)),
        (50, packet(REQUEST, 1, 1, 0, 3)),
        (99, packet(REPLY, 3, 3, 1, 1)),
    ]
    found = table(frames)
    assert held(found) == {1: mac(1), 2: mac(2), 3: mac(3)}
    (first, *_) = found.entries()
    assert (first.since_frame, first.seen_frame, first.learned) == (1, 3, "request")
    aged = table(frames, age=60)
    assert held(aged) == {1: mac(1), 3: mac(3)}
    assert aged.expired == 1


def test_requests_that_nobody_answers() -> None:
    found = table(
        [(0, packet(REQUEST, 1, 1, 0, 9)), (1, packet(REQUEST, 1, 1, 0, 9)), (2, packet(REQUEST, 1, 1, 0, 2))]
    )
    assert [(asked.address & 0xFF, asked.count) for asked in found.unanswered()] == [(2, 1), (9, 2)]
    answered = table([(0, packet(REQUEST, 1, 1, 0, 9)), (1, packet(REPLY, 9, 9, 1, 1))])
    assert answered.unanswered() == []


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([(0, packet(REPLY, 1, 9, 3, 3)), (5, packet(REQUEST, 2, 9, 0, 9))], ["failover"]),
        ([(0, packet(REPLY, 1, 9, 3, 3)), (5, packet(REPLY, 2, 9, 3, 3))], ["conflict"]),
        ([(0, packet(REPLY, 1, 9, 3, 3)), (5, packet(REPLY, VRRP, 9, 3, 3))], ["failover"]),
        ([(0, packet(REPLY, HSRP, 9, 3, 3)), (5, packet(REPLY, 2, 9, 3, 3))], ["failover"]),
        (
            [(0, packet(REPLY, 1, 9, 3, 3)), (5, packet(REQUEST, 2, 9, 0, 9)), (6, packet(REQUEST, 1, 9, 0, 9))],
            ["failover", "conflict"],
        ),
        (
            [(0, packet(REPLY, 1, 9, 3, 3)), (5, packet(REQUEST, 2, 9, 0, 9)), (500, packet(REQUEST, 1, 9, 0, 9))],
            ["failover", "failover"],
        ),
    ],
    ids=["gratuitous", "in a reply", "to VRRP", "from HSRP", "defended", "and back later"],
)
def test_addresses_that_move(frames: list[tuple[float, bytes]], expected: list[str]) -> None:
    (entry,) = [entry for entry in table(frames).entries() if entry.address & 0xFF == 9]
    in_the_end = ["conflict"] * len(expected) if "conflict" in expected else expected
    assert [change.kind for change in entry.changes] == in_the_end
    packets = read(frames)
    assert [kind for each in packets for kind in each["arp.moved"]] == expected
    assert packets[1]["arp.moved.from"] == (mac(frames[0][1][22:28]).hex(":"),)


def test_what_looked_like_a_failover_until_the_other_contradicted() -> None:
    frames = [(0, packet(REPLY, 1, 9, 3, 3)), (5, packet(REQUEST, 2, 9, 0, 9)), (5.1, packet(REQUEST, 1, 9, 0, 9))]
    (entry,) = (one for one in table(frames).entries() if one.address & 0xFF == 9)
    assert [change.kind for change in entry.changes] == ["conflict", "conflict"]
    assert "contradicted" in entry.changes[0].reason
    (entry,) = (one for one in table([*frames[:2], (90, frames[2][1])]).entries() if one.address & 0xFF == 9)
    assert [change.kind for change in entry.changes] == ["failover", "failover"]


def test_several_addresses_and_another_source() -> None:
    found = table([(0, packet(REPLY, 7, 20, 1, 1)), (1, packet(REPLY, 7, 21, 1, 1, source=8))])
    (station,) = found.claimants()
    assert {address & 0xFF for address in station.answered} == {20, 21}
    assert [(one.number, one.source) for one in found.mismatches] == [(2, mac(8))]
    packets = read([(0, packet(REPLY, 7, 20, 1, 1)), (1, packet(REPLY, 7, 21, 1, 1, source=8))])
    assert ["arp.src.differs" in each for each in packets] == [False, True]


def test_a_farewell_takes_the_entry_away() -> None:
    farewell = mac(1) + mac(2) + struct.pack(">HHHBBH", 0x0806, 1, 0x0800, 0, 4, REPLY) + ip(2) + ip(255)
    found = table([(0, packet(REPLY, 2, 2, 1, 1)), (1, farewell)])
    assert held(found) == {}
    assert found.withdrawn == 1


def test_circuits_of_inverse_arp() -> None:
    found = ArpTable()
    found.see(ArpEvent(1, 0, None, 50, 8, 2, None, 0x0A000001, None, 0))
    found.see(ArpEvent(2, 1, None, 51, 9, 2, None, 0x0A000002, None, 0x0A000001))
    assert [(circuit.dlci, circuit.address & 0xFF) for circuit in found.circuits()] == [(50, 1), (51, 2)]


PROBES = [(at, packet(REQUEST, 5, 0, 0, 9)) for at in (0, 1.2, 2.9)]


def claimed(frames: list[tuple[float, bytes]]) -> Any:
    (claim,) = [claim for claim in table(frames).claims.all() if claim.mac == mac(5)]
    return claim


def test_a_claim_as_it_should_be() -> None:
    claim = claimed([*PROBES, (4.9, packet(REQUEST, 5, 9, 0, 9)), (6.9, packet(REQUEST, 5, 9, 0, 9))])
    assert (claim.outcome, claim.faults()) == ("announced", [])


def test_a_claim_in_a_hurry() -> None:
    frames = [(0, packet(REQUEST, 5, 0, 0, 9)), (0.2, packet(REQUEST, 5, 0, 0, 9)), (0.4, packet(REQUEST, 5, 9, 0, 9))]
    assert claimed(frames).faults() == [
        "probes in frames 1 and 2 0.2 s apart, not 1 to 2",
        "2 of 3 probes",
        "announced 0.2 s after the last probe instead of 2",
        "1 of 2 announcements",
    ]


def test_an_address_that_is_taken_is_given_up_or_not() -> None:
    taken = [PROBES[0], (0.5, packet(REPLY, 6, 9, 5, 0))]
    assert claimed(taken).outcome == "given up"
    assert claimed([*taken, (3, packet(REQUEST, 5, 9, 0, 9))]).outcome == "taken all the same"
    both = claimed([PROBES[0], (0.5, packet(REQUEST, 6, 0, 0, 9))])
    assert [(one.by, one.what) for one in both.conflicts] == [(mac(6), "probes for it as well")]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ([], ["ceased"]),
        ([(10.5, packet(REQUEST, 5, 9, 0, 9))], ["defended once"]),
        ([(10.5, packet(REQUEST, 5, 9, 0, 1))], ["kept it in silence"]),
        (
            [
                (10.5, packet(REQUEST, 5, 9, 0, 9)),
                (12, packet(REPLY, 6, 9, 1, 1)),
                (12.1, packet(REQUEST, 5, 9, 0, 9)),
            ],
            ["defended once", "defended again too early"],
        ),
        (
            [
                (10.5, packet(REQUEST, 5, 9, 0, 9)),
                (25, packet(REPLY, 6, 9, 1, 1)),
                (25.1, packet(REQUEST, 5, 9, 0, 9)),
            ],
            ["defended once", "defended"],
        ),
        ([(10.5, packet(REQUEST, 5, 9, 0, 9)), (12, packet(REPLY, 6, 9, 1, 1))], ["defended once", "ceased"]),
    ],
)
def test_what_the_defender_did(rest: list[tuple[float, bytes]], expected: list[str]) -> None:
    frames = [*PROBES, (4.9, packet(REQUEST, 5, 9, 0, 9)), (6.9, packet(REQUEST, 5, 9, 0, 9))]
    claim = claimed([*frames, (10, packet(REPLY, 6, 9, 1, 1)), *rest])
    assert [conflict.answer for conflict in claim.conflicts] == expected
    assert {conflict.by for conflict in claim.conflicts} == {mac(6)}


def test_tables_do_not_grow_without_end() -> None:
    found = ArpTable(limit=8)
    for number in range(1000):
        station = bytes([2, 0, 0, 0, number >> 8, number & 255])
        found.see(ArpEvent(number, number * SECOND, station, None, 1, 6, station, 1 + number, NOBODY, 1 << 20 | number))
        found.see(ArpEvent(number, number * SECOND, station, None, 1, 6, station, 0, NOBODY, 1 << 21 | number))
    assert len(found.entries()) <= 16
    assert len(found.claims.all()) <= 16
    assert found.dropped > 3000

"""The link layer and ARP, in every form there is: the compiled filter and the reference agree, and no frame waits."""

from functools import cache
from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query
from wireproof.grammar import compile_filter
from wireproof.packet import Packet

from ..oracle.lower import GROUPS, checks, write

FILTERS = [
    "arp and not atmarp",
    "atmarp",
    "rarp or inarp or unarp",
    'arp.kind == "probe"',
    'arp.kind == "DHCP announcement by reply" or arp.kind == "announcement"',
    'arp.kind contains "RARP"',
    'arp.kind in {"UnARP", "other"}',
    "count(arp.kind) > 2",
    'all arp.kind != "request"',
    'arp.kind[0:3] == "RAR"',
    "len(arp.kind) == 5",
    "arp.src.atm_afi == 0x47 or arp.src.atm_afi.unknown",
    'arp.src.atm_afi == "ICD ATM format"',
    "arp.src.atm_num_e164 or arp.dst.atm_num_e164",
    "arp.src.atm_high_order_dsp[0] == 80",
    "arp.src.atm_rest_of_address and arp.dst.stype",
    "count(arp.src.atm_afi) == 2",
    "@arp.src.atm_num_nsap[0] == 47",
    "arp.src.hlen > 3 and not arp.dst.atm_subaddr",
    "arp[0:2] == 00:13 and len(arp) > 40",
    "arp[20:3] and arp.src.proto_ipv4 == 192.0.2.1",
    "arp contains c0:00:02:02",
    "arp.src.hw_ax25[0] == ae",
    "arp.reserved_opcode or arp.hw.size.unusual or arp.proto.size.unusual",
    "arp.probe.target",
    "arp.src.hw_mac.group",
    'frame.protocols contains "atmarp"',
    "eth.padding_bad",
    "eth.src_not_group and eth.dst.lg",
    "eth.trailer or vlan.trailer or ieee8021ah.trailer",
    "eth.fcs.status == 2 and not eth.fcs_bad",
    'eth.dst.cast == "broadcast"',
    'eth.dst.cast != "multicast"',
    'eth.dst.cast contains "i"',
    'eth.addr_resolved == "02:00:00:00:00:01"',
    'eth.src_resolved in {"03:00:00:00:00:01", "x"}',
    "vlan.priority_tag or vlan.reserved_vid",
    "ieee8021ad.priority_tag or ieee8021ad.reserved_vid",
    "ieee8021ad.svid == 5 and ieee8021ad.cvid == 6",
    "count(ieee8021ad.priority) == 2",
    "vlan.too_many_tags",
    "vlan.len.past_end",
    "vlan.cfi or vlan.id_name",
    "llc.control.p or llc.control.f",
    "llc.control.n_r > 0 and llc.control.ftype == 1",
    "llc.cisco_pid == 0x2000 or llc.pid == 0x8100",
    "llc.type == 0x0806 and arp",
    "_ws.expert",
    "_ws.malformed or _ws.short",
    "_ws.expert#2",
    "count(_ws.expert) == 2",
    "_ws.expert.severity == Note",
    '_ws.expert.message contains "padding"',
]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    groups = (*GROUPS.values(), checks)
    return write(tmp_path_factory.mktemp("lower") / "frames.pcap", (each for group in groups for each in group()))


@cache
def packets(path: Path) -> list[Packet]:
    with wireproof.open_capture(path) as opened:
        return list(opened)


@pytest.mark.parametrize("text", FILTERS)
def test_both_engines_agree(capture: Path, text: str) -> None:
    chosen = compile_filter(text, catalogue())
    query = compile_query(chosen)
    want = [packet.number for packet in packets(capture) if chosen.matches(packet)]
    assert [record.number for record in query.match_records(capture)] == want
    assert want or "storm" in text or "cfi" in text
    assert query.is_exact


def test_a_number_of_letters_is_decided_by_the_reference(capture: Path) -> None:
    chosen = compile_filter('arp.src.atm_num_e164 == "15551234567"', catalogue())
    query = compile_query(chosen)
    assert len([record.number for record in query.match_records(capture)]) == 1
    assert query.leaves.asked
    assert not query.leaves.refused

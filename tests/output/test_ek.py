"""``-T ek``: two lines of JSON a packet."""

from __future__ import annotations

import json
from typing import Any

from wireproof.output import Chosen
from wireproof.output.ek import EkDocument
from wireproof.packet import Packet

from .frames import ARP_REQUEST, frame, ipv4, tcp, udp


def layers(packet: Packet, **style: Any) -> dict[str, Any]:
    index, found = map(json.loads, EkDocument(**style).packet(packet).splitlines())
    assert index["index"]["_index"].startswith("packets-2023-11-1")
    assert list(found) == ["timestamp", "layers"]
    return dict(found["layers"])


def test_the_stamp_is_in_milliseconds() -> None:
    assert '\n{"timestamp":"1700000000001","layers":{' in EkDocument().packet(frame(ARP_REQUEST))


def test_names_begin_with_the_protocol_and_values_have_types() -> None:
    found = layers(frame(ipv4(17, udp("6869"), fragment="4000")))
    assert found["frame"]["frame_frame_time"] == "2023-11-14T22:13:20.001000000Z"
    assert found["ip"]["ip_ip_src"] == "10.0.0.1"
    assert found["ip"]["ip_ip_flags"] == "0x02"
    assert found["ip"]["ip_ip_flags_df"] is True
    assert found["udp"]["text"] == "Timestamps"


def test_values_side_by_side_are_gathered_and_so_is_what_hangs_below_them() -> None:
    found = layers(frame(ipv4(6, tcp(2, options="01010101"))))
    assert found["ip"]["ip_ip_addr"] == ["10.0.0.1", "10.0.0.2"]
    assert found["tcp"]["tcp_options_nop"] == ["01"] * 4
    assert found["tcp"]["tcp_tcp_option_kind"] == ["1"] * 4


def test_octets() -> None:
    found = layers(frame(ipv4(17, udp("6869"), fragment="4000")), octets=True)
    assert found["ip"]["ip_ip_addr_raw"] == ["0a000001", "0a000002"]
    assert found["ip"]["ip_ip_flags_df_raw"] == "1"
    assert "ip_ip_checksum_status_raw" not in found["ip"]
    assert len(found["frame_raw"]) == 2 * 44


def test_what_is_not_chosen_is_named() -> None:
    packet = frame(ipv4(17, udp("")))
    whole = layers(packet, chosen=Chosen(frozenset({"udp"}), whole=True))
    assert whole["ip"] == {"filtered": "ip"}
    assert whole["udp"] == layers(packet)["udp"]
    flat = layers(packet, chosen=Chosen(frozenset({"ip", "ip.src"})))
    assert flat["ip"]["ip_ip_src"] == "10.0.0.1"
    assert flat["ip"]["ip_ip_addr"] == [{"filtered": "ip.addr"}] * 2


def test_chosen_fields() -> None:
    found = EkDocument().chosen(frame(ARP_REQUEST), {"arp.opcode": ["1"]}).splitlines()[1]
    assert json.loads(found)["layers"] == {"arp_opcode": ["1"]}

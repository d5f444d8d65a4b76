"""``-T json``: the shape that tshark gives it."""

from __future__ import annotations

import json
from typing import Any

from wireproof.dissectors.schema import FieldInfo, FieldType
from wireproof.output import Chosen, JsonDocument, JsonStyle
from wireproof.packet import Packet, Value

from .frames import ARP_REQUEST, ETHERNET, frame, icmp, ipv4, tcp, udp


def pairs(found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return found


def text(*packets: Packet, **style: Any) -> str:
    document = JsonDocument(JsonStyle(**style))
    return document.opening() + "".join(map(document.packet, packets)) + document.closing()


def layers(packet: Packet, **style: Any) -> dict[str, Any]:
    """The layers of a packet; a key that comes again wins."""
    [found] = json.loads(text(packet, **style))
    assert list(found) == ["_index", "_type", "_score", "_source"]
    assert (found["_type"], found["_score"]) == ("doc", None)
    assert found["_index"].startswith("packets-2023-11-1")
    return dict(found["_source"]["layers"])


def test_no_packet_is_an_empty_array() -> None:
    assert text() == "[]\n"


def test_packets_are_written_as_they_come() -> None:
    packet = frame(ARP_REQUEST)
    document = JsonDocument()
    assert document.packet(packet).startswith('[\n  {\n    "_index": "packets-')
    assert document.packet(packet).startswith(',\n  {\n    "_index": "packets-')
    assert document.closing() == "\n]\n"


def test_values_are_strings_as_fields_print_them_and_bytes_have_colons() -> None:
    found = layers(frame(ipv4(17, udp("6869"))))
    assert found["eth"]["eth.type"] == "0x0800"
    assert found["ip"]["ip.src"] == "10.0.0.1"
    assert found["ip"]["ip.flags"] == "0x00"
    assert found["ip"]["ip.flags_tree"] == {"ip.flags.rb": "0", "ip.flags.df": "0", "ip.flags.mf": "0"}
    assert found["data"] == {"data.data": "68:69", "data.len": "2"}


def test_a_key_comes_again_for_every_value_or_once_with_an_array() -> None:
    packet = frame(ipv4(17, udp("6869")))
    [found] = json.loads(text(packet), object_pairs_hook=pairs)
    ip = dict(dict(dict(found)["_source"])["layers"])["ip"]
    assert [value for key, value in ip if key == "ip.addr"] == ["10.0.0.1", "10.0.0.2"]
    merged = layers(packet, merge=True)
    assert merged["ip"]["ip.addr"] == ["10.0.0.1", "10.0.0.2"]
    assert merged["ip"]["ip.src"] == "10.0.0.1"


def test_a_layer_that_comes_again_is_merged_into_an_array() -> None:
    inner = ipv4(17, udp("")).split(" ", 3)[3]
    merged = layers(frame(ipv4(4, inner)), merge=True)
    assert [ip["ip.proto"] for ip in merged["ip"]] == ["4", "17"]


def test_options_hang_below_a_key_each() -> None:
    found = layers(frame(ipv4(6, tcp(0x002, options="020405b4"))))
    options = found["tcp"]["tcp.options_tree"]
    assert options["tcp.options.mss"] == "02:04:05:b4"
    assert options["tcp.options.mss_tree"] == {
        "tcp.option_kind": "2",
        "tcp.option_len": "4",
        "tcp.options.mss_val": "1460",
    }


def test_what_an_error_message_quotes_is_within_it() -> None:
    quoted = ipv4(17, udp("")).split(" ", 3)[3]
    found = layers(frame(ipv4(1, icmp(3, 3, "00000000" + quoted))))
    assert found["icmp"]["ip"]["ip.proto"] == "17"
    assert found["icmp"]["udp"]["udp.srcport"] == "4000"


def test_what_is_wrong_is_said() -> None:
    malformed = layers(frame(f"{ETHERNET} 08"))["_ws.malformed"]
    assert malformed == {
        "_ws.expert": {
            "_ws.malformed.expert": "",
            "_ws.expert.message": "Malformed Packet (Exception occurred)",
            "_ws.expert.severity": "8388608",
            "_ws.expert.group": "117440512",
        },
        "_ws.malformed": "Malformed Packet",
    }
    short = layers(frame(ARP_REQUEST[:-9], wire_length=42))["_ws.short"]
    assert short == "[Packet size limited during capture: ARP/RARP truncated]"


def test_text_survives_and_steers_no_terminal() -> None:
    packet = frame(ARP_REQUEST)
    hostile = 'a\tb\x1b[31m\x7f\x9b\u202e"\\é→'
    packet.layers[0].values = [Value(FieldInfo("frame.protocols", FieldType.STRING), hostile, 0, 0)]
    found = text(packet)
    assert all(character.isprintable() or character == "\n" for character in found)
    assert json.loads(found)[0]["_source"]["layers"]["frame"]["frame.protocols"] == hostile


def test_octets_come_with_place_mask_and_type() -> None:
    found = layers(frame(ipv4(17, udp("6869"))), octets=True)
    assert found["frame_raw"] == [found["frame_raw"][0], 0, 44, 0, 1]
    assert "frame.number_raw" not in found["frame"]
    assert found["eth"]["eth.dst_tree"]["eth.dst.lg_raw"] == ["1", 0, 3, 0x20000, 2]
    ip = found["ip"]
    assert ip["ip.src_raw"] == ["0a000001", 26, 4, 0, 32]
    assert ip["ip.version_raw"] == ["45", 14, 1, 0, 4]
    assert ip["ip.flags_tree"]["ip.flags.df_raw"] == ["0", 20, 1, 0x40, 2]
    assert ip["ip.frag_offset_raw"] == ["0", 20, 2, 0x1FFF, 5]
    assert "ip.checksum.status_raw" not in ip
    assert found["udp"]["udp.srcport"] == "4000"


def test_octets_alone() -> None:
    found = layers(frame(ARP_REQUEST), texts=False, octets=True)
    assert found["arp"]["arp.opcode_raw"] == ["0001", 20, 2, 0, 5]
    assert found["frame"]["frame.number_raw"] == ["", 0, 0, 0, 7]
    assert not any(name.startswith("arp.") and not name.endswith("_raw") for name in found["arp"])


def test_arrays_of_octets_are_gathered_too() -> None:
    ip = layers(frame(ipv4(17, udp(""))), merge=True, octets=True)["ip"]
    assert ip["ip.addr_raw"] == [["0a000001", 26, 4, 0, 32], ["0a000002", 30, 4, 0, 32]]


def test_what_is_not_chosen_is_named() -> None:
    packet = frame(ipv4(17, udp("6869")))
    flat = layers(packet, chosen=Chosen(frozenset({"ip", "ip.flags"})))
    assert flat["eth"] == {"filtered": "eth"}
    assert flat["ip"]["ip.src"] == "10.0.0.1"
    assert flat["ip"]["ip.dsfield_tree"] == {"filtered": "ip.dsfield"}
    assert flat["ip"]["ip.flags_tree"]["ip.flags.mf"] == "0"
    whole = layers(packet, chosen=Chosen(frozenset({"ip"}), whole=True))
    assert whole["udp"] == {"filtered": "udp"}
    assert whole["ip"] == layers(packet)["ip"]

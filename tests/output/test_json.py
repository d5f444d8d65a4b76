"""``-T json``: the shape that tshark gives it."""

from __future__ import annotations

import json
from typing import Any

from wireproof.dissectors.schema import FieldInfo, FieldType
from wireproof.output import json_chunks
from wireproof.packet import Packet, Value

from .frames import ARP_REQUEST, ETHERNET, frame, icmp, ipv4, tcp, udp


def pairs(found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return found


def layers(packet: Packet, *, merge: bool = False) -> dict[str, Any]:
    """The layers of a packet; a key that comes again wins."""
    [found] = json.loads("".join(json_chunks([packet], merge=merge)))
    assert list(found) == ["_index", "_type", "_score", "_source"]
    assert (found["_type"], found["_score"]) == ("doc", None)
    assert found["_index"].startswith("packets-2023-11-1")
    return dict(found["_source"]["layers"])


def test_no_packet_is_an_empty_array() -> None:
    assert "".join(json_chunks([])) == "[]\n"


def test_packets_are_written_as_they_come() -> None:
    packet = frame(ARP_REQUEST)
    chunks = json_chunks(iter([packet, packet]))
    assert next(chunks).startswith('[\n  {\n    "_index": "packets-')
    assert next(chunks).startswith(',\n  {\n    "_index": "packets-')
    assert next(chunks) == "\n]\n"


def test_values_are_strings_as_fields_print_them_and_bytes_have_colons() -> None:
    found = layers(frame(ipv4(17, udp("6869"))))
    assert found["eth"]["eth.type"] == "0x0800"
    assert found["ip"]["ip.src"] == "10.0.0.1"
    assert found["ip"]["ip.flags"] == "0x00"
    assert found["ip"]["ip.flags_tree"] == {"ip.flags.rb": "0", "ip.flags.df": "0", "ip.flags.mf": "0"}
    assert found["data"] == {"data.data": "68:69", "data.len": "2"}


def test_a_key_comes_again_for_every_value_or_once_with_an_array() -> None:
    packet = frame(ipv4(17, udp("6869")))
    [found] = json.loads("".join(json_chunks([packet])), object_pairs_hook=pairs)
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
    text = "".join(json_chunks([packet]))
    assert all(character.isprintable() or character == "\n" for character in text)
    assert json.loads(text)[0]["_source"]["layers"]["frame"]["frame.protocols"] == hostile

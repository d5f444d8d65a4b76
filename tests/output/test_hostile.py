"""Whatever the octets are, there is text, and it is harmless."""

from __future__ import annotations

import json
import unicodedata
import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from wireproof.dissectors.schema import FieldInfo, FieldType, catalogue
from wireproof.output import FieldWriter, JsonDocument, JsonStyle, text_lines
from wireproof.output.ek import EkDocument
from wireproof.output.pdml import PdmlDocument, PsmlDocument
from wireproof.packet import Packet, Value

from .frames import ARP_REQUEST, ETHERNET, frame, icmp, ipv4, tcp, udp

SEEDS = [
    ARP_REQUEST,
    ipv4(17, udp("6869")),
    ipv4(6, tcp(0x18, options="020405b4 0101080a0000000100000002", payload="6869")),
    ipv4(1, icmp(3, 3, "00000000" + ipv4(6, tcp(2)).split(" ", 3)[3])),
    f"{ETHERNET} 8100 b064 0008 aaaa03 000000 0800",
    f"{ETHERNET} 88a8 b064 88a8 0001 0806",
]
STEERING = ("Cc", "Cs", "Zl", "Zp")  # controls, surrogates, ends of lines and paragraphs
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # the direction of writing
EVERY_FIELD = FieldWriter(list(catalogue().fields))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good frame with some octets changed, cut or continued."""
    octets = bytearray(bytes.fromhex(draw(st.sampled_from(SEEDS))))
    for place, octet in draw(st.lists(st.tuples(st.integers(12, len(octets) - 1), st.integers(0, 255)), max_size=4)):
        octets[place] = octet
    end = draw(st.integers(0, len(octets)) | st.just(len(octets)))
    return (bytes(octets[:end]) + draw(st.binary(max_size=8))).hex()


@given(damaged(), st.integers(0, 40), st.sampled_from((1, 1, 1, 0, 101, 228)))
def test_every_packet_has_its_text(octets: str, missing: int, link_type: int) -> None:
    packet = frame(octets, wire_length=len(octets) // 2 + missing, link_type=link_type)
    lines = list(text_lines(packet, details=True, octets=True))
    lines.append(EVERY_FIELD.line(packet).replace("\t", " "))
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for line in lines for character in line)
    every_document_is_whole(packet)


@given(st.text(max_size=20))
def test_text_of_a_packet_breaks_no_document(text: str) -> None:
    packet = frame(ARP_REQUEST)
    packet.layers[0].values = [Value(FieldInfo("frame.protocols", FieldType.STRING), text, 0, 0)]
    every_document_is_whole(packet)


def every_document_is_whole(packet: Packet) -> None:
    """Parse each of the formats, which no character that could steer a terminal is in."""
    for document in (
        JsonDocument(),
        JsonDocument(JsonStyle(octets=True, merge=True)),
        JsonDocument(JsonStyle(texts=False, octets=True)),
        EkDocument(octets=True),
        PdmlDocument("a&b<c>"),
        PsmlDocument(),
    ):
        found = document.opening() + document.packet(packet) + document.packet(packet) + document.closing()
        steering = (character for character in found if character != "\n")
        assert not any(unicodedata.category(each) in STEERING or each in TURNING for each in steering)
        if isinstance(document, JsonDocument):
            assert len(json.loads(found)) == 2
        elif isinstance(document, EkDocument):
            assert ["index" in json.loads(line) for line in found.splitlines()] == [True, False] * 2
        else:
            assert len(ElementTree.fromstring(found).findall("packet")) == 2

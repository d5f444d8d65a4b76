"""The compiled filter on other link types: the same frames as the reference, mutated and cut as well."""

import random
from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query
from wireproof.grammar import compile_filter
from wireproof.packet import Packet

from .frames import mutated, write
from .links import FRAMES, OTHERS

LINKS = sorted({*FRAMES, *OTHERS})
FILTERS = [
    "frame.encap_type == 26 or frame.encap_type == 210 or frame.encap_type == 15",
    "frame.unknown_link_type",
    "_ws.expert.severity == 0x400000",
    "_ws.malformed or _ws.short",
    'frame.protocols contains "arp"',
    "null.family == 2 or null.type == 0x0806",
    "sll.pkttype > 0 or sll.halen == 4",
    "sll.etype == 0x0806 or sll.gretype or sll.ltype in {1, 4}",
    "sll.src.eth or sll.src.ipv4 == 10.0.0.1",
    "sll.src.other or len(sll.unused) == 4",
    "sll.ifindex == 3 and sll.hatype == 1",
    "sll.trailer or eth.padding",
    "len(sll) == 20",
    "fr.dlci == 100",
    "fr.dlci > 1000 or fr.dc == 0",
    "fr.ea == 0 and fr.cr == 0",
    "fr.control == 3 and fr.nlpid == 0xcc",
    "fr.snaptype == 0x0806 or fr.snap.pid == 7",
    "fr.chdlctype == 0x0800 or fr.chdlctype == 0x0806",
    "fr.bogus_address or fr.frame_relay.lapf or fr.frame_relay.xid",
    "arp.src.dlci == 100 and arp.dst.dlci != 100",
    "arp.src.hw == 18:41 and arp.opcode in {8, 9}",
    "fpp.preamble.smd == 0xd5",
    "fpp.preamble.frag_count or fpp.mcrc32",
    "fpp.crc32 > 0x10000000 and fpp.mdata contains 02:00",
    "eth.padding or eth.fcs or eth.trailer",
    "len(fpp) == 8 and eth",
    "fpp.checksum.status == 0 or fpp.preamble.pad",
    "fpp.checksum.status == 1 and fpp.mcrc32",
    "fpp.crc32_bad or fpp.mcrc32_bad",
    "ip.src == 10.0.0.1 and udp.dstport == 9",
    "data.len > 3",
]


def frames(link: int) -> list[bytes]:
    """The frames of a link type, and some like them."""
    dice = random.Random(link)
    given = FRAMES.get(link, []) + OTHERS.get(link, [])
    return given + [mutated(dice, dice.choice(given)) for _ in range(300)]


@pytest.fixture(scope="module", params=LINKS)
def capture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Packet]]:
    """A capture of one link type, and what the reference reads of it."""
    link = request.param
    path = write(tmp_path_factory.mktemp("links") / f"{link}.pcap", frames(link), link=link)
    with wireproof.open_capture(path) as opened:
        return path, list(opened)


@pytest.mark.parametrize("text", FILTERS)
def test_frames_of_a_link_type(capture: tuple[Path, list[Packet]], text: str) -> None:
    path, packets = capture
    chosen = compile_filter(text, catalogue())
    query = compile_query(chosen)
    want = [packet.number for packet in packets if chosen.matches(packet)]
    assert [record.number for record in query.match_records(path)] == want
    assert not query.refused


def test_every_filter_lets_some_frame_through() -> None:
    packets = [wireproof.dissect(frame, link=link) for link in LINKS for frame in frames(link)]
    idle = [text for text in FILTERS if not any(map(compile_filter(text, catalogue()).matches, packets))]
    assert not idle

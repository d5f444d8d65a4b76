"""Frames of every link type cut at every place, on the wire and by the capture, with the local tshark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wireproof.dissectors.schema import Kind, catalogue

from ..engine.links import FRAMES
from . import crafted, ours
from .answers import Answers
from .local import Tshark
from .test_crafted import ELSEWHERE, IDLE, ODD, write

ETHERNET = 1
LINKS = (0, 101, 113, 276)
MORE = 9  # octets that a frame has lost at its end beside those that are cut
# Data that come again, in a prefix of the frame before, are data here and nothing there (deviations.json).
AGAIN = re.compile(r"data(\..*)?|frame\.(protocols|encap_type)")
OF_LINKS = ("null.family", "null.type", "sll.hatype", "sll.halen", "sll.etype", "sll.ltype", "sll.src.eth")


def messages() -> list[bytes]:
    """Messages of ICMP with all that stands in front of a quote, segments with options, and tags."""
    heads = ("0300", "0304", "0400", "0501", "0900", "0b00", "0c00", "0d00", "1100", "2a00", "2b00")
    found = [crafted.icmp(head, bytes.fromhex(rest) + b"E") for head in heads for rest in ("00000578", "05200000")]
    found += [crafted.icmp("0301", bytes(4) + crafted.tcp(b"x", "020405b4")), crafted.udp(b"abc")]
    found += [
        crafted.tcp(b"abc", each) for each in ("020405b40402080a000000010000000201030307", "050a0000000a0000001401")
    ]
    found += [crafted.ip(b"xyz", 17, each) for each in ("830b0801020304aabbccdd00", "94040000", "44080500000000010a")]
    packets = [b"\x08\0" + packet for packet in found]
    packets += [b"\x81\0\0\5" + packets[-1], b"\x88\xa8\0\5\x81\0\0\6" + packets[-1]]
    packets += [b"\0\x30\xaa\xaa\3\0\0\0" + packets[-3], b"\0\x30\x42\x42\1\0" + bytes(40)]
    packets += [bytes.fromhex("0806 0013 0800 14 00 0001 04 00 00 04") + bytes(range(28))]
    return [bytes.fromhex("020000000002020000000001") + packet for packet in packets]


def prefixes(frames: list[bytes]) -> list[tuple[bytes, int]]:
    """Every beginning of each frame, as long as that on the wire; of every third one longer as well."""
    return [
        (frame[:size], length)
        for frame in frames
        for size in range(len(frame) + 1)
        for length in (size, len(frame) + MORE)[: 1 + (size % 3 == 0)]
    ]


@pytest.mark.parametrize("link", [ETHERNET, *LINKS])
def test_fields_agree(local: Tshark, tmp_path: Path, answers: Answers, link: int) -> None:
    frames = prefixes(messages() if link == ETHERNET else FRAMES[link])
    known = catalogue().fields
    names = [
        name
        for name in (*sorted(answers.names & known.keys() - ELSEWHERE - IDLE), *OF_LINKS)
        if known[name].type.kind is not Kind.PROTOCOL
        and not any(pattern.fullmatch(name) for pattern in (answers.stateful, ODD, AGAIN))
    ]
    names += ["_ws.malformed", "_ws.short"]
    path = write(tmp_path / "prefixes.pcap", frames, link)
    theirs, mine = local.fields(path, names), [ours.texts(packet) for packet in ours.packets(path)]
    assert len(theirs) == len(mine) == len(frames)
    wrong = [
        f"frame {number}, {data.hex()} of {length}: {name}: tshark {want.get(name)}, ours {got.get(name)}"
        for number, ((data, length), want, got) in enumerate(zip(frames, theirs, mine, strict=True), 1)
        for name in names
        if want.get(name) != got.get(name) and want.get(name) != ["<MISSING>"]  # no octets are no value
    ]
    assert not wrong, "\n".join(wrong)

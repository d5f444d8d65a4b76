"""Every field that Wireshark has: recorded, or built and compared with the local tshark, or out of reach."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from wireproof.dissectors.numbers.llc import ORGANIZATIONS
from wireproof.packet import Packet, Preferences
from wireproof.packet.preferences import OUI_NAMES

from ..analysis.conversations import conversations
from ..capture.craft import enhanced, interface, option, section
from ..packet import fragments
from ..packet.test_told import FRAME, TOLD
from . import crafted, ours
from .answers import Answers
from .local import Tshark
from .test_conversations import written as timed
from .test_crafted import FRAMES, write
from .test_crafted import written as without_link
from .test_two_passes import echoes, second_pass

MAC = bytes.fromhex("020000000002020000000001")
OUT_OF_REACH = {
    r"frame\.(bblog.*|cb_.*|pcaplog\..*|verdict\.unknown)": "Of records and options that no capture of packets has.",
    r"frame\.(coloring_rule\..*|ref_time|link_nr|file_off|md5_hash|incomplete)": "Of windows, and of preferences.",
    r"frame\.time_invalid": "What reading a capture puts right: dissectors/frame.py.",
    r"frame\.verdict": "A line of the tree, whose value is an empty text.",
    r"_ws\.malformed\.(dissector_bug|reassembly)": "Faults of the program that reads.",
    r"arp\.packet-storm-detected": "By a preference that is off: compared in tests/analysis.",
    r"data\.(md5_hash|text|uncompressed\..*)": "By preferences that are off.",
    r"ip\.(evil_packet|flags\.sf|tos.*|geoip\..*)": "By preferences that are off, and from tables of places.",
    r"vlan\.(cfi|id_name)": "By preferences that are off.",
    r"(tcp|udp)\.proc\..*": "IPFIX tells them, no packet.",
    r"(tcp|udp)\.pdu\..*|tcp\.(continuation_to|reassembled.*|segment(\..*)?|segments)": "Of protocols above.",
    r"tcp\.(fin_retransmission|(options\.timestamp\.tsval\.)?syncookie\..*)": "By preferences that are off.",
    r"tcp\.options\.(scps\.binding\..+|rvbd\.trpy\.client\.port)": "No length of the option leads there.",
    r"tcp\.options\.snack\..*": "tshark fails on every SNACK.",
    r"mptcp\.(connection\.echoed_key_mismatch|dss\.missing_mapping)": "What takes subflows together.",
    r"udp(lite)?\.(checksum_coverage\.bad|checksum\.zero|length\.bad_zero)": "Of IPv6, and of UDP-Lite.",
    r"icmp\.(int_info\.ipunknown|mip\.content)": "tshark reads less there than RFC 5837 and RFC 5944 have.",
}
"""What no frame can show, by the names of the fields, and why."""


def of_ethernet(path: Path, *packets: bytes) -> Path:
    """Write a capture of Ethernet frames, given from their EtherType or length on."""
    return write(path, [(MAC + packet, len(MAC + packet)) for packet in packets])


def organizations(path: Path) -> Path:
    """SNAP headers of organisations whose numbers are of tables of their own, and of another one."""
    heads = (b"\0\x0c\xaa\xaa\3" + each.to_bytes(3, "big") for each in (*ORGANIZATIONS, 0x123456))
    return of_ethernet(path, *(head + b"\xab\xcdabcd" for head in heads))


def supervisory(path: Path) -> Path:
    """LLC frames that carry nothing but an acknowledgment."""
    return of_ethernet(path, b"\0\4\x42\x42\1\0", b"\0\4\x42\x43\5\1")


def tagged(path: Path) -> Path:
    """A frame with more tags than are read, and one with a length that is too long."""
    return of_ethernet(path, b"\x81\0\0\5" * 25 + b"\x88\xb5abcd", b"\x81\0\0\5\0\x40\x42\x42\3abcd")


def over_atm(path: Path) -> Path:
    """ATM ARP with subaddresses, and with addresses of every form and of none."""
    found = []
    for size, sub in ((20, 20), (20, 4), (0x54, 20), (7, 0)):
        for first in (0x39, 0x45, 0x47, 0xBD, 0xC3, 0xC5, 0x32):
            body = bytes([first, 0x41, *range(32, 50)])[: size & 63] + bytes(range(sub)) + bytes(4)
            found.append(b"\x08\x06" + struct.pack(">HHBBHBBBB", 19, 0x0800, size, sub, 1, 4, size, sub, 4) + body * 2)
    return of_ethernet(path, *found)


def over_radio(path: Path) -> Path:
    """ARP between stations of AX.25, whose addresses are call signs."""
    call = bytes(ord(letter) << 1 for letter in "DB0ABC") + b"\x66"
    return of_ethernet(path, b"\x08\x06" + struct.pack(">HHBBH", 3, 0xCC, 7, 4, 1) + (call + bytes(4)) * 2)


def told(path: Path) -> Path:
    """What a capture tells beside the packets."""
    path.write_bytes(TOLD)
    return path


def judged(path: Path) -> Path:
    """What hardware says of a packet."""
    path.write_bytes(section() + interface() + enhanced(FRAME, options=option(7, b"\0" + b"asked")))
    return path


def cut(path: Path) -> Path:
    """Fragments, and pings with and without an answer."""
    return fragments.write(path, [*fragments.frames(), *echoes()])


def talks(path: Path) -> Path:
    """Conversations in which everything goes wrong."""
    return timed(path, conversations(2, 60))


def of_fast_open(path: Path) -> Path:
    """Handshakes whose first segment has data already, which the second one takes or leaves."""
    cookie = "220aaabbccddeeff00110000"
    found = []
    for number, ack in ((1, 1004), (2, 1001)):
        port = 3000 + number
        first = crafted.tcp(b"abc", cookie, flags=2, port=port)
        second = crafted.tcp(options="020405b4", flags=0x12, ack=ack, port=port)
        found += [first, _returned(second)]
    return without_link(path, found, cut=False)


def _returned(packet: bytes) -> bytes:
    """A segment that goes the other way; sums stay right."""
    return packet[:12] + packet[16:20] + packet[12:16] + packet[22:24] + packet[20:22] + packet[24:]


def checked(path: Path) -> Path:
    """A frame with a check sequence that is wrong."""
    return of_ethernet(path, b"\x08\0" + crafted.udp(b"x" * 60) + b"abcd")


def owned(path: Path) -> Path:
    """A station of a vendor that is known."""
    frame = bytes.fromhex("001122000002001122000001") + b"\x88\xb5abcd"
    return write(path, [(frame, len(frame))])


def first_fragment(path: Path) -> Path:
    """The first fragment of a segment, with less than its header and than its own length: it waits for no others."""
    return without_link(path, [crafted.ip(crafted.tcp()[20:36], 6, fragment=0x2000, length=60)], cut=False)


def less_than_captured(path: Path) -> Path:
    """Frames that were shorter than what was captured of them, by the capture: all that was captured is read."""
    frame = MAC + b"\x08\0" + crafted.udp(b"x" * 60)
    pieces = [MAC + b"\x08\0" + piece for piece in fragments.cut(fragments.DATA, 32)]
    return write(path, [(each, size) for each in (frame, *pieces) for size in (len(each) - 20, len(each))])


class Built(NamedTuple):
    """A capture that is built, how we read it, and what tshark is told besides."""

    make: Callable[[Path], Path]
    read: Callable[[Path], list[Packet]] = ours.packets
    words: tuple[str, ...] = ()


def under(*switched_on: str) -> Callable[[Path], list[Packet]]:
    """Return what reads a capture with further preferences on."""
    wanted = Preferences(ours.CHECKSUMS.switched_on.union(switched_on))
    return lambda path: ours.packets(path, wanted)


BUILT = {
    **{what: Built(lambda path, make=make: without_link(path, make(), cut=False)) for what, make in FRAMES.items()},
    "link layers": Built(lambda path: of_ethernet(path, *(frame[12:] for frame in crafted.link_layers()))),
    "check sequences": Built(checked, under("eth.check_fcs"), ("-o", "eth.check_fcs:TRUE")),
    "vendors": Built(owned, under(OUI_NAMES)),
    "two passes": Built(cut, second_pass, ("-2", *(f"-o{name}.check_checksum:FALSE" for name in ("ip", "tcp", "udp")))),
    **{
        make.__name__: Built(make)
        for make in (
            organizations,
            supervisory,
            tagged,
            over_atm,
            over_radio,
            told,
            judged,
            cut,
            talks,
            of_fast_open,
            first_fragment,
            less_than_captured,
        )
    },
}


def test_every_field_is_compared_or_out_of_reach(tshark: str, tmp_path: Path, answers: Answers) -> None:
    local = Tshark(tshark, tmp_path, "mptcp")
    recorded = {name for rows in answers.fields("fields").values() for fields in rows.values() for name in fields}
    apart = {name for name in answers.names if any(re.fullmatch(pattern, name) for pattern in OUT_OF_REACH)}
    asked = sorted(answers.names - recorded - apart)
    seen: set[str] = set()
    wrong = []
    for what, built in BUILT.items():
        path = built.make(tmp_path / "built")
        theirs, mine = local.fields(path, asked, *built.words), [ours.texts(each) for each in built.read(path)]
        assert len(theirs) == len(mine), what
        for number, (want, got) in enumerate(zip(theirs, mine, strict=True), 1):
            seen |= want.keys()
            wrong += [
                f"{what}, frame {number}: {name}: tshark {want.get(name)}, ours {got.get(name)}"
                for name in asked
                if want.get(name) != got.get(name) and want.get(name) != ["<MISSING>"]  # no octets are no value
            ]
    assert not wrong, "\n".join(wrong)
    assert not set(asked) - seen, "no frame has them: " + ", ".join(sorted(set(asked) - seen))
    assert not apart & recorded, "recorded all the same: " + ", ".join(sorted(apart & recorded))
    stale = [pattern for pattern in OUT_OF_REACH if not any(re.fullmatch(pattern, name) for name in answers.names)]
    assert not stale, stale

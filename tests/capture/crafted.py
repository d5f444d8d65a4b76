"""Capture files written byte by byte, one for each corner of the formats and each kind of damage.

`crafted.json` has what tshark makes of them, and `DEVIATIONS` what is made of some of them here instead, and why.
"""

import gzip
import struct
import zlib

from .craft import (
    MODIFIED,
    NANOSECONDS,
    block,
    enhanced,
    interface,
    obsolete,
    option,
    pcap_header,
    pcap_record,
    section,
    simple,
)

DATA = bytes(60)
HEAD = section() + interface()
NAMES = block(4, struct.pack("<HH4s4xHH", 1, 8, b"\1\2\3\4", 0, 0))


def clock(exponent: int, ticks: int) -> bytes:
    """A packet of an interface with a resolution."""
    return section() + interface(options=option(9, bytes([exponent]))) + enhanced(DATA, ticks=ticks)


def begun(seconds: int, ticks: int) -> bytes:
    """A packet of an interface whose clock began some seconds behind 1970."""
    return section() + interface(options=option(14, struct.pack("<q", seconds))) + enhanced(DATA, ticks=ticks)


PCAP = {
    "big-endian": pcap_header(">") + pcap_record(DATA, ">", seconds=5, fraction=6),
    "cut in the file's header": pcap_header()[:10],
    "cut in the magic": pcap_header()[:3],
    "cut in a record's header": pcap_header() + pcap_record(DATA) + pcap_record(DATA)[:9],
    "cut in a packet": pcap_header() + pcap_record(DATA) + pcap_record(DATA)[:40],
    "cut behind a record's header": pcap_header() + pcap_record(DATA) + pcap_record(DATA)[:16],
    "FCS bits": pcap_header(link_type=0x1400_0001) + pcap_record(DATA),
    "FCS bits, big-endian": pcap_header(">", link_type=0x2400_0001) + pcap_record(DATA, ">"),
    "no FCS": pcap_header(link_type=0x0400_0001) + pcap_record(DATA),
    "class bits": pcap_header(link_type=0x0224_0001) + pcap_record(DATA),
    "snap length of less than a packet": pcap_header(snap_length=10) + pcap_record(DATA),
    "no snap length": pcap_header(snap_length=0) + pcap_record(DATA),
    "absurd snap length": pcap_header(snap_length=2**32 - 1) + pcap_record(DATA),
    "snapped": pcap_header(snap_length=20) + pcap_record(DATA[:20], wire=1500) + pcap_record(DATA[:20], wire=20),
    "time zone": pcap_header()[:8] + struct.pack("<iI", -3600, 7) + pcap_header()[16:] + pcap_record(DATA),
    "modified": pcap_header(magic=MODIFIED) + b"".join(pcap_record(DATA, seconds=n, modified=True) for n in range(3)),
    "modified, big-endian": pcap_header(">", MODIFIED)
    + b"".join(pcap_record(DATA, ">", seconds=n, modified=True) for n in range(3)),
    "nanoseconds": pcap_header(magic=NANOSECONDS) + pcap_record(DATA, seconds=2**32 - 1, fraction=999_999_999),
    "nanoseconds, big-endian": pcap_header(">", NANOSECONDS) + pcap_record(DATA, ">", seconds=1, fraction=1),
    "version 2.3": pcap_header(version=(2, 3)) + pcap_record(DATA),
    "version 2.2": pcap_header(version=(2, 2)) + pcap_record(DATA),
    "version 3.0": pcap_header(version=(3, 0)) + pcap_record(DATA),
    "version 543.0": pcap_header(version=(543, 0)) + pcap_record(DATA),
    "wire length less than captured": pcap_header() + pcap_record(DATA, wire=30),
    "wire length 0": pcap_header() + pcap_record(DATA, wire=0),
    "largest wire length": pcap_header() + pcap_record(DATA, wire=2**32 - 1),
    "no records": pcap_header(),
    "a record of nothing": pcap_header() + pcap_record() + pcap_record(DATA),
    "the largest record": pcap_header() + pcap_record(bytes(262_144)) + pcap_record(DATA),
    "a record that is too large": pcap_header() + pcap_record(DATA) + pcap_record(DATA, captured=262_145),
    "a record of 4 GiB": pcap_header() + pcap_record(DATA) + pcap_record(DATA, captured=2**32 - 1),
    "fraction of more than a second": pcap_header() + pcap_record(DATA, fraction=2_500_000),
    "zeros at the end": pcap_header() + pcap_record(DATA, seconds=9) + bytes(64),
    "raw IP": pcap_header(link_type=101) + pcap_record(b"\x45" + bytes(39)),
    "raw IP, 12": pcap_header(link_type=12) + pcap_record(b"\x45" + bytes(39)),
    "raw IP, 14": pcap_header(link_type=14) + pcap_record(b"\x45" + bytes(39)),
    "IPv4": pcap_header(link_type=228) + pcap_record(b"\x45" + bytes(39)),
    "NULL": pcap_header(link_type=0) + pcap_record(b"\2\0\0\0\x45" + bytes(39)),
    "LOOP": pcap_header(link_type=108) + pcap_record(b"\0\0\0\2\x45" + bytes(39)),
    "Linux cooked": pcap_header(link_type=113) + pcap_record(bytes(36)),
    "Linux cooked, version 2": pcap_header(link_type=276) + pcap_record(bytes(40)),
    "Frame Relay": pcap_header(link_type=107) + pcap_record(b"\x18\x41\x03\xcc\x45" + bytes(39)),
    "mPackets": pcap_header(link_type=274) + pcap_record(b"\x55" * 7 + b"\xd5" + bytes(64)),
    "an unknown link type": pcap_header(link_type=9999) + pcap_record(DATA),
}

PCAPNG = {
    "two sections": section()
    + interface()
    + interface(113)
    + enhanced(DATA, index=1)
    + section(">")
    + interface(order=">")
    + enhanced(DATA, ">", ticks=5)
    + simple(DATA, ">"),
    "three sections, the second without packets": HEAD
    + enhanced(DATA, ticks=1)
    + section(">")
    + interface(101, order=">")
    + section("<")
    + interface(276)
    + enhanced(bytes(40), ticks=2),
    "a section after the other": section() + section() + section(">") + interface(order=">") + enhanced(DATA, ">"),
    "comments": HEAD + enhanced(DATA, options=option(1, b"one\0two") + option(1, b"three") + option(0)),
    "obsolete block": HEAD + obsolete(DATA, ticks=1_000_000, options=option(1, b"hi")),
    "obsolete block, big-endian": section(">")
    + interface(order=">")
    + interface(113, order=">")
    + obsolete(DATA[:41], ">", index=1, drops=7, ticks=1 << 33, wire=99, options=option(1, b"hi", ">")),
    "obsolete block, no such interface": HEAD + obsolete(DATA) + obsolete(DATA, index=1),
    "seconds": clock(0, 7),
    "milliseconds": clock(3, 7001),
    "100 nanoseconds": clock(7, 12_345_678),
    "nanoseconds": clock(9, 1_600_000_000_123_456_789),
    "picoseconds": clock(12, 123_456),
    "10^-18 s": clock(18, 3_000_000_001 * 10**9),
    "10^-19 s": clock(0x13, 7 * 10**16),
    "10^-127 s": clock(0x7F, 2**64 - 1),
    "2^0 s": clock(0x80, 7),
    "2^-1 s": clock(0x81, 7),
    "2^-20 s": clock(0x94, 3 << 18 | 1),
    "2^-30 s": clock(0x9E, 5 << 29),
    "2^-32 s": clock(0xA0, 3 << 31),
    "2^-63 s": clock(0xBF, 3 << 62),
    "2^-64 s": clock(0xC0, 1 << 62),
    "2^-127 s": clock(0xFF, 2**64 - 1),
    "time offset": begun(1_600_000_000, 5),
    "time offset, negative": begun(-100, 200_000_000),
    "before 1970": begun(-100, 5),
    "time offset, far": begun(2**33, 5),
    "the last moment": HEAD + enhanced(DATA, ticks=2**63 - 1),
    "option lengths": section()
    + interface(options=option(9, b"\x09\x09") + option(14, b"1234"))
    + enhanced(DATA, ticks=5_000_001),
    "simple": HEAD + simple(DATA) + simple(DATA[:3]) + simple(b""),
    "simple, snapped": section() + interface(snap_length=20) + simple(DATA[:20], wire=60) + simple(DATA[:7]),
    "simple, without an interface": section() + simple(DATA),
    "simple, of more than its block": section() + interface(snap_length=200) + simple(DATA, wire=100),
    "simple, of the first interface": section() + interface(101) + interface(1) + simple(b"\x45" + bytes(39)),
    "section length": section(length=5) + interface() + enhanced(DATA),
    "large unknown block": HEAD + enhanced(DATA) + block(99, bytes(2_000_000)) + enhanced(DATA),
    "unknown block of local use": HEAD + block(0x8000_1234, bytes(40)) + enhanced(DATA),
    "custom block": HEAD + block(0xBAD, struct.pack("<I4s", 99, b"abcd")) + enhanced(DATA),
    "journal": HEAD + block(9, b"__REALTIME_TIMESTAMP=1\n\0") + enhanced(DATA),
    "wire length less than captured": HEAD + enhanced(DATA, wire=20),
    "wire length 0": HEAD + enhanced(DATA, wire=0),
    "a packet of nothing": HEAD + enhanced() + enhanced(DATA),
    "the largest packet": HEAD + enhanced(bytes(262_144)) + enhanced(DATA),
    "an interface behind packets": HEAD + enhanced(DATA) + interface(113) + enhanced(DATA, index=1) + enhanced(DATA),
    "no packets": HEAD,
    "a section alone": section(),
    "name resolution": HEAD + NAMES + enhanced(DATA),
    "interface statistics": HEAD + enhanced(DATA) + block(5, bytes(12)) + enhanced(DATA, ticks=9),
    "decryption secrets": HEAD + block(10, struct.pack("<II4s", 0x544C534B, 4, b"abcd")) + enhanced(DATA),
    "what an interface tells": section()
    + interface(options=option(2, b"eth0") + option(3, b"first") + option(8, bytes(8)) + option(13, b"\4") + option(0))
    + enhanced(DATA),
    "FCS length": section() + interface(options=option(13, b"\2") + option(0)) + enhanced(DATA),
    "FCS length of the flags": HEAD + enhanced(DATA, options=option(2, struct.pack("<I", 4 << 5)) + option(0)),
    "interface options of other lengths": section()
    + interface(options=option(13, b"ab") + option(8, b"abcd"))
    + enhanced(DATA),
    "packet options": HEAD
    + enhanced(
        DATA,
        options=option(2, bytes(4)) + option(4, bytes(8)) + option(5, bytes(8)) + option(6, bytes(4)) + option(3, b""),
    ),
    "packet option of another length": HEAD
    + enhanced(DATA, options=option(2, b"\0") + option(4, bytes(4)) + option(7)),
    "custom options": HEAD
    + enhanced(DATA, options=option(2988, b"\x09\0\0\0text") + option(19372, b"\x09\0\0\0\xff") + option(99, b"abc")),
    "an empty comment": HEAD + enhanced(DATA, options=option(1)),
    "options behind their end": HEAD + enhanced(DATA, options=option(0) + option(1, b"never")),
    "an end of options with a length": HEAD + enhanced(DATA, options=option(0, b"", length=9)) + enhanced(DATA),
    "options without an end": HEAD + enhanced(DATA, options=option(1, b"four")) + enhanced(DATA),
    "an unknown link type": section() + interface(9999) + enhanced(DATA),
    "more than the snap length": section() + interface(snap_length=20) + enhanced(DATA),
    "length without padding": HEAD + enhanced(DATA) + block(99, b"abc") + b"\0" + enhanced(DATA),
}

DAMAGED = {
    "being written, in the section's header": section()[:20],
    "being written, in the magic": section()[:3],
    "being written, in an interface": section() + interface()[:11],
    "being written, in a block's type": HEAD + enhanced(DATA) + enhanced(DATA)[:3],
    "being written, in a block's head": HEAD + enhanced(DATA) + enhanced(DATA)[:20],
    "being written, in a packet": HEAD + enhanced(DATA) + enhanced(DATA)[:-50],
    "being written, in a block's second length": HEAD + enhanced(DATA) + enhanced(DATA)[:-4],
    "being written, in names": HEAD + enhanced(DATA) + NAMES[:-9],
    "trailing bytes": HEAD + enhanced(DATA) + bytes(4),
    "zeros at the end": HEAD + enhanced(DATA) + bytes(32),
    "zero length": HEAD + enhanced(DATA) + struct.pack("<II", 6, 0) + enhanced(DATA),
    "zero length of an interface": HEAD + enhanced(DATA) + struct.pack("<II", 1, 0) + enhanced(DATA),
    "zero length of a section": HEAD + enhanced(DATA) + block(0x0A0D0D0A, section()[8:-4], first=0),
    "zero length of an unknown block": HEAD + enhanced(DATA) + struct.pack("<II", 99, 0) + enhanced(DATA),
    "short length": HEAD + enhanced(DATA) + struct.pack("<II", 99, 8) + enhanced(DATA),
    "short length of a packet": HEAD + enhanced(DATA) + block(6, bytes(12)) + enhanced(DATA),
    "length past the end": HEAD + enhanced(DATA) + block(99, bytes(8), first=4000, last=4000),
    "length of 4 GiB": HEAD + enhanced(DATA) + block(6, enhanced(DATA)[8:-4], first=2**32 - 4) + enhanced(DATA),
    "lengths differ": HEAD + enhanced(DATA) + block(99, bytes(8), last=96) + enhanced(DATA),
    "lengths of a packet differ": HEAD + enhanced(DATA) + block(6, enhanced(DATA)[8:-4], last=9) + enhanced(DATA),
    "lengths of an interface differ": section() + block(1, interface()[8:-4], last=9) + enhanced(DATA),
    "lengths of a section differ": HEAD + enhanced(DATA) + block(0x0A0D0D0A, section()[8:-4], last=0) + HEAD,
    "option past the end": HEAD + enhanced(DATA) + enhanced(DATA, options=option(1, b"a", length=99)),
    "interface options past the end": section() + interface(options=option(2, b"a", length=99)) + enhanced(DATA),
    "section options past the end": section(options=option(1, b"a", length=99)) + interface() + enhanced(DATA),
    "name resolution past the end": HEAD + block(4, struct.pack("<HH", 1, 999)) + enhanced(DATA),
    "interface statistics cut short": HEAD + block(5) + enhanced(DATA),
    "no interface": section() + enhanced(DATA),
    "no such interface": HEAD + enhanced(DATA) + enhanced(DATA, index=1),
    "captured beyond block": HEAD + enhanced(DATA) + enhanced(DATA, captured=100),
    "too large": HEAD + enhanced(DATA) + enhanced(bytes(262_145)),
    "section version": HEAD + enhanced(DATA) + section(version=(1, 1)) + interface() + enhanced(DATA),
    "section version 1.2": section(version=(1, 2)) + interface() + enhanced(DATA),
    "section version 2.0": section(version=(2, 0)) + interface() + enhanced(DATA),
    "byte order": HEAD + enhanced(DATA) + block(0x0A0D0D0A, bytes(16)) + enhanced(DATA),
    "byte order of the first section": block(0x0A0D0D0A, bytes(16)) + interface() + enhanced(DATA),
    "nothing at all": b"",
    "no capture": b"no capture at all, but a text\n",
}

_PLAIN = pcap_header() + b"".join(pcap_record(DATA, seconds=n) for n in range(3))
COMPRESSED = {
    "gzip": gzip.compress(_PLAIN, mtime=0),
    "gzip, in two": gzip.compress(_PLAIN[:99], mtime=0) + gzip.compress(_PLAIN[99:], mtime=0),
    "gzip of pcapng": gzip.compress(HEAD + enhanced(DATA) + enhanced(DATA), mtime=0),
    "gzip, without its checksum": gzip.compress(_PLAIN, mtime=0)[:-8],
    "gzip of a cut capture": gzip.compress(_PLAIN[:-7], mtime=0),
    "gzip of a text": gzip.compress(b"no capture at all, but a text\n", mtime=0),
    "zlib": zlib.compress(_PLAIN),
}

CRAFTED = {
    f"{form}, {name}": file
    for form, files in {"pcap": PCAP, "pcapng": PCAPNG, "damaged": DAMAGED, "compressed": COMPRESSED}.items()
    for name, file in files.items()
}

"""Files of libpcap: one header, then records (draft-ietf-opsawg-pcap).

File header, 24 octets: magic, major and minor version, two reserved words that once were a time
zone and its accuracy, snap length, and a word whose lower 16 bits are the link type. Of the upper
ones, bit 26 says that the highest four are the length of the frame check sequence, in words of 16
bits; the ten between (the class bits of NetBSD, and reserved ones) change nothing.
Record header, 16 octets: seconds, fraction, captured length, wire length. The files of an old
patch ("modified" magic) have 8 octets more: interface index, protocol, packet type, padding.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from wireproof._frozen import frozen

from .record import MAX_RECORD_BYTES, CaptureError, Record, record_limit
from .source import Source

MICROSECOND_MAGIC = 0xA1B2C3D4
NANOSECOND_MAGIC = 0xA1B23C4D
MODIFIED_MAGIC = 0xA1B2CD34

_VARIANTS = {
    struct.pack(order + "I", magic): (order, magic)
    for order in "<>"
    for magic in (MICROSECOND_MAGIC, NANOSECOND_MAGIC, MODIFIED_MAGIC)
}
MAGICS = frozenset(_VARIANTS)
"""The first four bytes of a pcap file."""

_HEADER_BYTES = 24
_FCS_PRESENT = 1 << 26
_WRITTEN_HEADER = struct.Struct("<IHHiIII")
_WRITTEN_RECORD = struct.Struct("<IIII")


@frozen
class PcapHeader:
    """The file header; ``order`` is the byte order in struct's notation, lengths are in bytes."""

    order: str
    nanoseconds: bool
    modified: bool
    snap_length: int
    link_type: int
    fcs_length: int | None = None

    @property
    def entry(self) -> struct.Struct:
        """What stands in front of each packet: seconds, fraction, captured and wire length."""
        return struct.Struct(self.order + ("IIII8x" if self.modified else "IIII"))

    @property
    def unit(self) -> int:
        """The nanoseconds of one of the fraction."""
        return 1 if self.nanoseconds else 1000


def read_header(source: Source) -> PcapHeader:
    """Read the file header, of which the magic is known to be right.

    Raises CaptureError if it is cut, or of a version that orders the lengths differently.
    """
    found = source.peek(_HEADER_BYTES)
    if len(found) < _HEADER_BYTES:
        raise CaptureError(
            f"the file ends after {len(found)} bytes, expected a pcap header of {_HEADER_BYTES}",
            source.offset + len(found),
        )
    order, magic = _VARIANTS[found[:4]]
    major, minor, snap_length, link_word = struct.unpack_from(order + "HH8xII", found, 4)
    # Before 2.3 the two lengths of a record stood in the other order; 543.0 is DG/UX's.
    if (major, minor) < (2, 3) or major == 543:
        raise CaptureError(f"pcap version {major}.{minor} is not supported, expected 2.4", 4)
    source.position += _HEADER_BYTES
    return PcapHeader(
        order=order,
        nanoseconds=magic == NANOSECOND_MAGIC,
        modified=magic == MODIFIED_MAGIC,
        snap_length=snap_length,
        link_type=link_word & 0xFFFF,
        fcs_length=(link_word >> 28) * 2 if link_word & _FCS_PRESENT else None,
    )


def read_records(source: Source, header: PcapHeader) -> Iterator[Record]:
    """Yield the records that follow the file header, and raise CaptureError at damage."""
    entry, unit = header.entry, header.unit
    unpack, entry_bytes = entry.unpack_from, entry.size
    link_type, limit, fcs = header.link_type, record_limit(header.link_type), header.fcs_length
    new = tuple.__new__  # Record(...) takes twice as long to build
    number = 0
    while next_is_whole(source, entry, limit, number + 1):
        buffer, base, position = source.buffer, source.base, source.position
        end = len(buffer)
        last = end - entry_bytes
        while position <= last:
            seconds, fraction, captured, wire = unpack(buffer, position)
            start = position + entry_bytes
            stop = start + captured
            if stop > end or captured > limit:
                break
            number += 1
            time = seconds * 1_000_000_000 + fraction * unit
            data = buffer[start:stop]
            yield new(Record, (number, data, wire, time, link_type, 0, base + start, (), fcs, None))
            position = stop
        source.position = position


def next_is_whole(source: Source, entry: struct.Struct, limit: int, number: int) -> bool:
    """Wait for the next record; False at the end of the file, CaptureError if it is damaged."""
    held = source.have(entry.size)
    if not held:
        return False
    if held < entry.size:
        raise CaptureError(
            f"record {number} is cut: {held} bytes of its header of {entry.size}, then the file ends",
            source.offset,
        )
    captured: int = entry.unpack_from(source.buffer, source.position)[2]
    if captured > limit:
        raise CaptureError(
            f"record {number} says that it holds {captured} bytes, expected at most {limit}",
            source.offset,
        )
    held = source.have(entry.size + captured)
    if held < entry.size + captured:
        raise CaptureError(
            f"record {number} is cut: it says that it holds {captured} bytes, {held - entry.size} follow",
            source.offset,
        )
    return True


class PcapWriter:
    """Writes a pcap file of version 2.4, little-endian, to a stream that the caller closes.

    Times are kept in nanoseconds or cut to microseconds; a record without a time gets 0. All
    records are of one link type, as the format has a single field for it. Raises CaptureError
    for what the format cannot hold, and where the stream fails (a broken pipe passes as it is).
    """

    def __init__(
        self,
        stream: BinaryIO,
        link_type: int,
        *,
        nanoseconds: bool = False,
        snap_length: int = MAX_RECORD_BYTES,
        fcs_length: int | None = None,
    ) -> None:
        if not 0 <= link_type <= 0xFFFF:
            raise CaptureError(f"link type {link_type}: pcap holds 0 to 65535")
        if not 0 < snap_length <= 0xFFFF_FFFF:
            raise CaptureError(f"snap length {snap_length}: pcap holds 1 to 4294967295")
        self.link_type, self.nanoseconds, self.snap_length = link_type, nanoseconds, snap_length
        self._stream = stream
        self._unit = 1 if nanoseconds else 1000
        magic = NANOSECOND_MAGIC if nanoseconds else MICROSECOND_MAGIC
        fcs = 0 if fcs_length is None else _FCS_PRESENT | (fcs_length // 2 & 0xF) << 28
        self._put(_WRITTEN_HEADER.pack(magic, 2, 4, 0, 0, snap_length, link_type | fcs))

    def write(self, record: Record) -> None:
        """Append one record; its number, interface, offset and comments have no place in pcap."""
        number, data, wire_length, time, link_type = record[:5]
        if link_type != self.link_type:
            raise CaptureError(
                f"record {number} has link type {link_type}, but a pcap file holds one link type "
                f"and this one's is {self.link_type}; pcapng holds several"
            )
        if len(data) > self.snap_length:
            raise CaptureError(
                f"record {number} has {len(data)} bytes, but the file's snap length is "
                f"{self.snap_length}, to which other readers would cut it"
            )
        seconds, rest = divmod(time or 0, 1_000_000_000)
        try:
            head = _WRITTEN_RECORD.pack(seconds, rest // self._unit, len(data), wire_length)
        except struct.error as error:
            remedy = "" if 0 <= seconds <= 0xFFFF_FFFF else "; pcapng holds other times"
            raise CaptureError(
                f"record {number} has time {time} ns and wire length {wire_length}: pcap holds "
                f"times from 1970 to 2106 and lengths to 4294967295{remedy}"
            ) from error
        self._put(head + data)

    def append(self, octets: bytes | memoryview) -> None:
        """Append records that somebody else has laid out as this writer does."""
        self._put(octets)

    def _put(self, data: bytes | memoryview) -> None:
        put(self._stream, data)


def put(stream: BinaryIO, data: bytes | memoryview) -> None:
    """Write to a capture's stream. Raises CaptureError where that fails, BrokenPipeError where nobody reads on."""
    try:
        stream.write(data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CaptureError(f"cannot write: {error.strerror or error}") from error

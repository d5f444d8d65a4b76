"""Records to a pcapng file (draft-ietf-opsawg-pcapng): sections, interfaces and packets as they were read."""

import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from .pcap import put
from .record import CaptureError, Interface, PacketOptions, Record

_SECTION, _INTERFACE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 3, 6
_BYTE_ORDER_MAGIC = 0x1A2B3C4D
_COMMENT, _FLAGS, _DROPPED, _PACKET_ID, _QUEUE, _VERDICT = 1, 2, 4, 5, 6, 7
_NAME, _DESCRIPTION, _SPEED, _RESOLUTION, _FCS_LENGTH, _HARDWARE = 2, 3, 8, 9, 13, 15
_USUAL_DIGITS = 6  # of a clock whose resolution is not told
_FINEST_DIGITS = 9
_MOST_OPTION_BYTES = 0xFFFF
_PACKET = struct.Struct("<7I")


class PcapngWriter:
    """Writes a pcapng file, little-endian, to a stream that the caller closes.

    ``interfaces`` are those that the records refer to, as a reader gives them: more may be appended while records are
    written, and all have been described when `finish` has been called. Times are kept in the unit of their interface,
    or in nanoseconds where that is below a microsecond. Raises CaptureError for what the format cannot hold, and where
    the stream fails (a broken pipe passes as it is).
    """

    def __init__(self, stream: BinaryIO, interfaces: Sequence[Interface]) -> None:
        self._stream, self._interfaces = stream, interfaces
        self._units: list[int] = []
        self._numbers: list[int] = []
        self._section = 0
        self._in_section = 0
        self._begin_section()

    def write(self, record: Record) -> None:
        """Append one record; its number and offset are what they turn out to be."""
        number, data, wire_length, time, _, index = record[:6]
        self._describe(record)
        if time is None and self._is_simple(record):
            self._put_block(_SIMPLE, struct.pack("<I", wire_length) + _padded(data))
            return
        size = len(data)
        padding = bytes(-size & 3)
        options = _listed(_packet_options(record)) if record.comments or record.options is not None else b""
        total = 32 + size + len(padding) + len(options)
        ticks = (time or 0) // self._units[index]
        try:
            head = _PACKET.pack(
                _ENHANCED, total, self._numbers[index], ticks >> 32, ticks & 0xFFFF_FFFF, size, wire_length
            )
        except struct.error as error:
            raise CaptureError(
                f"record {number} has time {time} ns and wire length {wire_length}: pcapng holds times from 1970 on "
                "and lengths to 4294967295"
            ) from error
        put(self._stream, b"".join((head, data, padding, options, head[4:8])))

    def finish(self) -> None:
        """Describe the interfaces that no record has referred to."""
        for index in range(len(self._units), len(self._interfaces)):
            self._add_interface(self._interfaces[index])

    def _describe(self, record: Record) -> None:
        """Have the record's interface described, and all before it, and be in its section."""
        index = record.interface
        if index >= len(self._interfaces):
            raise CaptureError(
                f"record {record.number} is of interface {index}, {len(self._interfaces)} have been described"
            )
        while index >= len(self._units):
            self._add_interface(self._interfaces[len(self._units)])
        interface = self._interfaces[index]
        if interface.section != self._section:
            raise CaptureError(f"record {record.number} is of section {interface.section}, which has been ended")
        if interface.link_type != record.link_type:
            raise CaptureError(
                f"record {record.number} has link type {record.link_type}, its interface {interface.link_type}"
            )

    def _begin_section(self) -> None:
        self._section += 1
        self._in_section = 0
        self._put_block(_SECTION, struct.pack("<IHHq", _BYTE_ORDER_MAGIC, 1, 0, -1))

    def _add_interface(self, interface: Interface) -> None:
        if not 0 <= interface.link_type <= 0xFFFF:
            raise CaptureError(f"link type {interface.link_type}: pcapng holds 0 to 65535")
        while self._section < interface.section:
            self._begin_section()
        # Clocks beyond microseconds may count in powers of 2, whose times are whole in nanoseconds alone.
        digits = interface.time_digits if interface.time_digits <= _USUAL_DIGITS else _FINEST_DIGITS
        fixed = struct.pack("<HHI", interface.link_type, 0, interface.snap_length)
        self._put_block(_INTERFACE, fixed + _listed(_interface_options(interface, digits)))
        self._units.append(10 ** (_FINEST_DIGITS - digits))
        self._numbers.append(self._in_section)
        self._in_section += 1

    def _is_simple(self, record: Record) -> bool:
        """Whether a block without time, interface and captured length tells all of a record."""
        snap_length = self._interfaces[record.interface].snap_length
        return (
            self._numbers[record.interface] == 0
            and len(record.data) == min(record.wire_length, snap_length or record.wire_length)
            and not record.comments
            and record.options is None
        )

    def _put_block(self, kind: int, body: bytes) -> None:
        total = struct.pack("<I", 12 + len(body))
        put(self._stream, b"".join((struct.pack("<I", kind), total, body, total)))


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) & 3)


def _listed(options: Iterator[tuple[int, bytes]]) -> bytes:
    """Return options as a block has them, with the end mark; nothing where there are none."""
    parts = []
    for code, value in options:
        if len(value) > _MOST_OPTION_BYTES:
            raise CaptureError(f"a text of {len(value)} bytes: pcapng holds up to {_MOST_OPTION_BYTES}")
        parts.append(struct.pack("<HH", code, len(value)) + _padded(value))
    return b"".join([*parts, bytes(4)]) if parts else b""


def _interface_options(interface: Interface, digits: int) -> Iterator[tuple[int, bytes]]:
    texts = (_NAME, interface.name), (_DESCRIPTION, interface.description), (_HARDWARE, interface.hardware)
    yield from ((code, text.encode()) for code, text in texts if text is not None)
    if interface.speed is not None:
        yield _SPEED, struct.pack("<Q", interface.speed)
    if digits != _USUAL_DIGITS:
        yield _RESOLUTION, bytes([digits])
    if interface.fcs_length is not None:
        yield _FCS_LENGTH, bytes([interface.fcs_length])


def _packet_options(record: Record) -> Iterator[tuple[int, bytes]]:
    told = record.options or PacketOptions()
    yield from ((_COMMENT, comment.encode()) for comment in record.comments)
    if told.flags is not None:
        yield _FLAGS, struct.pack("<I", told.flags)
    if told.dropped is not None:
        yield _DROPPED, struct.pack("<Q", told.dropped)
    if told.packet_id is not None:
        yield _PACKET_ID, struct.pack("<Q", told.packet_id)
    if told.queue is not None:
        yield _QUEUE, struct.pack("<I", told.queue)
    for kind, verdict in told.verdicts:
        yield _VERDICT, bytes([kind]) + (verdict if isinstance(verdict, bytes) else struct.pack("<q", verdict))

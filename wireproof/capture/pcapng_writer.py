"""Records to a pcapng file (draft-ietf-opsawg-pcapng): sections, interfaces and packets as they were read.

What is copied from a pcapng file keeps all the blocks between its packets, and each section its byte order. Otherwise
sections and interfaces are made from what is known of the interfaces, in little-endian order.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from . import pcapng_options as told
from .pcap import put
from .pcapng import Blocks
from .pcapng_blocks import CUSTOM_NOT_COPIED, ENHANCED, INTERFACE, SECTION, SECTION_LENGTH, SIMPLE
from .pcapng_options import OPTION_LAYOUTS, OptionLayout
from .record import CaptureError, Interface, PacketOptions, Record

_BYTE_ORDER_MAGIC = 0x1A2B3C4D
_UNKNOWN_LENGTH = b"\xff" * 8  # of a section, which is another one than it was
_MOST_OPTION_BYTES = 0xFFFF
_PACKETS = {order: struct.Struct(order + "7I") for order in "<>"}
_PADDINGS = [bytes(count) for count in range(4)]
_SECOND = 1_000_000_000


class _Described(NamedTuple):
    """An interface in the file: its number in its section, and ticks = ((ns - begin) * ticks + rounding) // 10^9."""

    interface: Interface
    number: int
    begin: int
    ticks: int
    rounding: int


class PcapngWriter:
    """Writes a pcapng file to a stream that the caller closes.

    ``interfaces`` are those that the records refer to, as a reader gives them: more may be appended while records are
    written, and all have been described when `finish` has been called. Times are kept in the unit of their interface.
    With the ``blocks`` of a file, if nothing of it has been read yet, those that stand between its packets are written
    as they come. Raises CaptureError for what the format cannot hold, and where the stream fails (a broken pipe passes
    as it is).
    """

    def __init__(self, stream: BinaryIO, interfaces: Sequence[Interface], blocks: Blocks | None = None) -> None:
        self._stream, self._interfaces = stream, interfaces
        self._described: list[_Described] = []
        self._order = "<"
        self._section = self._in_section = 0
        self._failure: CaptureError | None = None
        self.copied = blocks if blocks is not None and not blocks.section.number else None
        """The file whose blocks are written as they come: those of its packets may be, too."""
        if self.copied is None:
            self._begin_section()
        else:
            self.copied.aside = self._copy

    def write(self, record: Record) -> None:
        """Append one record; its number and offset are what they turn out to be."""
        number, data, wire_length, time = record[:4]
        interface, own_number, begin, ticks, rounding = self._describe(record)
        layout = OPTION_LAYOUTS[self._order]
        if time is None and own_number == 0 and _is_simple(record, interface.snap_length):
            self._put_block(SIMPLE, layout.word.pack(wire_length) + _padded(data))
            return
        size = len(data)
        padding = bytes(-size & 3)
        options = b""
        if record.comments or record.options is not None:
            options = _listed(_packet_options(record, layout), layout)
        total = 32 + size + len(padding) + len(options)
        moment = 0 if time is None else ((time - begin) * ticks + rounding) // _SECOND
        try:
            head = _PACKETS[self._order].pack(
                ENHANCED, total, own_number, moment >> 32, moment & 0xFFFF_FFFF, size, wire_length
            )
        except struct.error as error:
            first = f"{interface.time_offset} s, which its interface adds," if begin else "1970"
            raise CaptureError(
                f"record {number} has time {time} ns and wire length {wire_length}: pcapng holds times from {first} on "
                "and lengths to 4294967295"
            ) from error
        put(self._stream, b"".join((head, data, padding, options, head[4:8])))

    def write_plain(self, octets: bytearray, frames: Iterable[tuple[int, ...]]) -> None:
        """Append frames of the first interface, each told of by four numbers: where in octets it begins, how many of
        them it has, how many it had on the wire, and nanoseconds since 1970. For those of pcap, which say no more.
        """
        view = memoryview(octets)
        unit = _SECOND // self._place(0).interface.ticks
        pack = _PACKETS[self._order].pack
        parts: list[bytes | memoryview] = []
        for begin, size, wire_length, time in frames:
            ticks = time // unit
            total = 32 + size + (-size & 3)
            head = pack(ENHANCED, total, 0, ticks >> 32, ticks & 0xFFFF_FFFF, size, wire_length)
            parts += head, view[begin : begin + size], _PADDINGS[-size & 3], head[4:8]
        put(self._stream, b"".join(parts))

    def append(self, octets: bytes | memoryview) -> None:
        """Append blocks of packets that somebody else has laid out, for interfaces that have been described."""
        put(self._stream, octets)

    def finish(self) -> None:
        """Describe the interfaces that no record has referred to."""
        if self._failure is not None:
            raise self._failure
        while len(self._described) < len(self._interfaces):
            self._add_interface(self._interfaces[len(self._described)])
        if not self._section:
            self._begin_section()

    def _copy(self, octets: bytes, order: str) -> None:
        """Write a block that holds no packet; a failure is told of when it is the writer that is asked."""
        (kind,) = OPTION_LAYOUTS[order].word.unpack_from(octets)
        if kind == CUSTOM_NOT_COPIED or self._failure is not None:
            return
        if kind == SECTION:
            self._order = order
            self._section += 1
            self._in_section = 0
            octets = octets[: SECTION_LENGTH.start] + _UNKNOWN_LENGTH + octets[SECTION_LENGTH.stop :]
        elif kind == INTERFACE:
            self._note(self._interfaces[len(self._described)])
        try:
            put(self._stream, octets)
        except CaptureError as error:
            self._failure = error

    def _describe(self, record: Record) -> _Described:
        """Have the record's interface described, and all before it, and be in its section."""
        index = record.interface
        if self._failure is not None:
            raise self._failure
        if index >= len(self._interfaces):
            raise CaptureError(
                f"record {record.number} is of interface {index}, {len(self._interfaces)} have been described"
            )
        found = self._place(index)
        if found.interface.section != self._section:
            raise CaptureError(f"record {record.number} is of section {found.interface.section}, which has been ended")
        if found.interface.link_type != record.link_type:
            raise CaptureError(
                f"record {record.number} has link type {record.link_type}, its interface {found.interface.link_type}"
            )
        return found

    def _place(self, index: int) -> _Described:
        while index >= len(self._described):
            self._add_interface(self._interfaces[len(self._described)])
        return self._described[index]

    def _begin_section(self) -> None:
        self._section += 1
        self._in_section = 0
        self._put_block(SECTION, struct.pack("<IHHq", _BYTE_ORDER_MAGIC, 1, 0, -1))

    def _add_interface(self, interface: Interface) -> None:
        if not 0 <= interface.link_type <= 0xFFFF:
            raise CaptureError(f"link type {interface.link_type}: pcapng holds 0 to 65535")
        while self._section < interface.section:
            self._begin_section()
        layout = OPTION_LAYOUTS[self._order]
        fixed = struct.pack("<HHI", interface.link_type, 0, interface.snap_length)
        self._put_block(INTERFACE, fixed + _listed(_interface_options(interface, layout), layout))
        self._note(interface)

    def _note(self, interface: Interface) -> None:
        # A time that was cut to nanoseconds is of the next tick, where ticks are powers of 2 and of another length.
        rounding = 0 if interface.ticks_per_second is None else _SECOND - 1
        begin = interface.time_offset * _SECOND
        self._described.append(_Described(interface, self._in_section, begin, interface.ticks, rounding))
        self._in_section += 1

    def _put_block(self, kind: int, body: bytes) -> None:
        word = OPTION_LAYOUTS[self._order].word
        total = word.pack(12 + len(body))
        put(self._stream, b"".join((word.pack(kind), total, body, total)))


def _is_simple(record: Record, snap_length: int) -> bool:
    """Whether a block without time, interface and captured length tells all of a record."""
    return (
        len(record.data) == min(record.wire_length, snap_length or record.wire_length)
        and not record.comments
        and record.options is None
    )


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) & 3)


def _listed(options: Iterator[tuple[int, bytes]], layout: OptionLayout) -> bytes:
    """Return options as a block has them, with the end mark; nothing where there are none."""
    parts = []
    for code, value in options:
        if len(value) > _MOST_OPTION_BYTES:
            raise CaptureError(f"a text of {len(value)} bytes: pcapng holds up to {_MOST_OPTION_BYTES}")
        parts.append(layout.head.pack(code, len(value)) + _padded(value))
    return b"".join([*parts, bytes(4)]) if parts else b""


def _interface_options(interface: Interface, layout: OptionLayout) -> Iterator[tuple[int, bytes]]:
    yield from ((told.COMMENT, text.encode()) for text in interface.comments)
    texts = (told.NAME, interface.name), (told.DESCRIPTION, interface.description), (told.HARDWARE, interface.hardware)
    yield from ((code, text.encode()) for code, text in texts if text is not None)
    if interface.speed is not None:
        yield told.SPEED, layout.long.pack(interface.speed)
    if (exponent := told.exponent_of(interface.ticks)) != told.USUAL_DIGITS:
        yield told.RESOLUTION, bytes([exponent])
    if interface.filter is not None:
        yield told.FILTER, told.TEXT_FILTER + interface.filter.encode()
    if interface.system is not None:
        yield told.SYSTEM, interface.system.encode()
    if interface.fcs_length is not None:
        yield told.FCS_LENGTH, bytes([interface.fcs_length])
    if interface.time_offset:
        yield told.OFFSET, layout.signed.pack(interface.time_offset)


def _packet_options(record: Record, layout: OptionLayout) -> Iterator[tuple[int, bytes]]:
    what = record.options or PacketOptions()
    yield from ((told.COMMENT, comment.encode()) for comment in record.comments)
    if what.flags is not None:
        yield told.FLAGS, layout.word.pack(what.flags)
    if what.dropped is not None:
        yield told.DROPPED, layout.long.pack(what.dropped)
    if what.packet_id is not None:
        yield told.PACKET_ID, layout.long.pack(what.packet_id)
    if what.queue is not None:
        yield told.QUEUE, layout.word.pack(what.queue)
    for kind, verdict in what.verdicts:
        yield told.VERDICT, bytes([kind]) + (verdict if isinstance(verdict, bytes) else layout.signed.pack(verdict))
    for code, value in what.others:
        yield code, told.turned(value, layout) if code in told.CUSTOM else value

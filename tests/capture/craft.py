"""Capture files built byte by byte, so that a test says exactly what the reader is given."""

import struct

MICROSECONDS = 0xA1B2C3D4
NANOSECONDS = 0xA1B23C4D
MODIFIED = 0xA1B2CD34


def pcap_header(
    order: str = "<",
    magic: int = MICROSECONDS,
    *,
    version: tuple[int, int] = (2, 4),
    snap_length: int = 262144,
    link_type: int = 1,
) -> bytes:
    return struct.pack(order + "IHHiIII", magic, *version, 0, 0, snap_length, link_type)


def pcap_record(
    data: bytes = b"",
    order: str = "<",
    *,
    seconds: int = 0,
    fraction: int = 0,
    captured: int | None = None,
    wire: int | None = None,
    modified: bool = False,
) -> bytes:
    captured = len(data) if captured is None else captured
    wire = captured if wire is None else wire
    extra = struct.pack(order + "IHBB", 7, 0x0800, 4, 0) if modified else b""
    return struct.pack(order + "IIII", seconds, fraction, captured, wire) + extra + data


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def option(code: int, value: bytes = b"", order: str = "<", *, length: int | None = None) -> bytes:
    return struct.pack(order + "HH", code, len(value) if length is None else length) + padded(value)


def block(
    kind: int, body: bytes = b"", order: str = "<", *, first: int | None = None, last: int | None = None
) -> bytes:
    total = len(body) + 12
    head = struct.pack(order + "II", kind, total if first is None else first)
    return head + body + struct.pack(order + "I", total if last is None else last)


def section(order: str = "<", options: bytes = b"", *, version: tuple[int, int] = (1, 0), length: int = -1) -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, *version, length) + options, order)


def interface(link_type: int = 1, snap_length: int = 0, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, struct.pack(order + "HHI", link_type, 0, snap_length) + options, order)


def enhanced(
    data: bytes = b"",
    order: str = "<",
    *,
    index: int = 0,
    ticks: int = 0,
    captured: int | None = None,
    wire: int | None = None,
    options: bytes = b"",
) -> bytes:
    captured = len(data) if captured is None else captured
    wire = captured if wire is None else wire
    fixed = struct.pack(order + "IIIII", index, ticks >> 32, ticks & 0xFFFFFFFF, captured, wire)
    return block(6, fixed + padded(data) + options, order)


def simple(data: bytes = b"", order: str = "<", *, wire: int | None = None) -> bytes:
    return block(3, struct.pack(order + "I", len(data) if wire is None else wire) + padded(data), order)


def obsolete(
    data: bytes = b"",
    order: str = "<",
    *,
    index: int = 0,
    drops: int = 0xFFFF,
    ticks: int = 0,
    captured: int | None = None,
    wire: int | None = None,
    options: bytes = b"",
) -> bytes:
    captured = len(data) if captured is None else captured
    wire = captured if wire is None else wire
    fixed = struct.pack(order + "HHIIII", index, drops, ticks >> 32, ticks & 0xFFFFFFFF, captured, wire)
    return block(2, fixed + padded(data) + options, order)

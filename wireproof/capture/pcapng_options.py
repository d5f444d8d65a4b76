"""Options of pcapng blocks (draft-ietf-opsawg-pcapng section 3.5): a code, the octets of a value, the value, padding.

What cannot be used, because it is of another length, is left out; the block that it stands in is whole.
"""

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import overload

from .record import CaptureError, Interface, PacketOptions

END_OF_OPTIONS, COMMENT = 0, 1
SECTION_HARDWARE, SECTION_SYSTEM, SECTION_APPLICATION = 2, 3, 4
NAME, DESCRIPTION, SPEED, RESOLUTION, FILTER, SYSTEM, FCS_LENGTH, OFFSET, HARDWARE = 2, 3, 8, 9, 11, 12, 13, 14, 15
FLAGS, HASH, DROPPED, PACKET_ID, QUEUE, VERDICT = 2, 3, 4, 5, 6, 7
CUSTOM = (2988, 2989)
"""What others have defined for themselves, with their enterprise number in front, and may be copied."""

UNKNOWN_DROPS = 0xFFFF
"""What an old Packet Block has for drops that nobody counted."""
TEXT_FILTER = b"\0"
"""What a filter of an interface begins with that is a text, in libpcap's language."""
USUAL_DIGITS = 6
"""Decimals of a second of a clock whose resolution is not told."""
SHOWN_DIGITS = (0, 1, 2, 3, 6, 9)
"""Decimals with which Wireshark shows times: as many as the ticks of a clock are sure to tell."""
POWER_OF_2, _EXPONENT = 0x80, 0x7F
_BY_HARDWARE, _BY_EBPF = b"\0", (b"\1", b"\2")


class OptionLayout:
    """The heads and the numbers of options in one byte order."""

    __slots__ = ("head", "long", "signed", "word")

    def __init__(self, order: str) -> None:
        self.head = struct.Struct(order + "HH")
        self.word = struct.Struct(order + "I")
        self.long = struct.Struct(order + "Q")
        self.signed = struct.Struct(order + "q")


OPTION_LAYOUTS = {order: OptionLayout(order) for order in "<>"}


def options(buffer: bytes, start: int, stop: int, layout: OptionLayout, base: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield code and value of each option up to the end mark, or to where the options of the block stop.

    All begin at multiples of 4 in a block whose size is one, so there is room for every head. Raises CaptureError at
    one that goes on past the block; ``base`` is the offset of the buffer in the file.
    """
    while start < stop:
        code, length = layout.head.unpack_from(buffer, start)
        if code == END_OF_OPTIONS:
            return
        room = stop - start - 4
        if length > room:
            raise CaptureError(f"option {code} says {length} bytes, its block has {room} left", base + start)
        start += 4
        yield code, buffer[start : start + length]
        start += length + (-length & 3)


@overload
def text_of(value: bytes) -> str: ...
@overload
def text_of(value: bytes | None) -> str | None: ...
def text_of(value: bytes | None) -> str | None:
    """Return a text: UTF-8 without a terminator; what some end with a zero anyway ends there."""
    if value is None:
        return None
    return value.partition(b"\0")[0].decode("utf-8", "replace")


def number_of(value: bytes | None, layout: struct.Struct) -> int | None:
    """Return a number; None for one of another length, which is not used."""
    return int(layout.unpack(value)[0]) if value is not None and len(value) == layout.size else None


def interface_of(plain: Interface, found: Iterator[tuple[int, bytes]], layout: OptionLayout) -> Interface:
    """Return an interface with what its options tell; the first counts of what may be there once."""
    comments: list[str] = []
    told: dict[int, bytes] = {}
    for code, value in found:
        if code == COMMENT:
            comments.append(text_of(value))
        else:
            told.setdefault(code, value)
    ticks = _ticks(told.get(RESOLUTION, b""))
    digits = max(digits for digits in SHOWN_DIGITS if 10**digits <= ticks)
    fcs = told.get(FCS_LENGTH, b"")
    chosen = told.get(FILTER, b"")
    return replace(
        plain,
        name=text_of(told.get(NAME)),
        description=text_of(told.get(DESCRIPTION)),
        time_digits=digits,
        fcs_length=fcs[0] if len(fcs) == 1 else None,
        speed=number_of(told.get(SPEED), layout.long),
        hardware=text_of(told.get(HARDWARE)),
        system=text_of(told.get(SYSTEM)),
        filter=text_of(chosen[1:]) if chosen[:1] == TEXT_FILTER else None,
        comments=tuple(comments),
        time_offset=number_of(told.get(OFFSET), layout.signed) or 0,
        ticks_per_second=None if ticks == 10**digits else ticks,
    )


def _ticks(option: bytes) -> int:
    """Return the ticks of a second; microseconds if the option is not usable."""
    exponent = option[0] if len(option) == 1 else USUAL_DIGITS
    return 1 << (exponent & _EXPONENT) if exponent & POWER_OF_2 else 10**exponent


def exponent_of(ticks: int) -> int:
    """Return the value of a resolution with so many ticks a second: a power of 10, or else of 2."""
    digits = len(str(ticks)) - 1
    return digits if ticks == 10**digits else POWER_OF_2 | (ticks.bit_length() - 1)


_NO_NUMBERS = (None, None, None, None)


def packet_options(
    found: Iterator[tuple[int, bytes]], layout: OptionLayout, drops: int = UNKNOWN_DROPS
) -> tuple[tuple[str, ...], PacketOptions | None]:
    """Return the comments of a packet, and what else is told of it; the first counts of what may be there once.

    ``drops`` is what an old Packet Block tells of drops in front of its options.
    """
    comments: list[str] = []
    verdicts: list[tuple[int, int | bytes]] = []
    others: list[tuple[int, bytes]] = []
    told: dict[int, bytes] = {}
    for code, value in found:
        if code == COMMENT:
            comments.append(text_of(value))
        elif code == VERDICT and value[:1] == _BY_HARDWARE:
            verdicts.append((0, value[1:]))
        elif code == VERDICT and value[:1] in _BY_EBPF and len(value) == 9:
            verdicts.append((value[0], layout.signed.unpack(value[1:])[0]))
        elif code == HASH or (code in CUSTOM and len(value) >= 4):
            others.append((code, turned(value, layout) if code in CUSTOM else value))
        else:
            told.setdefault(code, value)
    numbers = (
        number_of(told.get(FLAGS), layout.word),
        number_of(told.get(DROPPED), layout.long) if drops == UNKNOWN_DROPS else drops,
        number_of(told.get(PACKET_ID), layout.long),
        number_of(told.get(QUEUE), layout.word),
    )
    if verdicts or others or numbers != _NO_NUMBERS:
        return tuple(comments), PacketOptions(*numbers, tuple(verdicts), tuple(others))
    return tuple(comments), None


def turned(value: bytes, layout: OptionLayout) -> bytes:
    """Return a custom option of some order as little-endian, or the other way round: its enterprise number turned."""
    return OPTION_LAYOUTS["<"].word.pack(*layout.word.unpack_from(value)) + value[4:]

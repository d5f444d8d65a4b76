"""Captures with bits flipped, parts cut out and others put in, read in a process of their own.

``python -m tests.capture.mutations COUNT`` reads that many of them, each by the plain reader and by the engine's walk,
and copies them in both ways. It prints how many records there were, how many captures were damaged, and the most memory
that was resident, in KiB. It fails where the two differ, or a copy from what it was made of, where anything but a
CaptureError comes out, and where one takes longer than a minute.
"""

import faulthandler
import io
import random
import resource
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from wireproof.capture import CaptureError, PcapngWriter, Record, open_reader
from wireproof.dissectors.schema import catalogue
from wireproof.engine import Query, Walk, compile_query
from wireproof.grammar import compile_filter
from wireproof.interface import open_capture
from wireproof.interface.opening import Kind

from .craft import (
    MICROSECONDS,
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

SEED = 20
LONGEST = 60  # seconds
NUMBERS = (b"\xff\xff\xff\xff", bytes(4), b"\0\0\0\x80", struct.pack("<I", 12), struct.pack("<I", 1 << 27))
Outcome = tuple[list[Record], str | None]


def pcap(order: str, magic: int, link_type: int) -> bytes:
    """A dozen records of several sizes."""
    records = (
        pcap_record(bytes([number]) * (number * 17 % 90), order, seconds=number, modified=magic == MODIFIED)
        for number in range(12)
    )
    return pcap_header(order, magic, link_type=link_type) + b"".join(records)


def pcapng(order: str) -> bytes:
    """Two sections, interfaces of several clocks, all kinds of blocks and options."""
    told = option(1, b"said", order) + option(2, struct.pack(order + "I", 0x81), order) + option(0, order=order)
    verdict = option(7, b"\1" + bytes(8), order) + option(4, bytes(8), order)
    other = "<" if order == ">" else ">"
    return (
        section(order, option(4, b"tests", order))
        + interface(1, 0, option(2, b"eth0", order) + option(13, b"\4", order), order)
        + interface(113, 40, option(9, b"\x94", order), order)
        + enhanced(bytes(60), order, ticks=7, options=told)
        + enhanced(bytes(33), order, index=1, ticks=1 << 40, wire=90)
        + block(5, bytes(12), order)
        + simple(bytes(20), order)
        + obsolete(bytes(41), order, index=1, drops=3, options=verdict)
        + block(0xBAD, bytes(24), order)
        + b"".join(enhanced(bytes(number), order, ticks=number) for number in range(40, 46))
        + section(other)
        + interface(101, 0, option(14, struct.pack(other + "q", -9), other), other)
        + enhanced(bytes(28), other, ticks=99, options=option(1, b"", other))
        + enhanced(bytes(3), other, ticks=100)
    )


def originals() -> list[bytes]:
    """The sound captures that are mutated; one link type has records of up to 128 MiB."""
    kinds = [(MICROSECONDS, 1), (NANOSECONDS, 0x2400_0001), (MODIFIED, 1), (MICROSECONDS, 189)]
    return [pcap(order, magic, link) for order in "<>" for magic, link in kinds] + [pcapng("<"), pcapng(">")] * 4


def mutated(dice: random.Random, sound: list[bytes]) -> bytes:
    """One of the captures, changed at up to four places; its first octets mostly stay."""
    data = bytearray(dice.choice(sound))
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(4 if dice.random() < 0.98 else 0, max(len(data), 5))
        kind = dice.randrange(5)
        if kind == 0:
            data[place : place + 1] = bytes([data[place] ^ 1 << dice.randrange(8)]) if place < len(data) else b""
        elif kind == 1:
            data[place & ~3 : (place & ~3) + 4] = dice.choice([*NUMBERS, struct.pack("<I", dice.randrange(400))])
        elif kind == 2:
            del data[place : place + dice.choice([1, 4, 16, 60, len(data)])]
        elif kind == 3:
            donor = dice.choice(sound)
            begin = dice.randrange(len(donor))
            data[place:place] = donor[begin : begin + dice.choice([3, 16, 92, len(donor)])]
        else:
            data[place:place] = data[place : place + dice.choice([4, 32, 92])]
    return bytes(data)


def plain(data: bytes) -> Outcome:
    """The records by the plain reader, and what is said of damage."""
    found: list[Record] = []
    try:
        with open_reader(io.BytesIO(data)) as reader:
            found.extend(reader)
    except CaptureError as error:
        return found, str(error)
    return found, None


def walked(data: bytes | io.RawIOBase, query: Query) -> Outcome:
    """The same by machine code."""
    found: list[Record] = []
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    try:
        with open_reader(stream) as reader:  # type: ignore[arg-type]
            for batch in Walk(query, reader).batches():
                found.extend(batch.records())
    except CaptureError as error:
        return found, str(error)
    return found, None


def copied(data: bytes, engine: Literal["compiled", "reference"]) -> bytes | None:
    """A copy of a capture as pcapng, as far as it goes; None of what is none."""
    stream = io.BytesIO()

    @contextmanager
    def opening(_: Kind) -> Iterator[PcapngWriter]:
        writer = PcapngWriter(stream, capture.reader.interfaces, capture.reader.blocks)
        yield writer
        writer.finish()

    try:
        with open_capture(io.BytesIO(data)) as capture:
            capture.copy(opening, engine=engine)
    except CaptureError:
        pass
    return stream.getvalue() or None


def check_copies(data: bytes, records: list[Record]) -> None:
    """Have copies say of packets what the capture said; of clocks that are finer they say it in nanoseconds."""
    for engine in ("compiled", "reference"):
        copy = copied(data, engine)  # type: ignore[arg-type]
        if copy is None:
            assert not records
            continue
        again, said = plain(copy)
        if said is not None or [record._replace(file_offset=0) for record in again] != [
            record._replace(file_offset=0) for record in records
        ]:
            raise AssertionError(f"{data.hex()}: the copy of the {engine} engine is {copy.hex()}: {said}")


def most_resident() -> int:
    """The most memory that this process had; what getrusage says includes the process that started it, on Linux."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(count: int) -> None:
    """Read so many captures and print what there was."""
    dice, sound = random.Random(SEED), originals()
    query = compile_query(compile_filter("", catalogue()))
    total = damaged = 0
    for turn in range(count):
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        data = mutated(dice, sound)
        read = plain(data)
        if walked(data, query) != read:
            raise AssertionError(f"capture {turn} ({data.hex()}): {walked(data, query)} is not {read}")
        check_copies(data, read[0])
        total += len(read[0])
        damaged += read[1] is not None
    faulthandler.cancel_dump_traceback_later()
    print(total, damaged, most_resident())


if __name__ == "__main__":
    main(int(sys.argv[1]))

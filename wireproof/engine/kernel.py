"""The function around a program: the walk over the records of a block, with what a record's head tells.

``match(buffer, length, matches, state)`` walks the whole records from ``state[POSITION]`` on and stops at the first
that is cut by the buffer's end or claims more than ``state[LIMIT]`` octets. For each frame that may match it writes
two numbers: the record's offset in the buffer, and twice the record's number, plus one where the reference has to
decide. It returns how many frames these are, and leaves position and number of the last record in the state.
"""

from __future__ import annotations

from dataclasses import dataclass

from wireproof.engine.form import Program
from wireproof.engine.llvm import Emitter
from wireproof.engine.machine import NAME

POSITION, NUMBER, LIMIT = range(3)
STATE_WORDS = 3
# A record of the plain reader, laid out for the kernel: lengths, time, link type, interface, section, and whether the
# time and the interface are there.
LAID_OUT = "<IIqqqqII"
LAID_OUT_BYTES = 48


@dataclass(frozen=True)
class RecordLayout:
    """How a record's head is laid out: `order` and `unit` (nanoseconds) are a pcap file's, `own` is LAID_OUT.

    A pcap file has one link type; what stands on others is then left out of the machine code.
    """

    order: str = "<"
    unit: int = 1000
    head_bytes: int = 16
    own: bool = False
    link_type: int = 1


OWN = RecordLayout(head_bytes=LAID_OUT_BYTES, own=True)


def module(program: Program, layout: RecordLayout) -> str:
    """Return the LLVM module of a program for records of that layout."""
    emitter = Emitter(program, {} if layout.own else {"link_type": layout.link_type})
    body = emitter.body()
    must, may = emitter.result
    lines = [
        "declare i16 @llvm.bswap.i16(i16)",
        "declare i32 @llvm.bswap.i32(i32)",
        "declare i64 @llvm.bswap.i64(i64)",
        "declare i32 @llvm.cttz.i32(i32, i1)",
        *emitter.searches.text(),
        f"define i64 @{NAME}(ptr noalias %buffer, i64 %length, ptr noalias %matches, ptr noalias %state) nounwind {{",
        "entry:",
        *emitter.variables(),
        *_entry(),
        *_head(layout),
        *body,
        *_tail(must, may),
    ]
    return "\n".join(lines)


def _entry() -> list[str]:
    words = {"position": POSITION, "number": NUMBER, "limit": LIMIT}
    lines = []
    for name, index in words.items():
        lines.append(f"  %{name}.p = getelementptr i64, ptr %state, i64 {index}")
        lines.append(f"  %{name}.0 = load i64, ptr %{name}.p")
    return [*lines, "  br label %record"]


def _word(name: str, offset: int, order: str, bits: int = 32) -> list[str]:
    """Read a number of a record's head into ``%name``, a word of 64 bits."""
    lines = [
        f"  %{name}.at = add i64 %begin, {offset}",
        f"  %{name}.ptr = getelementptr i8, ptr %buffer, i64 %{name}.at",
        f"  %{name}.raw = load i{bits}, ptr %{name}.ptr, align 1",
    ]
    value = f"%{name}.raw"
    if order == ">":
        lines.append(f"  %{name}.swapped = call i{bits} @llvm.bswap.i{bits}(i{bits} {value})")
        value = f"%{name}.swapped"
    lines.append(f"  %{name} = zext i{bits} {value} to i64" if bits < 64 else f"  %{name} = add i64 {value}, 0")
    return lines


def _head(layout: RecordLayout) -> list[str]:
    order = "<" if layout.own else layout.order
    captured, wire = (0, 4) if layout.own else (8, 12)
    lines = [
        "record:",
        "  %begin = phi i64 [%position.0, %entry], [%end, %next]",
        "  %before = phi i64 [%number.0, %entry], [%number, %next]",
        "  %matched = phi i64 [0, %entry], [%matched.now, %next]",
        f"  %frame = add i64 %begin, {layout.head_bytes}",
        "  %has.head = icmp ule i64 %frame, %length",
        "  br i1 %has.head, label %head, label %exit",
        "head:",
        *_word("captured", captured, order),
        "  %end = add i64 %frame, %captured",
        "  %is.whole = icmp ule i64 %end, %length",
        "  %is.sane = icmp ule i64 %captured, %limit.0",
        "  %is.good = and i1 %is.whole, %is.sane",
        "  br i1 %is.good, label %whole, label %exit",
        "whole:",
        "  %frame_end = add i64 %end, 0",
        "  %number = add i64 %before, 1",
        *_word("wire_length", wire, order),
    ]
    return lines + (_own_values() if layout.own else _pcap_values(layout))


def _pcap_values(layout: RecordLayout) -> list[str]:
    return [
        *_word("seconds", 0, layout.order),
        *_word("fraction", 4, layout.order),
        "  %time.whole = mul i64 %seconds, 1000000000",
        f"  %time.rest = mul i64 %fraction, {layout.unit}",
        "  %time = add i64 %time.whole, %time.rest",
        "  %interface = add i64 0, 0",
        "  %section = add i64 0, 0",
        "  %has_time = icmp eq i64 0, 0",
        "  %has_interface = icmp ne i64 0, 0",
    ]


def _own_values() -> list[str]:
    return [
        *_word("time", 8, "<", 64),
        *_word("link_type", 16, "<", 64),
        *_word("interface", 24, "<", 64),
        *_word("section", 32, "<", 64),
        *_word("timed", 40, "<"),
        *_word("named", 44, "<"),
        "  %has_time = icmp ne i64 %timed, 0",
        "  %has_interface = icmp ne i64 %named, 0",
    ]


def _tail(must: str, may: str) -> list[str]:
    return [
        "  br label %finish.end",
        "finish.end:",
        f"  br i1 {may}, label %hit, label %next",
        "hit:",
        "  %index = shl i64 %matched, 1",
        "  %first = getelementptr i64, ptr %matches, i64 %index",
        "  store i64 %begin, ptr %first",
        "  %second = getelementptr i64, ptr %first, i64 1",
        "  %twice = shl i64 %number, 1",
        f"  %is.open = xor i1 {must}, true",
        "  %open = zext i1 %is.open to i64",
        "  %noted = or i64 %twice, %open",
        "  store i64 %noted, ptr %second",
        "  %matched.more = add i64 %matched, 1",
        "  br label %next",
        "next:",
        "  %matched.now = phi i64 [%matched, %finish.end], [%matched.more, %hit]",
        "  br label %record",
        "exit:",
        "  store i64 %begin, ptr %position.p",
        "  store i64 %before, ptr %number.p",
        "  ret i64 %matched",
        "}",
    ]

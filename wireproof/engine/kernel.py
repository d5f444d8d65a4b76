"""The function around a program: the walk over the records of a block (see `state`), the program, and its columns."""

from __future__ import annotations

from wireproof.engine import columns
from wireproof.engine.form import Program
from wireproof.engine.heads import Head
from wireproof.engine.llvm import Emitter
from wireproof.engine.machine import NAME
from wireproof.engine.state import (
    CAPTURED,
    CLOCK_COUNT,
    CLOCKS,
    FCS,
    FRAME,
    FRAME_NUMBER,
    FULL,
    INTERFACE,
    LAST,
    LIMIT,
    LINK,
    MORE,
    NUMBER,
    OPEN,
    POSITION,
    REASON,
    ROW_LIMIT,
    ROW_WORDS,
    ROWS,
    STOP,
    TIME,
    WIRE,
    RecordLayout,
    loaded,
)

_DECLARED = """\
declare i16 @llvm.bswap.i16(i16)
declare i32 @llvm.bswap.i32(i32)
declare i64 @llvm.bswap.i64(i64)
declare i32 @llvm.cttz.i32(i32, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


def module(program: Program, layout: RecordLayout) -> str:
    """Return the LLVM module of a program for records of that layout."""
    constants = {"link_type": layout.link_type, "fcs_length": layout.fcs_length} if layout.link_type is not None else {}
    emitter = Emitter(program, constants)
    body = emitter.body()
    head = Head(layout)
    lines = [
        _DECLARED,
        *emitter.searches.text(),
        f"define i64 @{NAME}(ptr noalias %buffer, i64 %length, ptr noalias %rows, ptr noalias %state) nounwind {{",
        "entry:",
        *emitter.variables(),
        *_entry(),
        *columns.entry(program.columns),
        "  br label %record",
        *head.walked(),
        "whole:",
        *head.found(),
        *head.values(emitter.used),
        *body,
        *_tail(program, head, *emitter.result),
    ]
    return "\n".join(lines)


def _entry() -> list[str]:
    words = {
        "position": POSITION,
        "number": NUMBER,
        "limit": LIMIT,
        "last": LAST,
        "stop.at": STOP,
        "matched": ROWS,
        "row_limit": ROW_LIMIT,
        "clock_count": CLOCK_COUNT,
    }
    lines = [line for name, word in words.items() for line in loaded(f"{name}.0", "%state", word)]
    lines.append(f"  %reason.p = getelementptr i64, ptr %state, i64 {REASON}")
    return [*lines, *loaded("clocks", "%state", CLOCKS, "ptr")]


def _tail(program: Program, head: Head, must: str, may: str) -> list[str]:
    """Return what comes behind the program: the row, the columns' ends, the next record, and the function's end."""
    words = {
        FRAME: "%frame",
        CAPTURED: "%captured",
        WIRE: "%wire_length",
        TIME: "%row.time",
        INTERFACE: "%row.interface",
        LINK: "%row.link",
        FRAME_NUMBER: "%number",
        FCS: "%fcs_length",
    }
    stored = []
    for word, value in words.items():
        stored.append(f"  %row.{word} = getelementptr i64, ptr %row, i64 {word}")
        stored.append(f"  store i64 {value}, ptr %row.{word}")
    return [
        "  br label %finish.end",
        "finish.end:",
        f"  br i1 {may}, label %hit, label %next",
        "hit:",
        *head.noted(),
        f"  %row.index = mul i64 {'0' if program.columns else '%matched'}, {ROW_WORDS}",
        "  %row = getelementptr i64, ptr %rows, i64 %row.index",
        *stored,
        f"  br i1 {must}, label %keep, label %open",
        "keep:",
        *(line for column in program.columns for line in columns.kept(column, "%matched")),
        "  %matched.more = add i64 %matched, 1",
        "  %has.room = icmp ult i64 %matched.more, %row_limit.0",
        "  br i1 %has.room, label %next, label %no.room",
        "next:",
        "  %matched.now = phi i64 [%matched, %finish.end], [%matched.more, %keep]",
        "  br label %record",
        "exit:",
        "  br label %leave",
        "full:",
        "  br label %leave",
        "no.room:",
        "  br label %leave",
        "open:",
        "  br label %leave",
        "leave:",
        f"  %reason = phi i64 [{MORE}, %exit], [{FULL}, %full], [{FULL}, %no.room], [{OPEN}, %open]",
        "  %position.last = phi i64 [%begin, %exit], [%begin, %full], [%end, %no.room], [%end, %open]",
        "  %number.last = phi i64 [%before, %exit], [%before, %full], [%number, %no.room], [%number, %open]",
        "  %matched.last = phi i64 [%matched, %exit], [%matched, %full], [%matched.more, %no.room], [%matched, %open]",
        *(line for column in program.columns for line in columns.left(column)),
        "  store i64 %reason, ptr %reason.p",
        "  store i64 %position.last, ptr %position.0.p",
        "  store i64 %number.last, ptr %number.0.p",
        "  store i64 %matched.last, ptr %matched.0.p",
        "  ret i64 %matched.last",
        "}",
    ]

"""The function around a program: the walk over the records of a block (see `state`), the program, and its columns."""

from __future__ import annotations

from wireproof.engine import across, columns
from wireproof.engine.form import Program
from wireproof.engine.heads import Head
from wireproof.engine.llvm import Emitter
from wireproof.engine.machine import NAME
from wireproof.engine.state import (
    ASKED,
    CAPTURED,
    CLOCK_COUNT,
    CLOCKS,
    COMPLETES,
    ENDS,
    FCS,
    FRAME,
    FRAME_NUMBER,
    FULL,
    GATHERED,
    INTERFACE,
    LAST,
    LIMIT,
    LINK,
    MET,
    MORE,
    NUMBER,
    OPEN,
    PASSES,
    PIECES,
    POSITION,
    REASON,
    ROW_LIMIT,
    ROW_WORDS,
    ROWS,
    STOP,
    TIME,
    UNDECIDED,
    VERDICT,
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
        *emitter.wordings.text(),
        f"define i64 @{NAME}(ptr noalias %buffer, i64 %length, ptr noalias %rows, ptr noalias %state) nounwind {{",
        "entry:",
        *emitter.variables(),
        *_entry(program),
        *across.entry(program, emitter.places),
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


def _entry(program: Program) -> list[str]:
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
    if program.asks:
        lines += [*loaded("ask", "%state", ASKED, "ptr"), *loaded("gather", "%state", GATHERED, "ptr")]
    if program.gathers:
        lines += loaded("pieces", "%state", PIECES, "ptr")
    return [*lines, *loaded("clocks", "%state", CLOCKS, "ptr")]


def _gathered(program: Program, may: str, piece: str) -> list[str]:
    """Return what comes behind the row of a frame that may pass, or bears a fragment: whether it does either."""
    if not program.gathers:
        return []
    return [
        f"  br i1 {piece}, label %piece, label %judged",
        "piece:",
        "  %piece.found = call i64 %pieces(i64 %row.index)",
        f"  %piece.completes = icmp eq i64 %piece.found, {COMPLETES}",
        f"  %piece.ends = icmp eq i64 %piece.found, {ENDS}",
        "  br i1 %piece.ends, label %met, label %judged",
        "met:",
        "  br label %leave",
        "judged:",
        "  %piece.whole = phi i1 [false, %hit], [%piece.completes, %piece]",
        f"  %piece.possible = or i1 {may}, %piece.whole",
        "  br i1 %piece.possible, label %answered, label %next",
        "answered:",
        "  %piece.settled = xor i1 %piece.whole, true",
    ]


def _asked(program: Program, told: str) -> list[str]:
    """Return what comes where a frame may match: the reference is asked, if it can tell without the frame."""
    if not program.asks:
        return ["open:", "  br label %leave"]
    return [
        "open:",
        f"  %has.told = icmp sge i64 {told}, 0",
        f"  %is.told = and i1 %has.told, {'%piece.settled' if program.gathers else 'true'}",
        "  br i1 %is.told, label %asked, label %undecided",
        "asked:",
        "  %gathered.count = load i64, ptr %gathered",
        f"  %answer = call i64 %ask(i64 {told}, i64 %gathered.count)",
        "  %is.yes = icmp ne i64 %answer, 0",
        *([f"  store i64 {PASSES}, ptr %verdict.p"] if program.shows else []),
        f"  br i1 %is.yes, label {'%undecided' if program.shows else '%keep'}, label %next",
        "undecided:",
        "  br label %leave",
    ]


def _certain(certain: str) -> list[str]:
    """Return what leaves a frame to the reference, to be read, and says whether it passes for certain."""
    return [
        f"  %verdict = select i1 {certain}, i64 {PASSES}, i64 {UNDECIDED}",
        f"  %verdict.p = getelementptr i64, ptr %state, i64 {VERDICT}",
        "  store i64 %verdict, ptr %verdict.p",
        "  br label %open",
    ]


def _tail(program: Program, head: Head, must: str, may: str, told: str, piece: str) -> list[str]:
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
    ended, more = ("%undecided", ", [%matched, %asked]") if program.asks else ("%open", "")
    matched = "[%matched, %exit], [%matched, %full], [%matched.more, %no.room]"
    gathers = program.gathers
    more += ", [%matched, %judged]" if gathers else ""
    met = [f", [{each}, %met]" if gathers else "" for each in (MET, "%begin", "%before", "%matched")]
    wanted, certain = ("%piece.wanted", "%piece.certain") if gathers else (may, must)
    return [
        "  br label %finish.end",
        "finish.end:",
        *([f"  %piece.wanted = or i1 {may}, {piece}"] if gathers else []),
        f"  br i1 {wanted}, label %hit, label %next",
        "hit:",
        *head.noted(),
        f"  %row.index = mul i64 {'0' if program.columns else '%matched'}, {ROW_WORDS}",
        "  %row = getelementptr i64, ptr %rows, i64 %row.index",
        *stored,
        *_gathered(program, may, piece),
        *([f"  %piece.certain = and i1 {must}, %piece.settled"] if gathers else []),
        *(_certain(certain) if program.shows else [f"  br i1 {certain}, label %keep, label %open"]),
        "keep:",
        *(line for column in program.columns for line in columns.kept(column, "%matched")),
        "  %matched.more = add i64 %matched, 1",
        "  %has.room = icmp ult i64 %matched.more, %row_limit.0",
        "  br i1 %has.room, label %next, label %no.room",
        "next:",
        f"  %matched.now = phi i64 [%matched, %finish.end], [%matched.more, %keep]{more}",
        "  br label %record",
        "exit:",
        "  br label %leave",
        "full:",
        "  br label %leave",
        "no.room:",
        "  br label %leave",
        *_asked(program, told),
        "leave:",
        f"  %reason = phi i64 [{MORE}, %exit], [{FULL}, %full], [{FULL}, %no.room], [{OPEN}, {ended}]{met[0]}",
        f"  %position.last = phi i64 [%begin, %exit], [%begin, %full], [%end, %no.room], [%end, {ended}]{met[1]}",
        f"  %number.last = phi i64 [%before, %exit], [%before, %full], [%number, %no.room], [%number, {ended}]{met[2]}",
        f"  %matched.last = phi i64 {matched}, [%matched, {ended}]{met[3]}",
        *(line for column in program.columns for line in columns.left(column)),
        "  store i64 %reason, ptr %reason.p",
        "  store i64 %position.last, ptr %position.0.p",
        "  store i64 %number.last, ptr %number.0.p",
        "  store i64 %matched.last, ptr %matched.0.p",
        "  ret i64 %matched.last",
        "}",
    ]

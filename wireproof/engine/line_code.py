"""The function that writes lines of text from columns, in LLVM.

``lines(_, count, columns, job)`` writes the lines of frames, up to the first for which there is no room, and returns
of how many. The text of a value is that of `wireproof.output.values`, octet for octet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wireproof.dissectors.schema import FieldInfo, FieldType, Kind
from wireproof.engine.lines import Lines, Quotes
from wireproof.engine.printing import FUNCTIONS
from wireproof.engine.query import NUMBER
from wireproof.engine.state import COLUMN_WORDS, DATA, ENDS, VALUES, Column, loaded
from wireproof.engine.texts import BEFORE, EAST, FIRST, NAME, OUT, OUT_END, WRITTEN, ZONE, ZONE_SIZE

# Octets that a value may take, what is written beyond its end and overwritten included.
MOST = 96


def module(printed: Sequence[tuple[Column, FieldInfo]], style: Lines) -> str:
    """Return the LLVM module of the function for columns in the order in which they are printed."""
    return "\n".join([*FUNCTIONS, *_Writer(style).function(printed)])


class _Writer:
    def __init__(self, style: Lines) -> None:
        self.style = style

    def function(self, printed: Sequence[tuple[Column, FieldInfo]]) -> Iterator[str]:
        """Yield the instructions of the function."""
        yield f"define i64 @{NAME}(ptr %unused, i64 %count, ptr noalias %columns, ptr noalias %job) nounwind {{"
        yield "entry:"
        for name, word, kind in (
            ("out.0", OUT, "ptr"),
            ("limit", OUT_END, "i64"),
            ("first", FIRST, "i64"),
            ("before", BEFORE, "i64"),
            ("east", EAST, "i64"),
            ("zone", ZONE, "ptr"),
            ("zone.size", ZONE_SIZE, "i64"),
        ):
            yield from loaded(name, "%job", word, kind)
        for column in {column for column, _ in printed}:
            for name, word in (("values", VALUES), ("ends", ENDS), ("data", DATA)):
                yield from loaded(f"c{column.index}.{name}", "%columns", column.index * COLUMN_WORDS + word, "ptr")
        yield "  br label %line"
        yield "line:"
        yield "  %i = phi i64 [%first, %entry], [%i.next, %line.end]"
        yield "  %out = phi ptr [%out.0, %entry], [%out.next, %line.end]"
        yield "  %more = icmp ult i64 %i, %count"
        yield "  br i1 %more, label %look, label %done"
        yield "look:"
        yield "  %i.next = add i64 %i, 1"
        yield from self._room(printed)
        place = "%out"
        for number, (column, info) in enumerate(printed):
            if number:
                yield from _put(f"%sep.{number}", place, self.style.separator)
                place = f"%sep.{number}"
            yield from self._cell(number, column, info, place)
            place = f"%cell.{number}"
        yield from _put("%out.next", place, b"\n")
        yield "  br label %line.end"
        yield "line.end:"
        yield "  br label %line"
        yield "done:"
        yield f"  %written.p = getelementptr i64, ptr %job, i64 {WRITTEN}"
        yield "  %begin.at = ptrtoint ptr %out.0 to i64"
        yield "  %end.at = ptrtoint ptr %out to i64"
        yield "  %written = sub i64 %end.at, %begin.at"
        yield "  store i64 %written, ptr %written.p"
        yield "  %printed = sub i64 %i, %first"
        yield "  ret i64 %printed"
        yield "}"

    def _room(self, printed: Sequence[tuple[Column, FieldInfo]]) -> Iterator[str]:
        """Yield what finds the values of the frame and checks that their text has room."""
        each = MOST + len(self.style.aggregator)
        around = len(self.style.separator) + 2 * len(self.style.quote)
        total = str(MOST + around * len(printed))
        for number, (column, _) in enumerate(printed):
            name = f"%r{number}"
            for end, index in (("a", "%i"), ("b", "%i.next")):
                yield f"  {name}.{end}.p = getelementptr i32, ptr %c{column.index}.ends, i64 {index}"
                yield f"  {name}.{end}.0 = load i32, ptr {name}.{end}.p"
                yield f"  {name}.{end} = zext i32 {name}.{end}.0 to i64"
            yield f"  {name}.n = sub i64 {name}.b, {name}.a"
            yield f"  {name}.size = mul i64 {name}.n, {each}"
            yield f"  {name}.total = add i64 {name}.size, {total}"
            total = f"{name}.total"
            if not column.width:
                for end in "ab":
                    yield from _data_end(f"{name}.d{end}", column, f"{name}.{end}")
                yield f"  {name}.octets = sub i64 {name}.db, {name}.da"
                yield f"  {name}.digits = mul i64 {name}.octets, 3"
                yield f"  {name}.all = add i64 {name}.digits, {total}"
                total = f"{name}.all"
        yield "  %out.at = ptrtoint ptr %out to i64"
        yield f"  %needed = add i64 %out.at, {total}"
        yield "  %fits = icmp ule i64 %needed, %limit"
        yield "  br i1 %fits, label %write, label %done"
        yield "write:"

    def _cell(self, number: int, column: Column, info: FieldInfo, place: str) -> Iterator[str]:
        """Yield what writes the values of a field from `place` on, up to ``%cell.N``."""
        name, style = f"{number}", self.style
        first, last = f"%r{number}.a", f"%r{number}.b"
        yield f"  %none.{name} = icmp eq i64 {first}, {last}"
        yield f"  br label %start.{name}"
        yield f"start.{name}:"
        yield f"  br i1 %none.{name}, label %after.{name}, label %some.{name}"
        yield f"some.{name}:"
        if style.occurrence == "l":
            yield f"  %from.{name} = sub i64 {last}, 1"
        else:
            yield f"  %from.{name} = add i64 {first}, 0"
        if style.occurrence == "f":
            yield f"  %to.{name} = add i64 {first}, 1"
        else:
            yield f"  %to.{name} = add i64 {last}, 0"
        yield from self._quoted(f"%open.{name}", place, name, info)
        yield f"  br label %value.{name}"
        yield f"value.{name}:"
        yield f"  %j.{name} = phi i64 [%from.{name}, %some.{name}], [%j.next.{name}, %again.{name}]"
        yield f"  %at.{name} = phi ptr [%open.{name}, %some.{name}], [%joined.{name}, %again.{name}]"
        yield from _value(name, column, info)
        yield f"  %j.next.{name} = add i64 %j.{name}, 1"
        yield f"  %goes.{name} = icmp ult i64 %j.next.{name}, %to.{name}"
        yield f"  br i1 %goes.{name}, label %again.{name}, label %close.{name}"
        yield f"again.{name}:"
        yield from _put(f"%joined.{name}", f"%text.{name}", style.aggregator)
        yield f"  br label %value.{name}"
        yield f"close.{name}:"
        yield from self._quoted(f"%closed.{name}", f"%text.{name}", name, info)
        yield f"  br label %after.{name}"
        yield f"after.{name}:"
        yield f"  %cell.{name} = phi ptr [{place}, %start.{name}], [%closed.{name}, %close.{name}]"

    def _quoted(self, result: str, place: str, name: str, info: FieldInfo) -> Iterator[str]:
        quotes, is_date = self.style.quotes, info.type.kind is Kind.ABSOLUTE_TIME
        if quotes is Quotes.ALL or (is_date and quotes is not Quotes.NONE):
            yield from _put(result, place, self.style.quote)
        elif quotes is Quotes.SEVERAL:
            yield from _put(f"{result}.quoted", place, self.style.quote)
            several = f"%several{result[1:]}"
            yield f"  {several}.n = sub i64 %to.{name}, %from.{name}"
            yield f"  {several} = icmp ugt i64 {several}.n, 1"
            yield f"  {result} = select i1 {several}, ptr {result}.quoted, ptr {place}"
        else:
            yield from _put(result, place, b"")


def _put(result: str, place: str, text: bytes) -> Iterator[str]:
    """Yield what writes a constant, and gives the place behind it."""
    for index, octet in enumerate(text):
        yield f"  {result}.{index} = getelementptr i8, ptr {place}, i64 {index}"
        yield f"  store i8 {octet}, ptr {result}.{index}"
    yield f"  {result} = getelementptr i8, ptr {place}, i64 {len(text)}"


def _data_end(result: str, column: Column, index: str) -> Iterator[str]:
    yield f"  {result}.p = getelementptr i32, ptr %c{column.index}.values, i64 {index}"
    yield f"  {result}.0 = load i32, ptr {result}.p"
    yield f"  {result} = zext i32 {result}.0 to i64"


def _value(name: str, column: Column, info: FieldInfo) -> Iterator[str]:
    """Yield what writes one value at ``%at``, up to ``%text``."""
    index, values, call = f"%j.{name}", f"%c{column.index}.values", f"  %text.{name} = call ptr"
    if column.octets and not column.width:
        yield f"  %begin.{name}.next = add i64 {index}, 1"
        yield from _data_end(f"%begin.{name}", column, index)
        yield from _data_end(f"%end.{name}", column, f"%begin.{name}.next")
        yield f"  %size.{name} = sub i64 %end.{name}, %begin.{name}"
        yield f"  %data.{name} = getelementptr i8, ptr %c{column.index}.data, i64 %begin.{name}"
        if info.type.kind is Kind.STRING:
            yield f"  call void @llvm.memcpy.p0.p0.i64(ptr %at.{name}, ptr %data.{name}, i64 %size.{name}, i1 false)"
            yield f"  %text.{name} = getelementptr i8, ptr %at.{name}, i64 %size.{name}"
            return
        with_colons = "with_colons" if info.type is FieldType.AX25 else "octets"
        yield f"{call} @{with_colons}(ptr %at.{name}, ptr %data.{name}, i64 %size.{name})"
        return
    yield f"  %place.{name} = mul i64 {index}, {column.width}"
    yield f"  %p.{name} = getelementptr i8, ptr {values}, i64 %place.{name}"
    if column.octets:
        yield f"{call} @ether(ptr %at.{name}, ptr %p.{name})"
        return
    bits = column.width * 8
    yield f"  %raw.{name} = load i{bits}, ptr %p.{name}, align 1"
    if info.name == NUMBER:
        yield f"  %in.walk.{name} = zext i{bits} %raw.{name} to i64"
        yield f"  %v.{name} = add i64 %in.walk.{name}, %before"
    elif bits == 64:
        yield f"  %v.{name} = add i64 %raw.{name}, 0"
    else:
        yield f"  %v.{name} = {'sext' if info.type.signed else 'zext'} i{bits} %raw.{name} to i64"
    kind = info.type.kind
    if kind is Kind.IPV4:
        yield f"{call} @dotted(ptr %at.{name}, i64 %v.{name})"
    elif kind is Kind.ABSOLUTE_TIME:
        yield f"{call} @date(ptr %at.{name}, i64 %v.{name}, i64 %east, ptr %zone, i64 %zone.size)"
    elif kind is Kind.RELATIVE_TIME:
        yield f"{call} @seconds(ptr %at.{name}, i64 %v.{name})"
    elif kind is Kind.INTEGER and info.base.is_hexadecimal:
        yield f"{call} @hexadecimal(ptr %at.{name}, i64 %v.{name}, i64 {info.type.bits // 4})"
    elif kind is Kind.INTEGER and info.type.signed:
        yield f"{call} @signed(ptr %at.{name}, i64 %v.{name})"
    else:
        yield f"{call} @decimal(ptr %at.{name}, i64 %v.{name})"

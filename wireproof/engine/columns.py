"""Columns in machine code: where values go while a frame is walked, and what keeps them if it matches.

The state has words for each (see `state`). The values of a column of octets are the ends of each in its data, as Arrow
has it; the other ones lie side by side. Everything that is counted begins at 0, so that the ends of the frames have one
element more than there are frames, the first of which is 0. A single column has, where the others have ends, a bit for
each frame, the lowest of an octet first; where there is no value, its place is left as it is.
"""

from __future__ import annotations

from wireproof.engine.state import (
    COLUMN_STATE,
    COLUMN_WORDS,
    COUNT,
    DATA,
    DATA_COUNT,
    DATA_ROOM,
    ENDS,
    ROOM,
    VALUES,
    Column,
    loaded,
)


def variables(column: Column) -> list[str]:
    """Return the allocations of a column: what this frame has added, and what is kept."""
    names = ("count", "kept", "data.count", "data.kept")
    return [f"  {_name(column, name)} = alloca i64" for name in names]


def entry(columns: list[Column]) -> list[str]:
    """Return what a function that adds to columns begins with: addresses, rooms and counts."""
    lines = []
    first_word = COLUMN_STATE
    for column in columns:
        for name, word, kind in (
            ("values", VALUES, "ptr"),
            ("room", ROOM, "i64"),
            ("ends", ENDS, "ptr"),
            ("data", DATA, "ptr"),
            ("data.room", DATA_ROOM, "i64"),
        ):
            lines += loaded(_name(column, name)[1:], "%state", first_word + word, kind)
        for name, word in (("count", COUNT), ("data.count", DATA_COUNT)):
            kept = name.replace("count", "kept")
            before = f"{_name(column, kept)}.0"
            lines += [
                *loaded(before[1:], "%state", first_word + word),
                f"  store i64 {before}, ptr {_name(column, kept)}",
            ]
        first_word += COLUMN_WORDS
    return lines


def begun(column: Column) -> list[str]:
    """Return what begins a frame: what the one before added and did not keep is forgotten."""
    return _copied(column, "kept", "count", "begun")


def kept(column: Column, row: str) -> list[str]:
    """Return what keeps the values of a frame, the `row` of which counts from 0."""
    if column.single:
        return _kept_single(column, row)
    end, at = _name(column, "end"), _name(column, "end.at")
    return [
        *_copied(column, "count", "kept", "done"),
        f"  {end}.row = add i64 {row}, 1",
        f"  {at} = getelementptr i32, ptr {_name(column, 'ends')}, i64 {end}.row",
        f"  {end} = trunc i64 {_name(column, 'count')}.done to i32",
        f"  store i32 {end}, ptr {at}",
    ]


def _kept_single(column: Column, row: str) -> list[str]:
    name = _name(column, "single")
    lines = [
        f"  {name}.count = load i64, ptr {_name(column, 'count')}",
        f"  {name}.is = icmp ugt i64 {name}.count, {row}",
        f"  {name}.next = add i64 {row}, 1",
        f"  store i64 {name}.next, ptr {_name(column, 'kept')}",
        f"  {name}.octet = lshr i64 {row}, 3",
        f"  {name}.place = and i64 {row}, 7",
        f"  {name}.shift = trunc i64 {name}.place to i8",
        f"  {name}.bit = zext i1 {name}.is to i8",
        f"  {name}.moved = shl i8 {name}.bit, {name}.shift",
        f"  {name}.p = getelementptr i8, ptr {_name(column, 'ends')}, i64 {name}.octet",
        f"  {name}.old = load i8, ptr {name}.p",
        f"  {name}.new = or i8 {name}.old, {name}.moved",
        f"  store i8 {name}.new, ptr {name}.p",
    ]
    if column.octets and not column.width:
        lines += [
            f"  {name}.data = load i64, ptr {_name(column, 'data.count')}",
            f"  store i64 {name}.data, ptr {_name(column, 'data.kept')}",
            f"  {name}.end = trunc i64 {name}.data to i32",
            f"  {name}.end.p = getelementptr i32, ptr {_name(column, 'values')}, i64 {name}.next",
            f"  store i32 {name}.end, ptr {name}.end.p",
        ]
    return lines


def left(column: Column) -> list[str]:
    """Return what leaves the counts in the state at a function's end."""
    lines = []
    for name in ("kept", "data.kept"):
        lines += [
            f"  {_name(column, name)}.last = load i64, ptr {_name(column, name)}",
            f"  store i64 {_name(column, name)}.last, ptr {_name(column, name)}.0.p",
        ]
    return lines


def append(column: Column, values: tuple[str, ...], made: int) -> tuple[list[str], str]:
    """Return what adds a value, and the basic block that it ends in. Without room, the function ends before the frame.

    `made` makes the names the only ones of their kind.
    """
    name = f"%add.{made}"
    lines = [
        f"  {name}.n = load i64, ptr {_name(column, 'count')}",
        f"  {name}.fits = icmp ult i64 {name}.n, {_name(column, 'room')}",
        f"  br i1 {name}.fits, label %add.{made}, label %full",
        f"add.{made}:",
        f"  {name}.more = add i64 {name}.n, 1",
    ]
    following = f"add.{made}"
    if not column.octets:
        lines += [
            *_element(column, name, f"i{column.width * 8}", f"{name}.n"),
            *([f"  {name}.v = trunc i64 {values[0]} to i{column.width * 8}"] if column.width < 8 else []),
            f"  store i{column.width * 8} {values[0] if column.width == 8 else f'{name}.v'}, ptr {name}.p, align 1",
        ]
    elif column.width:
        bits = column.width * 8
        lines += [
            f"  {name}.from = getelementptr i8, ptr %buffer, i64 {values[0]}",
            f"  {name}.v = load i{bits}, ptr {name}.from, align 1",
            f"  {name}.at = mul i64 {name}.n, {column.width}",
            f"  {name}.p = getelementptr i8, ptr {_name(column, 'values')}, i64 {name}.at",
            f"  store i{bits} {name}.v, ptr {name}.p, align 1",
        ]
    else:
        lines += _octets(column, values, name)
        following = f"add.{made}.room"
    return [*lines, f"  store i64 {name}.more, ptr {_name(column, 'count')}"], following


def compose(column: Column, call: tuple[str, str], most: int, made: int, *, ends: bool) -> tuple[list[str], str]:
    """Return what adds the text that a function writes of a number, and the basic block that it ends in.

    Without room for the octets that it may write, the function ends before the frame.
    """
    name, (function, value) = f"%text.{made}", call
    lines = [
        f"  {name}.d = load i64, ptr {_name(column, 'data.count')}",
        f"  {name}.most = add i64 {name}.d, {most}",
        f"  {name}.fits = icmp ule i64 {name}.most, {_name(column, 'data.room')}",
        f"  br i1 {name}.fits, label {name}, label %full",
        f"{name[1:]}:",
        f"  {name}.to = getelementptr i8, ptr {_name(column, 'data')}, i64 {name}.d",
        f"  {name}.behind = call ptr {function}(ptr {name}.to, i64 {value})",
        f"  {name}.first = ptrtoint ptr {name}.to to i64",
        f"  {name}.last = ptrtoint ptr {name}.behind to i64",
        f"  {name}.size = sub i64 {name}.last, {name}.first",
        f"  {name}.end = add i64 {name}.d, {name}.size",
        f"  store i64 {name}.end, ptr {_name(column, 'data.count')}",
    ]
    if not ends:
        return lines, name[1:]
    lines += [
        f"  {name}.n = load i64, ptr {_name(column, 'count')}",
        f"  {name}.room = icmp ult i64 {name}.n, {_name(column, 'room')}",
        f"  br i1 {name}.room, label {name}.done, label %full",
        f"{name[1:]}.done:",
        f"  {name}.more = add i64 {name}.n, 1",
        *_element(column, name, "i32", f"{name}.more"),
        f"  {name}.v = trunc i64 {name}.end to i32",
        f"  store i32 {name}.v, ptr {name}.p",
        f"  store i64 {name}.more, ptr {_name(column, 'count')}",
    ]
    return lines, f"{name[1:]}.done"


def _octets(column: Column, values: tuple[str, ...], name: str) -> list[str]:
    base, size = values
    return [
        f"  {name}.d = load i64, ptr {_name(column, 'data.count')}",
        f"  {name}.end = add i64 {name}.d, {size}",
        f"  {name}.enough = icmp ule i64 {name}.end, {_name(column, 'data.room')}",
        f"  br i1 {name}.enough, label {name}.room, label %full",
        f"{name[1:]}.room:",
        f"  {name}.from = getelementptr i8, ptr %buffer, i64 {base}",
        f"  {name}.to = getelementptr i8, ptr {_name(column, 'data')}, i64 {name}.d",
        f"  call void @llvm.memcpy.p0.p0.i64(ptr {name}.to, ptr {name}.from, i64 {size}, i1 false)",
        f"  store i64 {name}.end, ptr {_name(column, 'data.count')}",
        *_element(column, name, "i32", f"{name}.more"),
        f"  {name}.v = trunc i64 {name}.end to i32",
        f"  store i32 {name}.v, ptr {name}.p",
    ]


def _element(column: Column, name: str, kind: str, index: str) -> list[str]:
    return [f"  {name}.p = getelementptr {kind}, ptr {_name(column, 'values')}, i64 {index}"]


def _copied(column: Column, source: str, target: str, suffix: str) -> list[str]:
    lines = []
    for prefix in ("", "data.") if column.octets and not column.width else ("",):
        name = f"{_name(column, prefix + 'count')}.{suffix}"
        lines.append(f"  {name} = load i64, ptr {_name(column, prefix + source)}")
        lines.append(f"  store i64 {name}, ptr {_name(column, prefix + target)}")
    return lines


def _name(column: Column, name: str) -> str:
    return f"%c{column.index}.{name}"

"""``-z io,stat`` as text, in tshark's columns, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wireproof.analysis.statistics.intervals import SECOND, Column, Intervals
from wireproof.output.escape import escape

MICROSECOND = 1000
WIDTH = 23
"""What the head takes at least, beside the digits of the duration."""
Row = tuple[int, int, list[tuple[int, ...]]]


def interval_lines(found: Intervals) -> Iterator[str]:
    """Yield the table of all intervals."""
    rows = found.rows()
    digits = (3 if found.duration < 10 * SECOND else 1) if found.is_whole else found.digits
    whole = len(str(found.duration // SECOND))
    width = whole + 1 + digits if digits else max(whole, 2)
    widths = [_widths(found, at, rows) for at in range(len(found.columns))]
    cell = 2 * width + 6
    labels = [column.text or "Frames and bytes" for column in found.columns]
    needed = cell + sum(sum(each) + 3 * len(each) for each in widths)
    least = WIDTH + whole + (digits + 6 if found.is_whole else digits + 1 if digits else 0)
    inner = max(needed, least, *(len(label) + 9 for label in labels))
    inner += inner == needed + 1  # the two borders do not stand side by side
    rest = " " * (inner - needed - 1) + "|" if inner > needed else ""
    yield ""
    yield "=" * (inner + 2)
    for text in _head(found, labels, digits, whole):
        yield f"| {text:<{inner - 1}}|"
    yield f"|{'-' * inner}|"
    numbers = "".join(f"|{at:<{sum(each) + 3 * len(each) - 1}}" for at, each in enumerate(widths, 1))
    yield f"|{'':<{cell}}{numbers}|{rest}"
    names = "".join(
        f"| {_centred(name, room)} "
        for column, each in zip(found.columns, widths, strict=True)
        for name, room in zip(_names(column), each, strict=True)
    )
    yield f"|{' Interval':<{cell}}{names}|{rest}"
    yield f"|{'-' * needed}|{rest}"
    for begin, end, told in rows:
        cells = "".join(
            f"| {_text(column, value):>{room}} "
            for column, values, each in zip(found.columns, told, widths, strict=True)
            for value, room in zip(values, each, strict=True)
        )
        is_last = end == found.duration
        yield f"| {_interval(begin, end, digits, width, is_one=whole == 1, is_last=is_last)}{cells}|{rest}"
    yield "=" * (inner + 2)


def _names(column: Column) -> tuple[str, ...]:
    return (column.function,) if column.function else ("Frames", "Bytes")


def _widths(found: Intervals, at: int, rows: Sequence[Row]) -> tuple[int, ...]:
    """Return how wide the values of a column are."""
    column = found.columns[at]
    values = [told[at] for _, _, told in rows]
    if not rows and not column.function:
        values = [found.totals()[at]]
    return tuple(
        max(len(name), *(len(_text(column, each[place])) for each in values)) if values else len(name)
        for place, name in enumerate(_names(column))
    )


def _text(column: Column, value: int) -> str:
    """Return a number; of a time, as seconds with six digits, and so of a load."""
    if not column.is_time or column.function == "COUNT":
        return str(value)
    micro = (abs(value) + MICROSECOND // 2) // MICROSECOND
    return f"{'-' if value < 0 else ''}{micro // 10**6}.{micro % 10**6:06}"


def _centred(text: str, room: int) -> str:
    before = (room - len(text) + 1) // 2
    return " " * before + text.ljust(room - before)


def _head(found: Intervals, labels: Sequence[str], digits: int, whole: int) -> Iterator[str]:
    duration = found.duration / SECOND
    interval = duration if found.is_whole else found.interval / SECOND
    room = whole + 1 + digits if digits else whole
    yield "IO Statistics"
    yield ""
    yield f"Duration: {duration:.{digits or 6}f} secs"
    yield f"Interval: {interval:>{room}.{digits}f} secs"
    yield ""
    for at, label in enumerate(labels, 1):
        yield f"{'Col 1' if at == 1 else f'{at:>5}'}: {escape(label)}"


def _interval(begin: int, end: int, digits: int, width: int, *, is_one: bool, is_last: bool) -> str:
    if digits:
        return f"{begin / SECOND:>{width}.{digits}f} <> {end / SECOND:>{width}.{digits}f} "
    if is_last:
        return f"{begin // SECOND:>{width}} <> {'Dur':<{width + 1}}"
    last = f"{end // SECOND:<{width}}" if is_one else f"{end // SECOND:>{width}}"
    return f"{begin // SECOND:>{width}} <> {last} "


def interval_json(found: Intervals) -> dict[str, Any]:
    """Return the intervals; times are seconds."""
    return {
        "duration": found.duration / SECOND,
        "columns": [column.text for column in found.columns],
        "intervals": [
            {
                "begin": begin / SECOND,
                "end": end / SECOND,
                "columns": [_json(column, values) for column, values in zip(found.columns, told, strict=True)],
            }
            for begin, end, told in found.rows()
        ],
    }


def _json(column: Column, values: tuple[int, ...]) -> dict[str, Any]:
    if not column.function:
        return {"frames": values[0], "bytes": values[1]}
    is_seconds = column.is_time and column.function != "COUNT"
    return {column.function.lower(): values[0] / SECOND if is_seconds else values[0]}

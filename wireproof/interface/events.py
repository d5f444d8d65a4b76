"""What analyses are fed with when nobody prints packets: columns of all frames, table by table."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any

from wireproof.analysis import arp_event, mac_table
from wireproof.analysis.arp_event import ArpEvent
from wireproof.dissectors.schema import Kind
from wireproof.interface.filter import Filter

if TYPE_CHECKING:
    from wireproof.interface.capture import Capture, Engine
    from wireproof.output.tables import Column

_MAC = struct.Struct("6s")


def arp_events(
    capture: Capture, display_filter: Filter | None = None, count: int | None = None, engine: Engine = "auto"
) -> Iterator[ArpEvent]:
    """Yield the ARP packets of the frames that pass. Raises CaptureError behind those before damage."""
    for columns in _columns(capture, arp_event.NAMES, _both("arp", display_filter), count, engine):
        yield from map(ArpEvent._make, zip(*columns, strict=True))


def mac_events(
    capture: Capture, display_filter: Filter | None = None, count: int | None = None, engine: Engine = "auto"
) -> Iterator[list[Sequence[Any]]]:
    """Yield the Ethernet frames that pass, some at a time: a column for each of `mac_table.NAMES`.

    Raises CaptureError behind those before damage.
    """
    return _columns(capture, mac_table.NAMES, _both("eth", display_filter), count, engine)


def _both(protocol: str, chosen: Filter | None) -> Filter:
    if chosen is None or not chosen.text.strip():
        return Filter(protocol)
    return Filter(f"{protocol} and ({chosen.text})", macros=chosen.macros, reference=chosen.reference)


def _columns(
    capture: Capture, names: Sequence[str], chosen: Filter, count: int | None, engine: Engine
) -> Iterator[list[Sequence[Any]]]:
    for table in capture.tables(names, chosen, count=count, engine=engine):
        yield [first_values(table[name]) for name in names]


def first_values(column: Column) -> Sequence[Any]:
    """Return the first value of each frame as it is kept: addresses as numbers or octets; None for none."""
    if column.field.type.kind is Kind.ETHER:
        values: Sequence[Any] = [mac for (mac,) in _MAC.iter_unpack(column.values)]
    elif column.ends is not None:
        octets, decode = bytes(column.values), column.field.type.kind is Kind.STRING
        parts = (octets[begin:end] for begin, end in pairwise(column.ends.tolist()))
        values = [part.decode("utf-8", "surrogateescape") for part in parts] if decode else list(parts)
    else:
        values = column.values.tolist()
    if column.offsets is not None:
        if not values:
            return list(repeat(None, column.rows))
        begins, last = column.offsets.tolist(), len(values) - 1
        return [values[min(begin, last)] if begin < end else None for begin, end in pairwise(begins)]
    present = column.present
    assert present is not None
    bits = int.from_bytes(present, "little")
    if bits & (1 << column.rows) - 1 == (1 << column.rows) - 1:
        return values[: column.rows]
    marks = present.tolist()
    return [values[row] if marks[row >> 3] >> (row & 7) & 1 else None for row in range(column.rows)]


def numbers(column: Column) -> Iterator[Sequence[int]]:
    """Yield all values of each frame, as numbers; of what is none, a number for each value."""
    kind = column.field.type.kind
    if kind not in (Kind.INTEGER, Kind.RELATIVE_TIME):
        for found in column:
            yield range(len(found) if isinstance(found, list) else found is not None)
        return
    values = column.values.tolist()
    if column.offsets is None:
        assert column.present is not None
        marks = column.present.tolist()
        yield from ((values[row],) if marks[row >> 3] >> (row & 7) & 1 else () for row in range(column.rows))
        return
    yield from (values[begin:end] for begin, end in pairwise(column.offsets.tolist()))

"""The Python interface, which the command line itself uses."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from wireproof import capture, grammar, packet
from wireproof.analysis import Analysis
from wireproof.dissectors.schema import catalogue
from wireproof.packet import Packet, Preferences

if TYPE_CHECKING:
    from wireproof.engine import Match, Query

PAYS = 1 << 18
"""Octets of a file from which on machine code is made: smaller ones are read before LLVM is loaded."""

Engine = Literal["auto", "compiled", "reference"]
_DEFAULT = Preferences()
LINK_TYPES = {"ethernet": 1, "null": 0, "raw": 101, "ipv4": 228}


class EngineError(ValueError):
    """Machine code was asked for where there can be none; the text says why."""


class Filter:
    """A display filter, checked against the fields of all installed protocols.

    Raises FilterError, whose `diagnoses` have a message, a column counted in characters from 0, a length and a
    suggestion (or None).
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.typed = grammar.compile_filter(text, catalogue())

    @property
    def fields(self) -> frozenset[str]:
        """The canonical names of the fields that the filter uses."""
        return self.typed.fields

    def matches(self, packet: Packet) -> bool:
        """Whether a packet passes."""
        return self.typed.matches(packet)

    def __repr__(self) -> str:
        return f"Filter({self.text!r})"


class Capture:
    """An open capture: iterate over it for its packets, once: a second time raises CaptureError. A context manager.

    Iteration raises CaptureError where the file is damaged, after every whole record before the damage. `slow_for` is
    what is missing where `select` would have made machine code and could not.
    """

    def __init__(self, reader: capture.Reader, preferences: Preferences) -> None:
        self.reader = reader
        self.preferences = preferences
        self.analysis = Analysis()
        self.slow_for: str | None = None
        self._begun = False

    def __iter__(self) -> Iterator[Packet]:
        return self.filter(None)

    def filter(self, display_filter: str | Filter | None) -> Iterator[Packet]:
        """Iterate over the packets that pass a filter; None and the empty filter pass all.

        Raises FilterError at once, not at the first packet.
        """
        chosen = Filter(display_filter) if isinstance(display_filter, str) else display_filter
        return (found for _, found in self.records(chosen))

    def records(
        self, chosen: Filter | None = None, count: int | None = None
    ) -> Iterator[tuple[capture.Record, Packet]]:
        """Iterate over the packets that pass, each with the record of the file that it came from.

        With a count, that many records are read and no more are waited for.
        """
        for record in self._once(count):
            found = packet.dissect(record.data, self._source(record), self.preferences)
            self.analysis.see(found)
            if chosen is None or chosen.matches(found):
                self.analysis.shown(found)
                yield record, found

    def _once(self, count: int | None) -> Iterator[capture.Record]:
        if self._begun:
            raise capture.CaptureError("this capture has been read already; open it again")
        self._begun = True
        return itertools.islice(self.reader, count)

    def _source(self, record: capture.Record) -> packet.Source:
        known = self.reader.interfaces[record.interface]
        if self.reader.format == "pcap":  # which says nothing of interfaces
            return packet.Source(
                record.number, record.wire_length, record.time, record.link_type, time_digits=known.time_digits
            )
        return packet.Source(
            record.number,
            record.wire_length,
            record.time,
            record.link_type,
            known.number,
            known.time_digits,
            known.name or "unknown",
            known.section,
        )

    def select(self, chosen: Filter, count: int | None = None, engine: Engine = "auto") -> Iterator[capture.Record]:
        """Iterate over the records of the file whose frames pass, in its order, without dissecting all of them.

        The filter runs as machine code over a file of some size, "auto", or over any file, "compiled", which raises
        EngineError where that cannot be: a stream can be read only once, and fields that take more than one packet
        are not told from frames alone. Otherwise, or with "reference", every frame is dissected.
        """
        query = None if engine == "reference" else self._query(chosen, must=engine == "compiled")
        if query is None:
            return (record for record, _ in self.records(chosen, count))
        return self._selected(query, count)

    def dissect(self, record: capture.Record) -> Packet:
        """Dissect a record of this capture, without the fields that take more than one packet."""
        return packet.dissect(record.data, self._source(record), self.preferences)

    def _query(self, chosen: Filter, *, must: bool) -> Query | None:
        path = self.reader.path
        if path is not None and not must and os.path.getsize(path) < PAYS:
            return None
        reason = f"{self.reader.name} is no file that can be read twice"
        if path is not None:
            try:
                from wireproof.engine import NotLowerableError, compile_query
            except ImportError:
                self.slow_for = reason = "llvmlite is not installed"
            else:
                try:
                    return compile_query(chosen.typed, catalogue(), self.preferences)
                except NotLowerableError as error:
                    reason = str(error)
        if must:
            raise EngineError(f"the filter cannot run as machine code: {reason}")
        return None

    def _selected(self, query: Query, count: int | None) -> Iterator[capture.Record]:
        """Yield the records that the query finds, up to the end of the file or the damage."""
        assert self.reader.path is not None
        matches = query.match_records(self.reader.path)
        records = self.reader.read_at(matches) if count is None else None
        if records is not None:
            self._once(count)  # the records are not read through it, but the capture counts as read
            yield from records
            return
        wanted = _numbers(matches)
        number = next(wanted, None)
        for record in self._once(count):
            if record.number == number:
                yield record
                number = next(wanted, None)

    def close(self) -> None:
        """Close the file."""
        self.reader.close()

    def __enter__(self) -> Capture:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_capture(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    preferences: Preferences = _DEFAULT,
) -> Capture:
    """Open a pcap or pcapng file, or standard input ("-"). Raises CaptureError where it is neither."""
    return Capture(capture.open_reader(source), preferences)


def _numbers(matches: Iterator[Match]) -> Iterator[int]:
    """Yield the numbers of the frames that a query finds; at damage it ends, which the plain reader tells."""
    try:
        for match in matches:
            yield match.number
    except capture.CaptureError:
        return


def dissect(frame: bytes, *, link: str | int = "ethernet", preferences: Preferences = _DEFAULT) -> Packet:
    """Dissect one frame. `link` is "ethernet", "null", "raw", "ipv4" or a link-type number.

    Never raises on the bytes; raises ValueError on an unknown link.
    """
    if isinstance(link, str) and link not in LINK_TYPES:
        raise ValueError(f"unknown link {link!r}; known are {', '.join(LINK_TYPES)} and link-type numbers")
    number = LINK_TYPES[link] if isinstance(link, str) else link
    try:
        data = bytes(frame)
    except TypeError:
        raise TypeError("a frame is bytes; bytes.fromhex() makes them of a text of digits") from None
    found = packet.dissect(data, packet.Source(link_type=number), preferences)
    Analysis().see(found)
    return found


def build(layers: Sequence[tuple[str, Mapping[str, Any]] | bytes]) -> bytes:
    """Build a frame from layers, each a protocol's name with values by field name, or bytes.

    Lengths, checksums and the numbers of what follows are filled in unless given. Raises BuildError, also for what
    does not fit, and UnknownFieldError, which offers the nearest names.
    """
    return packet.build(layers)


__all__ = ["Capture", "EngineError", "Filter", "build", "dissect", "open_capture"]

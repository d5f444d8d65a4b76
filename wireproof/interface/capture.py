"""An open capture: its packets, the records that pass a filter, and columns of their values."""

from __future__ import annotations

import importlib.util
import itertools
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Literal, TypeVar

from wireproof import capture
from wireproof.capture import CaptureError
from wireproof.interface.across import needs_stream, rules_for, rules_of, shown_with
from wireproof.interface.damage import Until
from wireproof.interface.filter import Filter
from wireproof.interface.opening import Opening
from wireproof.packet.preferences import DEFAULT, Preferences
from wireproof.packet.reassembly import Reassembler, Recall

if TYPE_CHECKING:
    from wireproof.analysis import Analysis
    from wireproof.analysis.compiled import CompiledAnalysis
    from wireproof.analysis.hindsight import Hindsight
    from wireproof.engine import Query, Walk
    from wireproof.engine.stores import Store
    from wireproof.output import FieldStyle
    from wireproof.output.tables import Table
    from wireproof.packet import Packet

PAYS = 1 << 18
"""Octets of a file from which on machine code is made: smaller ones are read before LLVM is loaded."""

Engine = Literal["auto", "compiled", "reference"]

_EVERYTHING = ""
_TOLD_EVERY = 256  # records of the plain reader
_MICROSECONDS = 1_000_000
_ETHERNET = 1
TABLE_ROWS = 1 << 16
T = TypeVar("T")


class EngineError(ValueError):
    """Machine code was asked for where there can be none; the text says why."""


class Capture:
    """An open capture: iterate over it for its packets, once: a second time raises CaptureError. A context manager.

    Iteration raises CaptureError where the file is damaged, after every whole record before the damage. `advanced` is
    called now and then with the octets and records that have been read, `slowed` with what is missing where machine
    code would have been made and could not. `hindsight` is what a first pass has found, see `look_ahead`. `taps` are
    called with each packet that is analysed, whether it passes a filter or not. `jobs` is in how many ranges machine
    code walks over a file at the same time, in as many threads; None stands for as many as pay.
    """

    def __init__(self, reader: capture.Reader, preferences: Preferences) -> None:
        self.reader = reader
        self.preferences = preferences
        self.advanced: Callable[[int, int], None] = lambda octets, records: None
        self.slowed: Callable[[str], None] = lambda reason: None
        self.jobs: int | None = None
        self.hindsight: Hindsight | None = None
        self.taps: list[Callable[[Packet], None]] = []
        self._begun = False
        self._running: Generator[object, None, None] | None = None

    @cached_property
    def analysis(self) -> Analysis:
        """What the packets so far have in common."""
        from wireproof.analysis import Analysis

        return Analysis(self.preferences, self.hindsight)

    @cached_property
    def fragments(self) -> Reassembler:
        """The fragments so far that wait for others."""
        return Reassembler()

    def forgotten(self) -> Iterator[str]:
        """Say what of the packets so far fell out of tables that have a bound, each thing in a sentence."""
        if "analysis" in vars(self):
            yield from self.analysis.forgotten()
        if "fragments" in vars(self):
            yield from self.fragments.forgotten()

    def __iter__(self) -> Iterator[Packet]:
        return self.filter(None)

    def filter(self, display_filter: str | Filter | None) -> Iterator[Packet]:
        """Iterate over the packets that pass a filter; None and the empty filter pass all.

        Raises FilterError at once, not at the first packet.
        """
        return (found for _, found in self.records(_filter(display_filter)))

    def records(
        self, chosen: Filter | None = None, count: int | None = None, engine: Engine = "auto"
    ) -> Iterator[tuple[capture.Record, Packet]]:
        """Iterate over the packets that pass, each with the record of the file that it came from.

        With a count, that many records are read and no more are waited for. Where machine code filters, it does what
        takes more than one packet as well, and no packet is made of a frame that does not pass.
        """
        query = self._showing(chosen, engine)
        if query is not None:
            for record, found in self._walk(query, count).packets():
                self.analysis.shown(found)
                yield record, found
            return
        for record in self._once(count):
            found = self.dissect_with(record, self.fragments)
            self.analysis.see(found)
            for tap in self.taps:
                tap(found)
            if chosen is None or chosen.matches(found):
                self.analysis.shown(found)
                yield record, found

    def dissect(self, record: capture.Record) -> Packet:
        """Dissect a record of this capture, without the fields that take more than one packet.

        Of the record that was read last it is known which datagram its fragments have made whole.
        """
        return self.dissect_with(record, Recall(self.fragments))

    def dissect_with(self, record: capture.Record, fragments: Reassembler | Recall) -> Packet:
        """Dissect a record with the fragments that others have left there."""
        from wireproof.packet import dissect, source_of

        return dissect(record.data, source_of(record, self.reader), self.preferences, fragments=fragments)

    def select(
        self, display_filter: str | Filter | None = None, count: int | None = None, engine: Engine = "auto"
    ) -> Iterator[capture.Record]:
        """Iterate over the records of the file whose frames pass, in its order, without dissecting all of them.

        The filter runs as machine code over a stream or a file of some size, "auto", or over any, "compiled", which
        raises EngineError where that cannot be: fields that take more than one packet are not told from frames alone.
        Otherwise, or with "reference", every frame is dissected.
        """
        chosen = _filter(display_filter)
        if chosen is None:
            return self._once(count)
        query = self._query(chosen, engine)
        if query is None:
            return (record for record, _ in self.records(chosen, count, "reference"))
        return (record for batch in self._walk(query, count).batches() for record in batch.records())

    def copy(
        self,
        opening: Opening,
        display_filter: str | Filter | None = None,
        count: int | None = None,
        engine: Engine = "auto",
    ) -> None:
        """Write the records whose frames pass to a file, the kind of which the first of them decides where it is pcap.

        Raises CaptureError where the file cannot be written, and where the capture is damaged, when what came before
        is written.
        """
        query = self._query(display_filter, engine)
        if query is not None:
            self._copy(query, opening, count)
            return
        records = Until(self.select(display_filter, count, "reference"))
        with opening(lambda: self.kind(None if (first := records.ahead()) is None else first.link_type)) as writer:
            for record in records:
                writer.write(record)
        records.tell()

    def _copy(self, query: Query, opening: Opening, count: int | None) -> None:
        from wireproof.interface import copying

        jobs = self._jobs(query, count)
        if jobs == 1:
            copying.copy_batches(self._walk(query, count), self.kind, opening)
            return
        shared = copying.Shared(self.reader, self.kind, lambda work: self._ranges(query, jobs, work))
        with opening(shared.kind) as writer:
            if isinstance(writer, capture.PcapngWriter):
                batches = Until(self._walk(query, count).batches())
                copying.copy_blocks(batches, writer)
                tell = batches.tell
            else:
                self._begin()
                tell = shared.copy(writer)
        tell()

    def _jobs(self, query: Query, count: int | None) -> int:
        """Return in how many ranges to walk over the capture at the same time; some first records are in the first.

        What is told of several packets is told in their order.
        """
        from wireproof.engine.jobs import jobs_for

        return jobs_for(self.reader.size, 1 if count is not None or query.ruled else self.jobs)

    def _shared(
        self,
        query: Query,
        jobs: int,
        work: Callable[[Walk], Iterator[T]],
        new_store: Callable[[], Store] | None = None,
    ) -> Iterator[tuple[int, T]]:
        """Iterate over what comes out of ranges, each with what is to be added to the numbers of its records."""
        self._begin()
        return self._ranges(query, jobs, work, new_store)

    def _ranges(
        self,
        query: Query,
        jobs: int,
        work: Callable[[Walk], Iterator[T]],
        new_store: Callable[[], Store] | None = None,
    ) -> Iterator[tuple[int, T]]:
        from wireproof.engine.ranges import Ranges

        if self._running is not None:
            self._running.close()
        ranges = Ranges(query, self.reader, work, new_store)
        ranges.advanced, ranges.fragments = self.advanced, self.fragments
        self._running = results = ranges.results(jobs)
        return results

    def kind(self, link_type: int | None, interfaces: Sequence[capture.Interface] | None = None) -> tuple[int, bool]:
        """Return the link type of a file for records of this capture, and whether its times are to be finer.

        These are finer where any of the interfaces is that are known so far, or of those that are given.
        """
        known = self.reader.interfaces if interfaces is None else interfaces
        if link_type is None:
            link_type = known[0].link_type if known else _ETHERNET
        return link_type, any(each.ticks > _MICROSECONDS for each in known)

    def count(self, display_filter: str | Filter | None = None, engine: Engine = "auto") -> int:
        """Return how many frames pass. Raises CaptureError where the capture is damaged."""
        total, damage = self.count_until_damage(display_filter, None, engine)
        if damage is not None:
            raise damage
        return total

    def count_until_damage(
        self, display_filter: str | Filter | None = None, count: int | None = None, engine: Engine = "auto"
    ) -> tuple[int, capture.CaptureError | None]:
        """Return how many of the first `count` frames pass, and the damage that ended the capture, if any did."""
        query = self._query(display_filter, engine)
        if query is not None and (jobs := self._jobs(query, count)) > 1:
            from wireproof.engine.ranges import lengths

            found = Until(passed for _, passed in self._shared(query, jobs, lengths))
        elif query is not None:
            found = Until(batch.count for batch in self._walk(query, count).batches())
        else:
            found = Until(1 for _ in self.select(display_filter, count, "reference"))
        return sum(found), found.damage

    def lines(
        self,
        names: Sequence[str],
        style: FieldStyle | None = None,
        display_filter: str | Filter | None = None,
        count: int | None = None,
        engine: Engine = "auto",
    ) -> Iterator[bytes] | None:
        """Return the text of fields of the frames that pass, whole lines at a time, as UTF-8.

        None where machine code cannot tell all of the fields or does not pay. Raises UnknownFieldError.
        """
        from wireproof.engine.texts import new_store
        from wireproof.interface.lines import line_printing

        query = self._query(display_filter, engine, names)
        if query is None or query.not_told:
            return None
        printing = line_printing(query, names, style)
        if printing is None:
            return None
        jobs = self._jobs(query, count)
        if jobs == 1:
            return printing(self._walk(query, count, new_store(query)), enough=1)
        return (text for _, text in self._shared(query, jobs, printing, lambda: new_store(query)))

    def columns(self, names: Sequence[str], filter: str | Filter | None = None, engine: Engine = "auto") -> Table:
        """Return the values of fields in the frames that pass, all of them in memory; see `tables` for a part each.

        Raises FilterError, UnknownFieldError, and CaptureError where the capture is damaged.
        """
        (table,) = self.tables(names, filter, engine=engine, rows=None)
        return table

    def tables(
        self,
        names: Sequence[str],
        filter: str | Filter | None = None,
        *,
        rows: int | None = TABLE_ROWS,
        count: int | None = None,
        engine: Engine = "auto",
    ) -> Iterator[Table]:
        """Iterate over the values of fields in the frames that pass: tables of up to so many frames, at least one.

        Raises FilterError, UnknownFieldError and, without any name, ValueError at once. Raises CaptureError where the
        capture is damaged, behind a table of the frames before.
        """
        from wireproof.interface.tables import compiled_tables, reference_tables

        if not names:
            raise ValueError("a table needs the names of fields")
        chosen = _filter(filter)
        query = self._query(chosen, engine, names, singles=True)
        if query is not None and not query.not_told:
            return compiled_tables(query, lambda store: self._walk(query, count, store), names, rows)
        if query is not None and not needs_stream(names):
            packets = (self.dissect(record) for record in self.select(chosen, count, engine))
        else:
            packets = (found for _, found in self.records(chosen, count, engine))
        return reference_tables(packets, names, rows)

    def _once(self, count: int | None) -> Iterator[capture.Record]:
        self._begin()
        reader, told = self.reader, self.advanced
        for record in itertools.islice(reader, count):
            yield record
            if not record.number % _TOLD_EVERY:
                told(record.file_offset, record.number)

    def _begin(self) -> None:
        if self._begun:
            raise capture.CaptureError("this capture has been read already; open it again")
        self._begun = True

    def _showing(self, chosen: Filter | None, engine: Engine) -> Query | None:
        """Return the filter as machine code that leaves what passes to the reference; None where that reads all.

        It does where somebody is to see all packets, or later ones tell of those before. Raises EngineError.
        """
        is_plain = not self.taps and self.hindsight is None
        if not is_plain and engine == "compiled":
            raise EngineError("every packet is to be read: machine code finds those that pass a filter")
        return self._query(chosen, engine, shows=True) if is_plain and (chosen or engine == "compiled") else None

    def _query(
        self,
        display_filter: str | Filter | None,
        engine: Engine,
        names: Sequence[str] = (),
        *,
        singles: bool = False,
        shows: bool = False,
    ) -> Query | None:
        """Return the filter as machine code, None where the reference is to do the work. Raises EngineError."""
        must = engine == "compiled"
        size = self.reader.size
        if engine == "reference" or (not must and size is not None and size < PAYS):
            return None
        if importlib.util.find_spec("llvmlite") is None:
            reason = "llvmlite is not installed"
            if not must:
                self.slowed(reason)
        else:
            from wireproof.engine import kept_query

            text = display_filter.text if isinstance(display_filter, Filter) else display_filter or _EVERYTHING
            kept = kept_query(
                text,
                self.preferences,
                names,
                singles=singles,
                link_type=self.reader.link_type,
                rules=rules_of,
                shows=shows,
            )
            if kept is not None:
                return kept
            from wireproof.engine import NotLowerableError, compile_query

            typed = (_filter(display_filter) or Filter(_EVERYTHING)).typed
            # What is found again is not compiled, and so neither warned of nor looked for macros in.
            keep = "$" not in typed.text and not typed.warnings
            try:
                rules = shown_with(typed) if shows else rules_for(typed, names)
                return compile_query(
                    typed,
                    None,
                    self.preferences,
                    names,
                    singles=singles,
                    link_type=self.reader.link_type,
                    rules=rules,
                    shows=shows,
                    keep=keep,
                )
            except NotLowerableError as error:
                reason = str(error)
        if must:
            raise EngineError(f"the filter cannot run as machine code: {reason}")
        return None

    def _walk(self, query: Query, count: int | None, store: Store | None = None) -> Walk:
        from wireproof.engine import Walk

        self._begin()
        across: CompiledAnalysis | None = None
        if query.ruled:
            from wireproof.analysis.compiled import CompiledAnalysis

            across = CompiledAnalysis(self.analysis, query.ruled)
        walk = Walk(query, self.reader, count, store, across=across, fragments=self.fragments)
        walk.advanced = self.advanced
        return walk

    def close(self) -> None:
        """Close the file, when nobody reads it any more."""
        if self._running is not None:
            self._running.close()
        self.reader.close()

    def __enter__(self) -> Capture:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def look_ahead(
    source: str | os.PathLike[str],
    preferences: Preferences = DEFAULT,
    count: int | None = None,
    engine: Engine = "auto",
) -> Hindsight:
    """Return what the packets of a file tell of those before them, for a second pass (see `Capture.hindsight`).

    Raises CaptureError where it is no capture; damage behind that ends it without a word, for the second pass tells.
    """
    from wireproof.analysis.hindsight import WANTED, FirstPass

    found = FirstPass()
    with open_capture(source, preferences=preferences) as capture, suppress(CaptureError):
        for record in capture.select(WANTED, count, "auto" if engine == "compiled" else engine):
            found.see(capture.dissect_with(record, found.fragments))
    with open_capture(source, preferences=preferences) as capture:
        capture.hindsight = found.hindsight
        capture.count_until_damage("tcp.stream", count, "auto" if engine == "compiled" else engine)
    found.hindsight.known = True
    return found.hindsight


def _filter(text: str | Filter | None) -> Filter | None:
    return Filter(text) if isinstance(text, str) else text


def open_capture(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    preferences: Preferences = DEFAULT,
) -> Capture:
    """Open a pcap or pcapng file, or standard input ("-"). Raises CaptureError where it is neither."""
    return Capture(capture.open_reader(source), preferences)

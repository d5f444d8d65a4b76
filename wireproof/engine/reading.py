"""Captures through a compiled query: blocks of about 1 MiB through one buffer, and what the reference decides between.

Where the machine code stops, at damage and at the end, the plain reader says what there is to say.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, Literal, Protocol

from wireproof.capture import CaptureError, Interface, Record, pcap
from wireproof.capture.pcapng import Blocks
from wireproof.capture.record import record_limit
from wireproof.capture.source import Source as Bytes
from wireproof.engine.batches import Batch, batch_of
from wireproof.engine.clocks import NO_LIMIT, Clocks
from wireproof.engine.held import Held, new_buffer
from wireproof.engine.machine import Code
from wireproof.engine.memory import address_of
from wireproof.engine.pieces import Pieces, refusal
from wireproof.engine.query import Query
from wireproof.engine.state import (
    ACROSS,
    ASKED,
    CAPTURED,
    COLUMN_STATE,
    COLUMN_WORDS,
    FULL,
    GATHERED,
    LAST,
    LIMIT,
    MET,
    MORE,
    NUMBER,
    OPEN,
    OWN_CAPTURED,
    OWN_LENGTH,
    PASSES,
    PIECES,
    POSITION,
    REASON,
    ROW_LIMIT,
    ROW_WORDS,
    ROWS,
    STOP,
    UNDECIDED,
    UNKNOWN_FCS,
    VERDICT,
    WIRE,
    RecordLayout,
    pcapng_layout,
)
from wireproof.engine.stores import Store
from wireproof.packet.reassembly import Reassembler

if TYPE_CHECKING:
    from wireproof.packet import Packet

ROWS_AT_ONCE = 1 << 14


class Reading(Protocol):
    """What a walk takes over: a reader, or a view of one from some place of the file on."""

    header: pcap.PcapHeader | None
    blocks: Blocks | None
    interfaces: list[Interface]
    format: Literal["pcap", "pcapng"]
    source: Bytes


class Across(Protocol):
    """What rules over several packets work on, for one walk over all packets."""

    @property
    def addresses(self) -> int:
        """Where machine code finds the rules and their tables (see `wireproof.engine.across`)."""

    def see(self, packet: Packet) -> None:
        """Take a packet in that the reference reads, unless machine code has taken it in."""

    def check(self) -> None:
        """Raise AssertionError where machine code was about to leave a table."""


class Pause(Enum):
    """Where a walk waits for what it found to be taken out: it may be, or there is no room for more."""

    BETWEEN = "between"
    FULL = "full"


class Memory:
    """What a walk works in, to be used by one after another: making it anew takes as long as some thousand frames."""

    def __init__(self) -> None:
        self.octets = new_buffer()
        self.rows = (ctypes.c_int64 * (ROW_WORDS * (ROWS_AT_ONCE + 1)))()
        self.store: Store | None = None


class Walk:
    """One pass of a query over what a reader has not read yet; it takes the reader's source over.

    `last` is the number of the last record to look at, `stop` a place of the file at which none is to begin any more,
    and `number` that of the record before the first. With a store, the values of the query's columns go there.
    Where what passes depends on fragments, they are gathered in `fragments`; a walk that does not gather them ends
    before the first, and has `met` it.
    `advanced` is called with the octets and the records that have been passed so far, and `ended` before the last rows
    are taken out. `before` returns how many records are in front of the one that is number 1 here; it may wait for that
    to be known.
    """

    def __init__(
        self,
        query: Query,
        reader: Reading,
        last: int | None = None,
        store: Store | None = None,
        *,
        stop: int | None = None,
        number: int = 0,
        memory: Memory | None = None,
        fragments: Reassembler | None = None,
        gathers: bool = True,
        across: Across | None = None,
    ) -> None:
        self.query, self.reader, self.store = query, reader, store
        self.memory = memory = memory or Memory()
        if (store is None) != (not query.columns):
            raise ValueError("a store is for the columns of a query, and only for these")
        self._stop = stop
        self.advanced: Callable[[int, int], None] = lambda octets, records: None
        self.ended: Callable[[], None] = lambda: None
        self.before: Callable[[], int] = lambda: 0
        self._columns = COLUMN_STATE + COLUMN_WORDS * len(query.columns)
        self._state = (ctypes.c_int64 * self._columns)()
        self._state[LAST] = NO_LIMIT if last is None else last
        self._state[NUMBER] = number
        self._state[OWN_LENGTH] = self._state[OWN_CAPTURED] = -1
        self._rows = memory.rows
        self._state[ROW_LIMIT] = ROWS_AT_ONCE if store is None else store.rows
        if store is not None:
            store.attach(memoryview(self._state).cast("B").cast("q")[COLUMN_STATE:])
        self._asking = query.asking(lambda: self._held.octets)
        if self._asking is not None:
            self._state[ASKED], self._state[GATHERED] = self._asking.call, self._asking.words
        self.fragments, self.met = fragments if fragments is not None or not gathers else Reassembler(), False
        self._pieces = None
        if query.gathers:
            self._pieces = Pieces(query, self.fragments, self._rows, lambda: self._held.octets, self._read)  # type: ignore[arg-type]
            self._state[PIECES] = self._pieces.call
        if across is None and query.ruled:
            raise ValueError("a query with rules over several packets wants them")
        self._across = across
        if across is not None:
            self._state[ACROSS] = across.addresses
        source = reader.source
        self._held = Held(source.stream, source.offset, memory.octets)
        self._clocks = Clocks(self._state)
        self._refill(source.buffer[source.position :])

    # What comes out

    def batches(self) -> Iterator[Batch]:
        """Yield the frames that pass, in order. Raises CaptureError as the plain reader does, after what is whole."""
        for point in self._points():
            if isinstance(point, Record):
                yield batch_of(point)
            elif self._state[ROWS]:
                yield Batch(self._rows, self._state[ROWS], self._held.octets, self._held.offset, order=self._order)
            self._state[ROWS] = 0

    def packets(self) -> Iterator[tuple[Record, Packet]]:
        """Yield the frames that pass, each as the reference reads it in its place; of a query that `shows` them."""
        assert self.query.shows
        for point in self._blocks():
            if isinstance(point, Pause):
                continue
            verdict, self._state[VERDICT] = self._state[VERDICT], UNDECIDED
            packet = self._decide(point, True if verdict == PASSES else None)
            if packet is not None:
                yield point, packet

    def fillings(self, enough: int | None = 1) -> Iterator[int | Packet]:
        """Yield how many frames the store has the values of: `enough`, or as many as there is room for, or the last.

        It is cleared then; what was taken out of it stays, see `Store.take`. A frame with a value that the store does
        not hold comes as the reference reads it.
        """
        assert self.store is not None
        try:
            for point in self._points():
                if not isinstance(point, (Pause, Record)):
                    yield from self._filled()
                    yield point
                elif point is Pause.FULL or (enough is not None and self._state[ROWS] >= enough):
                    yield from self._filled()
        except CaptureError:
            yield from self._filled()
            raise
        self.ended()
        yield from self._filled()

    def _filled(self) -> Iterator[int]:
        assert self.store is not None
        if self._state[ROWS]:
            yield self._state[ROWS]
            self.store.clear()
            self._state[ROWS] = 0

    # Walking

    def _points(self) -> Iterator[Record | Packet | Pause]:
        """Yield where rows are to be looked at before the walk goes on, or a frame that has no row."""
        for point in self._blocks():
            if isinstance(point, Pause):
                yield point
                continue
            packet = self._decide(point)
            if packet is not None and self.store is None:
                yield point
            elif packet is not None:
                yield from self._added(packet, point)

    def _blocks(self) -> Iterator[Record | Pause]:
        """Walk over the capture; yield where rows are to be taken out, and what is to be decided on."""
        return self._pcap() if self.reader.header is not None else self._pcapng()

    def _added(self, packet: Packet, record: Record) -> Iterator[Packet | Pause]:
        """Have the reference's values of a frame in the store."""
        assert self.store is not None
        try:
            while not self.store.add(packet, self._state[ROWS]):
                yield from self._make_room()
        except OverflowError:
            before = self.before()
            yield (before and self._decide(record._replace(number=record.number + before))) or packet
            return
        self._state[ROWS] += 1
        if self._state[ROWS] == self._state[ROW_LIMIT]:
            yield from self._make_room()

    def _make_room(self) -> Iterator[Pause]:
        assert self.store is not None
        if self._state[ROWS] and not self.store.keeps:
            yield Pause.FULL
        else:
            self.store.grow()
            self._state[ROW_LIMIT] = self.store.rows

    def _code(self, layout: RecordLayout) -> Code:
        """Return the machine code for records of a layout, which are the ones from now on."""
        if self._pieces is not None:
            self._pieces.layout = layout
        return self.query.code(layout, thorough=self._held.is_long())

    def _run(self, code: Code) -> Iterator[Record | Pause]:
        """Run over the records that are held; yield where rows are to be taken out, and what is to be decided on."""
        addresses = ctypes.addressof(self._rows), ctypes.addressof(self._state)
        self._state[STOP] = NO_LIMIT if self._stop is None else self._stop - self._held.offset
        while True:
            code(address_of(self._held.octets), self._held.count, *addresses)
            if self._across is not None:
                self._across.check()
            if self._asking is not None and self._asking.failure is not None:
                raise self._asking.failure
            if self._pieces is not None and self._pieces.failure is not None:
                raise self._pieces.failure
            reason = self._state[REASON]
            if reason == OPEN and self._pieces is not None and (record := self._pieces.taken()) is not None:
                reason = self._rejoined(code, record)
                if reason == MORE:
                    continue
            if reason in (MORE, MET):
                self.met = reason == MET
                yield Pause.BETWEEN
                return
            if reason == FULL:
                if self.store is None:
                    yield Pause.FULL
                else:
                    yield from self._make_room()
            elif self.store is None and not self.query.shows:
                yield from self._decided()
            else:
                yield self._open_record()

    def _rejoined(self, code: Code, record: bytearray) -> int:
        """Have machine code decide on the frame that made a datagram whole, by a record of it; return what is to do.

        That is to go on, where it is done (`MORE`), to have rows taken out (`FULL`), or what there was to do (`OPEN`).
        """
        state, row = self._state, ROW_WORDS * (self._state[ROWS] if self.store is None else 0)
        words = POSITION, NUMBER, STOP, PIECES, OWN_LENGTH, OWN_CAPTURED
        kept, kept_row = [state[word] for word in words], self._rows[row : row + ROW_WORDS]
        rows, number = state[ROWS], state[NUMBER]
        changed = 0, number - 1, NO_LIMIT, refusal(), kept_row[WIRE], kept_row[CAPTURED]
        for word, value in zip(words, changed, strict=True):
            state[word] = value
        code(address_of(record), len(record), ctypes.addressof(self._rows), ctypes.addressof(state))
        if self._across is not None:
            self._across.check()
        reason, was_read = state[REASON], state[NUMBER] == number
        for word, value in zip(words, kept, strict=True):
            state[word] = value
        for at, value in enumerate(kept_row, row):
            self._rows[at] = value
        if reason == OPEN or not was_read:
            return OPEN
        # What a frame makes whole is remembered of the last one only, for whoever reads its row again.
        is_row = self.store is None and state[ROWS] > rows
        return FULL if is_row or state[ROWS] == state[ROW_LIMIT] else MORE

    def _decided(self) -> Iterator[Pause]:
        """Ask the reference about the frame whose row is the next; if it passes, the row counts."""
        record = self._open_record()
        if self._decide(record) is not None:
            self._state[ROWS] += 1
            # What a frame makes whole is remembered of the last one only, for whoever reads it again.
            is_last = self.fragments is not None and self.fragments.completed(record.number)
            if is_last or self._state[ROWS] == self._state[ROW_LIMIT]:
                yield Pause.FULL

    def _decide(self, record: Record, passes: Literal[True] | None = None) -> Packet | None:
        from wireproof.packet import source_of

        source = source_of(record, self.reader)
        return self.query.decide(record.data, source, self._across, self.fragments, passes)

    def _open_record(self) -> Record:
        first = self._state[ROWS] if self.store is None else 0
        return Batch(self._rows, 1, self._held.octets, self._held.offset, order=self._order).record(first)

    def _read(self, word: int) -> Packet:
        """Return the packet of the row that begins with a word."""
        from wireproof.packet import source_of

        batch = Batch(self._rows, 1, self._held.octets, self._held.offset, order=self._order)
        record = batch.record(word // ROW_WORDS)
        return self.query.read(record.data, source_of(record, self.reader), self.fragments)

    @property
    def _order(self) -> str | None:
        blocks = self.reader.blocks
        return None if blocks is None else blocks.section.order

    @property
    def offset(self) -> int:
        """Where in the file the next record begins, when all before have been taken out."""
        return self._held.offset + self._state[POSITION]

    @property
    def number(self) -> int:
        """The number of the last record that was passed."""
        return self._state[NUMBER]

    def _is_done(self) -> bool:
        return self.met or self.number >= self._state[LAST] or (self._stop is not None and self.offset >= self._stop)

    def _drop(self) -> None:
        """Forget the records that were walked over."""
        self._held.drop(self._state[POSITION])
        self._state[POSITION] = 0
        self.advanced(self._held.offset, self._state[NUMBER])

    def _refill(self, octets: bytes) -> None:
        """Hold these octets instead."""
        self._held.take(octets)
        self._state[POSITION] = 0

    # The two formats

    def _pcap(self) -> Iterator[Record | Pause]:
        header = self.reader.header
        assert header is not None
        layout = RecordLayout(
            header.order,
            unit=header.unit,
            head_bytes=header.entry.size,
            link_type=header.link_type,
            fcs_length=UNKNOWN_FCS if header.fcs_length is None else header.fcs_length,
        )
        limit = self._state[LIMIT] = record_limit(header.link_type)
        code = self._code(layout)
        entry = header.entry
        more = True
        while True:
            yield from self._run(code)
            self._drop()
            if self._is_done():
                return
            if self._held.count >= layout.head_bytes:
                captured = entry.unpack_from(self._held.octets, 0)[2]
                if captured > limit:
                    break
                self._held.await_record(layout.head_bytes + captured)
            if not more:
                break
            more = self._held.fill()
        # Let the plain reader look at what is left: nothing, or damage, which it raises.
        pcap.next_is_whole(self._rest(), entry, limit, self._state[NUMBER] + 1)

    def _rest(self) -> Bytes:
        """Return what is held and what follows, for the plain reader."""
        rest = self.reader.source
        rest.buffer, rest.position, rest.base = bytes(self._held.octets[: self._held.count]), 0, self._held.offset
        return rest

    def _pcapng(self) -> Iterator[Record | Pause]:
        blocks = self.reader.blocks
        assert blocks is not None
        code: Code | None = None
        more, section = True, None
        while True:
            if blocks.section is not section:
                section = blocks.section
                self._clocks.forget()
                layout = pcapng_layout(section.order, leaves_aside=blocks.aside is None)
                code = self._code(layout)
            self._state[LIMIT] = section.limit
            self._clocks.describe(section, self.reader.interfaces)
            if section.number and code is not None:
                yield from self._run(code)
            if self._is_done():
                self._drop()
                return
            place = self._state[POSITION]
            left = self._held.count - place
            size = blocks.size_at(bytes(self._held.octets[place : place + 12])) if left >= 12 else 12
            if more and size is not None and left < size:
                self._drop()
                self._held.await_record(size)
                more = self._held.fill()
                continue
            if not left and not more:
                self._drop()
                return
            blocks.number = self._state[NUMBER]
            record = self._step(blocks, place, size)
            if record is not None:
                yield record

    def _step(self, blocks: Blocks, place: int, size: int | None) -> Record | None:
        """Have the plain reader read one block: of what is held, where it is there as a whole."""
        if size is not None and self._held.count - place >= size:
            source = self.reader.source
            source.buffer, source.position = bytes(self._held.octets[place : place + size]), 0
            source.base = self._held.offset + place
            record = blocks.step()
            self._state[POSITION] = place + size
        else:
            self._drop()
            source = self._rest()
            record = blocks.step()
            self._held.offset = source.offset
            self._refill(source.buffer[source.position :])
        self._state[NUMBER] = blocks.number
        return record


__all__ = ["Batch", "Walk"]

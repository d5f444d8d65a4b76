"""Writing the intermediate form: positions and windows are proven as they are made, effects stand in regions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

from wireproof.engine.form import (
    FRAME,
    FRAME_END,
    HAND_OVER,
    RECORD,
    Append,
    Array,
    Block,
    Break,
    Call,
    Compose,
    Extent,
    Fetch,
    Gather,
    Get,
    Goto,
    If,
    Kind,
    Limit,
    Load,
    Looking,
    Mark,
    Need,
    Note,
    Operand,
    Operation,
    Place,
    Position,
    Program,
    Put,
    Recall,
    Result,
    Search,
    Set,
    Slot,
    SlotKind,
    Switch,
    UnprovenLoadError,
    Value,
    Within,
    Words,
    leaves,
)
from wireproof.engine.state import Column
from wireproof.engine.values import Scope, Values


class _Region:
    """A context in which a builder writes into a region of its own: there are too many of them for a generator."""

    def __init__(self, build: Builder, facts: Iterable[tuple[Operand, bool]], scope: Scope) -> None:
        self._build, self._facts, self._scope = build, facts, scope

    def __enter__(self) -> list[Operation]:
        written: list[Operation] = []
        self._outer = self._build.open(written, self._scope, self._facts)
        return written

    def __exit__(self, *_: object) -> None:
        self._build.close(self._outer, self._scope)


class Builder(Values):
    """Writes a program region by region."""

    def __init__(self) -> None:
        super().__init__()
        self.program = Program()
        self.escape = self.slot("boolean", "escape")
        self.entered: set[str] = set()
        self._labels = 0

    # Bounds

    @staticmethod
    def frame() -> tuple[Position, Limit]:
        """Return where the frame begins and ends."""
        return Position(FRAME), Limit(FRAME_END)

    def length(self) -> Operand:
        """Return how many octets the frame had: as many as were captured at least, whatever its record says."""
        captured, sent = self.binary("sub", FRAME_END, FRAME), RECORD["wire_length"]
        return self.select(self.compare("lt", sent, captured), captured, sent)

    def clip(self, end: Operand, limit: Limit) -> Limit:
        """Return the nearer of an end that somebody claims and a limit."""
        return Limit(self.select(self.compare("lt", end, limit.at), end, limit.at))

    def need(self, position: Position, size: Operand, limit: Limit, otherwise: str) -> Extent:
        """Return the octets from a position, or leave to `otherwise` where they are not all there."""
        self._region.append(Need(position.at, size, limit.at, otherwise))
        return Extent(position.at, size)

    def within(self, extent: Extent, first: Operand, size: Operand, otherwise: str) -> Extent:
        """Return octets of an extent, or leave to `otherwise` where they are not all in it."""
        base = self.binary("add", extent.base, first)
        if isinstance(extent.size, int) and isinstance(first, int) and isinstance(size, int):
            if not 0 <= first <= first + size <= extent.size:
                self.leave(otherwise)
                return Extent(base, 0)
        elif first != 0 or size is not extent.size:
            self._region.append(Within(base, extent.base, extent.size, first, size, otherwise))
        return Extent(base, size)

    def after(self, extent: Extent, count: Operand | None = None) -> Position:
        """Return the position behind an extent, or behind its first `count` octets, a constant."""
        if count is None:
            count = extent.size
        elif not (isinstance(count, int) and isinstance(extent.size, int) and 0 <= count <= extent.size):
            raise UnprovenLoadError(f"a position {count} octets into {extent.size}")
        return Position(self.binary("add", extent.base, count))

    def rest(self, position: Position, limit: Limit) -> Extent:
        """Return what there is from a position to a limit; nothing where the limit lies before it."""
        size = self.binary("sub", limit.at, position.at)
        return Extent(position.at, self.select(self.compare("lt", size, 0), 0, size))

    def between(self, start: Position, end: Position) -> Extent:
        """Return the octets between two positions; none where they are the wrong way round."""
        return self.rest(start, Limit(end.at))

    def ending(self, extent: Extent) -> Limit:
        """Return the end of an extent as a limit."""
        return Limit(self.after(extent).at)

    def load(self, extent: Extent, offset: int, width: int, *, little: bool = False) -> Value:
        """Return the number that some octets of an extent of constant size are."""
        if not isinstance(extent.size, int) or not 0 <= offset <= extent.size - width:
            raise UnprovenLoadError(f"octets {offset} to {offset + width} of {extent.size}")
        key = ("load", extent.base, offset, width, little)
        value = self._values.get(key)
        if value is None:
            value = self._noted(key, "integer")
            self._region.append(Load(value, extent.base, offset, width, little))
        return value

    def search(self, what: Looking, extent: Extent, other: Extent | bytes | None) -> Value:
        """Return the answer of a search, -1, 0 or 1 for the order of two strings of octets, or a sum over one."""
        value = self._new("integer" if what in ("order", "sum", "crc") else "boolean")
        self._region.append(Search(value, what, extent, other))
        return value

    def slot(self, kind: SlotKind, name: str, initial: int | bool = 0) -> Slot:
        """Return a new variable."""
        slot = Slot(len(self.program.slots), kind, bool(initial) if kind == "boolean" else initial, name)
        self.program.slots.append(slot)
        return slot

    def get(self, slot: Slot) -> Operand:
        """Return what an integer or boolean slot holds."""
        (value,) = self._held(slot)
        return value

    def _held(self, slot: Slot) -> tuple[Operand, ...]:
        for scope in reversed(self._scopes):
            known = scope.slots.get(slot)
            if known is not None:
                return known
            if slot in scope.slots or scope.entered:
                break
        kind: Kind = "boolean" if slot.kind == "boolean" else "integer"
        values = tuple(self._new(kind) for _ in range(2 if slot.kind == "extent" else 1))
        self._region.append(Get(values, slot))
        self._scopes[-1].slots[slot] = values
        return values

    def position(self, slot: Slot) -> Position:
        """Return what a position's slot holds."""
        assert slot.kind == "position"
        return Position(self.get(slot))

    def extent(self, slot: Slot) -> Extent:
        """Return what an extent's slot holds."""
        assert slot.kind == "extent"
        base, size = self._held(slot)
        return Extent(base, size)

    def set(self, slot: Slot, value: Operand | Position | Extent) -> None:
        """Write a slot; what is put into one of a position or extent has to be one."""
        if slot.kind == "extent":
            assert isinstance(value, Extent)
            values: tuple[Operand, ...] = tuple(value)
        elif slot.kind == "position":
            assert isinstance(value, Position)
            values = (value.at,)
        else:
            assert not isinstance(value, tuple)
            values = (self.boolean(value) if slot.kind == "boolean" else self.integer(value),)
        self._region.append(Set(slot, values))
        self._scopes[-1].write(slot, values)

    def mark(self, slot: Slot, condition: Operand) -> None:
        """Set a boolean slot where a condition holds."""
        condition = self.known(condition)
        if condition is not False:
            self._region.append(Mark(slot, condition))
            self._scopes[-1].write(slot, None)

    def array(self, kind: Literal["integer", "extent"], size: int, name: str) -> Array:
        """Return a new array."""
        assert size & (size - 1) == 0
        array = Array(len(self.program.arrays), kind, size, name)
        self.program.arrays.append(array)
        return array

    def put(self, array: Array, at: Operand, value: Operand | Extent) -> None:
        """Write an element of an array."""
        assert isinstance(value, Extent) == (array.kind == "extent")
        values = tuple(value) if isinstance(value, Extent) else (self.integer(value),)
        self._region.append(Put(array, at, values))

    def fetch(self, array: Array, at: Operand) -> tuple[Value, ...]:
        """Return the values of an element: one, or base and size of an extent."""
        results = tuple(self._new("integer") for _ in range(2 if array.kind == "extent" else 1))
        self._region.append(Fetch(results, array, at))
        return results

    def column(self, name: str, width: int, *, octets: bool, single: bool = False, dated: bool = False) -> Column:
        """Return a new column."""
        column = Column(len(self.program.columns), name, width, octets, single, dated)
        self.program.columns.append(column)
        return column

    def append(self, column: Column, value: Operand | Extent) -> None:
        """Add a value to a column; octets that are not as many as its width leave the frame to the reference."""
        assert isinstance(value, Extent) == column.octets
        if isinstance(value, Extent):
            if column.width and value.size != column.width:
                self.hand_over(self.compare("ne", value.size, column.width))
                value = self.within(value, 0, column.width, HAND_OVER)
            self._region.append(Append(column, tuple(value)))
        else:
            self._region.append(Append(column, (self.integer(value),)))

    def compose(self, column: Column, words: Words, value: Operand, *, ends: bool) -> None:
        """Add the text of a number to the next value of a column of texts, which it `ends` or not."""
        self._region.append(Compose(column, words, self.integer(value), ends))

    def gather(self, source: int, layer: Operand, *values: Operand) -> None:
        """Hand over a value for leaves that are asked of the reference, as one word or two."""
        self._region.append(Gather(source, self.integer(layer), tuple(map(self.integer, values))))

    # Rules over several packets

    def note(self, place: Place, value: Operand) -> None:
        """Write a number for a rule."""
        self._region.append(Note(place, self.integer(value)))

    def recall(self, place: Place) -> Value:
        """Return a number that a rule has left."""
        value = self._new("integer")
        self._region.append(Recall(value, place))
        return value

    def call(self, rule: int) -> Value:
        """Run a rule, and return what it does."""
        value = self._new("integer")
        self._region.append(Call(value, rule))
        return value

    # Control

    def region(self, facts: Iterable[tuple[Operand, bool]] = (), *, entered: bool = False) -> _Region:
        """Write into a region of its own; one of a layer or a loop is `entered` also from elsewhere."""
        return _Region(self, facts, Scope(entered=entered))

    def open(self, region: list[Operation], scope: Scope, facts: Iterable[tuple[Operand, bool]]) -> list[Operation]:
        """Write into a region from here on; returns the one around it."""
        outer, self._region = self._region, region
        self._scopes.append(scope)
        for condition, truth in facts:
            self._assume(condition, truth)
        return outer

    def close(self, outer: list[Operation], scope: Scope) -> None:
        """Go on with the region around, in which what held in the inner one does not."""
        self._region = outer
        popped = self._scopes.pop()
        assert popped is scope
        for key in scope.values:
            del self._values[key]
        for condition in scope.facts:
            del self._facts[condition]
        for slot in scope.written:
            self._scopes[-1].write(slot, None)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Write what only finds out whether something can be written; of it, checks alone are kept."""
        with self.region() as tried:
            yield
        if any(isinstance(operation, (Break, Need, Within)) for operation in tried):
            self._region.extend(tried)

    @contextmanager
    def when(self, condition: Operand) -> Iterator[None]:
        """Write what is done where a condition holds; where it never does, nothing."""
        condition = self.known(condition)
        with self.region([(condition, True)]) as then:
            yield
        if condition is True:
            self._region.extend(then)
        elif condition is not False and then:
            self._region.append(If(condition, then, []))
            if leaves(then):
                self._assume(condition, False)

    def branch(self, condition: Operand, then: Callable[[], None], otherwise: Callable[[], None]) -> None:
        """Write two regions, one of which is taken."""
        condition = self.known(condition)
        if isinstance(condition, bool):
            (then if condition else otherwise)()
            return
        with self.region([(condition, True)]) as first:
            then()
        with self.region([(condition, False)]) as second:
            otherwise()
        if first or second:
            self._region.append(If(condition, first, second))

    @contextmanager
    def block(self, hint: str, *, loops: bool = False) -> Iterator[str]:
        """Write a block or a loop; yields its label."""
        self._labels += 1
        label = f"{hint}.{self._labels}"
        with self.region(entered=loops) as body:
            yield label
        self._region.append(Block(label, body, loops))

    def leave(self, label: str, condition: Operand = True) -> None:
        """Leave a block where a condition holds."""
        condition = self.known(condition)
        if condition is not False:
            self._region.append(Break(label, condition))
            self._assume(condition, False)

    def hand_over(self, condition: Operand = True) -> None:
        """Leave the frame to the reference where a condition holds."""
        self.leave(HAND_OVER, condition)

    def switch(
        self, value: Operand, cases: list[tuple[tuple[int, ...], Callable[[], None]]], default: Callable[[], None]
    ) -> None:
        """Write the regions of a choice by number."""
        if isinstance(value, int):
            next((write for keys, write in cases if value in keys), default)()
            return
        written = []
        for keys, write in cases:
            with self.region() as region:
                write()
            written.append((keys, region))
        with self.region() as rest:
            default()
        self._region.append(Switch(value, written, rest))

    def goto(self, layer: str) -> None:
        """Enter a layer, which is noted in `entered`."""
        self.entered.add(layer)
        self._region.append(Goto(layer))

    def result(self, must: Operand, may: Operand, told: Operand = -1, piece: Operand = False) -> None:
        """Give the answer."""
        self._region.append(Result(must, may, told, piece))

"""The intermediate form: what a schema and a filter become before they become machine code.

Structured as WebAssembly is: regions of operations, `block`, `loop`, `if`, `switch`, and a `break` to a label around
them; besides, one labelled region for each layer, entered by `goto`. Integers have 64 bits and a sign, booleans one.

What keeps hostile bytes harmless is in the types. A `Position` is a place proven to lie in the frame, a `Limit` an
end proven not to lie behind the frame's, an `Extent` octets proven to lie in it. They come from `need` and what is
derived of it, and nothing is loaded but from an extent whose size is known when the program is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from wireproof.engine.state import Column

Kind = Literal["integer", "boolean"]
Looking = Literal["find", "order", "equal", "zeros", "sum", "crc"]
SlotKind = Literal["integer", "boolean", "position", "extent"]


class UnprovenLoadError(AssertionError):
    """A load that no window dominates: a fault of the lowering, found before any code is made."""


@dataclass(frozen=True, slots=True, eq=False)  # each is made once
class Value:
    """The result of an operation, by its number, or what the record loop provides, by its name."""

    id: int | str
    kind: Kind

    def __str__(self) -> str:
        return f"%{self.id}"


Operand: TypeAlias = Value | int | bool


class Position(NamedTuple):
    """An offset in the buffer that lies between the frame's begin and end, the end included."""

    at: Operand


class Limit(NamedTuple):
    """An offset in the buffer that is not behind the frame's end."""

    at: Operand


class Extent(NamedTuple):
    """Octets of the frame, all of them captured."""

    base: Operand
    size: Operand


@dataclass(frozen=True, slots=True, eq=False)  # each is made once
class Slot:
    """A variable of the program; every record begins with the initial value, which of an extent is no octets."""

    index: int
    kind: SlotKind
    initial: int | bool
    name: str

    def __str__(self) -> str:
        return f"${self.index}:{self.name}"


@dataclass(frozen=True, slots=True, eq=False)  # each is made once
class Array:
    """A small array of integers or extents; an index counts modulo its size, a power of two."""

    index: int
    kind: Literal["integer", "extent"]
    size: int
    name: str

    def __str__(self) -> str:
        return f"@{self.index}:{self.name}"


@dataclass(slots=True)
class Let:
    """``result = operation operands``; pure."""

    result: Value
    operation: str
    operands: tuple[Any, ...]


@dataclass(slots=True)
class Load:
    """The unsigned number that `width` octets at `base + offset` are, in the order given."""

    result: Value
    base: Operand
    offset: int
    width: int
    little: bool


@dataclass(slots=True)
class Need:
    """Go to `otherwise` unless ``base + size <= limit``, compared without a sign so that what is negative fails."""

    base: Operand
    size: Operand
    limit: Operand
    otherwise: str


@dataclass(slots=True)
class Within:
    """Go to `otherwise` unless `first + size` octets are in an extent of `whole` octets; `base` is that place."""

    base: Value | int
    start: Operand
    whole: Operand
    first: Operand
    size: Operand
    otherwise: str


@dataclass(slots=True)
class Get:
    """Read a slot: one result, of an extent two."""

    results: tuple[Value, ...]
    slot: Slot


@dataclass(slots=True)
class Set:
    """Write a slot."""

    slot: Slot
    values: tuple[Operand, ...]


@dataclass(slots=True)
class Mark:
    """Set a boolean slot where the condition holds, and leave it as it is elsewhere."""

    slot: Slot
    condition: Operand


@dataclass(slots=True)
class Put:
    """Write an element of an array."""

    array: Array
    at: Operand
    values: tuple[Operand, ...]


@dataclass(slots=True)
class Fetch:
    """Read an element of an array."""

    results: tuple[Value, ...]
    array: Array
    at: Operand


@dataclass(slots=True)
class Search:
    """What looks at all octets of an extent: `find`, `order`, `equal` (each against another), `zeros`, `sum`."""

    result: Value
    what: Looking
    extent: Extent
    other: Extent | bytes | None


@dataclass(slots=True)
class Append:
    """Add a value to a column: a number, or base and size of octets; kept if the frame matches."""

    column: Column
    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A number as text: one of the `texts` of a "table", the first of which is that of `low`, or how it is written.

    IPv4 addresses are "dotted", and MAC addresses have "colons".
    """

    kind: Literal["table", "dotted", "colons"]
    low: int = 0
    texts: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        return self.kind if len(self.texts) != 1 else repr(self.texts[0].decode())


@dataclass(slots=True)
class Compose:
    """Add the text of a number to what is to be the next value of a column; `ends` says that it is the value then."""

    column: Column
    words: Words
    value: Operand
    ends: bool


@dataclass(slots=True)
class Gather:
    """Hand over a value for the leaves that are asked of the reference: a number, or base and size of octets.

    `source` is the number of what is wanted (see `asking`).
    """

    source: int
    layer: Operand
    values: tuple[Operand, ...]


class Place(NamedTuple):
    """The first row of a column, in a table that is given to a rule over several packets: by their numbers."""

    rule: int
    table: int
    column: int
    code: str

    def __str__(self) -> str:
        return f"table {self.rule}.{self.table}[{self.column}]"


@dataclass(slots=True)
class Note:
    """Write a number for a rule over several packets."""

    place: Place
    value: Operand


@dataclass(slots=True)
class Recall:
    """Read a number that such a rule has left."""

    result: Value
    place: Place


@dataclass(slots=True)
class Call:
    """Run such a rule on its tables, in which it takes one packet in; what it returns is 0 if it has."""

    result: Value
    rule: int


@dataclass(slots=True)
class If:
    """One of two regions."""

    condition: Operand
    then: list[Operation]
    otherwise: list[Operation]


@dataclass(slots=True)
class Block:
    """A region; a `Break` to its label goes behind it, or for a loop's, to its begin at its end and out by a block."""

    label: str
    body: list[Operation]
    loops: bool = False


@dataclass(slots=True)
class Switch:
    """The region of the case that the value is among, or the default."""

    value: Operand
    cases: list[tuple[tuple[int, ...], list[Operation]]]
    default: list[Operation]


@dataclass(slots=True)
class Break:
    """Leave the block of that label where the condition holds."""

    label: str
    condition: Operand


@dataclass(slots=True)
class Goto:
    """Enter a layer's region, for good."""

    layer: str


@dataclass(slots=True)
class Result:
    """The answer: whether the frame matches for certain, and whether it may match.

    Where leaves are asked of the reference, `told` are the answers of the others, a bit each, and -1 where the frame
    is handed over. A `piece` is a frame with a fragment of something that the answer depends on: it holds unless the
    fragment makes that whole, which only the reference reads.
    """

    must: Operand
    may: Operand
    told: Operand = -1
    piece: Operand = False


Operation: TypeAlias = (
    Let
    | Load
    | Need
    | Within
    | Get
    | Set
    | Mark
    | Put
    | Fetch
    | Search
    | Append
    | Compose
    | Gather
    | Note
    | Recall
    | Call
    | If
    | Block
    | Switch
    | Break
    | Goto
    | Result
)
_Sums: TypeAlias = dict[Operand, tuple[Operand, int]]
FINISH = "finish"
HAND_OVER = "hand over"  # the label that leaves the frame to the reference
FRAME, FRAME_END = Value("frame", "integer"), Value("frame_end", "integer")
# What the record loop knows of a record: its number, time in nanoseconds, length as sent, and where it came from. The
# frame's own lengths, as sent and captured, are -1 but in a record that was made of several (see `rejoining`).
OWN = ("own_length", "own_captured")
RECORD = {
    name: Value(name, "integer")
    for name in ("number", "time", "wire_length", "link_type", "interface", "section", "fcs_length", *OWN)
}
HAS_TIME, HAS_INTERFACE = Value("has_time", "boolean"), Value("has_interface", "boolean")
# Whether a block of pcapng has a comment, or any option, and whether its interface is described.
HAS_COMMENT, HAS_OPTIONS = Value("has_comment", "boolean"), Value("has_options", "boolean")
HAS_DESCRIPTION = Value("has_description", "boolean")


@dataclass(slots=True)
class Program:
    """One region for each layer, the first of which is the start, and the region that all end in."""

    layers: dict[str, list[Operation]] = field(default_factory=dict)
    finish: list[Operation] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    arrays: list[Array] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    asks: bool = False
    gathers: bool = False
    shows: bool = False
    rules: list[tuple[int | None, ...]] = field(default_factory=list)
    """The parameters of each rule over several packets: a number that is always the same, or None for a table."""


def regions(operation: Operation) -> Iterator[list[Operation]]:
    """Yield the regions within an operation."""
    if isinstance(operation, If):
        yield operation.then
        yield operation.otherwise
    elif isinstance(operation, Block):
        yield operation.body
    elif isinstance(operation, Switch):
        yield from (region for _, region in operation.cases)
        yield operation.default


_NESTED = (If, Block, Switch)


def operations(program: Program) -> Iterator[Operation]:
    """Yield all operations of a program, those around before those within."""
    waiting = [*program.layers.values(), program.finish]
    while waiting:
        for operation in waiting.pop():
            yield operation
            if isinstance(operation, _NESTED):
                waiting.extend(regions(operation))


def leaves(region: list[Operation]) -> bool:
    """Whether a region's end is never reached."""
    last = region[-1] if region else None
    if isinstance(last, Goto):
        return True
    if isinstance(last, If):
        return leaves(last.then) and leaves(last.otherwise)
    if isinstance(last, Switch):
        return all(leaves(each) for each in regions(last))
    return isinstance(last, Break) and last.condition is True


def verify(program: Program) -> None:
    """Check that a window dominates every load, from the operations alone. Raises UnprovenLoadError."""
    sums: _Sums = {}
    for operation in operations(program):
        if isinstance(operation, Let) and operation.operation == "add" and isinstance(operation.operands[1], int):
            sums[operation.result] = operation.operands
    for region in (*program.layers.values(), program.finish):
        _verify(region, {}, sums)


def _verify(region: list[Operation], known: dict[Operand, list[tuple[int, int]]], sums: _Sums) -> None:
    """`known` holds, by base, the spans from there that are proven in this region and those around it.

    `sums` are the values that are another one and a constant.
    """
    proven = dict(known)
    for operation in region:
        if isinstance(operation, (Need, Within)):
            if isinstance(operation.size, int):
                base, start = _resolved(operation.base, sums)
                proven[base] = [*proven.get(base, ()), (start, start + operation.size)]
        elif isinstance(operation, Load):
            base, start = _resolved(operation.base, sums)
            first = start + operation.offset
            if not any(low <= first and first + operation.width <= high for low, high in proven.get(base, ())):
                raise UnprovenLoadError(f"{operation.base}[{operation.offset}:{operation.offset + operation.width}]")
        else:
            for inner in regions(operation):
                _verify(inner, proven, sums)


def _resolved(base: Operand, sums: _Sums) -> tuple[Operand, int]:
    offset = 0
    while base in sums:
        base, step = sums[base]
        offset += step
    return base, offset

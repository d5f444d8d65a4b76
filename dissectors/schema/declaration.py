"""How a protocol is written down: a sequence of parts made of construct members, and what may follow it.

A *part* is a construct Struct that is read whole or not at all; all parts of a protocol share one context. A member
that Wireshark has a name for is a `Field`; the member's own name is the RFC's. Bits of a member are `Bits`. A `Rule`
stands before the fields of its part, and stops the layer where it is broken. What follows is a list of `Carry`.

Expressions are construct's ``this`` expressions. Besides the members of the layer they may use ``this.layer_length``,
the octets that the layer below says belong to this layer (header and payload together, as sent, not as captured),
``this.captured_length``, those of them that are in the capture, ``this.first_octet``, the value of the first one,
0 where there is none, ``this.quoted``, 1 in a packet that an error message quotes and 0 elsewhere, ``this.partial``, 1
in what the first fragment of a packet carries and 0 elsewhere, and ``this.link_type``, the capture's link type.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from construct import Computed, Construct, ConstructError, Struct, Subconstruct

from wireproof._frozen import frozen
from wireproof.dissectors.schema.expressions import ready
from wireproof.dissectors.schema.info import NO_LABELS, FieldInfo, Severity
from wireproof.dissectors.schema.reading import Reading
from wireproof.dissectors.schema.ready import STEPS, ready_member
from wireproof.dissectors.schema.steps import InternetChecksum, LengthOf, PseudoHeader, Reassembly, Trailer
from wireproof.dissectors.schema.types import Base, FieldType, Kind

if TYPE_CHECKING:
    AnyConstruct = Construct[Any, Any]
    AnySubconstruct = Subconstruct[Any, Any, Any, Any]
else:
    AnyConstruct, AnySubconstruct = Construct, Subconstruct

Part = Struct


class Payload(Struct):
    """A part of what the protocol carries, and so none of its header: what follows is read from its begin on."""


class Tail(Payload):
    """A part that lies behind what the protocol carries: `at` octets from the layer's first, if `when` holds.

    What is read of it stays, and octets that are missing end it alone.
    """

    def __init__(self, *members: Any, at: Expression, when: Expression) -> None:
        super().__init__(*members)
        self.at, self.when = at, when


Expression = Callable[[Any], Any]
Step = LengthOf | InternetChecksum


class OfMember(AnyConstruct):
    """What an earlier member's value gives; consumes nothing."""

    def __init__(self, member: str) -> None:
        super().__init__()
        self.member = member
        self.flagbuildnone = True

    def of(self, value: Any) -> Any:
        """Return what the value of the member gives."""
        raise NotImplementedError

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return where it lies, as first bit and number of bits, if the member has those octets of the frame."""
        return first * 8, (last - first) * 8

    def _parse(self, stream: Any, context: Any, path: str) -> Any:
        return self.of(context[self.member])

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return obj

    def _sizeof(self, context: Any, path: str) -> int:
        return 0


class Bits(OfMember):
    """Bits of an earlier member: ``((member & mask) >> trailing zeros of mask) * scale``; consumes nothing.

    A member of bytes is read as a number, `size` octets of it from octet `at`, in the order given. A number of `size`
    octets can be read in the other order as well.
    Without a mask it is the whole member. Bits shown in the frame lie where the mask says.
    """

    def __init__(
        self,
        member: str,
        mask: int | None = None,
        *,
        at: int = 0,
        size: int | None = None,
        scale: int = 1,
        order: Literal["big", "little"] = "big",
    ) -> None:
        super().__init__(member)
        self.mask, self.at, self.size, self.scale, self.order = mask, at, size, scale, order
        self.shift = 0 if mask is None else (mask & -mask).bit_length() - 1

    def of(self, value: int | bytes) -> int:
        """Return the number that these bits of a member's value are."""
        if isinstance(value, bytes):
            value = int.from_bytes(value[self.at :][: self.size], self.order)
        elif self.order == "little":
            value = int.from_bytes(value.to_bytes(self.size or 1, "big"), "little")
        return value * self.scale if self.mask is None else ((value & self.mask) >> self.shift) * self.scale

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return where the bits lie, if the member has those octets."""
        first += self.at
        last = last if self.size is None else first + self.size
        if self.mask is None:
            return first * 8, (last - first) * 8
        return last * 8 - self.mask.bit_length(), self.mask.bit_length() - self.shift

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        value = context.get(self.member)
        return obj if value is None else self.of(value)


@frozen
class AllZero:
    """The expression that is true where every octet of a member is zero, also where it has none.

    It may stand on the right of ``&`` and ``|`` in a ``this`` expression.
    """

    member: str

    def __call__(self, context: Any) -> bool:
        return not any(context[self.member])


@frozen
class AnySet:
    """The expression that is true where some octet of a member is not zero.

    It may stand on the right of ``&`` and ``|`` in a ``this`` expression.
    """

    member: str

    def __call__(self, context: Any) -> bool:
        return any(context[self.member])


@frozen
class OneOf:
    """The expression that is true where a member is one of some numbers.

    It may stand on the right of ``&`` and ``|`` in a ``this`` expression.
    """

    member: str
    numbers: frozenset[int]

    def __call__(self, context: Any) -> bool:
        return context[self.member] in self.numbers


@frozen
class InTable:
    """The expression that is true where a table has a protocol under the value of a member.

    It may stand on the right of ``&`` and ``|`` in a ``this`` expression.
    """

    table: str
    member: str

    def __call__(self, context: Any) -> bool:
        return context[self.member] in context.tables.get(self.table, ())


@frozen
class Crc32:
    """The expression that is the frame check sequence over a member of octets, as the number that it is in a frame.

    That is the CRC of IEEE 802.3 clause 3.2.9, whose octets are sent from the lowest on.
    """

    member: str

    def __call__(self, context: Any) -> int:
        return int.from_bytes(zlib.crc32(context[self.member]).to_bytes(4, "little"), "big")


class Text(OfMember):
    """An earlier member in words: `render` makes them of its value; consumes nothing."""

    def __init__(self, member: str, render: Callable[[Any], str]) -> None:
        super().__init__(member)
        self.render = render

    def of(self, value: Any) -> str:
        """Return a value in words."""
        return self.render(value)


class Piece(OfMember):
    """Octets of an earlier member of octets, `size` of them or all from octet `at` on; consumes nothing."""

    def __init__(self, member: str, at: int = 0, size: int | None = None) -> None:
        super().__init__(member)
        self.at, self.size = at, size

    def of(self, value: bytes) -> bytes:
        """Return the octets of a value that the piece is."""
        return value[self.at :][: self.size]

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return where the piece lies, if the member has those octets."""
        first += self.at
        last = last if self.size is None else first + self.size
        return first * 8, (last - first) * 8


def _number(value: bytes | int) -> int:
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value


# What makes the canonical value of a member's value, where they differ.
_SHOWN: dict[Kind, Callable[[Any], Any]] = {Kind.IPV4: _number, Kind.INTEGER: _number, Kind.BOOLEAN: bool}


class Field(AnySubconstruct):
    """A member that Wireshark has a name for. Empty bytes mean that the field is absent.

    The type follows from an integer member's width where it is not given. `feeds` are the general fields that this
    one gives a value to as well (``ip.addr`` from ``ip.src`` and ``ip.dst``). `across` marks one whose value the
    analysis tells anew, because it takes more than one packet. An `own` one is none of Wireshark's.
    """

    def __init__(
        self,
        name: str,
        subcon: Any,
        type: FieldType | None = None,
        title: str = "",
        *,
        base: Base = Base.DEC,
        labels: Mapping[int, str] = NO_LABELS,
        reference: str = "",
        aliases: tuple[str, ...] = (),
        feeds: tuple[FieldInfo, ...] = (),
        hidden: bool = False,
        across: bool = False,
        own: bool = False,
    ) -> None:
        super().__init__(subcon)
        kind = type or _type_of(subcon)
        bounds = _bounds_of(subcon)
        self.info = FieldInfo(name, kind, title, base, labels, reference, aliases, across, hidden, bounds, own)
        self.feeds = feeds
        self._shown = _SHOWN.get(self.info.type.kind)

    def _parse(self, stream: Any, context: Any, path: str) -> Any:
        return self.reading(self.subcon._parsereport)(stream, context, path)

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return self.subcon._build(obj, stream, context, path)

    def ready(self) -> Reading:
        """Return the function that reads the field."""
        return self.reading(ready_member(self.subcon))

    def reading(self, subcon: Reading) -> Reading:
        """Return the function that reads the field by one that reads what is in it."""
        infos, shown = (self.info, *self.feeds), self._shown
        if isinstance(self.subcon, OfMember):
            return self._reading_of(self.subcon, infos)

        def read(stream: Any, context: Any, path: str) -> Any:
            record = context["_params"]["record"]
            mark = len(record)
            begin = stream.tell()
            value = subcon(stream, context, path)
            if not value and value == b"":
                return value
            start, bits = record.place(begin, stream)
            record.add(mark, infos, value if shown is None else shown(value), start, bits)
            return value

        return read

    def _reading_of(self, subcon: OfMember, infos: tuple[FieldInfo, ...]) -> Reading:
        of, place, member, shown = subcon.of, subcon.place, subcon.member, self._shown

        def read(stream: Any, context: Any, path: str) -> Any:
            value = of(context[member])
            if not value and value == b"":
                return value
            record = context["_params"]["record"]
            known = record.extents.get(member)
            start, bits = record.place(stream.tell(), stream) if known is None else place(*known)
            record.add(len(record), infos, value if shown is None else shown(value), start, bits)
            return value

        return read


class BrokenRuleError(ConstructError):
    """A rule of the schema that the bytes break."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.message)
        self.rule = rule


class Rule(AnyConstruct):
    """A condition that the header must meet, with the diagnosis where it does not.

    It stands before the fields of its part: these are not read where a rule that stops is broken. One that is not
    `quoted` goes without saying in a quoted packet, which is cut as a rule, unless it stops. An `own` rule is none of
    Wireshark's, whose expert information does not have it.

    In the tree the diagnosis stands below the last field whose name its own begins with, or below one that is named:
    `at` puts it right behind that one, `below` leaves it where it is in the order. Below the field of an option's kind
    it is the option's, and below that of the list it is the list's. `is_line` gives it a line of its own above it.
    """

    def __init__(
        self,
        condition: Expression,
        field: FieldInfo,
        message: str,
        *,
        severity: Severity = Severity.ERROR,
        group: str = "Protocol",
        stops: bool = True,
        own: bool = False,
        quoted: bool = True,
        reference: str = "",
        at: str = "",
        below: str = "",
        is_line: bool = False,
    ) -> None:
        super().__init__()
        self.at, self.below, self.is_line = at, at or below, is_line
        self.condition, self.message = condition, message
        self.field = replace(field, reference=reference) if reference else field
        self.severity, self.group, self.stops, self.own, self.quoted = severity, group, stops, own, quoted
        self.flagbuildnone = True

    def text(self, context: Any) -> str:
        """Return the message with the values of the members that it names in braces."""
        return self.message.format_map(context)

    def _parse(self, stream: Any, context: Any, path: str) -> None:
        self.ready()(stream, context, path)

    def ready(self) -> Reading:
        """Return the function that looks whether the rule is kept."""
        holds = ready(self.condition)

        def look(stream: Any, context: Any, path: str) -> None:
            if holds(context):
                return
            context["_params"]["record"].broken(self, context)
            if self.stops:
                raise BrokenRuleError(self)

        return look

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return None

    def _sizeof(self, context: Any, path: str) -> int:
        return 0


STEPS.update({Field: Field.ready, Rule: Rule.ready})


def parts(*members: Any) -> tuple[Part, ...]:
    """Make a part of each member: fields that appear as far as the bytes reach."""
    return tuple(Struct(member) for member in members)


def bad_checksum(name: str, reference: str, severity: Severity = Severity.ERROR) -> Rule:
    """The rule that a wrong checksum breaks; its message names the right one as ``{right}``."""
    field = FieldInfo(name, FieldType.NONE, "Bad checksum")
    message = "Bad checksum [should be 0x{right:04x}]"
    return Rule(never, field, message, severity=severity, group="Checksum", stops=False, reference=reference)


def always(context: Any) -> bool:
    """The condition of what is always carried."""
    return True


def never(context: Any) -> bool:
    """The condition of a rule that is broken wherever it is asked."""
    return False


@frozen
class Carry:
    """What may follow: the protocol that `table` holds under the value of the member `key`.

    It applies when the condition holds, and the first that applies is taken. `key` may be None for a table of one
    entry, which then stands under 0. With `empty` the next protocol is tried also where no octet is left for it, and
    complains. `length` is how many octets of payload there are, where the header says so; more
    than there are changes nothing. `path` is the step that ``frame.protocols`` shows in between. A `quoted` payload
    is a copy of an earlier packet, cut short as a rule. `partial` says whether the payload is but the first fragment of
    one; None leaves that to the layer below. One that names a checksum as `wrong` applies only where that was verified
    and is wrong. Where the table holds nothing, the payload is `fallback`. It
    begins `skip` octets behind the header.
    """

    table: str
    key: str | None = None
    when: Expression = always
    length: Expression | None = None
    path: str | None = None
    quoted: bool = False
    partial: bool | None = None
    wrong: str = ""
    empty: bool = False
    fallback: str | None = "data"
    skip: Expression | None = None


@frozen
class Summary:
    """One line about a layer, as templates that name fields in braces: ``{udp.srcport}``.

    `tree` is the layer's line in the detailed tree; where it depends on which field is there, a mapping from the name
    of that field to the template. `protocol` and `info` are the columns of the packet list; None leaves the column to
    the layer below. A part in square brackets is left out where a field in it is absent.
    """

    tree: str | Mapping[str, str] = ""
    protocol: str | None = None
    info: str | None = None


@dataclass(frozen=True, eq=False)
class Protocol:
    """A protocol: its parts, where it is found, and what follows it.

    name: Wireshark's filter name. title: its full name. parts: see the module's text.
    under: the tables and the numbers in them where it is found.
    carries: what may follow. extent: the octets of the whole layer as its own header says, where it says so; what lies
    behind is not the layer's. Zero, less than the header or more than there is changes nothing.
    computed: what the builder fills in and the reader verifies, by field name.
    header: the octets that the header is said to have, by members of the first part, where that is not what is read of
    it: ``len(ip)`` and ``ip[...]`` see these.
    pseudo_header: what it lends to the checksums of what it carries. trailer: what it makes of octets left behind.
    across: fields that take more than one packet. idle: fields that Wireshark has and that get no value here, so that
    a filter on one finds nothing. reference: the standard.
    nested: how many layers of it a frame may have, where there is a bound, and the rule that one more breaks.
    reassembly: how pieces of what it carries are put together.
    form_of, opening: this is another form of the protocol of that name, and read in its place where a layer begins
    with these octets; the layer bears that protocol's name, and its fields are that protocol's.
    """

    name: str
    title: str
    parts: tuple[Part, ...] = ()
    under: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    carries: tuple[Carry, ...] = ()
    extent: Expression | None = None
    header: Expression | int | None = None
    computed: Mapping[str, Step] = field(default_factory=dict)
    pseudo_header: PseudoHeader | None = None
    trailer: Trailer | None = None
    across: tuple[FieldInfo, ...] = ()
    idle: tuple[FieldInfo, ...] = ()
    summary: Summary = field(default_factory=Summary)
    reference: str = ""
    nested: tuple[int, Rule] | None = None
    reassembly: Reassembly | None = None
    form_of: str = ""
    opening: bytes = b""


def _bounds_of(subcon: Any) -> tuple[int, int] | None:
    """Return the least and the greatest value of some bits, or of a constant; None for what is neither."""
    if isinstance(subcon, Bits) and subcon.mask is not None:
        return 0, (subcon.mask >> subcon.shift) * subcon.scale
    if isinstance(subcon, Computed) and isinstance(subcon.func, int):
        return subcon.func, subcon.func
    return None


def _type_of(subcon: Any) -> FieldType:
    """The unsigned integer type of a member of fixed width."""
    size = subcon.sizeof()
    if size not in (1, 2, 3, 4, 8):
        raise TypeError(f"a field over {subcon!r} needs its type")
    return FieldType[f"UINT{size * 8}"]

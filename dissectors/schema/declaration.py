"""How a protocol is written down: a sequence of parts made of construct members, and what may follow it.

A *part* is a construct Struct that is read whole or not at all; all parts of a protocol share one context. A member
that Wireshark has a name for is a `Field`; the member's own name is the RFC's. Bits of a member are `Bits`. A `Rule`
stands before the fields of its part, and stops the layer where it is broken. What follows is a list of `Carry`.

Expressions are construct's ``this`` expressions. Besides the members of the layer they may use ``this.layer_length``,
the octets that the layer below says belong to this layer (header and payload together, as sent, not as captured),
``this.captured_length``, those of them that are in the capture, ``this.first_octet``, the value of the first one,
0 where there is none, ``this.quoted``, 1 in a packet that an error message quotes and 0 elsewhere, ``this.partial``, 1
in what the first fragment of a packet carries and 0 elsewhere, ``this.typed``, 1 in what was found by its EtherType
and 0 elsewhere, and ``this.link_type``, the capture's link type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from construct import Computed, ConstructError, Struct

from wireproof.dissectors.schema.conditions import Expression
from wireproof.dissectors.schema.expressions import ready
from wireproof.dissectors.schema.info import NO_LABELS, FieldInfo, Severity
from wireproof.dissectors.schema.members import AnyConstruct, AnySubconstruct, Bits, OfMember
from wireproof.dissectors.schema.reading import Reading
from wireproof.dissectors.schema.ready import STEPS, ready_member
from wireproof.dissectors.schema.types import Base, FieldType, Kind

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

"""Option lists: kind, length, body, one after the other, up to an end that the header tells.

construct's GreedyRange would swallow a malformed last option, so the loop is a step of its own. An option that
breaks the form ends the list, never the layer; octets that are missing in an option's body end the layer, as
everywhere. What was read of a list before that stays: a list is no part that is read whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from construct import Container, StreamError, stream_read

from wireproof._frozen import frozen
from wireproof.dissectors.schema.conditions import Expression
from wireproof.dissectors.schema.declaration import BrokenRuleError, Field, Rule
from wireproof.dissectors.schema.expressions import ready
from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.members import AnyConstruct
from wireproof.dissectors.schema.reading import Member, Window, read_members, taken
from wireproof.dissectors.schema.ready import ready_members

WORD = 4


@dataclass(frozen=True, eq=False)
class Option:
    """One kind of option: its members, each of which is read whole or not at all.

    `whole` is the field that stands for all octets of the option, `lengths` (kind and length octets included) are
    those it may have, None for any. `invalid` is the rule that is broken by another length: the members `first` are
    read in front of it, `members` only where the length is right, or with `lax` in any case. `certain` is an expression
    on the members `first` that is true only where no octet is missing that the members ask for: it spares reading them
    where nobody wants to know.

    Expressions of the members may use ``this.option_length``, and within a Repeat ``this.option_offset``, the octets
    from the option's first to the round's first.
    """

    members: tuple[Any, ...] = ()
    lengths: range | tuple[int, ...] | None = None
    invalid: Rule | None = None
    whole: FieldInfo | None = None
    first: tuple[Any, ...] = ()
    lax: bool = False
    certain: Expression | None = None

    def admits(self, length: int) -> bool:
        """Whether an option of this kind may be that long."""
        return self.lengths is None or length in self.lengths

    @cached_property
    def ready_first(self) -> tuple[Member, ...]:
        """What reads the members in front of the rule."""
        return ready_members(self.first)

    @cached_property
    def ready_rest(self) -> tuple[Member, ...]:
        """What reads the other members."""
        return ready_members(self.members)

    def declared(self) -> Iterator[Any]:
        """Yield everything that has fields or is a rule."""
        yield from self.first
        if self.invalid is not None:
            yield self.invalid
        yield from self.members


@frozen
class Several:
    """The rule that is broken where a list has so many options of one octet within words of four octets.

    They are counted as Wireshark does: one at the begin of a word begins anew, or ends the counting where there is one.
    So those that fill a word up beside another option are seldom counted together with others.
    """

    kind: int
    count: int
    rule: Rule


@frozen
class Missing:
    """The rule that is looked at where the list, read to its end, has no option of a kind."""

    kind: int
    rule: Rule


class Repeat(AnyConstruct):
    """Members repeated until the option ends, or as far as `size` octets. What is there of a last round is kept.

    `rest` is the rule that is broken where the option's octets are too few for a whole round. With a size, all its
    octets have to be there.
    """

    def __init__(self, *members: Any, rest: Rule | None = None, size: Expression | None = None) -> None:
        super().__init__()
        self.members, self.rest, self.size = members, rest, size
        self.flagbuildnone = True

    @cached_property
    def _ready(self) -> tuple[Member, ...]:
        return ready_members(self.members)

    def declared(self) -> Iterator[Any]:
        """Yield everything that has fields or is a rule."""
        yield from self.members
        if self.rest is not None:
            yield self.rest

    def _parse(self, stream: Any, context: Any, path: str) -> None:
        record = context["_params"]["record"]
        begin = context.get("option_start", stream.tell())
        end = stream.declared if self.size is None else stream.tell() + self.size(context)
        while stream.tell() < end:
            start = stream.tell()
            context["option_offset"] = start - begin
            try:
                for member in self._ready:
                    record.keep()
                    read_members((member,), stream, context, path)
            except StreamError:
                record.drop(0)
                if stream.due or self.size is not None:  # there is more of it, but not in the capture
                    raise
                if self.rest is not None:
                    record.broken(self.rest, context)
                return
            record.keep()
            if stream.tell() == start:
                return

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return None


class Options(AnyConstruct):
    """The option list itself; its value is its octets.

    `field` stands for them all, as far as they are captured. `size` is the list's extent in octets, an expression.
    `kind` and `length` are the fields of an option's first two octets, `details` are fields of the kind octet's bits
    (they refer to the member ``kind``). Of a kind that `bodies` does not know, `default` is read; without a default,
    nothing is told of it. With `entire`, nothing is told of a list that is not all there. A kind in `single` is one
    octet and nothing more. The kind `end` ends the list, if `stray` is None; else that is the rule that anything but
    `end` breaks behind it, and that ends the list.

    `invalid` is the rule that is broken by an option that does not fit into the list; its message may name
    ``{option_fault}``. Messages may name ``{option_name}``, which is from `names`.
    """

    def __init__(
        self,
        size: Expression,
        field: FieldInfo,
        kind: Field,
        length: Field,
        bodies: Mapping[int, Option],
        *,
        details: tuple[Any, ...] = (),
        default: Option | None = None,
        end: int = 0,
        single: tuple[int, ...] = (0, 1),
        names: Mapping[int, str] = MappingProxyType({}),
        invalid: Rule | None = None,
        stray: Rule | None = None,
        several: Several | None = None,
        missing: Missing | None = None,
        entire: bool = False,
    ) -> None:
        super().__init__()
        self.size, self.field, self.kind, self.length = size, field, kind, length
        self.bodies, self.default = MappingProxyType(dict(bodies)), default
        self.details, self.end, self.single = details, end, single
        self.names, self.invalid, self.stray, self.several = names, invalid, stray, several
        self.missing, self.entire = missing, entire

    def declared(self) -> Iterator[Any]:
        """Yield everything that has fields or is a rule, without the fields for whole options."""
        yield from (self.kind, *self.details, self.length)
        for body in (*self.bodies.values(), *((self.default,) if self.default else ())):
            yield from body.declared()
        yield from (rule for rule in (self.invalid, self.stray) if rule)
        yield from (each.rule for each in (self.several, self.missing) if each)

    def infos(self) -> Iterator[FieldInfo]:
        """Yield the fields that stand for octets that others have as well: of the list, and of whole options."""
        yield self.field
        yield from (body.whole for body in (*self.bodies.values(), self.default) if body and body.whole)

    @cached_property
    def ready_head(self) -> tuple[Member, ...]:
        """What reads an option's first octet and what is told of its bits."""
        return ready_members(("kind" / self.kind, *self.details))

    @cached_property
    def ready_length(self) -> tuple[Member, ...]:
        """What reads an option's second octet."""
        return ready_members(("option_length" / self.length,))

    @cached_property
    def _ready_size(self) -> Expression:
        return ready(self.size)

    def _parse(self, stream: Any, context: Any, path: str) -> bytes:
        start, size = stream.tell(), self._ready_size(context)
        record, end = context["_params"]["record"], start + size
        if size < 0:
            raise StreamError("an option list of less than no octets", path)
        if self.entire:
            stream_read(stream, size, path)
            stream.seek(start)
        record.reached = max(start, min(end, stream.limit))
        if size:
            record.put(self.field, start, min(end, stream.limit))
        record.keep()
        if size:
            with stream.bounded(end):
                _List(self, stream, context, path).read(end)
        # Nobody needs octets that no option was read from.
        stream.seek(start)
        data: bytes = stream.read(size)
        return data

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        stream.write(obj or b"")
        return obj

    def _sizeof(self, context: Any, path: str) -> int:
        return int(self.size(context))


class _List:
    """An option list that is being read. Raises construct's errors."""

    def __init__(self, options: Options, stream: Window, context: Any, path: str) -> None:
        self.options, self.stream, self.context, self.path = options, stream, context, path
        self.record = context["_params"]["record"]
        self.several = 0
        self.ended = self.has_missing = False

    def read(self, end: int) -> None:
        """Read option by option up to the end of the list."""
        while self.stream.tell() < end:
            goes_on = self._one(end)
            self.record.keep()
            if not goes_on:
                return
        missing = self.options.missing
        if missing is not None and not self.has_missing and not missing.rule.condition(self.context):
            self.record.broken(missing.rule, self.context)

    def _one(self, end: int) -> bool:
        """Read one option; False where it ends the list."""
        options, stream = self.options, self.stream
        start = stream.tell()
        kind = taken(stream, 1, self.path)[0]
        if self.ended and options.stray is not None and kind != options.end:
            self.record.broken(options.stray, self.context)
            self._all(start, end)
            return False
        self._count(kind, (end - start) % WORD == 0)
        scope = Container(self.context, _=self.context, kind=kind, option_start=start)
        option = options.bodies.get(kind, options.default)
        if kind in options.single:
            self._head(option, scope, start, start + 1)
            self.ended = kind == options.end
            if self.ended and options.stray is None:
                stream.seek(end)
            return True
        length = taken(stream, 1, self.path)[0] if start + 1 < end else None
        fault = _fault(length, end - start)
        if length is None or fault:
            if options.invalid is not None:
                name = options.names.get(kind, f"Unknown (0x{kind:02x})")
                self.record.broken(options.invalid, Container(scope, option_name=name, option_fault=fault))
            if length is not None and length > end - start and not self.context.partial:
                self._all(start, end)
            return False
        scope["option_length"] = length
        scope["option_name"] = options.names.get(kind, f"Unknown (0x{kind:02x})")
        self.has_missing |= options.missing is not None and kind == options.missing.kind
        if option is not None:
            self._body(option, scope, start, length)
        stream.seek(start + length)
        return True

    def _all(self, start: int, end: int) -> None:
        """Read the rest of the list, which a rule is about: its octets have to be there."""
        self.stream.seek(start)
        stream_read(self.stream, end - start, self.path)

    def _count(self, kind: int, begins_word: bool) -> None:
        row = self.options.several
        if row is not None and kind == row.kind:
            self.several = 0 if self.several and begins_word else self.several + 1
            if self.several == row.count:
                self.record.broken(row.rule, self.context)

    def _head(self, option: Option | None, scope: Any, start: int, end: int) -> None:
        """Add what is told of an option as a whole, and of its kind."""
        if option is None:
            return
        if option.whole is not None:
            self.record.put(option.whole, start, min(end, self.stream.limit))
        self.stream.seek(start)
        read_members(self.options.ready_head, self.stream, scope, self.path)

    def _body(self, option: Option, scope: Any, start: int, length: int) -> None:
        stream = self.stream
        with stream.bounded(start + length):
            self._head(option, scope, start, start + length)
            read_members(self.options.ready_length, stream, scope, self.path)
            try:
                self._members(option.ready_first, scope)
                if not option.admits(length):
                    if option.invalid is not None:
                        self.record.broken(option.invalid, scope)
                    if not option.lax:
                        return
                self._members(option.ready_rest, scope)
            except BrokenRuleError:
                pass  # the rule is noted, and ends the option
            except StreamError:
                if not self.context.quoted or stream.due:
                    raise  # else it ends the option, as in Wireshark, which expects no more of a quote

    def _members(self, members: tuple[Member, ...], scope: Any) -> None:
        for member in members:
            self.record.keep()
            read_members((member,), self.stream, scope, self.path)
        self.record.keep()


def _fault(length: int | None, room: int) -> str:
    """Return what is wrong with an option's length, given the octets from its kind to the end of the list."""
    if length is None:
        return "length byte past end of options"
    octets = "byte" if length == 1 else "bytes"
    if length < 2:
        return f"with too-short option length = {length} {octets}"
    return f"option length = {length} {octets} says option goes past end of options" if length > room else ""

"""One layer lowered: its parts, one after the other, and what is told of it besides its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from construct import GreedyBytes, Renamed

from wireproof.dissectors.numbers.encapsulations import LINK_TYPES
from wireproof.dissectors.schema import Field, Payload, Protocol, Rule, Tail
from wireproof.engine import paths
from wireproof.engine.builder import Builder
from wireproof.engine.checksums import Checksums
from wireproof.engine.cursor import Cursor, Exits
from wireproof.engine.diagnoses import Diagnoses
from wireproof.engine.following import Following, leads, narrowed
from wireproof.engine.form import (
    FINISH,
    FRAME,
    FRAME_END,
    HAND_OVER,
    HAS_COMMENT,
    HAS_INTERFACE,
    HAS_TIME,
    OWN,
    RECORD,
    Operand,
    Position,
)
from wireproof.engine.members import Members, Pending
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.raws import nothing
from wireproof.engine.references import AnyNameError, Liveness, names_of_carries
from wireproof.engine.relevance import START, followers
from wireproof.engine.repeats import read_each
from wireproof.engine.sizes import fixed_size, has_effect, has_rule
from wireproof.engine.trace import Integer, Member, Scope, Unusable
from wireproof.engine.wanted import Callback, Seen, declared
from wireproof.packet.reader import is_all_header

if TYPE_CHECKING:
    from wireproof.engine.schemas import Schemas

# Layers that can hold one of their own kind before a frame is handed over; the reference stops at 64 of any kind.
DEEPEST = 48
# What an error message quotes of a packet's payload at least (RFC 792); whether a layer of less is tried, the reference
# knows.
LEAST_QUOTE = 8


class Layer:
    """Lowers one protocol."""

    def __init__(self, schemas: Schemas, protocol: Protocol) -> None:
        self.schemas, self.protocol, self.build = schemas, protocol, schemas.build
        wanted, build = schemas.wanted, schemas.build
        self.wanted = wanted
        self.name = protocol.form_of or protocol.name
        self.headers = self._asking(wanted.headers)
        self.reaches = self._asking(wanted.reaches)
        self.is_measured = bool(self.headers or self.reaches or schemas.trailers)
        self.diagnoses = schemas.diagnoses
        self.present = self._asking(wanted.fields)
        self.checksums = Checksums(
            build, wanted, protocol, schemas.switched_on, schemas.lent, schemas.diagnoses, schemas.state
        )
        self.checksums.number = self._number
        self.ruling = schemas.rulings.get(protocol.name)
        self.is_whole = bool(self.is_measured or self.diagnoses or self.checksums.noted or self.ruling)
        self.follows = any(p.name in schemas.relevant for p in followers(schemas.catalogue, protocol))
        self.members = Members(build, wanted, self._number)
        self.members.tracer.tables, self.members.tracer.networks = schemas.catalogue.tables, schemas.networks
        self.members.broken = self._broken
        self.members.heeds = self._heeds
        self.members.is_strict = self.ruling is not None
        self.index = 0
        self.members.watched = self.checksums.watched
        self.members.liveness = self._liveness()

    def _asking(self, wanted: Mapping[str, list[Callback]]) -> list[Callback]:
        """Return who asks for the protocol by a name that its layers bear."""
        names = dict.fromkeys((self.name, self.protocol.name))
        return [callback for name in names for callback in wanted.get(name, [])]

    def _liveness(self) -> Liveness | None:
        """Return which members are looked at, None if any may be."""
        names: set[str] = set()
        try:
            if self.follows or self.is_whole:
                names |= names_of_carries(self.protocol, partial(leads, self.schemas))
        except AnyNameError:
            return None
        lent = self.protocol.pseudo_header
        if lent is not None and self.schemas.lent is not None:
            names |= {lent.source, lent.destination, lent.protocol}
        return Liveness(self.protocol, self._asks, names, is_whole=self.is_whole)

    def _content_end(self) -> Operand:
        """Return where the check sequence begins that the capture tells of, or else the layer's end."""
        trailer, build = self.protocol.trailer, self.build
        if trailer is None or trailer.fcs is None:
            return self.end
        before = build.binary("sub", self.end, RECORD["fcs_length"])
        is_checked = build.both(build.compare("gt", RECORD["fcs_length"], 0), build.compare("eq", self.start.at, FRAME))
        return build.select(build.both(is_checked, build.compare("ge", before, FRAME)), before, self.end)

    def _number(self) -> Operand:
        return self.build.get(self.schemas.counter(self.name))

    def lower(self) -> None:
        """Write the layer's region."""
        build, state = self.build, self.schemas.state
        if self.protocol.name == START:
            build.set(state.end, build.binary("add", FRAME, build.length()))
            if self.diagnoses is not None:  # each is told as one
                build.hand_over(HAS_COMMENT)
            if self.schemas.trailers is not None:
                build.hand_over(build.compare("gt", RECORD["fcs_length"], 0))
        self._bound_depth()
        self.start = build.position(state.start)
        self.end = build.get(state.end)
        self.limit = build.clip(self.end, build.frame()[1])
        for form in self.schemas.catalogue.forms.get(self.protocol.name, ()):
            self._give_way(form)
        if self.wanted.paths and self.name != START:
            is_tiny = build.compare("lt", build.binary("sub", self.end, self.start.at), LEAST_QUOTE)
            build.hand_over(build.both(build.get(state.quoted), is_tiny))
        self.content_end = self._content_end()
        self.header_end = build.slot("position", "header end") if self.is_measured else None
        self.begun = build.slot("boolean", "begun") if self.is_measured else None
        has_claim = self.headers and self.protocol.header is not None
        self.claimed = build.slot("integer", "claimed") if has_claim else None
        if self.header_end is not None and self.begun is not None:
            build.set(self.header_end, self.start)
            build.set(self.begun, False)
            self.reached = build.slot("position", "reached")
            build.set(self.reached, self.start)
            self.members.start, self.members.reaches = self.start, partial(build.set, self.reached)
        self.checksums.begin()
        if self.diagnoses is None:
            with build.block("parts") as failed:
                self._attempt(Exits(failed, failed, failed, end=self.end))
        else:
            self._diagnosed(self.diagnoses)
        self.checksums.read(self.start, None, self.end)
        if self.header_end is not None and self.begun is not None:
            # Some part was not read. Without the first there is no layer.
            with build.when(build.get(self.begun)):
                header, reached = build.get(self.header_end), build.get(self.reached)
                is_behind = build.compare("gt", reached, header)
                build.set(self.header_end, Position(build.select(is_behind, reached, header)))
                if is_all_header(self.protocol):
                    build.set(self.header_end, build.after(build.rest(self.start, self.limit)))
                self._tell_octets(build.position(self.header_end), self.end)
                if self.schemas.trailers is not None:
                    self.schemas.trailers.cut(is_told=self.protocol.extent is not None and bool(self.protocol.carries))
        build.leave(FINISH)

    def _give_way(self, form: Protocol) -> None:
        """Leave a layer that begins as another form of the protocol does to that one."""
        build, schemas = self.build, self.schemas
        with build.block(form.name) as usual:
            octets = build.need(self.start, len(form.opening), self.limit, usual)
            build.leave(usual, build.invert(build.search("equal", octets, form.opening)))
            if form.name not in schemas.relevant:
                build.leave(FINISH)
                return
            for path in self.wanted.paths:
                path.step(b":" + form.name.encode())
            build.goto(form.name)

    def _attempt(self, exits: Exits) -> None:
        try:
            self._parts(exits)
        except NotLowerableError as refused:
            self.schemas.refused[self.protocol.name] = str(refused)
            self.build.hand_over()

    def _diagnosed(self, diagnoses: Diagnoses) -> None:
        """Read the parts, and tell why the rest of them is not there, unless a rule stopped it and has told."""
        with self.build.block("layer") as stopped:
            self._judge(diagnoses, stopped, self._attempt)

    def _judge(self, diagnoses: Diagnoses, stopped: str, read: Callable[[Exits], None]) -> None:
        """Read something, which goes on behind `stopped` in the end, and tell why not all of it is there."""
        build, asked = self.build, self.build.slot("integer", "asked")
        declared = build.slot("integer", "declared")
        build.set(declared, self.end)
        build.set(asked, 0)
        with build.block("parts") as failed:
            # What a Check finds is said in construct's words.
            read(Exits(failed, stopped, HAND_OVER, asked, declared, self.end))
        end = build.get(declared)
        is_cut = build.compare("lt", build.frame()[1].at, end)
        build.leave(stopped, build.both(build.get(self.schemas.state.quoted), build.invert(is_cut)))
        # Of octets that were asked for at once, the first that is not there may lie on either side of the end.
        build.hand_over(build.both(is_cut, build.compare("gt", build.get(asked), end)))
        is_partial = build.get(self.schemas.state.partial)
        build.branch(
            is_cut, diagnoses.short, lambda: build.branch(is_partial, diagnoses.unreassembled, diagnoses.malformed)
        )

    def _bound_depth(self) -> None:
        if self.protocol.nested is not None:
            self.build.hand_over(self.build.compare("ge", self._number(), self.protocol.nested[0]))
        if self.protocol.name in self.schemas.recurring:
            build, depth = self.build, self.schemas.state.depth
            count = build.binary("add", build.get(depth), 1)
            build.set(depth, count)
            build.hand_over(build.compare("gt", count, DEEPEST))

    # Parts

    def _parts(self, exits: Exits) -> None:
        scope = Scope(self._context())
        cursor = Cursor(self.build, self.start, self.limit, exits)
        header = self.start
        parts = self.protocol.parts[: self._last_needed() + 1]
        last_of_header = max((index for index, part in enumerate(parts) if not _is_payload(part)), default=-1)
        for index, part in enumerate(parts):
            self.index = index
            if isinstance(part, Tail):
                self._tail(part, scope)
                continue
            self.members.in_first_part = index == 0
            cursor.reserve(self._ahead(self.index))
            pending: Pending = []
            self.members.read(part.subcons, scope, cursor, pending)
            if self._observed(index) or index == len(parts) - 1:
                cursor.settle()
            if self.index == 0:
                self._begin(scope)
            for tell in pending:
                tell()
            if index == last_of_header or (self.header_end is not None and not _is_payload(part)):
                header = cursor.here()
                if self.header_end is not None:
                    self.build.set(self.header_end, header)
        if self.follows or self.is_whole:
            self._finish(scope, header)
        self.build.leave(FINISH)

    def _tail(self, part: Tail, scope: Scope) -> None:
        """Read what lies behind what the layer carries, if anybody wants to know; what is missing ends it alone."""
        if not self._asks(part) and self.diagnoses is None:
            return
        with self.build.block("tail") as done:
            self.build.leave(done, self.build.invert(self.members.tracer.condition(part.when, scope)))
            if self.diagnoses is None:
                self._read_tail(part, scope, Exits(done, done, done, end=self.end))
            else:
                self._judge(self.diagnoses, done, lambda exits: self._read_tail(part, scope, exits))

    def _read_tail(self, part: Tail, scope: Scope, exits: Exits) -> None:
        cursor = Cursor(self.build, self.start, self.limit, exits)
        cursor.take_variable(self.build.integer(self.members.tracer.number(part.at, scope).operand))
        read_each(self.members, part.subcons, Scope(scope.values, scope.parent), cursor)
        cursor.settle()
        self.build.leave(exits.broken)

    def _finish(self, scope: Scope, header: Position) -> None:
        """The layer was read whole, with its header up to that position: tell what is known now, and go on."""
        build, schemas, tracer = self.build, self.schemas, self.members.tracer
        end = narrowed(build, tracer, self.protocol.extent, scope, (self.start, header, self.end))
        self._tell_octets(header, end)
        if self.ruling is not None:
            self.ruling.finish()
        self.checksums.read(self.start, header, end)
        content = self._clipped(header, end)
        following = Following(schemas, self.protocol, tracer, header, build.clip(self.content_end, self.limit))
        if schemas.trailers is not None:
            quoted = build.get(schemas.state.quoted)
            following.payload_ends = schemas.trailers.whole(self.protocol, self._number, (self.start.at, end), quoted)
        if self.follows:
            following.follow(scope, content)

    def _clipped(self, header: Position, end: Operand) -> Operand:
        """Return where what the layer carries ends, which it cannot in front of the header's end."""
        build = self.build
        if self.content_end is self.end:
            return end
        is_nearer = build.compare("lt", self.content_end, end)
        is_there = build.compare("ge", self.content_end, header.at)
        return build.select(build.both(is_nearer, is_there), self.content_end, end)

    def _context(self) -> dict[str, Member]:
        """Return what every expression may use besides the members."""
        build = self.build
        known: dict[str, Member] = {
            "layer_length": _counted(build, self.content_end, self.start),
            "captured_at": Integer(self._captured_at),
            "captured_length": _counted(build, build.clip(self.content_end, self.limit).at, self.start),
            "first_octet": Integer(self._first_octet),
            "quoted": Integer(lambda: Number.truth(build.get(self.schemas.state.quoted))),
            "partial": Integer(lambda: Number.truth(build.get(self.schemas.state.partial))),
            "typed": Integer(lambda: Number.truth(build.get(self.schemas.state.typed))),
            "link_type": Integer(lambda: Number(self.schemas.link_type, 0, 1 << 32)),
        }
        if self.protocol.name == START:
            captured = build.binary("sub", FRAME_END, FRAME)
            known |= {
                "wire_length": Integer(partial(self._owned, RECORD["wire_length"], RECORD[OWN[0]])),
                "captured_length": Integer(partial(self._owned, captured, RECORD[OWN[1]])),
                "number": Integer(lambda: Number(RECORD["number"], 0, 1 << 40)),
                "time": Integer(lambda: Number(RECORD["time"], -(1 << 62), 1 << 62), None, lambda: HAS_TIME),
                "interface": Integer(lambda: Number(RECORD["interface"], 0, 1 << 32), None, lambda: HAS_INTERFACE),
                "section": Integer(lambda: Number(RECORD["section"], 0, 1 << 32), None, lambda: HAS_INTERFACE),
                "interface_name": Unusable("a text"),
                "encapsulation": Integer(self._encapsulation),
            }
        return known

    def _owned(self, usual: Operand, own: Operand) -> Number:
        """Return a length of the frame, which is its own also where the record was made of several."""
        if self.schemas.fragments is None:
            return Number(usual, 0, 1 << 32)
        return Number(self.build.select(self.build.compare("ge", own, 0), own, usual), 0, 1 << 32)

    def _captured_at(self) -> Number:
        return Number(self.build.select(HAS_TIME, RECORD["time"], 0), -(1 << 62), 1 << 62)

    def _first_octet(self) -> Number:
        build, slot = self.build, self.build.slot("integer", "first octet")
        build.set(slot, 0)
        with build.block("first") as none:
            build.set(slot, build.load(build.need(self.start, 1, self.limit, none), 0, 1))
        return Number(build.get(slot), 0, 255)

    def _encapsulation(self) -> Number:
        found: Operand = 0
        for link, number in LINK_TYPES.items():
            found = self.build.select(self.build.compare("eq", self.schemas.link_type, link), number, found)
        numbers = [0, *LINK_TYPES.values()]
        return Number(found, min(numbers), max(numbers))

    def _last_needed(self) -> int:
        parts = self.protocol.parts
        if self.follows or self.is_whole:
            return len(parts) - 1
        return max((index for index, part in enumerate(parts) if self._asks(part)), default=0)

    def _asks(self, part: Any) -> bool:
        """Whether anybody wants to know of a field or a rule in a part or member."""
        return (
            self.wanted.any(part)
            or not declared(part).isdisjoint(self.members.watched)
            or (self.diagnoses is not None and has_rule(part))
        )

    def _observed(self, index: int) -> bool:
        """Whether anybody can tell that a part was read though the next one was not."""
        part = self.protocol.parts[index]
        begins = index == 0 and (self.present or self.name in self.schemas.counters or self.wanted.numbered)
        return bool(begins or self.is_measured) or self._asks(part)

    def _ahead(self, index: int) -> int:
        """Return how many octets can be asked for at once: up to the end of the first part that is observed."""
        total, last = 0, self._last_needed()
        while True:
            if isinstance(self.protocol.parts[index], Tail):
                return total
            for member in self.protocol.parts[index].subcons:
                size = fixed_size(member)
                # A rule is told of also where the octets behind it are not there.
                if size is None or (has_effect(member) and (self.diagnoses or self.wanted.any(member))):
                    return total
                total += size
            if index == last or self._observed(index):
                return total
            index += 1

    def _begin(self, scope: Scope) -> None:
        """The first part has been read: the layer is there."""
        build, name = self.build, self.name
        if name in self.schemas.counters or self.wanted.numbered:
            counter = self.schemas.counter(name)
            build.set(counter, build.binary("add", build.get(counter), 1))
        if self.begun is not None:
            build.set(self.begun, True)
        if self.ruling is not None:
            self.ruling.begin(self.schemas.state.quoted)
        if self.claimed is not None:
            build.set(self.claimed, self.members.tracer.number(self.protocol.header, scope).operand)
        for callback in self.present:
            callback(Seen(None, None, self._number))
        for callback in self.wanted.fields.get(paths.FIELD, []) if name == START else []:
            callback(Seen(None, None, self._number, raw=nothing))

    def _tell_octets(self, header: Position, end: Operand) -> None:
        """Tell of the layer as octets: its header, and all of it that is captured. The frame is its own header."""
        build, limit = self.build, self.build.frame()[1]
        is_frame = self.protocol.name == START
        own = build.rest(self.start, limit) if is_frame else build.between(self.start, header)
        if self.claimed is not None:  # of a header that is not all there the reference knows what counts
            own = build.need(self.start, build.get(self.claimed), self.limit, HAND_OVER)
        for callback in self.headers:
            callback(Seen(None, lambda: own, self._number))
        if self.reaches:
            reach = build.rest(self.start, build.clip(end, limit))
            for callback in self.reaches:
                callback(Seen(None, lambda: reach, self._number))

    def _heeds(self, rule: Rule) -> bool:
        """Whether anybody is told of a rule that is broken."""
        return bool(self.diagnoses or self.wanted.of(rule.field))

    def _broken(self, rule: Rule, goes_on: bool) -> None:
        """Tell of a rule's field; `goes_on` says that the layer is read on.

        Of a layer that is not there, nothing is told, and of a quoted one, not what goes without saying there.
        """
        told = self.wanted.of(rule.field)
        if told and self.index == 0 and self.name != START:
            if goes_on:
                raise NotLowerableError("a rule in the first part")
            told = []
        build = self.build
        with build.when(True if rule.stops or rule.quoted else build.invert(build.get(self.schemas.state.quoted))):
            for callback in told:
                callback(Seen(None, None, self._number, raw=nothing))
            if self.diagnoses is not None:
                self.diagnoses.rule(rule)


def _counted(build: Builder, end: Operand, start: Position) -> Integer:
    """Return the octets from a layer's start, which never lies behind that end."""
    return Integer(lambda: Number(build.binary("sub", end, start.at), 0, 1 << 33))


def _is_payload(part: Any) -> bool:
    if isinstance(part, Payload):
        return True
    member = part.subcons[-1] if part.subcons else None
    while isinstance(member, (Renamed, Field)):
        member = member.subcon
    return member is GreedyBytes

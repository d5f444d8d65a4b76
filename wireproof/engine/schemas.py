"""The schemas lowered: one region for each protocol that matters to a filter, joined by the tables of what follows.

A layer's region is entered with its start, the end that the layer below claims, and whether it is quoted, in slots;
so tags in tags and tunnels in tunnels are jumps. Only protocols that somebody asks about, or that lead to one, are
lowered, and of these only the parts that are needed to answer. What a layer's schema says that cannot be lowered
leaves the frames that get there to the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from construct import GreedyBytes, Renamed

from wireproof.dissectors.numbers.encapsulations import LINK_TYPES
from wireproof.dissectors.schema import Carry, Catalogue, Field, InternetChecksum, Protocol, Rule
from wireproof.engine.builder import Builder
from wireproof.engine.cursor import Cursor
from wireproof.engine.form import (
    FINISH,
    FRAME,
    HAS_INTERFACE,
    HAS_TIME,
    RECORD,
    Operand,
    Position,
    Slot,
)
from wireproof.engine.members import Members, Pending
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.references import needed
from wireproof.engine.relevance import followers, reachable, relevant, trailing
from wireproof.engine.sizes import fixed_size
from wireproof.engine.trace import Integer, Member, Scope, Unusable
from wireproof.engine.trailers import Trailers
from wireproof.engine.wanted import Seen, Wanted, declared

START = "frame"
# Layers that can hold one of their own kind before a frame is handed over; the reference stops at 64 of any kind.
DEEPEST = 48
UNVERIFIED, NOT_PRESENT = 2, 3


@dataclass(frozen=True)
class State:
    """What goes from a layer to the next: where it starts and ends, if it is quoted, how many were before."""

    start: Slot
    end: Slot
    quoted: Slot
    depth: Slot


class Schemas:
    """Lowers the protocols that `wanted` needs. `refused` says which could not be, and why."""

    def __init__(self, build: Builder, catalogue: Catalogue, wanted: Wanted, switched_on: Iterable[str] = ()) -> None:
        self.build, self.catalogue, self.wanted = build, catalogue, wanted
        self.switched_on = frozenset(switched_on)
        self.refused: dict[str, str] = {}
        self.state = State(
            build.slot("position", "start"),
            build.slot("integer", "end"),
            build.slot("boolean", "quoted"),
            build.slot("integer", "depth"),
        )
        names = wanted.names()
        trails = any(not names.isdisjoint(trailing(protocol)) for protocol in catalogue.protocols.values())
        self.trailers = Trailers(build, wanted) if trails else None
        self.counters: dict[str, Slot] = {}
        self.relevant = relevant(catalogue, wanted)
        self.recurring = {name for name in self.relevant if name in reachable(catalogue, name) & self.relevant}

    def counter(self, name: str) -> Slot:
        """Return the slot that counts the layers of a protocol."""
        if name not in self.counters:
            self.counters[name] = self.build.slot("integer", f"{name} layers")
        return self.counters[name]

    def lower(self) -> None:
        """Write all layers."""
        layers = self.build.program.layers
        waiting = [START] if START in self.relevant else []
        while waiting:
            name = waiting.pop()
            if name in layers:
                continue
            protocol = self.catalogue.protocols[name]
            with self.build.region() as region:
                _Layer(self, protocol).lower()
            layers[name] = region
            waiting += [each.name for each in followers(self.catalogue, protocol) if each.name in self.relevant]


class _Layer:
    """Lowers one protocol."""

    def __init__(self, schemas: Schemas, protocol: Protocol) -> None:
        self.schemas, self.protocol, self.build = schemas, protocol, schemas.build
        wanted, build = schemas.wanted, schemas.build
        self.wanted = wanted
        self.headers = wanted.headers.get(protocol.name, [])
        self.reaches = wanted.reaches.get(protocol.name, [])
        self.is_measured = bool(self.headers or self.reaches or schemas.trailers)
        self.payload_ends: Callable[[Operand], None] = lambda end: None
        self.present = wanted.fields.get(protocol.name, [])
        self.follows = [p for p in followers(schemas.catalogue, protocol) if p.name in schemas.relevant]
        self.members = Members(build, wanted, self._number)
        self.members.broken = self._broken
        self.members.needed = needed(protocol, wanted, bool(self.follows or self.is_measured))
        self.index = 0
        self._watch_checksums()

    def _number(self) -> Operand:
        return self.build.get(self.schemas.counter(self.protocol.name))

    def lower(self) -> None:
        """Write the layer's region."""
        build, state = self.build, self.schemas.state
        if self.protocol.name == START:
            build.set(state.end, build.binary("add", FRAME, RECORD["wire_length"]))
        self._bound_depth()
        self.start = build.position(state.start)
        self.end = build.get(state.end)
        self.limit = build.clip(self.end, build.frame()[1])
        self.header_end = build.slot("position", "header end") if self.is_measured else None
        self.begun = build.slot("boolean", "begun") if self.is_measured else None
        if self.header_end is not None and self.begun is not None:
            build.set(self.header_end, self.start)
            build.set(self.begun, False)
        with build.block("parts") as failed:
            try:
                self._parts(failed)
            except NotLowerableError as refused:
                self.schemas.refused[self.protocol.name] = str(refused)
                build.hand_over()
        if self.header_end is not None and self.begun is not None:
            # Some part was not read. Without the first there is no layer.
            with build.when(build.get(self.begun)):
                self._tell_octets(build.position(self.header_end), self.end)
                if self.schemas.trailers is not None:
                    self.schemas.trailers.cut()
        build.leave(FINISH)

    def _bound_depth(self) -> None:
        if self.protocol.name in self.schemas.recurring:
            build, depth = self.build, self.schemas.state.depth
            count = build.binary("add", build.get(depth), 1)
            build.set(depth, count)
            build.hand_over(build.compare("gt", count, DEEPEST))

    # Parts

    def _parts(self, failed: str) -> None:
        scope = Scope(self._context())
        cursor = Cursor(self.build, self.start, self.limit, failed)
        header = self.start
        for index, part in enumerate(self.protocol.parts[: self._last_needed() + 1]):
            self.index = index
            cursor.reserve(self._ahead(self.index))
            pending: Pending = []
            self.members.read(part.subcons, scope, cursor, pending)
            if self.index == 0:
                self._begin()
            for tell in pending:
                tell()
            if not _is_payload(part):
                header = cursor.here()
                if self.header_end is not None:
                    self.build.set(self.header_end, header)
        if self.follows or self.is_measured:
            end = self._narrowed(scope, header)
            self._tell_octets(header, end)
            if self.schemas.trailers is not None:
                quoted = self.build.get(self.schemas.state.quoted)
                self.payload_ends = self.schemas.trailers.whole(self.protocol, end, quoted)
            self._follow(scope, header, end)
        self.build.leave(FINISH)

    def _context(self) -> dict[str, Member]:
        """Return what every expression may use besides the members."""
        build = self.build
        known: dict[str, Member] = {
            "layer_length": _counted(build, self.end, self.start),
            "captured_length": _counted(build, self.limit.at, self.start),
            "first_octet": Integer(self._first_octet),
        }
        if self.protocol.name == START:
            link = RECORD["link_type"]
            known |= {
                "number": Integer(lambda: Number(RECORD["number"], 0, 1 << 40)),
                "time": Integer(lambda: Number(RECORD["time"], -(1 << 62), 1 << 62), None, lambda: HAS_TIME),
                "interface": Integer(lambda: Number(RECORD["interface"], 0, 1 << 32), None, lambda: HAS_INTERFACE),
                "section": Integer(lambda: Number(RECORD["section"], 0, 1 << 32), None, lambda: HAS_INTERFACE),
                "interface_name": Unusable("a text"),
                "link_type": Integer(lambda: Number(link, 0, 1 << 32)),
                "encapsulation": Integer(self._encapsulation),
            }
        return known

    def _first_octet(self) -> Number:
        build, slot = self.build, self.build.slot("integer", "first octet")
        build.set(slot, 0)
        with build.block("first") as none:
            build.set(slot, build.load(build.need(self.start, 1, self.limit, none), 0, 1))
        return Number(build.get(slot), 0, 255)

    def _encapsulation(self) -> Number:
        found: Operand = 0
        for link, number in LINK_TYPES.items():
            found = self.build.select(self.build.compare("eq", RECORD["link_type"], link), number, found)
        numbers = [0, *LINK_TYPES.values()]
        return Number(found, min(numbers), max(numbers))

    def _last_needed(self) -> int:
        parts = self.protocol.parts
        if self.follows or self.is_measured:
            return len(parts) - 1
        return max((index for index, part in enumerate(parts) if self._asks(part)), default=0)

    def _asks(self, part: Any) -> bool:
        """Whether anybody wants to know of a field in a part."""
        return self.wanted.any(part) or not declared(part).isdisjoint(self.members.watched)

    def _observed(self, index: int) -> bool:
        """Whether anybody can tell that a part was read though the next one was not."""
        part = self.protocol.parts[index]
        begins = index == 0 and (self.present or self.protocol.name in self.schemas.counters or self.wanted.numbered)
        return bool(begins or self.is_measured) or self._asks(part)

    def _ahead(self, index: int) -> int:
        """Return how many octets can be asked for at once: up to the end of the first part that is observed."""
        total, last = 0, self._last_needed()
        while True:
            for member in self.protocol.parts[index].subcons:
                size = fixed_size(member)
                # A rule is told of also where the octets behind it are not there.
                if size is None or (isinstance(member, Rule) and self.wanted.of(member.field)):
                    return total
                total += size
            if index == last or self._observed(index):
                return total
            index += 1

    def _begin(self) -> None:
        """The first part has been read: the layer is there."""
        build, name = self.build, self.protocol.name
        if name in self.schemas.counters or self.wanted.numbered:
            counter = self.schemas.counter(name)
            build.set(counter, build.binary("add", build.get(counter), 1))
        if self.begun is not None:
            build.set(self.begun, True)
        for callback in self.present:
            callback(Seen(None, None, self._number))

    def _tell_octets(self, header: Position, end: Operand) -> None:
        """Tell of the layer as octets: its header, and all of it that is captured. The frame is its own header."""
        build, limit = self.build, self.build.frame()[1]
        is_frame = self.protocol.name == START
        own = build.rest(self.start, limit) if is_frame else build.between(self.start, header)
        for callback in self.headers:
            callback(Seen(None, lambda: own, self._number))
        if self.reaches:
            reach = build.rest(self.start, build.clip(end, limit))
            for callback in self.reaches:
                callback(Seen(None, lambda: reach, self._number))

    def _broken(self, rule: Rule) -> None:
        """Tell of a rule's field. Of a layer that is not there, nothing is told; of a quoted one, only what stops."""
        told = self.wanted.of(rule.field)
        if not told:
            return
        if self.index == 0:
            if not rule.stops:
                raise NotLowerableError("a rule in the first part")
            return
        build = self.build
        with build.when(True if rule.stops else build.invert(build.get(self.schemas.state.quoted))):
            for callback in told:
                callback(Seen(None, None, self._number))

    def _watch_checksums(self) -> None:
        for name, step in self.protocol.computed.items():
            if isinstance(step, InternetChecksum) and self.wanted.of(step.status):
                self.members.watched[name] = lambda value, step=step: self._tell_status(step, value)  # type: ignore[misc]

    def _tell_status(self, step: InternetChecksum, value: Member) -> None:
        """Tell the status of a checksum that is not verified."""
        status = Number.of(UNVERIFIED)
        if step.optional and isinstance(value, Integer):
            absent = self.members.tracer.calculate.compare("eq", value.make(), Number.of(0)).operand
            status = Number(self.build.select(absent, NOT_PRESENT, UNVERIFIED), UNVERIFIED, NOT_PRESENT)
        for callback in self.wanted.of(step.status):
            callback(Seen(lambda: status, None, self._number))

    # What follows

    def _narrowed(self, scope: Scope, header: Position) -> Operand:
        """Return where the layer ends by its own header, if that says so and there is that much."""
        build, tracer = self.build, self.members.tracer
        if self.protocol.extent is None:
            return self.end
        extent = tracer.number(self.protocol.extent, scope)
        claimed = build.binary("add", self.start.at, extent.operand)
        is_less = build.both(build.compare("ge", claimed, header.at), build.compare("lt", claimed, self.end))
        return build.select(build.both(tracer.calculate.truth(extent), is_less), claimed, self.end)

    def _follow(self, scope: Scope, header: Position, end: Operand) -> None:
        build, tracer = self.build, self.members.tracer
        if not self.follows:
            return
        for carry in self.protocol.carries:
            with build.when(tracer.condition(carry.when, scope)):
                self._carry(carry, scope, header, end)

    def _carry(self, carry: Carry, scope: Scope, header: Position, end: Operand) -> None:
        build, tracer = self.build, self.members.tracer
        if carry.length is not None:
            claimed = build.binary("add", header.at, tracer.number(carry.length, scope).operand)
            end = build.select(build.compare("lt", claimed, end), claimed, end)
            self.payload_ends(end)
        if not carry.empty:
            build.leave(FINISH, build.compare("le", end, header.at))
        table = self.schemas.catalogue.tables.get(carry.table, {})
        targets: dict[str, list[int]] = {}
        for key, protocol in table.items():
            if protocol.name in self.schemas.relevant:
                targets.setdefault(protocol.name, []).append(key)
        known = [key for key, protocol in table.items() if protocol.name not in self.schemas.relevant]
        cases = [(tuple(keys), self._entering(name, carry, header, end)) for name, keys in targets.items()]
        fallback = self.schemas.catalogue.protocols.get(carry.fallback) if carry.fallback else None
        default: Callable[[], None] = lambda: build.leave(FINISH)  # noqa: E731
        if fallback is not None and fallback.name in self.schemas.relevant:
            default = self._entering(fallback.name, carry, header, end)
            if known:
                cases.append((tuple(known), lambda: build.leave(FINISH)))
        key_value: Operand = 0 if carry.key is None else tracer.calculate.builder.integer(self._key(carry.key, scope))
        build.switch(key_value, cases, default)

    def _key(self, name: str, scope: Scope) -> Operand:
        found = self.members.tracer.value(scope.find(name))
        if not isinstance(found, Number):
            raise NotLowerableError(f"the key {name}, which is no number")
        return found.operand

    def _entering(self, name: str, carry: Carry, header: Position, end: Operand) -> Callable[[], None]:
        build, state = self.build, self.schemas.state

        def enter() -> None:
            if name == carry.fallback:
                build.leave(FINISH, build.compare("ge", header.at, self.limit.at))
            build.set(state.start, header)
            build.set(state.end, end)
            if carry.quoted:
                build.set(state.quoted, True)
            build.goto(name)

        return enter


def _counted(build: Builder, end: Operand, start: Position) -> Integer:
    """Return the octets from a layer's start, which never lies behind that end."""
    return Integer(lambda: Number(build.binary("sub", end, start.at), 0, 1 << 33))


def _is_payload(part: Any) -> bool:
    member = part.subcons[-1] if part.subcons else None
    while isinstance(member, (Renamed, Field)):
        member = member.subcon
    return member is GreedyBytes

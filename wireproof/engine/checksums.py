"""The status of checksums: of those that are verified, by the sum of RFC 1071 over the layer and its pseudo header.

Whether one can be verified is known when its layer has been read, so that its status is told then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from wireproof.dissectors.schema import InternetChecksum, LengthOf, Protocol, PseudoHeader, Rule
from wireproof.engine.builder import Builder
from wireproof.engine.diagnoses import Diagnoses
from wireproof.engine.form import HAND_OVER, Extent, Operand, Position, Slot
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.raws import consumed, nothing
from wireproof.engine.trace import Integer, Member, Octets, Scope
from wireproof.engine.wanted import Seen, Wanted
from wireproof.packet.checksum import ALL_ONES, BAD, GOOD, NOT_PRESENT, UNVERIFIED

if TYPE_CHECKING:
    from wireproof.engine.schemas import State


def is_verified(step: InternetChecksum, switched_on: frozenset[str]) -> bool:
    """Whether a checksum is verified."""
    return step.preference is None or step.preference in switched_on


class Lent:
    """The pseudo header that a layer lends to the next one's checksum, if it lends one."""

    def __init__(self, build: Builder) -> None:
        self.build = build
        self.is_there = build.slot("boolean", "pseudo header")
        self.addresses = [build.slot("extent", name) for name in ("pseudo source", "pseudo destination")]
        self.protocol = build.slot("integer", "pseudo protocol")

    def lend(self, declared: PseudoHeader | None, scope: Scope) -> None:
        """Keep what a layer lends."""
        build = self.build
        build.set(self.is_there, declared is not None)
        if declared is None:
            return
        for slot, name in zip(self.addresses, (declared.source, declared.destination), strict=True):
            member = scope.find(name)
            if not isinstance(member, Octets) or member.size is None or member.size % 2:
                raise NotLowerableError(f"{name} in a pseudo header")
            build.set(slot, member.make())
        make = consumed(scope.find(declared.protocol))
        if make is None:
            raise NotLowerableError(f"{declared.protocol} in a pseudo header")
        build.set(self.protocol, build.load(build.within(make(), 0, 1, HAND_OVER), 0, 1))

    def sum(self, length: Operand) -> Operand:
        """Return the sum of the words of the pseudo header for so many octets."""
        build = self.build
        # What the length has more than 16 bits of goes into the protocol's word.
        word = build.binary("add", build.binary("shl", build.get(self.protocol), 16), length)
        total = build.binary("add", build.binary("shr", word, 16), build.binary("and", word, ALL_ONES))
        for slot in self.addresses:
            total = build.binary("add", total, build.search("sum", build.extent(slot), None))
        return total


@dataclass(frozen=True)
class _Noted:
    """What is noted of a checksum while its layer is read: that it is there, where, and what it says."""

    step: InternetChecksum
    is_there: Slot
    place: Slot
    given: Slot


class Checksums:
    """Tells the status of one protocol's checksums. `watched` are the fields of which it wants to see the member."""

    def __init__(
        self,
        build: Builder,
        wanted: Wanted,
        protocol: Protocol,
        switched_on: frozenset[str],
        lent: Lent | None,
        diagnoses: Diagnoses | None,
        state: State,
    ) -> None:
        self.build, self.wanted, self.lent, self.switched_on = build, wanted, lent, switched_on
        self.diagnoses, self.state = diagnoses, state
        self.watched: dict[str, Callable[[Member], None]] = {}
        self.number: Callable[[], Operand] = lambda: 0
        self.noted: list[_Noted] = []
        for name, step in protocol.computed.items():
            if isinstance(step, InternetChecksum) and asked(wanted, step, diagnoses is not None):
                self.watched[name] = self._noting(step)
        self.claimed = build.slot("integer", "claimed by the layer") if self.noted else None
        self.header = build.slot("integer", "claimed by the header")
        self.has_length = any(step == LengthOf("header") for step in protocol.computed.values())
        if self.noted:
            for name, length in protocol.computed.items():
                if isinstance(length, LengthOf) and length.extent in ("layer", "header"):
                    self.watched[name] = partial(self._note_length, length.extent)

    def begin(self) -> None:
        """Forget what an earlier layer of the protocol left."""
        for each in self.noted:
            self.build.set(each.is_there, False)
        self.build.set(self.header, 0)
        if self.claimed is not None:
            self.build.set(self.claimed, 0)

    def _noting(self, step: InternetChecksum) -> Callable[[Member], None]:
        build, name = self.build, step.status.name
        if not is_verified(step, self.switched_on):
            return lambda value: self._tell_unverified(step, value)
        slots = (build.slot("boolean", name), build.slot("extent", name), build.slot("integer", name))
        noted = _Noted(step, *slots)
        self.noted.append(noted)

        def note(value: Member) -> None:
            if not isinstance(value, Integer) or value.extent is None:
                raise NotLowerableError("a checksum that lies nowhere")
            build.set(noted.is_there, True)
            build.set(noted.place, value.extent())
            build.set(noted.given, build.integer(value.make().operand))

        return note

    def _note_length(self, extent: str, value: Member) -> None:
        slot = self.claimed if extent == "layer" else self.header
        if not isinstance(value, Integer) or slot is None:
            raise NotLowerableError("a length that is no number")
        build = self.build
        number, claimed = value.make().operand, build.get(slot)
        build.set(slot, build.select(build.compare("gt", number, claimed), number, claimed))

    # Telling

    def read(self, start: Position, header: Position | None, end: Operand) -> None:
        """The layer was read as far as it goes; it ends there, and its header before, if that was read whole."""
        build = self.build
        for each in self.noted:
            with build.when(build.get(each.is_there)):
                last: Operand | None = end
                if each.step.extent == "header":
                    last = header.at if header else None
                    if self.has_length:
                        last = build.binary("add", start.at, build.get(self.header))
                    if last is not None:
                        beyond = build.compare("gt", last, end)
                        last = build.select(beyond, build.binary("add", build.frame()[1].at, 1), last)  # not all there
                if each.step.lead is not None:
                    place = build.extent(each.place).base
                    self._verify(each, Position(build.binary("sub", place, each.step.lead)), end)
                elif last is None:
                    self._tell(each, self._unverified(each.step, build.get(each.given)))
                else:
                    self._verify(each, start, last)

    def _verify(self, noted: _Noted, start: Position, end: Operand) -> None:
        build, step, given = self.build, noted.step, self.build.get(noted.given)
        status = build.slot("integer", "status")
        build.set(status, self._unverified(step, given).operand)
        with build.block("verified") as unverified:
            if step.optional:
                build.leave(unverified, build.compare("eq", given, 0))
            if step.extent == "layer" and step.lead is None:
                build.leave(unverified, build.get(self.state.partial))
            if not step.quoted:
                build.leave(unverified, build.get(self.state.quoted))
            size = build.binary("sub", end, start.at)
            octets = build.need(start, size, build.frame()[1], unverified)
            if step.extent == "layer" and self.claimed is not None:
                build.leave(unverified, build.compare("gt", build.get(self.claimed), size))
            total = self._without(octets, noted, given)
            if step.pseudo_header:
                if self.lent is None:
                    raise NotLowerableError("a pseudo header")
                build.leave(unverified, build.invert(build.get(self.lent.is_there)))
                total = build.binary("add", total, self.lent.sum(size))
            right = self._complement(total, never_zero=step.optional)
            is_turned = build.both(build.compare("eq", right, 0), build.compare("eq", given, ALL_ONES))
            if step.all_ones is None:
                right = build.select(is_turned, ALL_ONES, right)
            is_good = build.compare("eq", right, given)
            build.set(status, build.select(is_good, GOOD, BAD))
            self._judge(step, is_good, is_turned)
            for callback in self.wanted.of(step.calculated) if step.calculated else []:
                number = Number(right, 0, ALL_ONES)
                callback(Seen(lambda number=number: number, None, self.number, raw=self._place(noted)))  # type: ignore[misc]
        self._tell(noted, Number(build.get(status), 0, NOT_PRESENT))

    def _judge(self, step: InternetChecksum, is_good: Operand, is_turned: Operand) -> None:
        """Tell of a sum that is wrong, or has all ones where it should be zero."""
        build = self.build
        if step.bad is not None:
            is_wrong = build.invert(is_good)
            with build.when(build.both(is_wrong, build.invert(is_turned)) if step.all_ones else is_wrong):
                self._complain(step.bad)
        if step.all_ones is not None:
            with build.when(is_turned):
                self._complain(step.all_ones)

    def _complain(self, rule: Rule) -> None:
        """Tell of a sum that is wrong. The reader says so at its place, in front of what is said behind it."""
        for callback in self.wanted.of(rule.field):
            callback(Seen(None, None, self.number, raw=nothing))
        if self.diagnoses is not None:
            if self.wanted.numbered:
                self.build.hand_over()
            self.diagnoses.rule(rule)

    def _without(self, octets: Extent, noted: _Noted, given: Operand) -> Operand:
        """Return the sum of a layer's words, as if its checksum were zero."""
        build = self.build
        at = build.binary("sub", build.extent(noted.place).base, octets.base)
        swapped = build.binary(
            "or", build.binary("shl", build.binary("and", given, 0xFF), 8), build.binary("shr", given, 8)
        )
        word = build.select(build.boolean(build.binary("and", at, 1)), swapped, given)
        return build.binary("sub", build.search("sum", octets, None), word)

    def _complement(self, total: Operand, *, never_zero: bool) -> Operand:
        """Return the ones' complement of the ones' complement sum: of all but zeros, that is never zero itself."""
        build = self.build
        rest = build.binary("floormod", total, ALL_ONES)
        is_full = build.both(build.compare("eq", rest, 0), build.compare("ne", total, 0))
        right = build.binary("xor", build.select(is_full, ALL_ONES, rest), ALL_ONES)
        return build.select(build.compare("eq", right, 0), ALL_ONES, right) if never_zero else right

    def _unverified(self, step: InternetChecksum, given: Operand) -> Number:
        if not step.optional:
            return Number.of(UNVERIFIED)
        build = self.build
        return Number(build.select(build.compare("eq", given, 0), NOT_PRESENT, UNVERIFIED), UNVERIFIED, NOT_PRESENT)

    def _tell_unverified(self, step: InternetChecksum, value: Member) -> None:
        given = value.make().operand if isinstance(value, Integer) else 1
        status = self._unverified(step, given)
        for callback in self.wanted.of(step.status):
            callback(Seen(lambda: status, None, self.number, raw=consumed(value)))

    def _tell(self, noted: _Noted, status: Number) -> None:
        for callback in self.wanted.of(noted.step.status):
            callback(Seen(lambda: status, None, self.number, raw=self._place(noted)))

    def _place(self, noted: _Noted) -> Callable[[], Extent]:
        return lambda: self.build.within(self.build.extent(noted.place), 0, 2, HAND_OVER)


def asked(wanted: Wanted, step: InternetChecksum, diagnosed: bool) -> bool:
    """Whether anybody wants to know of a checksum's status, or of what it should be, or if it is wrong."""
    if any(diagnosed or wanted.of(rule.field) for rule in (step.bad, step.all_ones) if rule is not None):
        return True
    return bool(wanted.of(step.status) or (step.calculated and wanted.of(step.calculated)))

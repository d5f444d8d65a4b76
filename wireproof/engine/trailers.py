"""Padding, trailer and frame check sequence: what no layer claims, told when all layers are read.

The innermost whole layer that has a place for them gets them, from where what it carries ends by its own account.
Where the capture tells that there is a check sequence, two layers may have some; the reference says which.
"""

from __future__ import annotations

from collections.abc import Callable

from wireproof.dissectors.schema import FieldInfo, Protocol, Rule, Trailer
from wireproof.engine.builder import Builder
from wireproof.engine.form import FRAME, FRAME_END, RECORD, Extent, Operand
from wireproof.engine.numbers import Number
from wireproof.engine.raws import nothing as nothing_there
from wireproof.engine.wanted import Seen, Wanted

UNVERIFIED = 2
LEAST_WITH_FCS, FCS_OCTETS = 64, 4
_OPEN, _NOBODY = -1, -2


class Trailers:
    """Notes, while the layers are walked, which one is to have the trailer and where it begins."""

    def __init__(
        self,
        build: Builder,
        wanted: Wanted,
        short: Callable[[], None],
        cut_payload: Callable[[], None],
        broken: Callable[[Rule], None],
    ) -> None:
        """What is told, and to whom.

        `short` tells that the capture cut a frame within its padding, `cut_payload` the same of a payload with a
        length, `broken` of a rule that it breaks.
        """
        self.build, self.wanted, self.short, self.cut_payload, self.broken = build, wanted, short, cut_payload, broken
        self.owner, self.claimed = build.slot("integer", "trailer of"), build.slot("integer", "claimed")
        self.number = build.slot("integer", "number of the layer")
        self.has_length = build.slot("boolean", "payload has a length")
        self.origin, self.last = build.slot("integer", "room begins"), build.slot("integer", "room ends")
        self.owners: list[Protocol] = []

    def whole(
        self, protocol: Protocol, number: Callable[[], Operand], place: tuple[Operand, Operand], quoted: Operand
    ) -> Callable[[Operand], None]:
        """A layer was read whole; returns what notes the end of its payload, where its header says.

        `place` is where the layer begins and ends.
        """
        start, end = place
        build = self.build
        is_open = build.compare("eq", build.get(self.claimed), _OPEN)
        is_owner: Operand = False
        if protocol.trailer is not None:
            is_owner = build.invert(quoted)
            with build.when(is_owner):
                self.owners.append(protocol)
                with build.when(build.compare("eq", build.get(self.owner), 0)):
                    build.set(self.origin, build.binary("sub", start, FRAME))
                    build.set(self.last, build.binary("sub", end, FRAME))
                build.set(self.owner, len(self.owners))
                build.set(self.claimed, _OPEN)
                build.set(self.has_length, False)
                if self.wanted.numbered:
                    build.set(self.number, number())
        if protocol.extent is not None:
            with build.when(build.both(is_open, build.invert(is_owner))):
                build.set(self.claimed, end)

        def payload(payload_end: Operand) -> None:
            with build.when(build.either(is_open, is_owner)):
                build.set(self.claimed, payload_end)
            with build.when(is_owner):
                build.set(self.has_length, True)

        return payload

    def cut(self, *, is_told: bool) -> None:
        """A layer was not read whole: then nobody says where the payload of those around it ends.

        `is_told` says that the layer itself may have said so before; that the reference finds out.
        """
        with self.build.when(self.build.compare("eq", self.build.get(self.claimed), _OPEN)):
            self.build.hand_over(is_told)
            self.build.set(self.claimed, _NOBODY)

    def tell(self) -> None:
        """Write, at the end, what is told of the octets left."""
        build = self.build
        cases: list[tuple[tuple[int, ...], Callable[[], None]]] = [
            ((number,), self._telling(protocol.trailer))
            for number, protocol in enumerate(self.owners, 1)
            if protocol.trailer is not None
        ]
        build.switch(build.get(self.owner), cases, lambda: None)

    def _telling(self, trailer: Trailer) -> Callable[[], None]:
        def write() -> None:
            with self.build.block("trailer") as nothing:
                self._trailer(trailer, nothing)

        return write

    def _trailer(self, trailer: Trailer, nothing: str) -> None:
        build = self.build
        frame = build.rest(*build.frame())
        claimed, sent = build.get(self.claimed), build.length()
        captured = build.binary("sub", FRAME_END, FRAME)
        origin, last = build.get(self.origin), build.get(self.last)
        room = build.select(build.compare("lt", last, sent), last, sent)
        end = build.select(build.compare("lt", room, captured), room, captured)
        build.leave(nothing, build.compare("lt", claimed, 0))
        begin = build.slot("integer", "trailer begins")
        build.set(begin, build.binary("sub", claimed, FRAME))
        first = build.get(begin)
        with build.when(build.get(self.has_length)):
            is_cut = build.compare("lt", captured, first)
            if trailer.fcs is not None:
                at_end = build.both(build.compare("eq", captured, first), build.compare("lt", first, room))
                is_cut = build.either(is_cut, at_end)
            with build.when(is_cut):
                self.cut_payload()
        build.leave(nothing, build.compare("ge", first, end))
        minimum = build.binary("add", origin, trailer.minimum)
        is_filled = build.both(build.compare("ge", room, minimum), build.compare("lt", first, minimum))
        is_bad = build.slot("boolean", "no zeros")
        build.set(is_bad, False)
        with build.when(is_filled), build.block("padding") as other:
            is_cut = build.compare("lt", captured, minimum)
            stop = build.select(is_cut, captured, minimum)
            padding = build.within(frame, first, build.binary("sub", stop, first), other)
            with build.when(build.invert(build.search("zeros", padding, None))):
                build.set(is_bad, True)
                build.leave(other)
            with build.when(is_cut):
                self.short()
                build.leave(nothing)
            self._told(trailer.padding, padding)
            build.set(begin, minimum)
        start = build.get(begin)
        has_fcs: Operand = False
        if trailer.fcs is not None:
            # What the capture tells is of a layer that begins where the frame does.
            may_be = build.either(build.compare("ne", RECORD["fcs_length"], 0), build.compare("ne", origin, 0))
            is_long = build.both(build.compare("ge", sent, LEAST_WITH_FCS), build.compare("eq", room, sent))
            is_long = build.both(is_long, may_be)
            has_fcs = build.both(is_long, build.compare("ge", build.binary("sub", sent, start), FCS_OCTETS))
        content = build.select(has_fcs, build.binary("sub", sent, FCS_OCTETS), end)
        stop = build.select(build.compare("lt", content, end), content, end)
        size = build.binary("sub", stop, start)
        with build.when(build.compare("gt", size, 0)), build.block("rest") as other:
            self._told(trailer.trailer, build.within(frame, start, size, other))
            if trailer.bad_padding is not None:
                with build.when(build.get(is_bad)):
                    self._broken(trailer.bad_padding)
        if trailer.fcs is not None:
            is_whole = build.compare("eq", end, sent)
            with build.when(build.both(has_fcs, build.invert(is_whole))):
                self.short()
            with build.when(build.both(has_fcs, is_whole)), build.block("fcs") as other:
                octets = build.within(frame, build.binary("sub", end, FCS_OCTETS), FCS_OCTETS, other)
                self._told(trailer.fcs, octets, lambda: Number(build.load(octets, 0, FCS_OCTETS), 0, (1 << 32) - 1))
                if trailer.fcs_status is not None:
                    self._told(trailer.fcs_status, octets, lambda: Number.of(UNVERIFIED))

    def _broken(self, rule: Rule) -> None:
        for callback in self.wanted.of(rule.field):
            callback(Seen(None, None, lambda: self.build.get(self.number), raw=nothing_there))
        self.broken(rule)

    def _told(self, info: FieldInfo, extent: Extent, number: Callable[[], Number] | None = None) -> None:
        for callback in self.wanted.of(info):
            callback(Seen(number, lambda: extent, lambda: self.build.get(self.number), raw=lambda: extent))


def names_of(trailer: Trailer) -> set[str]:
    """Return the names of the fields that a trailer may have."""
    return {info.name for info in trailer.infos()}

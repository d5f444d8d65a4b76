"""Packets of a protocol, drawn from its schema: each member is read from octets that are made up as they are asked for.

Numbers that the schema itself knows (labels, defaults, constants, kinds and lengths of options) come more often than
others, or nearly no header would be well formed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from construct import Const, ConstructError, Container, Default, FormatField
from hypothesis import strategies as st

from wireproof.dissectors.schema import BrokenRuleError, Catalogue, Field, Options, Protocol, Tail, catalogue
from wireproof.dissectors.schema.reading import Window, context_of
from wireproof.packet import Packet, Source, dissect
from wireproof.packet.reader import _Record

LINK_TYPE = 147  # for private use; nothing else is found there
MOST = 400  # octets


class Drawn(Window):
    """A frame whose octets are made up as they are read. `likely` are numbers to be preferred."""

    def __init__(self, draw: Any) -> None:
        super().__init__(b"", MOST)
        self.draw = draw
        self.likely: list[int] = []

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            size = self.draw(st.integers(0, 20))
        end = min(self.tell() + size, self.limit)
        missing = end - len(self.getvalue())
        if missing > 0:
            here = self.tell()
            self.seek(0, 2)
            self.write(self._octets(missing))
            self.seek(here)
        return super().read(size)

    def _octets(self, size: int) -> bytes:
        usual = [number.to_bytes(size, "big") for number in self.likely if 0 <= number < 1 << 8 * size]
        some = st.binary(min_size=size, max_size=size)
        return self.draw(st.one_of(some, st.sampled_from(usual), st.sampled_from(usual)) if usual else some)


def likely_numbers(member: Any) -> Iterator[int]:
    """The numbers that a member's declaration knows."""
    if isinstance(member, Options):
        for kind, option in member.bodies.items():
            yield from (kind, *(option.lengths or ())[:4])
        yield from (2, 4, 8)
        return
    if isinstance(member, Default) and isinstance(member.value, int):
        yield from [member.value] * 4
    if isinstance(member, Const) and isinstance(member.value, int):
        yield member.value
    if isinstance(member, Field):
        yield from list(member.info.labels)[:20]
    if isinstance(member, FormatField):
        yield from (0, 1, 4, 6)
    for name in ("subcon", "thensubcon", "elsesubcon"):
        if hasattr(member, name):
            yield from likely_numbers(getattr(member, name))


@st.composite
def headers(draw: Any, protocol: Protocol) -> bytes:
    """The octets of a protocol's header, and some behind it."""
    stream = Drawn(draw)
    extents: dict[str, tuple[int, int]] = {}
    record = _Record(stream, extents)
    context = context_of(
        stream,
        Container(record=record, extents=extents),
        building=False,
        layer_length=MOST,
        captured_length=MOST,
        first_octet=0x45,
        captured_at=0,
        quoted=0,
        partial=0,
        typed=0,
        link_type=LINK_TYPE,
        networks=(),
        tables=catalogue().tables,
    )
    try:
        for part in protocol.parts:
            if isinstance(part, Tail):
                continue  # it lies elsewhere
            for member in part.subcons:
                stream.likely = list(likely_numbers(member))
                start = stream.tell()
                if member.name:
                    extents[member.name] = (start, start)
                value = member._parsereport(stream, context, protocol.name)
                if member.name:
                    context[member.name] = value
                    extents[member.name] = context._params.pop("placed", None) or (start, stream.tell())
    except (BrokenRuleError, ConstructError):
        pass  # a header that is not well formed is one as well
    return stream.getvalue() + draw(st.binary(max_size=12))


def alone(protocol: Protocol) -> Catalogue:
    """A catalogue in which a protocol is all that a frame can have."""
    known = catalogue().protocols
    fixed = [known[name] for name in ("frame", "data", "_ws.expert", "_ws.malformed", "_ws.short", "pkt_comment")]
    only = replace(protocol, under={"link": (LINK_TYPE,)}, form_of="", opening=b"")
    return Catalogue([*fixed, only])


def read(octets: bytes, known: Catalogue) -> Packet:
    """The frame as a packet of that one protocol."""
    return dissect(octets, Source(link_type=LINK_TYPE), protocols=known)

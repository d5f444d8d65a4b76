"""What a pcapng file tells beside its packets and interfaces: of each section, names, secrets, statistics."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import pcapng_options as codes
from .pcapng_blocks import INTERFACE, LAYOUTS, NAMES, SECRETS, SECTION, STATISTICS, Layout
from .pcapng_options import options, text_of

_ROOM = 8 * 1024 * 1024
"""How much of memory may be taken by what sections tell: it does not follow a file of nothing but comments."""
_SECTION_BYTES = 512  # of each section that tells something, and of each comment
_TEXTS = (codes.SECTION_HARDWARE, codes.SECTION_SYSTEM, codes.SECTION_APPLICATION)
_OPTIONS = 24  # where they begin in a section header
_BODY = 8  # where a block's body begins
_RECORD_HEAD = 4
_IPV4_NAMES, _IPV6_NAMES = 1, 2


@dataclass(frozen=True, slots=True)
class SectionInfo:
    """What the header of a section tells, the number of which counts from 1; texts are None where it does not."""

    number: int
    hardware: str | None = None
    system: str | None = None
    application: str | None = None
    comments: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """Takes in the blocks of a file that hold no packet, one after the other.

    ``sections`` are those that tell something, as far as there is room for them: of ``left_out`` there was none.
    ``statistics`` counts the blocks of each interface, by its index in the file; ``names`` are the resolved names of
    IPv4 and of IPv6 addresses.
    """

    sections: list[SectionInfo] = field(default_factory=list)
    left_out: int = 0
    names: tuple[int, int] = (0, 0)
    secrets: int = 0
    statistics: dict[int, int] = field(default_factory=dict)
    _number: int = 0
    _interfaces: int = 0
    _first: int = 0
    _used: int = 0

    def take(self, octets: bytes, order: str) -> None:
        """Take in a block, which the reader has found whole, with the byte order of its section."""
        layout = LAYOUTS[order]
        (kind,) = layout.word.unpack_from(octets)
        if kind == SECTION:
            self._number += 1
            self._first = self._interfaces
            self._take_section(octets, layout)
        elif kind == INTERFACE:
            self._interfaces += 1
        elif kind == NAMES:
            self._take_names(octets, layout)
        elif kind == SECRETS:
            self.secrets += 1
        elif kind == STATISTICS and len(octets) >= _BODY + 8:
            index = self._first + int(layout.word.unpack_from(octets, _BODY)[0])
            if index < self._interfaces:
                self.statistics[index] = self.statistics.get(index, 0) + 1

    def _take_section(self, octets: bytes, layout: Layout) -> None:
        texts: dict[int, str] = {}
        comments = []
        for code, value in options(octets, _OPTIONS, len(octets) - 4, layout.options):
            if not value:
                continue
            if code == codes.COMMENT:
                comments.append(text_of(value))
            elif code in _TEXTS:
                texts.setdefault(code, text_of(value))
        if not texts and not comments:
            return
        self._used += _SECTION_BYTES * (1 + len(comments)) + 4 * len(octets)
        if self._used > _ROOM:
            self.left_out += 1
            return
        hardware, system, application = (texts.get(code) for code in _TEXTS)
        self.sections.append(SectionInfo(self._number, hardware, system, application, tuple(comments)))

    def _take_names(self, octets: bytes, layout: Layout) -> None:
        found = {_IPV4_NAMES: 0, _IPV6_NAMES: 0}
        for kind, value in _name_records(octets, layout):
            if kind in found:
                found[kind] += value.count(b"\0", 4 if kind == _IPV4_NAMES else 16)
        self.names = self.names[0] + found[_IPV4_NAMES], self.names[1] + found[_IPV6_NAMES]


def _name_records(octets: bytes, layout: Layout) -> Iterator[tuple[int, bytes]]:
    """Yield kind and value of the records of a block of names, as far as they are in it."""
    place, end = _BODY, len(octets) - 4
    while place + _RECORD_HEAD <= end:
        kind, size = layout.options.head.unpack_from(octets, place)
        place += _RECORD_HEAD
        if not kind or place + size > end:
            return
        yield kind, octets[place : place + size]
        place += size + (-size & 3)

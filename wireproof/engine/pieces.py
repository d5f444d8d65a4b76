"""Fragments as machine code meets them: each is gathered; on what one makes whole it goes on, or the reference does."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from wireproof.engine.rejoining import HEADER, MORE, OFFSET, rejoined
from wireproof.engine.state import (
    CAPTURED,
    COMPLETES,
    ENDS,
    FRAME,
    FRAME_NUMBER,
    LINK,
    NOTHING,
    ROW_WORDS,
    TIME,
    UNTIMED,
    RecordLayout,
)
from wireproof.packet.reassembly import Fragment, Reassembler

if TYPE_CHECKING:
    from wireproof.engine.query import Query
    from wireproof.packet import Packet

PIECE = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)
"""Takes the first word of the row of a frame with a fragment."""
ETHERNET, TAG, IPV4 = 1, b"\x81\x00", b"\x08\x00\x45"


@cache
def _refusing() -> tuple[object, int]:
    """Return a function that takes no fragment, and its address."""
    call = PIECE(lambda first: ENDS)
    return call, _address(call)


def refusal() -> int:
    """Return the address of what machine code calls where it is to end before a frame with a fragment."""
    return _refusing()[1]


def _address(call: object) -> int:
    address = ctypes.cast(call, ctypes.c_void_p).value  # type: ignore[arg-type]
    assert address is not None
    return address


class Pieces:
    """What machine code calls for a frame with a fragment, for one walk.

    Without a `reassembler`, the walk has to end before the frame. `read` gives the packet of the row that begins with
    some word. An exception is kept in `failure`, for whoever ran the code to raise: it cannot pass through it.
    With a `layout`, frames that make a datagram whole are made records of it (see `wireproof.engine.rejoining`).
    """

    layout: RecordLayout | None = None

    def __init__(
        self,
        query: Query,
        reassembler: Reassembler | None,
        rows: Sequence[int],
        octets: Callable[[], bytearray],
        read: Callable[[int], Packet],
    ) -> None:
        self._reassembler, self._rows, self._octets, self._read = reassembler, rows, octets, read
        # Where a checksum is verified first, the reference has to.
        self._is_plain = "ip.check_checksum" not in query.preferences
        self._call = PIECE(self._answer)
        self.failure: BaseException | None = None
        self._made: bytearray | None = None
        self._rejoins = query.outline.rejoins

    @property
    def call(self) -> int:
        """The address of the function that machine code calls."""
        return _address(self._call)

    def taken(self) -> bytearray | None:
        """Return the frame that has just made a datagram whole as a record, once; None where it cannot be one."""
        made, self._made = self._made, None
        return made

    def _answer(self, first: int) -> int:
        if self.failure is not None or self._reassembler is None:
            return ENDS
        self._made = None
        try:
            found = self._quickly(self._reassembler, first) if self._is_plain else None
            if found is None:
                found = bool(self._read(first).wholes)
            return COMPLETES if found else NOTHING
        except BaseException as error:
            self.failure = error
            return ENDS

    def _quickly(self, reassembler: Reassembler, first: int) -> bool | None:
        """Gather a fragment that follows an Ethernet header or a tag; None for any other, which the reference finds.

        It does what `wireproof.packet.pieces.made_whole` does, for most fragments and a fortieth of the time.
        """
        row = self._rows[first : first + ROW_WORDS]
        frame, captured = row[FRAME], row[CAPTURED]
        head = bytes(self._octets()[frame : frame + 38])
        at, tag = 14, 0
        if head[12:14] == TAG:
            at, tag = 18, int.from_bytes(head[14:16], "big") & 0xFFF
        if row[LINK] != ETHERNET or head[at - 2 : at + 1] != IPV4 or len(head) < at + HEADER:
            return None
        word = int.from_bytes(head[at + 6 : at + 8], "big")
        end = at + int.from_bytes(head[at + 2 : at + 4], "big")
        if not word & (OFFSET | MORE) or not at + HEADER < end <= captured:
            return None
        octets = bytes(self._octets()[frame + at + HEADER : frame + end])
        key = head[at + 12 : at + 20] + head[at + 9 : at + 10] + head[at + 4 : at + 6], tag
        piece = Fragment(row[FRAME_NUMBER], (word & OFFSET) * 8, octets)
        time = None if row[TIME] == UNTIMED else row[TIME]
        whole = reassembler.take(key, piece, is_last=not word & MORE, time=time)
        if whole is not None and self._rejoins and self.layout is not None:
            self._made = rejoined(self._octets(), row, self.layout, at, whole)
        return whole is not None

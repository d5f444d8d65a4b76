"""Pieces of datagrams to whole ones (RFC 791 section 3.2, RFC 815), in any order, with what is wrong about them.

What two pieces say of the same octet may differ. Then the piece that begins first says what it is, as in Wireshark,
and the datagram is marked: that is what RFC 5722 tells hosts to drop. Nothing is put together without such a mark
unless all pieces agree.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_OCTETS = 8 << 20
"""What pieces take in memory that wait for others, each counted with `PIECE_OCTETS` more than it holds."""
PIECE_OCTETS = 256
AGE = 120 * 10**9
"""Nanoseconds that pieces wait for others, from the first of them on (RFC 1122 section 3.3.2: 60 to 120 s)."""
ENDLESS = 1 << 32


class Fragment(NamedTuple):
    """One piece: the frame that it came in, its place in the datagram, and what is wrong with it.

    It `overlaps` with others, is in `conflict` with what they say, goes on behind the datagram's end (`too_long`), or
    is a last one although another has ended it elsewhere (`second_tail`). It is the `order`-th piece in its frame.
    """

    frame: int
    offset: int
    octets: bytes
    overlaps: bool = False
    conflict: bool = False
    too_long: bool = False
    second_tail: bool = False
    order: int = 0

    @property
    def end(self) -> int:
        """Where it ends in the datagram."""
        return self.offset + len(self.octets)

    @property
    def is_wrong(self) -> bool:
        """Whether the datagram cannot be what was sent, because of this piece."""
        return self.conflict or self.too_long or self.second_tail


class Whole(NamedTuple):
    """A datagram that was put together: its octets, and its pieces by their places."""

    octets: bytes
    pieces: tuple[Fragment, ...]

    @property
    def is_sound(self) -> bool:
        """Whether all pieces agree."""
        return not any(piece.is_wrong for piece in self.pieces)


@dataclass(slots=True)
class _Pieces:
    """What there is of a datagram. `holes` are where it is missing, in order, the last without an end (RFC 815)."""

    begun: int | None
    pieces: list[Fragment] = field(default_factory=list)
    holes: list[tuple[int, int]] = field(default_factory=lambda: [(0, ENDLESS)])
    end: int | None = None
    weight: int = 0

    def add(self, piece: Fragment, *, is_last: bool) -> None:
        if is_last and self.end is None:
            self.end = piece.end
        elif is_last and self.end != piece.end:
            piece = piece._replace(second_tail=True)
        self.pieces.append(piece)
        self.weight += len(piece.octets) + PIECE_OCTETS
        first = bisect_left(self.holes, piece.offset, key=lambda hole: hole[1])
        last = first
        left: list[tuple[int, int]] = []
        while last < len(self.holes) and self.holes[last][0] < piece.end:
            begin, end = self.holes[last]
            if begin < piece.offset:
                left.append((begin, piece.offset))
            if end > piece.end:
                left.append((piece.end, end))
            last += 1
        self.holes[first:last] = [hole for hole in left if hole[0] < hole[1]]

    @property
    def is_whole(self) -> bool:
        return self.end is not None and self.holes[0][0] >= self.end

    def joined(self) -> Whole:
        """Put the pieces together. Of two that begin at the same place, the one that came first counts."""
        assert self.end is not None
        octets = bytearray()
        found = []
        for piece in sorted(self.pieces, key=lambda piece: piece.offset):
            done = len(octets)
            mine = piece.octets[: max(self.end - piece.offset, 0)]
            both = mine[: max(done - piece.offset, 0)]
            octets += mine[len(both) :]
            found.append(
                piece._replace(
                    overlaps=bool(both),
                    conflict=both != octets[piece.offset : piece.offset + len(both)],
                    too_long=piece.end > self.end,
                )
            )
        return Whole(bytes(octets), tuple(found))


class Reassembler:
    """Puts together the datagrams of one capture, which have to come in its order.

    What waits takes at most `MOST_OCTETS`, and none of it longer than `AGE` of the capture's time: the datagram that
    was begun first goes when there is no room, and those too old go when a piece comes. `dropped` and `expired` count
    datagrams. Of the last frame it is known what it has completed, so that it may be asked about again.
    """

    def __init__(self, most_octets: int = MOST_OCTETS, age: int = AGE) -> None:
        self.dropped = self.expired = 0
        self._most, self._age = most_octets, age
        self._weight = 0
        self._waiting: dict[Hashable, _Pieces] = {}
        self._frame = 0
        self._answers: list[Whole | None] = []

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def weight(self) -> int:
        """Octets that what waits takes in memory, about."""
        return self._weight

    def forgotten(self) -> Iterator[str]:
        """Say of how many datagrams pieces were dropped that waited for others."""
        if self.dropped:
            yield f"datagrams whose fragments were forgotten for want of room: {self.dropped}"
        if self.expired:
            yield f"datagrams whose fragments were forgotten after {self._age // 10**9} s: {self.expired}"

    def take(self, key: Hashable, piece: Fragment, *, is_last: bool, time: int | None) -> Whole | None:
        """Take in a piece; return the datagram if that is now whole.

        The same piece of the last frame, once more, gets the same answer.
        """
        if piece.frame == self._frame and piece.order < len(self._answers):
            return self._answers[piece.order]
        if piece.frame != self._frame:
            self._frame, self._answers = piece.frame, []
        found = self._add(key, piece, is_last, time)
        self._answers.append(found)
        return found

    def completed(self, frame: int) -> bool:
        """Whether a frame is the last one, and has made something whole."""
        return frame == self._frame and any(answer is not None for answer in self._answers)

    def recall(self, frame: int, order: int = 0) -> Whole | None:
        """Return what a piece of the last frame has completed; None of any other."""
        return self._answers[order] if frame == self._frame and order < len(self._answers) else None

    def _add(self, key: Hashable, piece: Fragment, is_last: bool, time: int | None) -> Whole | None:
        self._forget(time)
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = _Pieces(time)
        before = waiting.weight
        waiting.add(piece, is_last=is_last)
        self._weight += waiting.weight - before
        if waiting.is_whole:
            self._drop(key)
            return waiting.joined()
        while self._weight > self._most:
            self._drop(next(iter(self._waiting)))
            self.dropped += 1
        return None

    def _forget(self, time: int | None) -> None:
        """Drop what is too old. What was begun first stands first, so that only that has to be looked at."""
        while time is not None and self._waiting:
            oldest = next(iter(self._waiting))
            begun = self._waiting[oldest].begun
            if begun is None or time - begun <= self._age:
                return
            self._drop(oldest)
            self.expired += 1

    def _drop(self, key: Hashable) -> None:
        self._weight -= self._waiting.pop(key).weight


class Recall:
    """Answers about the pieces of the last frame, and takes none in."""

    def __init__(self, reassembler: Reassembler) -> None:
        self._reassembler = reassembler

    def take(self, key: Hashable, piece: Fragment, *, is_last: bool, time: int | None) -> Whole | None:
        """Return what the piece has made whole, if it is of the last frame."""
        return self._reassembler.recall(piece.frame, piece.order)

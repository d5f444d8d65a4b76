"""The drawing of a header in the way of the RFCs: 32 bits a row, from the schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wireproof.dissectors.schema import Protocol
from wireproof.output.header import Piece, pieces

ROW = 32
NARROWEST = 3
"""Characters that a text has to have room for beside its mark, or the mark is with what the text stands for."""
RULER = (
    " 0                   1                   2                   3",
    " 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1",
)


class Cell(NamedTuple):
    """A piece's share of a row, from its first bit to the one behind its last."""

    piece: int
    start: int
    end: int
    text: str = ""
    name: str = ""
    mark: str = ""


class Drawing(NamedTuple):
    """The lines of a drawing, and what the short names and the numbers in it stand for."""

    lines: list[str]
    notes: list[str]


def draw(protocol: Protocol) -> Drawing:
    """Draw the header of a protocol. No lines where its header has no octets."""
    found = list(pieces(protocol))
    notes = list(dict.fromkeys(filter(None, map(_note, found))))
    rows = _rows(found, notes)
    if not rows:
        return Drawing([], [])
    lines = [*RULER, _border([], rows[0])]
    short: dict[str, None] = {}
    for above, below in zip(rows, [*rows[1:], []], strict=True):
        lines += (_contents(above, short), _border(above, below))
    return Drawing(lines, [*short, *(f"({number}) {note}" for number, note in enumerate(notes, 1))])


def _note(piece: Piece) -> str:
    """Return what has to be said of a piece: how long it is, when it is there."""
    size = piece.size if piece.bits is None else ""
    return ", ".join(filter(None, (size, piece.condition and f"if {piece.condition}")))


def _rows(found: list[Piece], notes: list[str]) -> list[list[Cell]]:
    """Place the pieces: one behind the other, but on a row of its own what may be absent, or longer or shorter."""
    rows: list[list[Cell]] = []
    at, before = ROW, ""
    for number, piece in enumerate(found):
        note = _note(piece)
        mark = f" ({notes.index(note) + 1})" if note else ""
        mark += " ..." if piece.bits is None else ""
        if piece.bits is None or piece.condition != before:
            at = ROW
        before = piece.condition
        for cell in _cells(number, piece, mark, at % ROW):
            if cell.start == 0:
                rows.append([])
            rows[-1].append(cell)
            at = cell.end
        if piece.bits is None:
            at, before = ROW, ""
    return rows


def _cells(number: int, piece: Piece, mark: str, at: int) -> Iterator[Cell]:
    """Yield the shares of the rows that a piece reaches over; the first of the widest has its text."""
    shares, bits = [], piece.bits or ROW
    while bits > 0:
        width = min(ROW - at, bits)
        shares.append((at, at + width))
        bits, at = bits - width, 0
    widest = max(shares, key=lambda share: share[1] - share[0])
    for place, share in enumerate(shares):
        yield Cell(number, *share, *((piece.label, piece.name, mark) if place == shares.index(widest) else ()))


def _contents(cells: list[Cell], short: dict[str, None]) -> str:
    """Return the line of a row's texts; one that is too long is shortened, and put down."""
    texts = []
    for cell in cells:
        width = 2 * (cell.end - cell.start) - 1
        text = cell.text + cell.mark
        if len(text) > width:
            is_marked = width - len(cell.mark) >= NARROWEST
            text = _shortened(cell, width - len(cell.mark) if is_marked else width)
            short[f"{text}: {cell.text}{'' if is_marked else cell.mark}"] = None
            text += cell.mark if is_marked else ""
        texts.append(text.center(width))
    return "|" + "|".join(texts) + "|"


def _shortened(cell: Cell, width: int) -> str:
    """Return what is written in place of a text that is too long: the standard's name, its capitals, its begin."""
    capitals = "".join(character for character in cell.text if character.isupper())
    if 0 < len(cell.name) <= width and cell.name.lower() != cell.text.lower():
        return cell.name
    return capitals if 1 < len(capitals) <= width else cell.text[:width].rstrip()


def _border(above: list[Cell], below: list[Cell]) -> str:
    """Return the line between two rows: open where one piece goes on from the one to the other."""
    lines = [_drawn(bit, above, below) for bit in range(ROW)]
    edges = {edge for cell in (*above, *below) for edge in (cell.start, cell.end)}
    text = ""
    for bit in range(ROW + 1):
        left, right = bit > 0 and lines[bit - 1], bit < ROW and lines[bit]
        corner = "+" if bit in edges else ("-" if left and right else " ")
        text += corner + ("-" if right else " ") * (bit < ROW)
    return text.rstrip()


def _drawn(bit: int, above: list[Cell], below: list[Cell]) -> bool:
    pieces_here = [next((cell.piece for cell in row if cell.start <= bit < cell.end), None) for row in (above, below)]
    return pieces_here[0] != pieces_here[1]

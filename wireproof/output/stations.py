"""What the tables of ARP and of a switch have in common in print: addresses, their owners, times, columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wireproof.dissectors.numbers.mac_addresses import WELL_KNOWN
from wireproof.dissectors.schema.render import dotted_quad
from wireproof.output.escape import escape
from wireproof.output.times import CLOCK_STYLES

LOCAL_BIT = 2
WELL_KNOWN_SIZES = (6, 5, 3)
UNKNOWN = "-"
DIGITS = 6


def stamp(nanoseconds: int | None) -> str:
    """Return a time in UTC, with microseconds."""
    return UNKNOWN if nanoseconds is None else CLOCK_STYLES["ud"](nanoseconds, DIGITS)


def ipv4(address: int) -> str:
    """Return an address that is kept as a number."""
    return dotted_quad(address.to_bytes(4, "big"))


def owner(mac: bytes) -> str | None:
    """Return who makes a station, where a table of vendors is installed, or else the OUI; None of a local address."""
    from wireproof.packet.names import vendors

    for size in WELL_KNOWN_SIZES:
        if mac[:size] in WELL_KNOWN:
            return WELL_KNOWN[mac[:size]]
    if mac[0] & LOCAL_BIT:
        return None
    found = vendors().find(mac)
    return mac[:3].hex(":") if found is None else escape(found[0].name)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows under their head, in columns as wide as they need."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    for row in (head, *rows):
        yield "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()

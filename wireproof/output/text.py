"""A packet as ``-T text`` prints it: its summary, its tree and its bytes, in that order, as far as wanted."""

from __future__ import annotations

from collections.abc import Container, Iterator

from wireproof.output.columns import DEFAULT, ColumnLayout, summary_line
from wireproof.output.hexdump import hexdump_lines, shown_octets
from wireproof.packet import Packet


def text_lines(
    packet: Packet,
    *,
    summary: bool = True,
    details: bool = False,
    only: Container[str] | None = None,
    octets: bool = False,
    layout: ColumnLayout = DEFAULT,
) -> Iterator[str]:
    """Yield the lines of a packet, without their ends, and the empty lines that tshark sets between.

    `details` is ``-V``, with `only` ``-O``; `octets` is ``-x``. Either leaves `summary` to ``-P``.
    """
    if summary:
        yield summary_line(packet, layout)
    if details:
        from wireproof.output.details import detail_lines

        yield from detail_lines(packet, only, octets=not octets)
        yield ""
    elif summary and octets:
        yield ""
    if octets:
        if packet.wholes:
            from wireproof.output.items import octets as count

            yield f"Frame ({count(len(packet.data))}):"
        yield from hexdump_lines(packet.data[: shown_octets(packet)])
        for whole in packet.wholes:
            yield f"Reassembled IPv4 ({count(len(whole.octets))}):"
            yield from hexdump_lines(whole.octets)
        yield ""

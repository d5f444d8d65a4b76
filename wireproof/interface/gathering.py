"""How each summary is fed from columns, where nobody prints packets (see `summaries`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from wireproof.analysis.statistics.conversations import KINDS, Talks, octets
from wireproof.analysis.statistics.flow import FLAGS, Flow, Step
from wireproof.analysis.statistics.hierarchy import is_branch
from wireproof.dissectors.schema import catalogue
from wireproof.interface.summaries import SEVERAL, Seen, Sources, both, merged
from wireproof.packet import Packet

if TYPE_CHECKING:
    from wireproof.analysis.statistics.experts import Experts
    from wireproof.analysis.statistics.follow import Follow
    from wireproof.analysis.statistics.hierarchy import Hierarchy
    from wireproof.analysis.statistics.intervals import Intervals

ACK = 0x10
PARTS = "icmp or tcp.analysis.retransmission or _ws.unreassembled"
"""Frames of which the tree of protocols does not show all layers, or something besides."""
SEGMENT = (
    *("frame.number", "frame.time_relative", "tcp.stream", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport"),
    *("tcp.flags", "tcp.flags.ace", "tcp.len", "tcp.seq", "tcp.seq_raw", "tcp.ack", "tcp.ack_raw"),
)


def talks(found: Talks, sources: Sources, chosen: str) -> None:
    """Feed conversations, or endpoints."""
    kind = found.kind
    names = ["frame.number", "frame.time_relative", "frame.len", kind.source, kind.destination]
    names += [kind.source_port, kind.destination_port, kind.stream] if kind.source_port else []
    has_stream = bool(kind.stream)
    names = [name for name in names if name]
    plain = sources.rows(names, both(chosen, f"{kind.last} and not ({SEVERAL})"))
    others = sources.packets(both(chosen, f"{kind.protocol} and ({SEVERAL})"), kind.stream)
    for each in merged(plain, others):
        if isinstance(each, Seen):
            found.see_at(each.packet, each.time)
            continue
        _, time, size, source, destination, *rest = each
        ports = rest[:2] if kind.source_port else (0, 0)
        if source is None or destination is None or None in ports:
            continue
        stream = rest[2] if has_stream else None
        found.add((octets(source), ports[0]), (octets(destination), ports[1]), stream, time, size)


def intervals(found: Intervals, sources: Sources) -> bool:
    """Feed the counts of intervals; False, having done nothing, where layers are counted, of which no column tells."""
    if not catalogue().protocols.keys().isdisjoint(column.field for column in found.columns):
        return False
    for (since,) in sources.rows(("frame.time_relative",)):
        found.pass_time(since or 0)
    for at, column in enumerate(found.columns):
        if column.field:
            for since, size, values in sources.values(column.field, column.filter):
                found.add(at, max(since or 0, 0), size, values)
        else:
            for since, size in sources.rows(("frame.time_relative", "frame.len"), column.filter):
                found.add(at, max(since or 0, 0), size, ())
    return True


def experts(found: Experts, sources: Sources, chosen: str) -> None:
    """Feed what the expert information says, from the packets of which it says anything."""
    for packet in sources.shown(both(chosen, "_ws.expert")):
        found.see(packet)


def hierarchy(found: Hierarchy, sources: Sources, chosen: str) -> None:
    """Feed the tree of protocols: from `frame.protocols` where that says all of a frame."""
    protocols = catalogue().protocols

    @cache
    def path(text: str) -> Sequence[str]:
        known = (name for name in text.split(":") if name in protocols and not protocols[name].form_of)
        return tuple(name for name in known if is_branch(name))

    plain = sources.rows(("frame.number", "frame.protocols", "frame.len"), both(chosen, f"not ({SEVERAL} or {PARTS})"))
    for each in merged(plain, sources.shown(both(chosen, f"{SEVERAL} or {PARTS}"))):
        if isinstance(each, Packet):
            found.see(each)
        else:
            found.add(path(each[1]), each[2])


def flow(found: Flow, sources: Sources, chosen: str) -> None:
    """Feed the segments of TCP."""
    if (first := sources.first()) is not None:
        found.see(first, chosen=False)
    plain = sources.rows(SEGMENT, both(chosen, f"{KINDS['tcp'].last} and tcp.stream and not ({SEVERAL})"))
    others = sources.shown(both(chosen, f"tcp and ({SEVERAL})"))
    for each in merged(plain, others):
        if isinstance(each, Packet):
            found.see(each)
            continue
        number, time, stream, source, destination, source_port, destination_port, flags, counter, length, *rest = each
        seq, raw_seq, ack, raw_ack = rest
        if source is None or destination is None:
            continue
        found.add(
            Step(
                *(number, time, stream, (octets(source), source_port), (octets(destination), destination_port)),
                *(flags & FLAGS, counter, length or 0, raw_seq or 0 if seq is None else seq),
                (raw_ack or 0 if ack is None else ack) if flags & ACK else None,
            )
        )


def follow(found: Follow, sources: Sources) -> None:
    """Feed a conversation that is followed."""
    stream = f"{found.protocol}.stream"
    for seen in sources.packets(f"{stream} == {found.stream}", stream):
        found.see(seen.packet)

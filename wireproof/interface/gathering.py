"""How each summary is fed from columns, where nobody prints packets (see `summaries`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wireproof.analysis.statistics.conversations import Talks, octets
from wireproof.dissectors.schema import catalogue
from wireproof.interface.summaries import SEVERAL, Seen, Sources, both, merged

if TYPE_CHECKING:
    from wireproof.analysis.statistics.follow import Follow
    from wireproof.analysis.statistics.intervals import Intervals


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


def follow(found: Follow, sources: Sources) -> None:
    """Feed a conversation that is followed."""
    stream = f"{found.protocol}.stream"
    for seen in sources.packets(f"{stream} == {found.stream}", stream):
        found.see(seen.packet)

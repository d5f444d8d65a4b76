"""What passed over the wire in a scenario, as lines: when, which way, and what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wireproof.conformance.live.lane import read
from wireproof.conformance.live.verdicts import Event, Result
from wireproof.output.info import row_of

MOST_RUNGS = 400
_ARROWS = {"sent": "→", "answered": "→", "received": "←", "note": " "}


@dataclass(frozen=True, slots=True)
class Rung:
    """A line of the ladder: seconds, an arrow towards the stack or from it, the packet in words, and why."""

    time: float
    arrow: str
    port: int
    packet: str
    text: str


def rungs(result: Result) -> Iterator[Rung]:
    """Yield what happened, in its order."""
    events = sorted(result.events, key=lambda event: event.time)
    for event in events[:MOST_RUNGS]:
        text = "the tester answers by itself" if event.kind == "answered" else event.text
        yield Rung(event.time, _ARROWS[event.kind], event.port, _packet(event), text)
    if len(events) > MOST_RUNGS:
        yield Rung(events[MOST_RUNGS].time, " ", 0, "", f"and {len(events) - MOST_RUNGS} more")


def _packet(event: Event) -> str:
    if not event.frame:
        return ""
    row = row_of(read(event.frame))
    return f"{row.source} → {row.destination} {row.protocol} {row.info}"


def line(rung: Rung) -> str:
    """Return a rung as a line of text."""
    port = f" port {rung.port}" if rung.port > 1 else ""
    said = f"  ({rung.text})" if rung.packet and rung.text else rung.text
    return f"{rung.time:9.3f}{port} {rung.arrow} {rung.packet}{said}".rstrip()

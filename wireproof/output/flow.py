"""``-z flow`` as text, in tshark's columns, and as JSON: a column for each address, an arrow for each segment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wireproof.analysis.statistics.conversations import End
from wireproof.analysis.statistics.flow import Flow, Step
from wireproof.dissectors.schema.render import dotted_quad
from wireproof.output.info.tcp import flags_text

WIDTH, MARGIN = 20, 10
MOST = 40
"""Addresses that have a column; further ones share the place behind these, as in tshark."""
SECOND = 10**9


def flow_lines(found: Flow) -> Iterator[str]:
    """Yield two lines for each segment, and one between those of different conversations."""
    if not found.steps:
        return
    addresses = dict.fromkeys(address for step in found.steps for address, _ in (step.source, step.destination))
    places = {address: at if at < MOST else MOST + 1 for at, address in enumerate(addresses)}
    shown = [dotted_quad(address) for address in list(addresses)[:MOST]]
    several = len({step.conversation for step in found.steps}) > 1
    margin = "     |         " if several else "|         "
    yield ("Conv.| Time    " if several else "|Time     ") + _heads(shown[::2], "") + "|"
    yield margin + f"{'|':<{WIDTH}}" + _heads(shown[1::2], "|")
    empty = f"{'|':<{WIDTH}}" * len(shown) + "|"
    before = found.steps[0].conversation
    for step in found.steps:
        if step.conversation != before:
            yield "-" * (len(margin) + len(empty) + 1)
        before = step.conversation
        number = f"{step.conversation:<5}" if several else ""
        time = f"{(step.time or 0) / SECOND:.{found.digits}f}"
        ends = places[step.source[0]], places[step.destination[0]]
        yield f"{number}{'|' + time:<10}{_labelled(empty, *ends, label(step))}{_numbers(step)}"
        yield margin + _arrow(empty, *ends, step)
    if found.dropped:
        yield f"not shown for want of room: {found.dropped} segments"


def label(step: Step) -> str:
    """Return the flags of a segment, and how many octets it carries."""
    flags = flags_text(step.flags, step.counter)
    return f"{flags} - Len: {step.length}" if step.length else flags


def _numbers(step: Step) -> str:
    return f"Seq = {step.seq}" + ("" if step.ack is None else f" Ack = {step.ack}")


def _heads(addresses: list[str], end: str) -> str:
    return "".join(f"{f'| {address}':<{WIDTH}}{end}".ljust(2 * WIDTH) for address in addresses)


def _labelled(line: str, source: int, destination: int, text: str) -> str:
    width = WIDTH * (abs(source - destination) or 1)
    return _laid(line, WIDTH * min(source, destination) + MARGIN, text[:width])


def _arrow(line: str, source: int, destination: int, step: Step) -> str:
    """Return the line with an arrow over it, and the ports at both its ends."""
    left, right = sorted((source, destination))
    right = left + 1 if left == right else right
    to_right = source <= destination
    shaft = "-" * (WIDTH * (right - left) - 2)
    ports = [f"({port})" for _, port in (step.source, step.destination)]
    before, behind = ports if to_right else reversed(ports)
    line = _laid(line, WIDTH * left + 1, before)
    line = _laid(line, WIDTH * left + MARGIN, f"{shaft}>" if to_right else f"<{shaft}")
    return _laid(line, WIDTH * right + MARGIN + 1, behind)


def _laid(line: str, place: int, text: str) -> str:
    """Lay a text over a line; one that reaches behind its end is put in instead, as tshark does."""
    if place + len(text) > len(line):
        return line[:place].ljust(place) + text + line[place:]
    return line[:place] + text + line[place + len(text) :]


def flow_json(found: Flow) -> list[dict[str, Any]]:
    """Return the segments; times are seconds since the first frame."""
    return [
        {
            "frame": step.frame,
            "time": None if step.time is None else step.time / SECOND,
            "conversation": step.conversation,
            "source": _end(step.source),
            "destination": _end(step.destination),
            "flags": flags_text(step.flags, step.counter),
            "length": step.length,
            "seq": step.seq,
            "ack": step.ack,
        }
        for step in found.steps
    ]


def _end(end: End) -> str:
    return f"{dotted_quad(end[0])}:{end[1]}"

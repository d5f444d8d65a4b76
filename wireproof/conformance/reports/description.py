"""A vector in words, for who looks one up."""

from __future__ import annotations

from collections.abc import Iterator

from wireproof.conformance.reports.citing import level, where
from wireproof.conformance.reports.export import expectation
from wireproof.conformance.selection import Suite
from wireproof.vectors import Reassemble, Vector

_WIDTH = 16  # octets in a line
_BASES = {
    "text": "said by the text",
    "derived": "provisional: derived, no sentence says it",
    "unread": "provisional: the text of a requirement was not read",
}


def description(vector: Vector, suite: Suite) -> Iterator[str]:
    """Yield the lines that describe a vector: packet, expectation, requirements, flags."""
    yield f"{vector.id}  {vector.sentence}"
    packets = vector.task.packets if isinstance(vector.task, Reassemble) else [vector.data] if vector.data else []
    for packet in packets:
        yield f"  packet ({vector.link}, {len(packet)} octets)"
        for start in range(0, len(packet), _WIDTH):
            yield f"    {start:04x}  {packet[start : start + _WIDTH].hex(' ')}"
    yield "  expected"
    yield from (f"    {line}" for line in expectation(vector))
    yield f"  how this was found ({_BASES[vector.provenance.basis]})"
    yield f"    {vector.provenance.how}"
    yield "  requirements"
    for name in vector.requirements:
        requirement = suite.requirements[name]
        yield f"    {name} {level(requirement)} ({where(requirement)})"
        yield f"      {requirement.statement}"
        if requirement.doubt is not None:
            yield f"      provisional: {requirement.doubt}"
    if vector.flags:
        yield "  flags"
    for name in sorted(vector.flags):
        flag = suite.flags[name]
        yield f"    {name}: {flag.statement}"
        yield f"      {flag.why}"
        if flag.policy is not None:
            yield f"      who accepts: {flag.policy.accept}"
            yield f"      who rejects: {flag.policy.reject}"

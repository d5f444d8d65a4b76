"""Protocols made ready to be read: what is looked at in a schema once, for all the layers that are read by it."""

from __future__ import annotations

from functools import cache

from construct import GreedyBytes

from wireproof.dissectors.schema import Part, Payload, Protocol, Tail
from wireproof.dissectors.schema.expressions import ready, ready_if
from wireproof.dissectors.schema.ready import ready_members
from wireproof.dissectors.schema.walk import innermost


class Plan:
    """What reads a protocol.

    `parts` are those that make up the layer, each with what reads its members and whether it is payload and so not of
    the header; `tails` lie behind what the layer carries. `carries` come with their expressions: when, length and skip.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        ready_parts = [(part, ready_members(part.subcons)) for part in protocol.parts]
        self.parts = [(*each, _is_payload(each[0])) for each in ready_parts if not isinstance(each[0], Tail)]
        self.tails = [(part, members) for part, members in ready_parts if isinstance(part, Tail)]
        self.extent, self.header = ready_if(protocol.extent), ready_if(protocol.header)
        self.carries = [
            (carry, ready(carry.when), ready_if(carry.length), ready_if(carry.skip)) for carry in protocol.carries
        ]


plan_of = cache(Plan)


def _is_payload(part: Part) -> bool:
    return isinstance(part, Payload) or (bool(part.subcons) and innermost(part.subcons[-1]) is GreedyBytes)

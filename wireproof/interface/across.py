"""Which rules over several packets a query takes; the analyses are imported only where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wireproof.analysis import Analysis
    from wireproof.engine.ruling import Rule
    from wireproof.grammar import TypedFilter
    from wireproof.packet import Packet


def rules_for(chosen: TypedFilter, names: Sequence[str] = ()) -> Sequence[Rule]:
    """Return those that tell what a filter and the fields of these names want. Raises UnknownFieldError."""
    from wireproof.dissectors.schema import catalogue

    fields = [catalogue().field(name) for name in (*chosen.fields, *names)]
    across = {info.name for info in fields if info.across}
    if not across:
        return ()
    from wireproof.analysis.compiled import rules

    return tuple(rule for rule in rules() if not rule.told.keys().isdisjoint(across))


def rules_of(protocols: Sequence[str]) -> Sequence[Rule]:
    """Return those for layers of some protocols."""
    from wireproof.analysis.compiled import rules

    return tuple(rule for rule in rules() if rule.protocol in protocols)


class Experts:
    """The analyses that say something of packets that machine code hands over, where it runs no rules itself."""

    addresses = 0

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    def see(self, packet: Packet) -> None:
        """Take a packet in that the reference reads."""
        from wireproof.engine.diagnoses import ACROSS

        self._analysis.see_layers(packet, ACROSS)

    def check(self) -> None:
        """There are no tables that machine code could leave."""

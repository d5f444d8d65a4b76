"""Which rules over several packets a query takes; the analyses are imported only where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wireproof.engine.ruling import Rule
    from wireproof.grammar import TypedFilter


def rules_for(chosen: TypedFilter, names: Sequence[str] = ()) -> Sequence[Rule]:
    """Return those that tell what a filter and the fields of these names want. Raises UnknownFieldError."""
    from wireproof.dissectors.schema import catalogue
    from wireproof.engine.diagnoses import OF_EXPERTS

    fields = [catalogue().field(name) for name in (*chosen.fields, *names)]
    across = {info.name for info in fields if info.across}
    is_expert = not OF_EXPERTS.isdisjoint(info.name for info in fields)
    if not across and not is_expert:
        return ()
    from wireproof.analysis.compiled import rules

    return tuple(rule for rule in rules() if not rule.told.keys().isdisjoint(across) or (is_expert and rule.says))


def shown_with(chosen: TypedFilter) -> tuple[Sequence[Rule], Sequence[str]]:
    """Return what else than its own octets says something of a frame that passes a filter.

    These are the rules over several packets, and the protocols whose layers the packet reader has to see for that.
    """
    from wireproof.analysis.compiled import WITHOUT_RULE, rules
    from wireproof.dissectors.schema import catalogue
    from wireproof.engine.relevance import may_bear

    def may(name: str) -> bool:
        return may_bear(catalogue(), chosen.tree, name)

    asked = {rule.protocol for rule in rules_for(chosen)}
    needed = tuple(rule for rule in rules() if rule.protocol in asked or may(rule.protocol))
    return needed, tuple(filter(may, WITHOUT_RULE))


def needs_stream(names: Sequence[str]) -> bool:
    """Whether some of the fields tell of packets before: so does what is said of packets. Raises UnknownFieldError."""
    from wireproof.dissectors.schema import catalogue
    from wireproof.engine.diagnoses import OF_EXPERTS

    fields = [catalogue().field(name) for name in names]
    return any(info.across or info.name in OF_EXPERTS for info in fields)


def rules_of(protocols: Sequence[str]) -> Sequence[Rule]:
    """Return those for layers of some protocols."""
    from wireproof.analysis.compiled import rules

    return tuple(rule for rule in rules() if rule.protocol in protocols)

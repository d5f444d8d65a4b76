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
    from wireproof.analysis.ruled import rules

    return tuple(rule for rule in rules() if not rule.told.keys().isdisjoint(across) or (is_expert and rule.says))


def shown_with(chosen: TypedFilter) -> Sequence[Rule]:
    """Return the rules over several packets that say something of a frame that passes a filter."""
    from wireproof.analysis.ruled import rules
    from wireproof.dissectors.schema import catalogue
    from wireproof.engine.relevance import may_bear

    asked = {rule.protocol for rule in rules_for(chosen)}
    return tuple(
        rule for rule in rules() if rule.protocol in asked or may_bear(catalogue(), chosen.tree, rule.protocol)
    )


def needs_stream(names: Sequence[str]) -> bool:
    """Whether some of the fields tell of packets before: so does what is said of packets. Raises UnknownFieldError."""
    from wireproof.dissectors.schema import catalogue
    from wireproof.engine.diagnoses import OF_EXPERTS

    fields = [catalogue().field(name) for name in names]
    return any(info.across or info.name in OF_EXPERTS for info in fields)


def rules_of(protocols: Sequence[str]) -> Sequence[Rule]:
    """Return those for layers of some protocols."""
    from wireproof.analysis.ruled import rules

    return tuple(rule for rule in rules() if rule.protocol in protocols)

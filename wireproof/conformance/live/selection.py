"""Which scenarios are run."""

from __future__ import annotations

from collections.abc import Sequence

from wireproof.conformance.selection import chosen_ids
from wireproof.vectors import Scenario, load_scenarios


def words(scenario: Scenario) -> frozenset[str]:
    """Return the words that a scenario can be chosen by: its id, group, level, requirements, and what it needs."""
    return frozenset({scenario.id, scenario.group, scenario.level, *scenario.requirements, *scenario.needs})


def chosen(selected: Sequence[str], excluded: Sequence[str], *, slow: bool) -> tuple[Scenario, ...]:
    """Return the scenarios that a pattern selects, all if there is none, and that none excludes.

    Slow ones are left out unless they are asked for. Raises SelectionError on a pattern that fits no scenario.
    """
    known = load_scenarios()
    what = "id, group, level, requirement or need of a scenario"
    kept = chosen_ids({each.id: words(each) for each in known}, selected, excluded, what)
    return tuple(each for each in known if each.id in kept and (slow or not each.slow or each.id in selected))

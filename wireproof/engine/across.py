"""How machine code reaches rules over several packets: their addresses and those of their tables, from the state.

Behind the address in the state stand, for each rule, that of its function, and those of the `words` of its tables.
"""

from __future__ import annotations

from collections.abc import Iterable

from wireproof.engine.form import Place, Program
from wireproof.engine.state import ACROSS, loaded


def entry(program: Program, places: Iterable[Place]) -> list[str]:
    """Return what loads all addresses: of rules, of tables, and of the columns that the program itself looks at."""
    if not program.rules:
        return []
    lines, word = loaded("across", "%state", ACROSS, "ptr"), 0
    for rule, parameters in enumerate(program.rules):
        for name in (f"rule.{rule}", *(f"rule.{rule}.{table}" for table in range(parameters.count(None)))):
            lines += loaded(name, "%across", word, "ptr")
            word += 1
    for place in places:
        lines += loaded(column(place)[1:], f"%rule.{place.rule}.{place.table}", place.column, "ptr")
    return lines


def function(rule: int) -> str:
    """Return the operand that a rule's function is."""
    return f"%rule.{rule}"


def column(place: Place) -> str:
    """Return the operand that the address of a column is."""
    return f"%rule.{place.rule}.{place.table}.{place.column}.row"


def arguments(program: Program, rule: int) -> str:
    """Return the arguments of a rule: its tables, and what is always the same."""
    given, table = [], 0
    for parameter in program.rules[rule]:
        if parameter is None:
            given.append(f"ptr %rule.{rule}.{table}")
            table += 1
        else:
            given.append(f"i64 {parameter}")
    return ", ".join(given)

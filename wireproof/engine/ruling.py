"""Rules over several packets in a program: what they are given of a frame, and what they tell of it.

A rule is run at the end of a frame, when it is certain that this is left to nobody else: every packet is to be taken
in once. So the reference, which runs the same rule on the same tables, gets what is not plain: a layer that is not all
there or that an error quotes, two layers that have rules, and a rule that asks for larger tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wireproof.dissectors.schema import Catalogue, FieldInfo, FieldType, Kind
from wireproof.engine.builder import Builder
from wireproof.engine.form import Operand, Place, Slot
from wireproof.engine.numbers import Number
from wireproof.engine.raws import nothing
from wireproof.engine.tables import ABSENT, Table
from wireproof.engine.translating import parameters_of
from wireproof.engine.wanted import Seen, Wanted


class Told(NamedTuple):
    """A column that has a field's value, or `ABSENT`; a label is there by the bits of a `mask`, or at a `value`."""

    column: str
    mask: int | None = None
    value: int | None = None


@dataclass(frozen=True)
class Rule:
    """A function of the subset (see `translating`) that takes a packet's layer in, and what it works on.

    `given` names columns of its tables, as ``table.column`` with the name of the parameter, and what goes into their
    first rows: the last value of a field in the frame, with the number that stands for none, or always the same number.
    `told` names the fields that it tells, and the columns whose first rows then have them. Parameters that are no
    tables are rows, and 0. The function returns 0, or something else where it has done nothing. `frame` is the
    column of the frame's number, by which the reference sees what was taken in.
    """

    protocol: str
    function: Callable[..., int]
    frame: str
    given: Mapping[str, tuple[str, int] | int]
    told: Mapping[str, Told]

    def place(self, number: int, name: str) -> Place:
        """Return a column of the rule by its name, in a program in which the rule has that number."""
        parameter, column = name.split(".")
        tables = {name: kind for name, kind in parameters_of(self.function).items() if issubclass(kind, Table)}
        columns = tables[parameter].columns()
        return Place(number, list(tables).index(parameter), list(columns).index(column), columns[column])


class Ruling:
    """A rule in a program. Its layers say when they are begun and when they have been read whole."""

    def __init__(self, build: Builder, catalogue: Catalogue, wanted: Wanted, rule: Rule) -> None:
        self.build, self.catalogue, self.wanted, self.rule = build, catalogue, wanted, rule
        self.number = len(build.program.rules)
        kinds = parameters_of(rule.function).values()
        build.program.rules.append(tuple(None if issubclass(kind, Table) else 0 for kind in kinds))
        self.begun = build.slot("integer", f"{rule.protocol} begun")
        self.whole = build.slot("integer", f"{rule.protocol} whole")
        self._slots: dict[str, Slot] = {}
        for place, source in rule.given.items():
            if not isinstance(source, int):
                self._slots[place] = self._kept(*source)

    def _kept(self, name: str, otherwise: int) -> Slot:
        """Keep the last value of a field."""
        slot = self.build.slot("integer", name, otherwise)

        def keep(seen: Seen) -> None:
            assert seen.number is not None
            self.build.set(slot, seen.number().operand)

        self.wanted.fields[self.catalogue.field(name).name].append(keep)
        return slot

    def begin(self) -> None:
        """A layer of the protocol is there."""
        self._count(self.begun)

    def finish(self, quoted: Slot) -> None:
        """All of the layer was read."""
        with self.build.when(self.build.invert(self.build.get(quoted))):
            self._count(self.whole)

    def _count(self, slot: Slot) -> None:
        self.build.set(slot, self.build.binary("add", self.build.get(slot), 1))

    def run(self, undecided: str) -> None:
        """Run the rule, and tell what it tells; leave to `undecided` where it does nothing."""
        build, rule = self.build, self.rule
        for name, source in rule.given.items():
            build.note(
                rule.place(self.number, name), source if isinstance(source, int) else build.get(self._slots[name])
            )
        refused = build.compare("ne", build.call(self.number), 0)
        frame = rule.place(self.number, rule.frame)
        with build.when(refused):
            build.note(frame, 0)
            build.leave(undecided)
        for name, told in rule.told.items():
            if self.wanted.fields.get(name):
                self._tell(self.catalogue.fields[name], told)

    def _tell(self, info: FieldInfo, told: Told) -> None:
        build, callbacks = self.build, self.wanted.fields[info.name]
        value = build.recall(self.rule.place(self.number, told.column))
        number: Callable[[], Number] | None = None
        if told.mask is not None:
            is_there = build.compare("ne", build.binary("and", value, told.mask), 0)
        elif told.value is not None:
            is_there = build.compare("eq", value, told.value)
        else:
            is_there = build.compare("ne", value, ABSENT)
            bounds = _bounds(info.type)
            number = lambda: Number(value, *bounds)  # noqa: E731
        with build.when(is_there):
            for callback in callbacks:
                callback(Seen(number, None, lambda: 1, raw=nothing))


def _bounds(kind: FieldType) -> tuple[int, int]:
    """Return the least and the greatest value that a field of that type can have."""
    bits = 1 if kind.kind is Kind.BOOLEAN else kind.bits
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if kind.signed else (0, (1 << bits) - 1)


def run_all(build: Builder, rulings: Sequence[Ruling], undecided: str) -> None:
    """Run the rules whose layers a frame has, at its end."""
    begun: Operand = 0
    for ruling in rulings:
        begun = build.binary("add", begun, build.get(ruling.begun))
    build.leave(undecided, build.compare("gt", begun, 1))
    for ruling in rulings:
        is_there = build.compare("eq", build.get(ruling.begun), 1)
        with build.when(is_there):
            build.leave(undecided, build.compare("eq", build.get(ruling.whole), 0))
            ruling.run(undecided)

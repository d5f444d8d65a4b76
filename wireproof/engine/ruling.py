"""Rules over several packets in a program: what they are given of a frame, and what they tell of it.

A rule is run at the end of a frame, when it is certain that this is left to nobody else: every packet is to be taken
in once. So the reference, which runs the same rule on the same tables, gets what is not plain: a header that is not all
there, or that an error quotes, two layers that have one rule, and a rule that asks for larger tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from wireproof.dissectors.schema import Catalogue, FieldInfo, FieldType, Kind
from wireproof.engine.builder import Builder
from wireproof.engine.expressions import is_table
from wireproof.engine.form import RECORD, Operand, Place, Slot
from wireproof.engine.numbers import Number
from wireproof.engine.state import ETHER_OCTETS
from wireproof.engine.tables import ABSENT
from wireproof.engine.translating import parameters_of
from wireproof.engine.wanted import Seen, Wanted
from wireproof.engine.wordings import Table, Wording


class Test(NamedTuple):
    """What a column has to have: another number than `none`, some bits of a `mask`, or a `value`."""

    column: str
    none: int = ABSENT
    mask: int | None = None
    value: int | None = None


class Told(NamedTuple):
    """A column that has a field's value, None for a label, and when it is there: the value is, and all tests hold.

    It is told only where the field `beside` is there, and, if it is of a `whole` layer, where all of that was read. Of
    a field that is a text, `words` has the text of each number.
    """

    column: str | None
    none: int = ABSENT
    tests: tuple[Test, ...] = ()
    beside: str | None = None
    whole: bool = False
    words: Mapping[int, bytes] | None = None


WHOLE = "whole"
"""What a rule may be given of a layer: 1 where all of it was read, 0 where not."""


@dataclass(frozen=True)
class Sum:
    """What a rule may be given of a frame: the values of a field that it has, added up, or 1 where it has any."""

    field: str
    any: bool = False


@dataclass(frozen=True)
class First:
    """What a rule may be given of a frame: the first value of a field, or the number that stands for none."""

    field: str
    none: int = 0


Source: TypeAlias = tuple[str, int] | int | str | Sum | First


@dataclass(frozen=True)
class Rule:
    """A function of the subset (see `translating`) that takes a packet's layer in, and what it works on.

    `given` names columns of its tables, as ``table.column`` with the name of the parameter, and what goes into their
    first rows: the last value of a field in the frame, with the number that stands for none; a `Sum`; always the same
    number; or `WHOLE`. `told` names the fields that it tells, and the columns whose first rows then have them, one for
    each value of the field.
    Parameters that are no tables are rows, and 0. The function returns 0, or something else where it has done nothing.
    `frame` is the column of the frame's number, by which the reference sees what was taken in.

    It is run for layers that have the field `begins`, and, where there is `only`, one of these numbers in that column.
    A layer that then has no field `needs` is the reference's; where it is asked what is said of packets, one too of
    which a test holds that `says` that the analysis says something.
    """

    protocol: str
    function: Callable[..., int]
    frame: str
    given: Mapping[str, Source]
    told: Mapping[str, tuple[Told, ...]]
    begins: str
    needs: str
    only: tuple[str, tuple[int, ...]] | None = None
    says: tuple[Test, ...] = ()

    def place(self, number: int, name: str) -> Place:
        """Return a column of the rule by its name, in a program in which the rule has that number."""
        parameter, column = name.split(".")
        tables = {name: kind for name, kind in parameters_of(self.function).items() if is_table(kind)}
        columns = tables[parameter].columns()
        return Place(number, list(tables).index(parameter), list(columns).index(column), columns[column])


class Ruling:
    """A rule in a program. Its layers say when they are begun and when they have been read whole."""

    def __init__(self, build: Builder, catalogue: Catalogue, wanted: Wanted, rule: Rule) -> None:
        self.build, self.catalogue, self.wanted, self.rule = build, catalogue, wanted, rule
        self.number = len(build.program.rules)
        kinds = parameters_of(rule.function).values()
        build.program.rules.append(tuple(None if is_table(kind) else 0 for kind in kinds))
        self.begun = build.slot("integer", f"{rule.protocol} begun")
        self._found: dict[str, Operand] = {}
        self._whole = build.slot("boolean", f"{rule.protocol} whole")
        self._quoted = build.slot("boolean", f"{rule.protocol} quoted")
        beside = [each.beside for name, told in rule.told.items() if wanted.fields.get(name) for each in told]
        names = dict.fromkeys(name for name in (rule.begins, rule.needs, *beside) if name is not None)
        self._seen = {name: self._noted(name) for name in names}
        kept = {place: source for place, source in rule.given.items() if isinstance(source, tuple)}
        self._slots = {place: self._kept(*source) for place, source in kept.items()}
        firsts = {place: source for place, source in rule.given.items() if isinstance(source, First)}
        self._slots |= {place: self._first(source.field, source.none) for place, source in firsts.items()}
        sums = {place: source for place, source in rule.given.items() if isinstance(source, Sum)}
        self._slots |= {place: self._added(source) for place, source in sums.items()}

    def _kept(self, name: str, otherwise: int) -> Slot:
        """Keep the last value of a field."""
        slot = self.build.slot("integer", name, otherwise)

        def keep(seen: Seen) -> None:
            self.build.set(slot, self._number(seen))

        self.wanted.fields[self.catalogue.field(name).name].append(keep)
        return slot

    def _first(self, name: str, otherwise: int) -> Slot:
        """Keep the first value of a field."""
        build = self.build
        slot, is_there = build.slot("integer", name, otherwise), build.slot("boolean", f"{name} there")

        def keep(seen: Seen) -> None:
            with build.when(build.invert(build.get(is_there))):
                build.set(slot, self._number(seen))
            build.set(is_there, True)

        self.wanted.fields[self.catalogue.field(name).name].append(keep)
        return slot

    def _number(self, seen: Seen) -> Operand:
        """Return a value as a number, also that of a MAC address."""
        if seen.number is not None:
            return seen.number().operand
        assert seen.octets is not None
        return self.build.load(seen.octets(), 0, ETHER_OCTETS)

    def _added(self, source: Sum) -> Slot:
        """Add the values of a field up."""
        slot = self.build.slot("integer", source.field, 0)

        def add(seen: Seen) -> None:
            assert source.any or seen.number is not None
            value = 1 if source.any or seen.number is None else seen.number().operand
            self.build.set(slot, 1 if source.any else self.build.binary("add", self.build.get(slot), value))

        self.wanted.fields[self.catalogue.field(source.field).name].append(add)
        return slot

    def _noted(self, name: str) -> Slot:
        """Note whether a field is there."""
        slot = self.build.slot("boolean", f"{name} seen")
        self.wanted.fields[self.catalogue.field(name).name].append(lambda _: self.build.set(slot, True))
        return slot

    def begin(self, quoted: Slot) -> None:
        """A layer of the protocol is there."""
        build = self.build
        build.set(self.begun, build.binary("add", build.get(self.begun), 1))
        build.mark(self._quoted, build.get(quoted))

    def finish(self) -> None:
        """All of the layer was read."""
        self.build.set(self._whole, True)

    def run(self, undecided: str, is_expert: bool) -> None:
        """Run the rule on a layer that is there, and tell what it tells; leave to `undecided` where it cannot.

        What it says of packets it cannot tell, so with `is_expert`, where that is asked, it leaves such a packet too.
        A frame that makes something whole comes once more with that, and is then not taken in by the rules that it met.
        """
        build, rule = self.build, self.rule
        build.leave(undecided, build.get(self._quoted))
        with build.when(build.both(build.get(self._seen[rule.begins]), self._is_meant())):
            build.leave(undecided, build.invert(build.get(self._seen[rule.needs])))
            place = rule.place(self.number, rule.frame)
            is_new = build.compare("ne", build.recall(place), RECORD["number"])
            for name, source in rule.given.items():
                build.note(rule.place(self.number, name), self._given(name, source))
            with build.when(is_new), build.when(build.compare("ne", build.call(self.number), 0)):
                build.note(place, 0)
                build.leave(undecided)
            self._found.clear()
            for test in rule.says if is_expert else ():
                build.leave(undecided, self._holds(test))
            for name, told in rule.told.items():
                for each in told if self.wanted.fields.get(name) else ():
                    self._tell(self.catalogue.fields[name], each)

    def _is_meant(self) -> Operand:
        """Return whether the packet is one of those that the rule is run for."""
        if self.rule.only is None:
            return True
        column, numbers = self.rule.only
        return self.build.among(self.build.get(self._slots[column]), numbers)

    def _given(self, name: str, source: Source) -> Operand:
        if source == WHOLE:
            return self.build.get(self._whole)
        return source if isinstance(source, int) else self.build.get(self._slots[name])

    def _tell(self, info: FieldInfo, told: Told) -> None:
        build, is_there = self.build, self._is_there(told)
        number: Callable[[], Number] | None = None
        text: Callable[[], Wording] | None = None
        if told.column is not None:
            value, bounds = self._recalled(told.column), _bounds(info.type)
            is_there = build.both(is_there, build.compare("ne", value, told.none))
            number = lambda: Number(value, *bounds)  # noqa: E731
        if told.words is not None and number is not None:
            worded, words = Number(number().operand, min(told.words), max(told.words)), told.words
            number, text = None, lambda: Table(worded, words)
        with build.when(is_there):
            for callback in self.wanted.fields[info.name]:
                callback(Seen(number, None, lambda: 1, text))

    def _is_there(self, told: Told) -> Operand:
        build, total = self.build, True  # type: Builder, Operand
        if told.beside is not None:
            total = build.get(self._seen[told.beside])
        if told.whole:
            total = build.both(total, build.get(self._whole))
        for test in told.tests:
            total = build.both(total, self._holds(test))
        return total

    def _holds(self, test: Test) -> Operand:
        build, value = self.build, self._recalled(test.column)
        if test.mask is not None:
            return build.compare("ne", build.binary("and", value, test.mask), 0)
        return build.compare("ne", value, test.none) if test.value is None else build.compare("eq", value, test.value)

    def _recalled(self, column: str) -> Operand:
        if column not in self._found:
            self._found[column] = self.build.recall(self.rule.place(self.number, column))
        return self._found[column]


def _bounds(kind: FieldType) -> tuple[int, int]:
    """Return the least and the greatest value that a field of that type can have."""
    bits = {Kind.BOOLEAN: 1, Kind.ETHER: 8 * ETHER_OCTETS}.get(kind.kind, kind.bits)
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if kind.signed else (0, (1 << bits) - 1)


def run_all(build: Builder, rulings: Iterable[Ruling], undecided: str, is_expert: bool) -> None:
    """Run the rules whose layers a frame has, at its end (see `Ruling.run`)."""
    for ruling in rulings:
        begun = build.get(ruling.begun)
        build.leave(undecided, build.compare("gt", begun, 1))
        with build.when(build.compare("eq", begun, 1)):
            ruling.run(undecided, is_expert)

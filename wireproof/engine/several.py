"""Leaves that look at several values at once, or at what is known of all of them: they are kept, and looked at last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wireproof.dissectors.schema.types import Kind
from wireproof.engine.builder import Builder
from wireproof.engine.form import HAND_OVER, Extent, Operand, Slot
from wireproof.engine.kept import Kept, Running, from_last
from wireproof.engine.numbers import NotLowerableError
from wireproof.engine.operands import OCTETS, Operands, Some
from wireproof.engine.wanted import Callback, Seen
from wireproof.grammar import tree
from wireproof.grammar.syntax import Quantifier
from wireproof.grammar.tree import FieldOperand, TypedTest

if TYPE_CHECKING:
    from wireproof.engine.filters import Filters, Source

AGGREGATES = ("count", "max", "min")
Choice = dict[int, Callable[[], Some]]  # what gives the value of a field or an aggregate, by the node's identity


class Several:
    """Lowers one such leaf; `answer` is to be asked at the end."""

    def __init__(self, filters: Filters, test: TypedTest) -> None:
        self.filters, self.test, self.build = filters, test, filters.build
        self.stores: dict[Source, Kept] = {}
        self.late: list[Callable[[], None]] = []
        self.totals = {id(each): self._running(each) for each in aggregates(test)}
        for operand in fields(test):
            self._store(operand)
        self.hit, self.seen = self.build.slot("boolean", "hit"), self.build.slot("boolean", "seen")

    def answer(self) -> Operand:
        """Write the comparison of the values; return whether the test holds."""
        build, test = self.build, self.test
        for add in self.late:
            add()
        quantifier = getattr(test, "quantifier", Quantifier.ANY)
        if isinstance(test, tree.Membership) and quantifier is Quantifier.ALL:
            self._choose(fields(test.operand), {}, lambda chosen: self._all_in_set(test, chosen))
        else:
            self._choose(fields(test), {}, lambda chosen: self._compared(quantifier, chosen))
        if quantifier is Quantifier.ANY:
            return build.get(self.hit)
        return build.both(build.get(self.seen), build.invert(build.get(self.hit)))

    def _compared(self, quantifier: Quantifier, chosen: Choice) -> None:
        build = self.build
        with build.block("leaf") as absent:
            holds = self.filters.holds(self.test, self._operands(chosen, absent))
            build.mark(self.seen, True)
            build.mark(self.hit, holds if quantifier is Quantifier.ANY else build.invert(holds))

    def _all_in_set(self, test: tree.Membership, chosen: Choice) -> None:
        """Look whether a value is in the set that the packet gives."""
        build, found = self.build, self.build.slot("boolean", "found")
        with build.block("leaf") as absent:
            self._operands(chosen, absent).is_there(test.operand)
            build.set(found, False)
            for element in test.elements:
                one = tree.Membership(Quantifier.ANY, test.operand, (element,))
                self._choose(fields(element), chosen, self._finding(one, found))
            build.mark(self.seen, True)
            build.mark(self.hit, build.invert(build.get(found)))

    def _finding(self, test: tree.Membership, found: Slot) -> Callable[[Choice], None]:
        def write(chosen: Choice) -> None:
            build = self.build
            with build.block("element") as absent:
                holds = self.filters.holds(test, self._operands(chosen, absent))
                build.set(found, build.either(build.get(found), holds))

        return write

    def _operands(self, chosen: Choice, absent: str) -> Operands:
        totals = self.totals
        return Operands(
            self.build,
            lambda node: totals[id(node)].value(absent) if id(node) in totals else chosen[id(node)](),
            absent,
        )

    def _choose(self, rest: list[FieldOperand], chosen: Choice, write: Callable[[Choice], None]) -> None:
        """Write what is done for each choice of a value of each field."""
        if not rest:
            write(chosen)
            return
        source = self.filters.source(self.test, rest[0])
        with self.stores[source].each() as value:
            one = {id(rest[0]): lambda: _fixed(self.build, source, value())}
            self._choose(rest[1:], {**chosen, **one}, write)

    # What is kept

    def _store(self, operand: FieldOperand) -> Kept:
        return self._kept(self.filters.source(self.test, operand))

    def _kept(self, source: Source) -> Kept:
        if source not in self.stores:
            ranges = source.layers if from_last(source.layers) else None
            octets = source.form not in ("number", "presence", "text")
            store = self.stores[source] = Kept(self.build, source.name, octets, ranges or ())
            self._subscribe(source, lambda found: store.add(self.filters.value(source, found), found.layer))
        return self.stores[source]

    def _running(self, function: tree.Function) -> Running:
        is_octets = function.name != "count" and function.type.kind in OCTETS
        total = Running(self.build, function.name, is_octets)
        for argument in function.arguments:
            if isinstance(argument, tree.Literal):
                if isinstance(argument.value, bytes):
                    raise NotLowerableError(f"{function.name}() of octets that the filter gives")
                total.constants.append(int(argument.value))
            elif isinstance(argument, FieldOperand):
                self._add_to(total, self.filters.source(function, argument))
            elif not isinstance(argument, tree.FieldReference):
                raise NotLowerableError(f"{function.name}() of what is no field")
        return total

    def _add_to(self, total: Running, source: Source) -> None:
        if not from_last(source.layers):
            self._subscribe(source, lambda found: total.add(lambda: self.filters.value(source, found)))
            return
        store = self._kept(source)

        def add() -> None:
            with store.each() as value:
                total.add(value)

        self.late.append(add)

    def _subscribe(self, source: Source, look: Callback) -> None:
        def attempt(found: Seen) -> None:
            try:
                look(found)
            except NotLowerableError as reason:
                self.filters.leave(self.test, reason)

        self.filters.subscribe(source, attempt)


def aggregates(node: object) -> list[tree.Function]:
    """Return the functions over all of a field's values; their arguments are seen by nobody else."""
    found = [each for each in tree.walk(node) if isinstance(each, tree.Function) and each.name in AGGREGATES]
    inner = {id(below) for each in found for below in tree.walk(each) if below is not each}
    return [each for each in found if id(each) not in inner]


def fields(node: object) -> list[FieldOperand]:
    """Return the fields of which a leaf looks at one value at a time."""
    hidden = {id(below) for each in aggregates(node) for below in tree.walk(each)}
    return [each for each in tree.walk(node) if isinstance(each, FieldOperand) and id(each) not in hidden]


def _fixed(build: Builder, source: Source, value: Some) -> Some:
    """Return octets that are always as many as such."""
    sizes = {Kind.ETHER: 6, Kind.IPV4: 4, Kind.IPV6: 16}
    if isinstance(value, Extent) and source.kind in sizes:
        return build.within(value, 0, sizes[source.kind], HAND_OVER)
    return value

"""A typed filter lowered: leaves that look at values while the layers are walked, and what they amount to at the end.

A leaf over one field is marks: *any* is "one held", *all* is "one was seen and none failed". A leaf over several
values at once, or over what is known of all of them (count, max, min), keeps them, and looks at the end. The answer
is a pair: whether the frame matches for certain, and whether it may. A leaf that is not lowered may hold and need
not, and `not` swaps the two, so that what is compiled always lets through what the reference has to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from wireproof.dissectors.schema import Catalogue
from wireproof.dissectors.schema.types import Kind
from wireproof.engine.builder import Builder
from wireproof.engine.form import HAND_OVER, Extent, Operand, Slot
from wireproof.engine.kept import Kept, Running
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.operands import Operands, Some
from wireproof.engine.wanted import Callback, Seen, Wanted
from wireproof.grammar import tree
from wireproof.grammar.syntax import LogicOperator, Operator, Quantifier, Range
from wireproof.grammar.tree import FieldOperand, TypedTest

Pair: TypeAlias = tuple[Operand, Operand]
Answer: TypeAlias = Callable[[], Pair]
UNKNOWN: Pair = (False, True)


@dataclass(frozen=True)
class Source:
    """A field as a leaf looks at it: its number, the octets it lies in, or of a protocol presence, header or reach."""

    name: str
    layers: tuple[Range, ...] | None
    form: str
    kind: Kind


@dataclass
class Leaves:
    """What became of the leaves of a filter: the lowered ones, and the others with the reason."""

    lowered: list[TypedTest] = field(default_factory=list)
    refused: dict[TypedTest, str] = field(default_factory=dict)


class Filters:
    """Lowers one filter. `provided` says which fields the schemas can tell of; `refused` what is known to be left."""

    def __init__(
        self,
        build: Builder,
        catalogue: Catalogue,
        wanted: Wanted,
        provided: Mapping[str, str | None],
        refused: Mapping[TypedTest, str],
    ) -> None:
        self.build, self.catalogue, self.wanted, self.provided = build, catalogue, wanted, provided
        self.leaves = Leaves(refused=dict(refused))
        self._answers: dict[TypedTest, Answer] = {}

    def lower(self, test: TypedTest) -> Answer:
        """Return what gives the answer at the end."""
        match test:
            case tree.Everything():
                return lambda: (True, True)
            case tree.Not(inner):
                answer = self.lower(inner)
                return lambda: self._inverted(answer())
            case tree.Joined(how, operands):
                parts = [self.lower(operand) for operand in operands]
                return lambda: self._joined(how, [part() for part in parts])
            case tree.Membership() if len(pieces := _pieces(test)) > 1:
                return self.lower(tree.Joined(LogicOperator.OR, pieces))
        if test not in self._answers:
            self._answers[test] = self._leaf(test)
        return self._answers[test]

    def _inverted(self, pair: Pair) -> Pair:
        return self.build.invert(pair[1]), self.build.invert(pair[0])

    def _joined(self, how: LogicOperator, pairs: list[Pair]) -> Pair:
        build, total = self.build, pairs[0]
        for pair in pairs[1:]:
            if how is LogicOperator.AND:
                total = build.both(total[0], pair[0]), build.both(total[1], pair[1])
            elif how is LogicOperator.OR:
                total = build.either(total[0], pair[0]), build.either(total[1], pair[1])
            else:
                # Exactly one of two: certain where one is certain and the other out of the question.
                must, may = (
                    build.either(
                        build.both(total[i], build.invert(pair[1 - i])), build.both(build.invert(total[1 - i]), pair[i])
                    )
                    for i in (0, 1)
                )
                total = must, may
        return total

    def _leaf(self, test: TypedTest) -> Answer:
        reason = self.leaves.refused.get(test)
        if reason is None:
            try:
                answer = self._lowered(test)
            except NotLowerableError as refused:
                reason = str(refused)
            else:
                self.leaves.lowered.append(test)
                return lambda: UNKNOWN if test in self.leaves.refused else (answer(),) * 2
        self.leaves.refused[test] = reason
        return lambda: UNKNOWN

    def _lowered(self, test: TypedTest) -> Callable[[], Operand]:
        nodes = list(tree.walk(test))
        if isinstance(test, tree.Matches):
            raise NotLowerableError("a regular expression")
        for node in nodes:
            if isinstance(node, FieldOperand):
                self._check(node)
        functions = [node for node in nodes if isinstance(node, tree.Function)]
        if any(isinstance(node, tree.FieldReference) for node in nodes):
            if functions or isinstance(test, tree.Membership):
                raise NotLowerableError("a field of a selected packet")
            return lambda: False
        running = [each for each in functions if each.name in ("count", "max", "min")]
        hidden = {id(inner) for each in running for inner in tree.walk(each) if inner is not each}
        fields = [node for node in nodes if isinstance(node, FieldOperand) and id(node) not in hidden]
        if len(fields) == 1 and not running:
            return self._streamed(test, fields[0])
        return self._kept(test, fields, [each for each in running if id(each) not in hidden])

    def _check(self, operand: FieldOperand) -> None:
        reason = self.provided.get(operand.field.name, "an unknown field")
        if reason is not None:
            raise NotLowerableError(f"{operand.field.name}: {reason}")
        if operand.raw:
            raise NotLowerableError(f"the raw octets of {operand.field.name}")
        if operand.layers and any(each.first < 0 or (each.last or 0) < 0 for each in operand.layers):
            raise NotLowerableError("layers counted from the last")

    # Leaves over one field

    def _streamed(self, test: TypedTest, operand: FieldOperand) -> Callable[[], Operand]:
        build = self.build
        quantifier = getattr(test, "quantifier", Quantifier.ANY)
        hit, seen = build.slot("boolean", "hit"), build.slot("boolean", "seen")
        source = self._source(test, operand)

        def look(found: Seen) -> None:
            try:
                with build.block("leaf") as absent:
                    value = _Once(lambda: self._value(source, found))
                    holds = self._holds(test, Operands(build, lambda _: value(), absent))
                    if quantifier is Quantifier.ANY:
                        build.mark(hit, holds)
                    else:
                        build.mark(seen, True)
                        build.mark(hit, build.invert(holds))
            except NotLowerableError as refused:
                self.leaves.refused[test] = str(refused)

        self.subscribe(source, look)
        if quantifier is Quantifier.ANY:
            return lambda: build.get(hit)
        return lambda: build.both(build.get(seen), build.invert(build.get(hit)))

    def _source(self, test: object, operand: FieldOperand) -> Source:
        """Return how a leaf looks at a field: what is sliced or measured is octets."""
        kind, name = operand.field.type.kind, operand.field.name
        sliced = any(isinstance(node, tree.Slice) and node.operand is operand for node in tree.walk(test))
        form = "octets" if sliced or kind in (Kind.BYTES, Kind.ETHER) else "number"
        if kind is Kind.PROTOCOL:
            searched = isinstance(test, tree.Contains) and (test.left is operand or test.right is operand)
            is_there = test is operand or (isinstance(test, tree.Presence) and test.operand is operand)
            form = "presence" if is_there else "reach" if searched else "header"
        return Source(name, operand.layers, form, kind)

    def _value(self, source: Source, found: Seen) -> Some:
        if source.form == "number":
            if found.number is None:
                raise NotLowerableError(f"the value of {source.name}, which is no number")
            return found.number()
        if found.octets is None:
            raise NotLowerableError(f"{source.name} lies nowhere in the frame")
        return found.octets()

    def _holds(self, test: TypedTest, operands: Operands) -> Operand:
        match test:
            case tree.Presence(operand):
                if not isinstance(operand, FieldOperand):
                    operands.value(operand)
                return True
            case tree.Truth(operand):
                return operands.truth(operand)
            case tree.Comparison(operator, _, left, right):
                return operands.compare(operator, left, right)
            case tree.Contains(_, left, right):
                return operands.contains(left, right)
            case tree.Membership():
                return self._is_member(test, operands)
        raise NotLowerableError(type(test).__name__)

    def _is_member(self, test: tree.Membership, operands: Operands) -> Operand:
        found: Operand = False
        for element in test.elements:
            if isinstance(element, tree.Interval):
                low = operands.compare(Operator.LESS_EQUAL, element.low, test.operand)
                holds = self.build.both(low, operands.compare(Operator.LESS_EQUAL, test.operand, element.high))
            else:
                holds = operands.compare(Operator.EQUAL, test.operand, element)
            found = self.build.either(found, holds)
        return found

    def subscribe(self, source: Source, look: Callback) -> None:
        """Have each value of a field looked at, in the layers that were asked for."""
        build = self.build

        def guarded(found: Seen) -> None:
            number, chosen = found.layer(), False  # type: tuple[Operand, Operand]
            for each in source.layers or ():
                last = each.first + each.length - 1 if each.length is not None else each.last
                inside = build.compare("le", each.first, number)
                if last is not None:
                    inside = build.both(inside, build.compare("le", number, last))
                chosen = build.either(chosen, inside)
            with build.when(chosen):
                look(found)

        if source.layers is not None:
            self.wanted.numbered = True
        by_name = {"header": self.wanted.headers, "reach": self.wanted.reaches}.get(source.form, self.wanted.fields)
        by_name[source.name].append(look if source.layers is None else guarded)

    # Leaves over several values

    def _kept(self, test: TypedTest, fields: list[FieldOperand], running: list[tree.Function]) -> Callable[[], Operand]:
        build = self.build
        quantifier = getattr(test, "quantifier", Quantifier.ANY)
        if isinstance(test, tree.Membership) and quantifier is Quantifier.ALL and len(fields) > 1:
            raise NotLowerableError("all values in a set that the packet gives")
        stores = {
            source: Kept(build, source.name, source.form != "number")
            for source in (self._source(test, each) for each in fields)
        }
        for source, store in stores.items():
            self.subscribe(source, self._keeping(test, source, store))
        totals = {id(each): self._running(test, each) for each in running}
        hit, seen = build.slot("boolean", "hit"), build.slot("boolean", "seen")

        def choose(rest: list[FieldOperand], chosen: dict[int, Callable[[], Some]]) -> None:
            if rest:
                source = self._source(test, rest[0])
                with stores[source].each() as value:
                    choose(rest[1:], {**chosen, id(rest[0]): lambda: _fixed(build, source, value())})
                return
            with build.block("leaf") as absent:
                lookup = lambda node: (  # noqa: E731
                    totals[id(node)].value(absent) if id(node) in totals else chosen[id(node)]()
                )
                holds = self._holds(test, Operands(build, lookup, absent))
                build.mark(seen, True)
                build.mark(hit, holds if quantifier is Quantifier.ANY else build.invert(holds))

        def answer() -> Operand:
            choose(fields, {})
            if quantifier is Quantifier.ANY:
                return build.get(hit)
            return build.both(build.get(seen), build.invert(build.get(hit)))

        return lambda: self._or_refused(test, answer)

    def _or_refused(self, test: TypedTest, answer: Callable[[], Operand]) -> Operand:
        try:
            return answer()
        except NotLowerableError as refused:
            self.leaves.refused[test] = str(refused)
            return False

    def _keeping(self, test: TypedTest, source: Source, store: Kept) -> Callback:
        def look(found: Seen) -> None:
            try:
                store.add(self._value(source, found))
            except NotLowerableError as refused:
                self.leaves.refused[test] = str(refused)

        return look

    def _running(self, test: TypedTest, function: tree.Function) -> Running:
        build, total = self.build, Running(self.build, function.name)
        for argument in function.arguments:
            if isinstance(argument, tree.Literal):
                total.constants.append(int(argument.value) if not isinstance(argument.value, bytes) else 0)
                if isinstance(argument.value, bytes):
                    raise NotLowerableError(f"{function.name}() of octets")
                continue
            if not isinstance(argument, FieldOperand):
                raise NotLowerableError(f"{function.name}() of what is no field")
            source = self._source(argument, argument)

            def look(found: Seen, source: Source = source) -> None:
                try:
                    total.add(lambda: self._number(source, found))
                except NotLowerableError as refused:
                    self.leaves.refused[test] = str(refused)

            self.subscribe(source, look)
        del build
        return total

    def _number(self, source: Source, found: Seen) -> Number:
        value = self._value(source, found)
        if not isinstance(value, Number):
            raise NotLowerableError("the greatest or least of octets")
        return value


class _Once:
    """A value that is made when it is first asked for."""

    def __init__(self, make: Callable[[], Some]) -> None:
        self.make = make
        self.made: Some | None = None

    def __call__(self) -> Some:
        if self.made is None:
            self.made = self.make()
        return self.made


def _fixed(build: Builder, source: Source, value: Some) -> Some:
    """Return octets that are always as many as such."""
    sizes = {Kind.ETHER: 6, Kind.IPV4: 4}
    if isinstance(value, Extent) and source.kind in sizes:
        return build.within(value, 0, sizes[source.kind], HAND_OVER)
    return value


def _pieces(test: tree.Membership) -> tuple[TypedTest, ...]:
    """Return the memberships that one is the union of: one of its constants, and one for each other element.

    Whether *all* values are in a set is no union.
    """

    def is_constant(element: tree.Operand | tree.Interval) -> bool:
        return not any(
            isinstance(node, (FieldOperand, tree.Function, tree.FieldReference)) for node in tree.walk(element)
        )

    constants = tuple(element for element in test.elements if is_constant(element))
    others = [element for element in test.elements if not is_constant(element)]
    if test.quantifier is Quantifier.ALL or not others or (not constants and len(others) == 1):
        return (test,)
    groups = [constants, *((other,) for other in others)] if constants else [(other,) for other in others]
    return tuple(tree.Membership(test.quantifier, test.operand, group, test.span) for group in groups)


__all__ = ["Filters", "Leaves", "Slot"]

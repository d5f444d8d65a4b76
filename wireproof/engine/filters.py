"""A typed filter lowered: leaves that look at values while the layers are walked, and what they amount to at the end.

A leaf over one field is marks: *any* is "one held", *all* is "one was seen and none failed". A leaf over several
values at once, or over what is known of all of them (count, max, min), keeps them, and looks at the end. The answer
is a pair: whether the frame matches for certain, and whether it may. A leaf that is not lowered may hold and need
not, and `not` swaps the two, so that what is compiled always lets through what the reference has to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from wireproof.dissectors.schema import Catalogue
from wireproof.dissectors.schema.types import Kind
from wireproof.engine.asking import MOST_LEAVES
from wireproof.engine.builder import Builder
from wireproof.engine.form import Operand
from wireproof.engine.gathering import Gathering
from wireproof.engine.kept import from_last, in_layers
from wireproof.engine.leaves import Leaves, is_constant
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.operands import Operands, Some, Wide
from wireproof.engine.paths import Path, Question, question
from wireproof.engine.sequences import Packed
from wireproof.engine.several import Several, aggregates, fields
from wireproof.engine.state import ETHER_OCTETS
from wireproof.engine.told import TOLD_BY
from wireproof.engine.wanted import Callback, Seen, Wanted
from wireproof.grammar import tree
from wireproof.grammar.syntax import LogicOperator, Operator, Quantifier, Range
from wireproof.grammar.tree import FieldOperand, TypedTest

Pair: TypeAlias = tuple[Operand, Operand]
Answer: TypeAlias = Callable[[], Pair]
_FORMS = {Kind.BYTES: "octets", Kind.ETHER: "octets", Kind.IPV6: "octets", Kind.STRING: "text", Kind.LABEL: "presence"}
UNKNOWN: Pair = (False, True)


@dataclass(frozen=True)
class Source:
    """A field as a leaf looks at it.

    The form is its number, its text, the octets that it is or (raw) lies in, its presence, or of a protocol its header
    or its reach.
    """

    name: str
    layers: tuple[Range, ...] | None
    form: str
    kind: Kind


class Filters:
    """Lowers one filter. `provided` says which fields the schemas can tell of; `known` what is known to be left.

    What turns out not to be lowerable is asked of the reference the next time, and what cannot be, refused.
    """

    def __init__(
        self,
        build: Builder,
        catalogue: Catalogue,
        wanted: Wanted,
        provided: Mapping[str, str | None],
        known: Leaves,
    ) -> None:
        self.build, self.catalogue, self.wanted, self.provided = build, catalogue, wanted, provided
        self.leaves = Leaves(asked=dict(known.asked), refused=dict(known.refused))
        self._answers: dict[TypedTest, Answer] = {}
        self._found: dict[TypedTest, Pair] = {}

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
        if test not in self._answers:
            self._answers[test] = self._leaf(test)
        return lambda: self._found_once(test)

    def _found_once(self, test: TypedTest) -> Pair:
        """Return the answer of a leaf, which is written where it is first asked for."""
        if test not in self._found:
            self._found[test] = self._answers[test]()
        return self._found[test]

    # What is asked of the reference

    def gather(self) -> None:
        """Have the values gathered that the reference is to be given."""
        if self.leaves.refused or len(self._answers) > MOST_LEAVES:  # the frame is wanted anyway
            self.leaves.refused |= self.leaves.asked
            self.leaves.asked.clear()
        # Their order is that of the filter, by which the reference tells what it is given.
        self.leaves.asked = {test: self.leaves.asked[test] for test in self._answers if test in self.leaves.asked}
        Gathering(self.build, self.catalogue, self.wanted, self.provided, self.leaves).gather()

    @property
    def asks(self) -> bool:
        """Whether the reference decides on a frame by the values that it is given."""
        return bool(self.leaves.asked) and not self.leaves.refused

    def told(self) -> Operand:
        """Return the answers of the leaves that are lowered, a bit each."""
        build, total = self.build, 0  # type: Builder, Operand
        for place, test in enumerate(self._answers):
            if test not in self.leaves.asked:
                bit = build.select(self._found_once(test)[0], 1 << place, 0)
                total = build.binary("or", total, bit)
        return total

    def is_settled(self, before: Leaves) -> bool:
        """Whether nothing turned out not to be lowerable that was not known before."""
        return self.leaves.asked.keys() == before.asked.keys() and self.leaves.refused.keys() == before.refused.keys()

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
        if test not in self.leaves.refused and test not in self.leaves.asked:
            try:
                answer = self._lowered(test)
            except NotLowerableError as reason:
                self.leave(test, reason)
            else:
                self.leaves.lowered.append(test)
                return lambda: UNKNOWN if test in self.leaves.asked else (answer(),) * 2
        nodes = list(tree.walk(test))
        names = [node.field.name for node in nodes if isinstance(node, FieldOperand)]
        # The greatest and the least of a constant and no value at all is the constant.
        has_other = any(isinstance(node, tree.Function) and node.name in ("max", "min") for node in nodes)
        if names and not has_other and all(name in TOLD_BY for name in names):
            return lambda: (False, self._any(TOLD_BY[name] for name in names))
        return lambda: UNKNOWN

    def _any(self, conditions: Iterable[Operand]) -> Operand:
        found: Operand = False
        for condition in conditions:
            found = self.build.either(found, condition)
        return found

    def leave(self, test: TypedTest, reason: Exception) -> None:
        """Leave a test to the reference."""
        self.leaves.asked[test] = str(reason)

    def _lowered(self, test: TypedTest) -> Callable[[], Operand]:
        for node in tree.walk(test):
            if isinstance(node, FieldOperand):
                self._check(node)
        asked = question(test)
        if asked is not None:
            return self._path(asked)
        operand = _streamable(test)
        if operand is not None:
            return self._streamed(test, operand)
        several = Several(self, test)

        def answer() -> Operand:
            try:
                return several.answer()
            except NotLowerableError as reason:
                self.leave(test, reason)
                return False

        return answer

    def _check(self, operand: FieldOperand) -> None:
        reason = self.provided.get(operand.field.name, "an unknown field")
        if reason is not None:
            raise NotLowerableError(f"{operand.field.name}: {reason}")

    def _path(self, asked: Question) -> Callable[[], Operand]:
        found = [Path(self.build, constant, whole=asked.whole) for constant in asked.constants]
        self.wanted.paths += found

        def answer() -> Operand:
            holds: Operand = False
            for path in found:
                holds = self.build.either(holds, path.holds())
            return self.build.invert(holds) if asked.inverted else holds

        return answer

    # Leaves over one field

    def _streamed(self, test: TypedTest, operand: FieldOperand) -> Callable[[], Operand]:
        build = self.build
        quantifier = getattr(test, "quantifier", Quantifier.ANY)
        hit, seen = build.slot("boolean", "hit"), build.slot("boolean", "seen")
        source = self.source(test, operand)

        def look(found: Seen) -> None:
            try:
                with build.block("leaf") as absent:
                    value = _Once(lambda: self._one(source, found))
                    holds = self.holds(test, Operands(build, lambda _: value(), absent))
                    if quantifier is Quantifier.ANY:
                        build.mark(hit, holds)
                    else:
                        build.mark(seen, True)
                        build.mark(hit, build.invert(holds))
            except NotLowerableError as reason:
                self.leave(test, reason)

        self.subscribe(source, look)
        if quantifier is Quantifier.ANY:
            return lambda: build.get(hit)
        return lambda: build.both(build.get(seen), build.invert(build.get(hit)))

    def source(self, test: object, operand: FieldOperand) -> Source:
        """Return how a leaf or an aggregate looks at a field: what is sliced or measured is octets."""
        kind, name = operand.type.kind, operand.field.name
        form = "raw" if operand.raw else _FORMS.get(kind, "number")
        if any(isinstance(node, tree.Slice) and node.operand is operand for node in tree.walk(test)):
            form = "raw" if operand.raw else "octets"
        if operand.field.type.kind is Kind.PROTOCOL:
            searched = isinstance(test, tree.Contains) and (test.left is operand or test.right is operand)
            form = "reach" if searched and not operand.raw else "header"
        is_there = isinstance(test, tree.Presence) and test.operand is operand
        if is_there or (isinstance(test, tree.Function) and test.name == "count"):
            form = "presence"
        return Source(name, operand.layers, form, kind)

    def _one(self, source: Source, found: Seen) -> Some:
        """Return the value of a field as a leaf that looks at one at a time does."""
        if source.form == "number" and found.pattern is not None and found.number is not None:
            return Wide(found.pattern(), found.number)
        return self.value(source, found)

    def value(self, source: Source, found: Seen) -> Some:
        """Return the value of a field as a leaf looks at it. Raises NotLowerableError."""
        makes = {"number": found.number, "text": found.text, "raw": found.raw, "presence": _nothing}
        make = makes.get(source.form, found.octets)
        if make is None and source.form == "octets" and found.text is not None:
            text = found.text()
            if isinstance(text, bytes):
                return text
        if make is None and source.kind is Kind.ETHER and found.number is not None:
            return Packed(found.number(), ETHER_OCTETS)  # an address that is told, and lies nowhere in the frame
        if make is None:
            what = {"number": "value", "text": "text", "raw": "raw octets"}.get(source.form, "octets")
            raise NotLowerableError(f"the {what} of {source.name}")
        return make()

    def holds(self, test: TypedTest, operands: Operands) -> Operand:
        """Return whether a leaf holds for one choice of the values. Raises NotLowerableError."""
        match test:
            case tree.Presence(operand):
                return isinstance(operand, FieldOperand) or operands.is_there(operand)
            case tree.Truth(operand):
                return operands.truth(operand)
            case tree.Comparison(operator, _, left, right):
                return operands.compare(operator, left, right)
            case tree.Contains(_, left, right):
                return operands.contains(left, right)
            case tree.Matches(_, operand, pattern):
                return operands.matches(operand, pattern)
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
            with build.when(in_layers(build, source.layers or (), found.layer())):
                look(found)

        if source.layers is not None:
            self.wanted.numbered = True
        by_name = {"header": self.wanted.headers, "reach": self.wanted.reaches}.get(source.form, self.wanted.fields)
        is_guarded = source.layers is not None and not from_last(source.layers)
        by_name[source.name].append(guarded if is_guarded else look)


def _nothing() -> Some:
    return Number.of(0)


def _streamable(test: TypedTest) -> FieldOperand | None:
    """Return the field that a leaf looks at, if it can look at one value after the other, as they come."""
    looked_at = fields(test)
    if len(looked_at) != 1 or from_last(looked_at[0].layers) or aggregates(test):
        return None
    is_all = isinstance(test, tree.Membership) and test.quantifier is Quantifier.ALL
    return None if is_all and not all(map(is_constant, test.elements)) else looked_at[0]  # type: ignore[union-attr]


class _Once:
    """A value that is made when it is first asked for."""

    def __init__(self, make: Callable[[], Some]) -> None:
        self.make = make
        self.made: Some | None = None

    def __call__(self) -> Some:
        if self.made is None:
            self.made = self.make()
        return self.made

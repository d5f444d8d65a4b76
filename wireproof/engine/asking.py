"""Leaves that the reference decides without the frame: machine code hands it the values of their fields.

A regular expression, or a text that is made of a value, is left to the reference; it is called for the frames that
depend on it alone, with the values of the fields in these leaves and the answers of all others. What is handed over is
a row of words for each value: the number of its source, its layer, and a number, or place and size of octets.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from wireproof.dissectors.schema import Catalogue, Kind, Text
from wireproof.engine.leaves import leaves_of, split
from wireproof.engine.numbers import NotLowerableError
from wireproof.engine.paths import FIELD as PATH
from wireproof.engine.state import GATHERED_MOST, GATHERED_WORDS
from wireproof.engine.wanted import fields_of
from wireproof.grammar import tree
from wireproof.grammar.evaluate import evaluator
from wireproof.grammar.syntax import LogicOperator
from wireproof.grammar.tree import FieldOperand, TypedTest

if TYPE_CHECKING:
    from wireproof.grammar import TypedFilter

ASK = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
MOST_LEAVES = 62  # whose answers go into one word
Decide = Callable[[int, "Values"], bool]


class Source(NamedTuple):
    """A field as leaves want it: its number, octets, text, presence, or the names of the protocols."""

    name: str
    form: str
    kind: Kind
    layered: bool = False  # whether it has to be known which layer each value is of


def sources_of(test: TypedTest) -> list[Source]:
    """Return what a leaf wants to be given. Raises NotLowerableError where it wants a field in two ways."""
    found: dict[str, Source] = {}
    for operand in (node for node in tree.walk(test) if isinstance(node, FieldOperand)):
        name, layered = operand.field.name, operand.layers is not None
        source = Source(name, _form(test, operand), operand.type.kind, layered)
        before = found.setdefault(name, source)
        if before[:3] != source[:3]:
            raise NotLowerableError(f"{name} in two ways")
        found[name] = before._replace(layered=before.layered or layered)
    return list(found.values())


def _form(test: TypedTest, operand: FieldOperand) -> str:
    kind = operand.field.type.kind
    if operand.raw:
        return "raw"
    if kind is Kind.PROTOCOL:
        whole = [each for each in _searched(test) if each is operand]
        return "reach" if whole else "header"
    if kind is Kind.STRING:
        return "path" if operand.field.name == PATH else "text"
    if kind is Kind.LABEL:
        return "presence"
    return "octets" if kind in (Kind.BYTES, Kind.ETHER, Kind.IPV6) else "number"


def _searched(test: TypedTest) -> tuple[tree.Operand, ...]:
    match test:
        case tree.Contains(_, left, right):
            return left, right
        case tree.Matches(_, operand, _):
            return (operand,)
    return ()


def all_sources(tests: Sequence[TypedTest]) -> list[Source]:
    """Return what several leaves want, each once, in an order that the leaves alone decide."""
    return list(dict.fromkeys(source for test in tests for source in sources_of(test)))


@cache
def text_makers(catalogue: Catalogue) -> Mapping[str, Callable[[Any], str] | None]:
    """Return what makes the texts of fields of the octets that they lie in; None where that is not one function."""
    found: dict[str, Callable[[Any], str] | None] = {}
    for field, info in fields_of(catalogue):
        render = field.subcon.render if isinstance(field.subcon, Text) else None
        found[info.name] = render if found.get(info.name, render) is render else None
    return found


@cache
def protocol_names(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the names that the list of a frame's protocols is made of, in an order of their own."""
    paths = {carry.path for protocol in catalogue.protocols.values() for carry in protocol.carries if carry.path}
    return tuple(sorted({*catalogue.protocols, *paths}))


@dataclass(slots=True)
class Given:
    """One value, as `wireproof.grammar.evaluate.Occurrence` wants it: the leaf knows which of them it asked for."""

    value: Any
    layer: int

    @property
    def raw(self) -> Any:
        """The octets, if these were asked for."""
        return self.value

    @property
    def reach(self) -> Any:
        """The octets to the end of the data, if these were asked for."""
        return self.value


Values = list[list[Given]]  # by the number of their source


class _View:
    """What one leaf sees of the values."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places
        self.values: Values = []

    def occurrences(self, name: str) -> Sequence[Given]:
        """Return the values of a field."""
        return self.values[self._places[name]]


def decider(chosen: TypedTest, asked: Sequence[int]) -> tuple[Decide, list[Source]]:
    """Return what decides on a frame by the answers of the lowered leaves, a bit each, and what the others want.

    `asked` are the numbers of these others.
    """
    whole = split(chosen)
    leaves = leaves_of(whole)
    wanted = [leaves[number] for number in asked]
    sources = all_sources(wanted)
    bits = {leaf: 1 << number for number, leaf in enumerate(leaves)}

    def made(test: TypedTest) -> Decide:
        match test:
            case tree.Everything():
                return lambda told, values: True
            case tree.Not(inner):
                opposite = made(inner)
                return lambda told, values: not opposite(told, values)
            case tree.Joined(how, operands):
                parts = [made(part) for part in operands]
                if how is LogicOperator.AND:
                    return lambda told, values: all(part(told, values) for part in parts)
                if how is LogicOperator.OR:
                    return lambda told, values: any(part(told, values) for part in parts)
                return lambda told, values: sum(part(told, values) for part in parts) % 2 == 1
        if test in wanted:
            return _leaf(test, sources)
        bit = bits[test]
        return lambda told, values: bool(told & bit)

    return made(whole), sources


def _leaf(test: TypedTest, sources: Sequence[Source]) -> Decide:
    view, holds = _View({source.name: sources.index(source) for source in sources_of(test)}), evaluator(test)

    def decide(told: int, values: Values) -> bool:
        view.values = values
        return holds(view)

    return decide


class Asking:
    """The reference as machine code calls it, for one walk. `octets` gives the buffer that places count in.

    An exception is kept in `failure`, for whoever ran the code to raise: it cannot pass through it.
    """

    def __init__(
        self, chosen: TypedFilter, asked: Sequence[int], catalogue: Catalogue, octets: Callable[[], bytearray]
    ) -> None:
        self._decide, self._sources = decider(chosen.tree, asked)
        self._octets, self._names = octets, protocol_names(catalogue)
        makers = text_makers(catalogue)
        self._readers = [self._reader(source, makers) for source in self._sources]
        self._words = (ctypes.c_int64 * (GATHERED_WORDS * GATHERED_MOST))()
        self._call = ASK(self._answer)
        self.failure: BaseException | None = None

    @property
    def words(self) -> int:
        """The address of the words that values are handed over in."""
        return ctypes.addressof(self._words)

    @property
    def call(self) -> int:
        """The address of the function that machine code calls."""
        address = ctypes.cast(self._call, ctypes.c_void_p).value
        assert address is not None
        return address

    def _answer(self, told: int, count: int) -> int:
        if self.failure is not None:
            return 0
        try:
            return int(self._decide(told, self._values(count)))
        except BaseException as error:
            self.failure = error
            return 0

    def _values(self, count: int) -> Values:
        """Return so many values that were handed over, by their source."""
        values: Values = [[] for _ in self._sources]
        rows = self._words[: count * GATHERED_WORDS]
        for place in range(0, len(rows), GATHERED_WORDS):
            source, layer, number, size = rows[place : place + GATHERED_WORDS]
            values[source].append(Given(self._readers[source](number, size), layer))
        for place, wanted in enumerate(self._sources):
            if wanted.form == "path":
                values[place] = [Given(":".join(each.value for each in values[place]), 1)]
        return values

    def _reader(self, source: Source, makers: Mapping[str, Callable[[Any], str] | None]) -> Callable[[int, int], Any]:
        """Return what makes a value of the words that it was handed over in."""
        if source.form == "path":
            return lambda number, _: self._names[number]
        if source.form == "presence":
            return lambda number, _: True
        if source.form == "number":
            return (lambda number, _: bool(number)) if source.kind is Kind.BOOLEAN else (lambda number, _: number)
        octets = self._octets
        if source.form == "text":
            make = makers[source.name]
            assert make is not None
            return lambda begin, size: make(
                bytes(octets()[begin : begin + size]) if size >= 0 else begin.to_bytes(-size, "big")
            )
        return lambda begin, size: bytes(octets()[begin : begin + size])

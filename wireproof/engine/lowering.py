"""A filter and columns to a program: lowered as far as they go, and what is refused told with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wireproof.dissectors.schema import Catalogue, FieldInfo, Kind
from wireproof.engine import paths
from wireproof.engine.builder import Builder
from wireproof.engine.composing import PathColumn, compose
from wireproof.engine.filters import Filters
from wireproof.engine.form import Operand, Program, Search, operations, verify
from wireproof.engine.leaves import Leaves, leaves_of, split
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.relevance import ambiguous, may_be_rejoined, occurs_once, provided
from wireproof.engine.ruling import Rule, Ruling, run_all
from wireproof.engine.schemas import Schemas
from wireproof.engine.state import ETHER_OCTETS, IPV6_OCTETS, Column
from wireproof.engine.trim import trim
from wireproof.engine.wanted import Seen, Wanted
from wireproof.grammar import TypedFilter
from wireproof.packet.preferences import Preferences


@dataclass(frozen=True)
class Lowered:
    """A program; `leaves` says what of the filter it decides, `refused` which layers are not in it.

    `not_told` says which of the fields are in no column, each with the reason. `asked` are the numbers of the leaves
    that are asked of the reference. With `rejoins`, a datagram that fragments make whole is decided on as if it had
    come in one frame.
    """

    program: Program
    leaves: Leaves
    refused: Mapping[str, str]
    columns: tuple[Column, ...]
    not_told: Mapping[str, str]
    asked: tuple[int, ...] = ()
    rejoins: bool = False

    @property
    def gathers(self) -> bool:
        """Whether the answer depends on what fragments make whole."""
        return self.program.gathers

    @property
    def is_searching(self) -> bool:
        """Whether octets are searched for others, which takes most of the time where it is done."""
        return any(isinstance(each, Search) and each.what == "find" for each in operations(self.program))


def lower(
    chosen: TypedFilter,
    protocols: Catalogue,
    preferences: Preferences,
    names: Sequence[str],
    *,
    singles: bool,
    link_type: int | None = None,
    rules: Sequence[Rule] = (),
    shows: bool = False,
) -> Lowered:
    """Lower a filter, and columns for fields by their canonical names, for frames of one link type or of any.

    What turns out not to be lowerable is left out the next time. With `singles`, a field that a frame can have one
    value of at most has a single column. With `shows`, every frame that passes is left to the reference.
    """
    known = {
        **provided(protocols, preferences.names),
        **dict.fromkeys(name for rule in rules for name in rule.told),
    }
    leaves = Leaves()
    whole = split(chosen.tree)
    not_told = {name: f"{name}: fields of several types" for name in names if name in ambiguous(protocols)}
    while True:
        build, wanted = Builder(), Wanted()
        filters = Filters(build, protocols, wanted, known, leaves)
        answer = filters.lower(whole)
        filters.gather()
        columns = Columns(build, wanted, known, not_told)
        for name in names:
            wanted.numbered |= name.startswith("_ws.expert")  # whose values come in an order
            columns.want(protocols.fields[name], single=singles and occurs_once(protocols, name))
        before = len(not_told)
        rulings = [Ruling(build, protocols, wanted, rule) for rule in rules]
        schemas = Schemas(build, protocols, wanted, preferences.names, preferences.prefixes, link_type, rulings)
        schemas.lower()
        _finish(build, schemas, filters, columns, answer)
        build.program.shows = shows
        if filters.is_settled(leaves) and len(not_told) == before:
            trim(build.program)
            verify(build.program)
            asked = tuple(number for number, leaf in enumerate(leaves_of(whole)) if leaf in filters.leaves.asked)
            rejoins = schemas.fragments is not None and may_be_rejoined(protocols, wanted, schemas, filters.asks)
            told = tuple(columns.told)
            return Lowered(build.program, filters.leaves, schemas.refused, told, not_told, asked, rejoins)
        leaves = filters.leaves


def _finish(
    build: Builder,
    schemas: Schemas,
    filters: Filters,
    columns: Columns,
    answer: Callable[[], tuple[Operand, Operand]],
) -> None:
    """Write what is done when all layers have been walked over."""
    with build.region(entered=True) as finish:
        must, may = build.slot("boolean", "must"), build.slot("boolean", "may", True)
        told = build.slot("integer", "told", -1) if filters.asks else None
        with build.block("answer") as done:
            # Where the frame was handed over, there is nothing more to find out.
            build.leave(done, build.get(build.escape))
            if schemas.trailers is not None:
                schemas.trailers.tell()
            run_all(build, schemas.rulings.values(), done, schemas.is_expert)
            columns.end()
            certain, possible = answer()
            build.set(must, certain)
            build.set(may, possible)
            if told is not None:
                build.set(told, filters.told())
        pieces = schemas.fragments
        is_piece = False if pieces is None else build.get(pieces)
        build.result(build.get(must), build.get(may), -1 if told is None else build.get(told), is_piece)
    build.program.finish = finish
    build.program.asks = filters.asks
    build.program.gathers = schemas.fragments is not None


def shape(info: FieldInfo) -> tuple[int, bool]:
    """Return how many octets a value of a field takes in a column, 0 for any number, and whether it is octets.

    Raises NotLowerableError for what no column holds: protocols.
    """
    kind, bits = info.type.kind, info.type.bits
    if kind is Kind.INTEGER:
        return next(size for size in (1, 2, 4, 8) if size * 8 >= bits), False
    if kind in (Kind.BOOLEAN, Kind.LABEL):
        return 1, False
    if kind is Kind.IPV4:
        return 4, False
    if kind in (Kind.ABSOLUTE_TIME, Kind.RELATIVE_TIME):
        return 8, False
    if kind is Kind.ETHER:
        return ETHER_OCTETS, True
    if kind is Kind.IPV6:
        return IPV6_OCTETS, True
    if kind in (Kind.BYTES, Kind.STRING):
        return 0, True
    raise NotLowerableError(f"{info.name}: a {kind.value} in a column")


class Columns:
    """Has the values of fields put into columns. What cannot be is noted in `not_told`, and left out from then on."""

    def __init__(
        self, build: Builder, wanted: Wanted, provided: Mapping[str, str | None], not_told: dict[str, str]
    ) -> None:
        self.build, self.wanted, self.provided, self.not_told = build, wanted, provided, not_told
        self.told: list[Column] = []
        self._paths: list[PathColumn] = []

    def end(self) -> None:
        """Write what ends a frame."""
        for path in self._paths:
            path.end()

    def want(self, info: FieldInfo, *, single: bool = False) -> None:
        """Add a column for a field."""
        if info.name in self.not_told:
            return
        try:
            reason = self.provided.get(info.name, "an unknown field")
            if reason is not None:
                raise NotLowerableError(f"{info.name}: {reason}")
            width, octets = shape(info)
        except NotLowerableError as refused:
            self.not_told[info.name] = str(refused)
            return
        dated = info.type.kind is Kind.ABSOLUTE_TIME
        column = self.build.column(info.name, width, octets=octets, single=single, dated=dated)
        self.told.append(column)
        if info.name == paths.FIELD:
            path = PathColumn(self.build, column)
            self.wanted.paths.append(path)
            self._paths.append(path)
            return
        self.wanted.fields[info.name].append(lambda seen: self._add(column, info, seen))

    def _add(self, column: Column, info: FieldInfo, seen: Seen) -> None:
        made = seen.octets if column.octets else seen.pattern or seen.number
        try:
            if info.type.kind is Kind.LABEL:
                self.build.append(column, 1)
            elif info.type.kind is Kind.STRING:
                if seen.text is None:
                    raise NotLowerableError(f"the text of {info.name}")
                compose(self.build, column, seen.text())
            elif made is None:
                raise NotLowerableError(f"the value of {info.name}, which does not lie in the frame")
            else:
                value = made()
                self.build.append(column, value.operand if isinstance(value, Number) else value)
        except NotLowerableError as refused:
            self.not_told[info.name] = str(refused)

"""A filter made ready for whole captures: compiled as far as it goes, the rest decided by the reference."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

from wireproof.dissectors.schema import Catalogue, FieldInfo, Kind, catalogue
from wireproof.engine.builder import Builder
from wireproof.engine.columns import shape
from wireproof.engine.filters import Filters, Leaves
from wireproof.engine.form import Column, Program, Search, operations, verify
from wireproof.engine.kernel import RecordLayout, module
from wireproof.engine.machine import Code, code_of
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.printer import text_of
from wireproof.engine.relevance import ambiguous, occurs_once, provided
from wireproof.engine.schemas import Schemas
from wireproof.engine.trim import trim
from wireproof.engine.wanted import Seen, Wanted
from wireproof.grammar import TypedFilter
from wireproof.grammar.tree import TypedTest
from wireproof.packet import Packet, Preferences, Source, dissect

if TYPE_CHECKING:
    from wireproof.capture import Record

_DEFAULT = Preferences()


class Query:
    """A compiled filter, and the fields whose values of the frames that pass go into columns.

    `leaves` says what of the filter is machine code, `refused` which layers are not, `not_told` which of the fields
    are in no column, each with the reason.
    """

    def __init__(
        self,
        chosen: TypedFilter,
        protocols: Catalogue,
        preferences: Preferences,
        names: Sequence[str] = (),
        *,
        singles: bool = False,
    ) -> None:
        """With `singles`, a field that a frame can have one value of at most has a single column."""
        self.filter, self.protocols, self.preferences = chosen, protocols, preferences
        self.names = tuple(dict.fromkeys(protocols.field(name).name for name in names))
        self.singles = singles
        self.not_told: dict[str, str] = {}
        self.leaves: Leaves
        self.refused: dict[str, str]
        self.columns: list[tuple[Column, FieldInfo]]
        self.program = self._lower()
        self._compiling = Lock()
        self._codes: dict[tuple[RecordLayout, bool], Code] = {}

    def _lower(self) -> Program:
        """Lower the filter; what turns out not to be lowerable is left out the next time."""
        known = provided(self.protocols, self.preferences.switched_on)
        refused: Mapping[TypedTest, str] = {}
        while True:
            build, wanted = Builder(), Wanted()
            filters = Filters(build, self.protocols, wanted, known, refused)
            answer = filters.lower(self.filter.tree)
            columns = Columns(build, wanted, known, self.not_told)
            for name in self.names:
                info = self.protocols.fields[name]
                if name in ambiguous(self.protocols):
                    self.not_told[name] = f"{name}: fields of several types"
                wanted.numbered |= name.startswith("_ws.expert")  # whose values come in an order
                columns.want(info, single=self.singles and occurs_once(self.protocols, name))
            not_told = len(self.not_told)
            schemas = Schemas(build, self.protocols, wanted, self.preferences.switched_on)
            schemas.lower()
            with build.region() as finish:
                must, may = build.slot("boolean", "must"), build.slot("boolean", "may", True)
                with build.block("answer") as done:
                    # Where the frame was handed over, there is nothing more to find out.
                    build.leave(done, build.get(build.escape))
                    if schemas.trailers is not None:
                        schemas.trailers.tell()
                    certain, possible = answer()
                    build.set(must, certain)
                    build.set(may, possible)
                build.result(build.get(must), build.get(may))
            build.program.finish = finish
            if filters.leaves.refused.keys() == refused.keys() and len(self.not_told) == not_told:
                self.columns = columns.told
                self.leaves, self.refused = filters.leaves, schemas.refused
                trim(build.program)
                verify(build.program)
                return build.program
            refused = filters.leaves.refused

    def code(self, layout: RecordLayout, *, thorough: bool = False) -> Code:
        """Return the machine code for records of a layout; `thorough` is worth its time on millions of them."""
        better = thorough or self._searches
        with self._compiling:  # ranges ask for it at the same time
            if (layout, better) not in self._codes:
                self._codes[layout, better] = code_of(module(self.program, layout), level=int(better))
            return self._codes[layout, better]

    @cached_property
    def _searches(self) -> bool:
        """Whether octets are searched for others, which takes most of the time where it is done."""
        return any(isinstance(each, Search) and each.what == "find" for each in operations(self.program))

    def match_records(self, source: str | os.PathLike[str] | BinaryIO, last: int | None = None) -> Iterator[Record]:
        """Yield the frames of a capture that pass, in order, up to record number `last`.

        Raises CaptureError as the plain reader does, with the same message, after the records before the damage.
        """
        from wireproof.engine.reading import match_records

        return match_records(self, source, last)

    def decide(self, data: bytes, source: Source) -> Packet | None:
        """Return a frame as the reference reads it, or None where it does not pass."""
        packet = dissect(data, source, self.preferences, self.protocols)
        return packet if self.filter.matches(packet) else None

    @cached_property
    def is_numbered(self) -> bool:
        """Whether it has to be known which number a frame has."""
        return "frame.number" in self.filter.fields or "frame.number" in self.names

    @cached_property
    def is_exact(self) -> bool:
        """Whether the reference is asked about no frame but those that are too deep."""
        return not self.leaves.refused and not self.refused

    def explain(self, text_at: Callable[[TypedTest], str] | None = None) -> str:
        """Return in words which part of the filter runs where."""
        show = text_at or self._text_at
        lines = ["machine code, for every frame:"]
        lines += [f"  {show(test)}" for test in self.leaves.lowered if test not in self.leaves.refused]
        lines += [f"  layers: {', '.join(self.program.layers) or 'none'}"]
        if self.leaves.refused or self.refused:
            lines.append("the reference, for the frames that get through:")
            lines += [f"  {show(test)} ({reason})" for test, reason in self.leaves.refused.items()]
            lines += [f"  frames that reach {name} ({reason})" for name, reason in self.refused.items()]
        return "\n".join(lines)

    def plan(self) -> str:
        """Return the intermediate form as text."""
        return text_of(self.program)

    def _text_at(self, test: TypedTest) -> str:
        span = test.span
        return self.filter.text[span.column : span.column + span.length] or self.filter.text


class Columns:
    """Has the values of fields put into columns. What cannot be is noted in `not_told`, and left out from then on."""

    def __init__(
        self, build: Builder, wanted: Wanted, provided: Mapping[str, str | None], not_told: dict[str, str]
    ) -> None:
        self.build, self.wanted, self.provided, self.not_told = build, wanted, provided, not_told
        self.told: list[tuple[Column, FieldInfo]] = []

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
        column = self.build.column(info.name, width, octets=octets, single=single)
        self.told.append((column, info))
        self.wanted.fields[info.name].append(lambda seen: self._add(column, info, seen))

    def _add(self, column: Column, info: FieldInfo, seen: Seen) -> None:
        made = seen.octets if column.octets else seen.number
        try:
            if info.type.kind is Kind.LABEL:
                self.build.append(column, 1)
            elif made is None:
                raise NotLowerableError(f"the value of {info.name}, which does not lie in the frame")
            else:
                value = made()
                self.build.append(column, value.operand if isinstance(value, Number) else value)
        except NotLowerableError as refused:
            self.not_told[info.name] = str(refused)


def compile_query(
    chosen: TypedFilter,
    protocols: Catalogue | None = None,
    preferences: Preferences = _DEFAULT,
    names: Sequence[str] = (),
    *,
    singles: bool = False,
) -> Query:
    """Compile a filter, and columns for the fields of these names.

    Raises NotLowerableError where it looks at fields that take more than one packet: those are never told from frames
    that were filtered before. Raises UnknownFieldError where there is no such field.
    """
    known = protocols or catalogue()
    across = sorted(name for name in chosen.fields if known.fields[name].across)
    if across:
        raise NotLowerableError(f"{', '.join(across)}: more than one packet")
    return Query(chosen, known, preferences, names, singles=singles)

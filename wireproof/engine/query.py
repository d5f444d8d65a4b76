"""A filter made ready for whole captures: compiled as far as it goes, the rest decided by the reference."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from wireproof.dissectors.schema import Catalogue, catalogue
from wireproof.engine.builder import Builder
from wireproof.engine.filters import Filters, Leaves
from wireproof.engine.form import Program, Search, operations, verify
from wireproof.engine.kernel import RecordLayout, module
from wireproof.engine.machine import Code, compile_object
from wireproof.engine.numbers import NotLowerableError
from wireproof.engine.printer import text_of
from wireproof.engine.relevance import provided
from wireproof.engine.schemas import Schemas
from wireproof.engine.trim import trim
from wireproof.engine.wanted import Wanted
from wireproof.grammar import TypedFilter
from wireproof.grammar.tree import TypedTest
from wireproof.packet import Preferences, Source, dissect

if TYPE_CHECKING:
    from wireproof.engine.reading import Match


_DEFAULT = Preferences()


class Query:
    """A compiled filter. `leaves` says what of it is machine code, `refused` which layers are not."""

    def __init__(self, chosen: TypedFilter, protocols: Catalogue, preferences: Preferences) -> None:
        self.filter, self.protocols, self.preferences = chosen, protocols, preferences
        self.leaves: Leaves
        self.refused: dict[str, str]
        self.program = self._lower()
        self._codes: dict[tuple[RecordLayout, bool], Code] = {}

    def _lower(self) -> Program:
        """Lower the filter; what turns out not to be lowerable is left out the next time."""
        known = provided(self.protocols, self.preferences.switched_on)
        refused: Mapping[TypedTest, str] = {}
        while True:
            build, wanted = Builder(), Wanted()
            filters = Filters(build, self.protocols, wanted, known, refused)
            answer = filters.lower(self.filter.tree)
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
            if filters.leaves.refused.keys() == refused.keys():
                self.leaves, self.refused = filters.leaves, schemas.refused
                trim(build.program)
                verify(build.program)
                return build.program
            refused = filters.leaves.refused

    def code(self, layout: RecordLayout, *, thorough: bool = False) -> Code:
        """Return the machine code for records of a layout; `thorough` is worth its time on millions of them."""
        better = thorough or self._searches
        if (layout, better) not in self._codes:
            self._codes[layout, better] = Code(compile_object(module(self.program, layout), level=int(better)))
        return self._codes[layout, better]

    @cached_property
    def _searches(self) -> bool:
        """Whether octets are searched for others, which takes most of the time where it is done."""
        return any(isinstance(each, Search) and each.what == "find" for each in operations(self.program))

    def match_records(self, source: str | os.PathLike[str] | BinaryIO) -> Iterator[Match]:
        """Yield the frames of a capture that pass, in order: numbers, and offsets of their octets in the file.

        Raises CaptureError as the plain reader does, with the same message, after the records before the damage.
        """
        from wireproof.engine.reading import match_records

        return match_records(self, source)

    def decide(self, data: bytes, source: Source) -> bool:
        """Return what the reference says of a frame."""
        return self.filter.matches(dissect(data, source, self.preferences, self.protocols))

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


def compile_query(
    chosen: TypedFilter, protocols: Catalogue | None = None, preferences: Preferences = _DEFAULT
) -> Query:
    """Compile a filter.

    Raises NotLowerableError where it looks at fields that take more than one packet: those are never told from frames
    that were filtered before.
    """
    known = protocols or catalogue()
    across = sorted(name for name in chosen.fields if known.fields[name].across)
    if across:
        raise NotLowerableError(f"{', '.join(across)}: more than one packet")
    return Query(chosen, known, preferences)

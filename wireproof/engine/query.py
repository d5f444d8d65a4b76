"""A filter made ready for whole captures: compiled as far as it goes, the rest decided by the reference."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

from wireproof.engine.machine import Code, code_of
from wireproof.engine.state import Column, RecordLayout
from wireproof.packet.preferences import DEFAULT, Preferences

if TYPE_CHECKING:
    from wireproof.capture import Record
    from wireproof.dissectors.schema import Catalogue
    from wireproof.engine.asking import Asking
    from wireproof.engine.form import Program
    from wireproof.engine.leaves import Leaves
    from wireproof.engine.lowering import Lowered
    from wireproof.engine.reading import Across
    from wireproof.engine.ruling import Rule
    from wireproof.grammar import TypedFilter
    from wireproof.grammar.tree import TypedTest
    from wireproof.packet import Packet, Source
    from wireproof.packet.pieces import Fragments

NUMBER = "frame.number"


class Outline(NamedTuple):
    """What whoever runs a query has to know of it, which is kept beside its machine code."""

    columns: tuple[Column, ...]
    not_told: Mapping[str, str]
    is_numbered: bool
    is_searching: bool
    asked: tuple[int, ...] = ()
    gathers: bool = False
    ruled: tuple[str, ...] = ()  # the protocols whose rules over several packets are run
    shows: bool = False  # whether the reference reads what passes
    rejoins: bool = False  # whether machine code decides on datagrams that fragments make whole

    def packed(self) -> bytes:
        """Return it as octets."""
        columns = [[getattr(column, name) for name in Column.__slots__] for column in self.columns]
        return json.dumps([columns, *self[1:]]).encode()

    @classmethod
    def unpacked(cls, octets: bytes) -> Outline:
        """Return what `packed` has made octets of."""
        columns, *others = json.loads(octets)
        not_told, is_numbered, is_searching, asked, gathers, ruled, shows, rejoins = others
        told = tuple(Column(*words) for words in columns)
        known = not_told, is_numbered, is_searching, tuple(asked), gathers, tuple(ruled)
        return cls(told, *known, shows, rejoins)


class Query:
    """A compiled filter, and the fields whose values of the frames that pass go into columns.

    Of a query that was kept, nothing is lowered and not even the filter compiled until it is needed.
    """

    def __init__(
        self,
        chosen: Callable[[], TypedFilter],
        protocols: Catalogue | None,
        preferences: Preferences,
        names: Sequence[str] = (),
        *,
        singles: bool = False,
        link_type: int | None = None,
        rules: Callable[[], Sequence[Rule]] = tuple,
        shows: bool = False,
        key: Sequence[bytes] = (),
        outline: Outline | None = None,
    ) -> None:
        """With `singles`, a field that a frame can have one value of at most has a single column.

        Where all frames have one link type, as those of a pcap file do, the query is made for that alone. `key` is all
        that the query depends on beside what is installed, so that its machine code can be kept by it.
        """
        self._chosen, self._protocols, self._names = chosen, protocols, names
        self.preferences, self.singles, self.link_type = preferences, singles, link_type
        self._rules, self._shows = rules, shows
        self._key = key
        self.outline = outline or self._outline()
        self._compiling = Lock()
        self._codes: dict[tuple[RecordLayout, bool], Code] = {}

    @cached_property
    def filter(self) -> TypedFilter:
        """The filter, which the reference decides by."""
        return self._chosen()

    @cached_property
    def protocols(self) -> Catalogue:
        """The protocols that there are."""
        from wireproof.dissectors.schema import catalogue

        return self._protocols or catalogue()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The canonical names of the fields, each once."""
        return tuple(dict.fromkeys(self.protocols.field(name).name for name in self._names))

    @cached_property
    def lowered(self) -> Lowered:
        """The program, with what is and is not in it."""
        from wireproof.engine.lowering import lower

        return lower(
            self.filter,
            self.protocols,
            self.preferences,
            self.names,
            singles=self.singles,
            link_type=self.link_type,
            rules=self._rules(),
            shows=self._shows,
        )

    def _outline(self) -> Outline:
        is_numbered, lowered = NUMBER in self.filter.fields, self.lowered
        ruled = tuple(rule.protocol for rule in self._rules())
        return Outline(
            lowered.columns,
            lowered.not_told,
            is_numbered,
            lowered.is_searching,
            lowered.asked,
            lowered.gathers,
            ruled,
            self._shows,
            lowered.rejoins,
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that there are."""
        return self.outline.columns

    @property
    def not_told(self) -> Mapping[str, str]:
        """Which of the fields are in no column, each with the reason."""
        return self.outline.not_told

    @property
    def is_numbered(self) -> bool:
        """Whether it has to be known which number a frame has, to tell whether it passes."""
        return self.outline.is_numbered

    @property
    def has_numbers(self) -> bool:
        """Whether one of the columns has the numbers of frames."""
        return any(column.name == NUMBER for column in self.columns)

    @property
    def program(self) -> Program:
        """The intermediate form."""
        return self.lowered.program

    @property
    def leaves(self) -> Leaves:
        """What of the filter is machine code."""
        return self.lowered.leaves

    @property
    def refused(self) -> Mapping[str, str]:
        """Which layers are not machine code, each with the reason."""
        return self.lowered.refused

    def code(self, layout: RecordLayout, *, thorough: bool = False) -> Code:
        """Return the machine code for records of a layout; `thorough` is worth its time on millions of them.

        Raises ValueError for a layout of another link type than the query was made for.
        """
        if self.link_type not in (None, layout.link_type):
            raise ValueError(f"a query of link type {self.link_type} for records of {layout.link_type or 'several'}")
        better = thorough or self.outline.is_searching
        with self._compiling:  # ranges ask for it at the same time
            if (layout, better) not in self._codes:
                self._codes[layout, better] = self.code_for([repr(layout)], lambda: self._module(layout), int(better))
            return self._codes[layout, better]

    def _module(self, layout: RecordLayout) -> str:
        from wireproof.engine.kernel import module

        return module(self.program, layout)

    def code_for(self, purpose: Sequence[str], module: Callable[[], str], level: int, name: str | None = None) -> Code:
        """Return a function that is compiled for this query and a purpose, kept or made of the text of a module."""
        key = [*self._key, *(text.encode("utf-8", "surrogateescape") for text in purpose)] if self._key else None
        return code_of(module, name, level=level, key=key)

    def match_records(self, source: str | os.PathLike[str] | BinaryIO, last: int | None = None) -> Iterator[Record]:
        """Yield the frames of a capture that pass, in order, up to record number `last`.

        Raises CaptureError as the plain reader does, with the same message, after the records before the damage.
        """
        from wireproof.capture import open_reader
        from wireproof.engine.reading import Walk

        with open_reader(source) as reader:
            for batch in Walk(self, reader, last).batches():
                yield from batch.records()

    def asking(self, octets: Callable[[], bytearray]) -> Asking | None:
        """Return what machine code asks the reference by, None where it has nothing to ask."""
        if not self.outline.asked:
            return None
        from wireproof.engine.asking import Asking

        return Asking(self.filter, self.outline.asked, self.protocols, octets)

    @property
    def ruled(self) -> tuple[str, ...]:
        """The protocols whose rules over several packets are run."""
        return self.outline.ruled

    def decide(
        self,
        data: bytes,
        source: Source,
        across: Across | None = None,
        fragments: Fragments | None = None,
        passes: Literal[True] | None = None,
    ) -> Packet | None:
        """Return a frame as the reference reads it, or None where it does not pass, which may be known."""
        packet = self.read(data, source, fragments)
        if across is not None:
            across.see(packet)
        return packet if passes or self.filter.matches(packet) else None

    def read(self, data: bytes, source: Source, fragments: Fragments | None = None) -> Packet:
        """Return a frame as the reference reads it."""
        from wireproof.packet import dissect

        return dissect(data, source, self.preferences, self.protocols, fragments)

    @property
    def shows(self) -> bool:
        """Whether every frame that passes is left to the reference, to be read with what came before."""
        return self.outline.shows

    @property
    def gathers(self) -> bool:
        """Whether fragments have to be gathered, in the order of the capture."""
        return self.outline.gathers

    @property
    def is_exact(self) -> bool:
        """Whether the reference is asked about no frame but those that are too deep."""
        return not self.leaves.refused and not self.refused

    def explain(self, text_at: Callable[[TypedTest], str] | None = None) -> str:
        """Return in words which part of the filter runs where."""
        show = text_at or self._text_at
        lines = ["machine code, for every frame:"]
        leaves = self.leaves
        elsewhere = leaves.asked.keys() | leaves.refused.keys()
        lines += [f"  {show(test)}" for test in leaves.lowered if test not in elsewhere]
        lines += [f"  layers: {', '.join(self.program.layers) or 'none'}"]
        if self.ruled:
            lines.append(f"  with every packet taken in by the rules of {', '.join(self.ruled)} over several packets")
        if leaves.asked:
            lines.append("the reference, given the values of these fields, for the frames that depend on them:")
            lines += [f"  {show(test)} ({reason})" for test, reason in leaves.asked.items()]
        if self.leaves.refused or self.refused:
            lines.append("the reference, for the frames that get through:")
            lines += [f"  {show(test)} ({reason})" for test, reason in self.leaves.refused.items()]
            lines += [f"  frames that reach {name} ({reason})" for name, reason in self.refused.items()]
        return "\n".join(lines)

    def plan(self) -> str:
        """Return the intermediate form as text."""
        from wireproof.engine.printer import text_of

        return text_of(self.program)

    def _text_at(self, test: TypedTest) -> str:
        span = test.span
        return self.filter.text[span.column : span.column + span.length] or self.filter.text


def compile_query(
    chosen: TypedFilter,
    protocols: Catalogue | None = None,
    preferences: Preferences = DEFAULT,
    names: Sequence[str] = (),
    *,
    singles: bool = False,
    link_type: int | None = None,
    rules: Sequence[Rule] = (),
    shows: bool = False,
    keep: bool = False,
) -> Query:
    """Compile a filter, and columns for the fields of these names, for frames of one link type or of any.

    Of fields that take more than one packet, there are those that `rules` tell. With `shows`, the reference reads
    every frame that passes in its place in the capture, see `Walk.packets`. With `keep`, which is for filters that
    their text alone tells, and protocols that are installed, `kept_query` finds it from then on. Raises
    NotLowerableError where it looks at other fields that take more than one packet: those are never told from
    frames that were filtered before. Raises UnknownFieldError where there is no such field.
    """
    from wireproof.dissectors.schema import Kind, catalogue
    from wireproof.engine.numbers import NotLowerableError
    from wireproof.engine.relevance import told_of_wholes

    known = protocols or catalogue()
    fields = known.fields
    told = {name for rule in rules for name in rule.told}.union(*map(told_of_wholes, known.protocols.values()))
    across = sorted(name for name in chosen.fields if fields[name].across and name not in told)
    if across:
        raise NotLowerableError(f"{', '.join(across)}: more than one packet")
    # A date in a filter is local time, which another time zone makes another.
    dated = any(fields[name].type.kind is Kind.ABSOLUTE_TIME for name in chosen.fields)
    is_kept = keep and protocols is None and not dated
    key = _key(chosen.text, preferences, names, singles, link_type, shows) if is_kept else None
    query = Query(
        lambda: chosen,
        protocols,
        preferences,
        names,
        singles=singles,
        link_type=link_type,
        rules=lambda: rules,
        shows=shows,
        key=key or (),
    )
    if rules and query.leaves.refused:
        # The reference would be asked about some frames alone, and would not have seen those before.
        raise NotLowerableError(", ".join(query.leaves.refused.values()))
    if key is not None:
        from wireproof.engine.cache import keep_text

        keep_text(key, query.outline.packed())
    return query


def kept_query(
    text: str,
    preferences: Preferences = DEFAULT,
    names: Sequence[str] = (),
    *,
    singles: bool = False,
    link_type: int | None = None,
    rules: Callable[[Sequence[str]], Sequence[Rule]] = lambda protocols: (),
    shows: bool = False,
) -> Query | None:
    """Return a query that was kept, the filter and the names of which are therefore right; None where none was.

    `rules` returns those over several packets for some protocols.
    """
    from wireproof.engine.cache import kept_text

    key = _key(text, preferences, names, singles, link_type, shows)
    found = None if key is None else kept_text(key)
    if key is None or found is None:
        return None
    outline = Outline.unpacked(found)
    return Query(
        lambda: _compiled(text),
        None,
        preferences,
        names,
        singles=singles,
        link_type=link_type,
        rules=lambda: rules(outline.ruled),
        shows=outline.shows,
        key=key,
        outline=outline,
    )


def _compiled(text: str) -> TypedFilter:
    from wireproof.dissectors.schema import catalogue
    from wireproof.grammar import compile_filter

    return compile_filter(text, catalogue())


def _key(
    text: str, preferences: Preferences, names: Sequence[str], singles: bool, link_type: int | None, shows: bool
) -> list[bytes] | None:
    """Return what a query depends on beside this installation; None where other distributions have protocols too."""
    from wireproof.dissectors.entries import ENTRY_POINTS, is_likely

    if is_likely(ENTRY_POINTS):
        return None
    options = sorted(preferences.names), preferences.prefixes, singles, tuple(names), link_type, shows
    words = ["query", text, repr(options)]
    return [word.encode("utf-8", "surrogateescape") for word in words]

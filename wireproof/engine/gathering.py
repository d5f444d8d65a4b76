"""What the reference is asked of a leaf is gathered while the layers are walked: the values of the leaf's fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from wireproof.dissectors.schema import Catalogue
from wireproof.engine.asking import Source, all_sources, protocol_names, sources_of, text_makers
from wireproof.engine.builder import Builder
from wireproof.engine.form import FRAME, Extent, Operand
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.wanted import Callback, Seen, Wanted
from wireproof.engine.wordings import Wording, Written
from wireproof.grammar.tree import TypedTest

if TYPE_CHECKING:
    from wireproof.engine.leaves import Leaves


class Names:
    """The protocols of a frame, gathered one by one (see `wireproof.engine.paths.Path`)."""

    def __init__(self, build: Builder, number: int, names: Sequence[str]) -> None:
        self.build, self.number = build, number
        self._places = {name.encode(): place for place, name in enumerate(names)}

    def step(self, text: bytes) -> None:
        """Write what gathers the layers in a part of the text."""
        for name in text.strip(b":").split(b":"):
            self.build.gather(self.number, 0, self._places[name])


class Gathering:
    """Has the values gathered that leaves want; those that cannot be are refused."""

    def __init__(
        self,
        build: Builder,
        catalogue: Catalogue,
        wanted: Wanted,
        provided: Mapping[str, str | None],
        leaves: Leaves,
    ) -> None:
        self.build, self.catalogue, self.wanted, self.provided = build, catalogue, wanted, provided
        self.leaves = leaves

    def gather(self) -> None:
        """Have gathered what the leaves want that are to be asked."""
        for test in list(self.leaves.asked):
            try:
                for source in sources_of(test):
                    self._check(source)
            except NotLowerableError as refused:
                self._refuse(test, str(refused))
        for number, source in enumerate(all_sources(list(self.leaves.asked))):
            self._subscribe(number, source)

    def _refuse(self, test: TypedTest, reason: str) -> None:
        self.leaves.refused[test] = self.leaves.asked.pop(test, reason)

    def _check(self, source: Source) -> None:
        reason = self.provided.get(source.name, "an unknown field")
        if reason is not None:
            raise NotLowerableError(f"{source.name}: {reason}")
        if source.form == "text" and text_makers(self.catalogue).get(source.name) is None:
            raise NotLowerableError(f"the text of {source.name}")

    def _subscribe(self, number: int, source: Source) -> None:
        if source.form == "path":
            self.wanted.paths.append(Names(self.build, number, protocol_names(self.catalogue)))
            return
        self.wanted.numbered |= source.layered
        by_name = {"header": self.wanted.headers, "reach": self.wanted.reaches}.get(source.form, self.wanted.fields)
        by_name[source.name].append(self._looking(number, source))

    def _looking(self, number: int, source: Source) -> Callback:
        def look(found: Seen) -> None:
            try:
                layer = found.layer() if source.layered else 0
                self.build.gather(number, layer, *self._words(source, found))
            except NotLowerableError as refused:
                for test in [test for test in self.leaves.asked if source in sources_of(test)]:
                    self._refuse(test, str(refused))

        return look

    def _words(self, source: Source, found: Seen) -> tuple[Operand, ...]:
        """Return a value as it is handed over; a text as the octets that it is made of, or their number."""
        if source.form == "presence":
            return (0,)
        if source.form == "text" and found.text is not None:
            text = _wording(found.text)
            if isinstance(text, Written) and text.octets:
                return text.number.operand, -text.octets
        makes: dict[str, Callable[[], Number | Extent | bytes] | None] = {
            "number": found.number,
            "raw": found.raw,
            "text": found.raw,
        }
        make = makes.get(source.form, found.octets)
        if make is None:
            raise NotLowerableError(f"the value of {source.name}")
        value = make()
        if isinstance(value, Number):
            return (value.operand,)
        if isinstance(value, bytes):
            if value or source.form == "text":
                raise NotLowerableError(f"the octets of {source.name}, which does not lie in the frame")
            return FRAME, 0
        return tuple(value)


def _wording(text: Callable[[], Wording]) -> Wording | None:
    try:
        return text()
    except NotLowerableError:
        return None

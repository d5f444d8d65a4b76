"""What the reader says of a packet that is not whole: the layers that it adds for a diagnosis.

Each is told where it is found, which is in the order of the reader's diagnoses, so that counting them numbers them.
"""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter

from wireproof.dissectors.diagnosis import expert, malformed, short, unreassembled
from wireproof.dissectors.schema import Rule, Severity
from wireproof.engine.builder import Builder
from wireproof.engine.form import FRAME_END, Extent, Slot
from wireproof.engine.numbers import Number
from wireproof.engine.raws import nothing
from wireproof.engine.wanted import Seen, Wanted
from wireproof.grammar.escapes import encode
from wireproof.packet.finish import GROUP_NUMBERS

EXPERT, SHORT = expert.name, short.name
MESSAGE, SEVERITY, GROUP = (info.name for info in expert.across)
EXCEPTION = malformed.across[0]
OF_EXPERTS = frozenset({EXPERT, MESSAGE, SEVERITY, GROUP})
NAMES = frozenset(
    name for each in (expert, malformed, unreassembled, short) for name in (each.name, *(i.name for i in each.across))
)


class Diagnoses:
    """Tells who wants to know of the diagnoses. `counter` gives the slot that counts the layers of a protocol."""

    def __init__(self, build: Builder, wanted: Wanted, counter: Callable[[str], Slot]) -> None:
        self.build, self.wanted, self.counter = build, wanted, counter

    def rule(self, rule: Rule) -> None:
        """A rule is broken."""
        if rule.own:
            return
        self._expert(rule.message, rule.severity, rule.group)
        if rule.group == "Malformed":
            self._layer(malformed.name, {})

    def malformed(self) -> None:
        """A layer is shorter than its parts, as it was sent."""
        self._expert(EXCEPTION.title, Severity.ERROR, "Malformed")
        self._layer(malformed.name, {})
        self._layer(malformed.name, {EXCEPTION.name: (None, None)})

    def unreassembled(self) -> None:
        """A layer is shorter than its parts, of which other fragments have the rest."""
        field = unreassembled.across[0]
        self._expert(field.title, Severity.NOTE, "Reassemble")
        self._layer(unreassembled.name, {field.name: (None, None)})

    def short(self) -> None:
        """A layer was cut by the capture."""
        self._layer(short.name, {})

    def _expert(self, message: str, severity: Severity, group: str) -> None:
        numbers = {SEVERITY: severity.number, GROUP: GROUP_NUMBERS[group]}
        values: dict[str, _Made] = {name: (_always(Number.of(number)), None) for name, number in numbers.items()}
        self._layer(expert.name, {MESSAGE: (None, lambda: self._text(message)), **values})

    def _text(self, message: str) -> bytes:
        """Return a message; where it has values of the packet in it, the reference is asked about the frame."""
        if any(name is not None for _, name, _, _ in Formatter().parse(message)):
            self.build.hand_over()
            return b""
        return encode(message.format())

    def _layer(self, name: str, values: dict[str, _Made]) -> None:
        build, wanted = self.build, self.wanted
        counter = self.counter(name)
        build.set(counter, build.binary("add", build.get(counter), 1))
        empty = Extent(FRAME_END, 0)
        for callback in wanted.fields.get(name, []):
            callback(Seen(None, None, lambda: build.get(counter)))
        for callback in (*wanted.headers.get(name, []), *wanted.reaches.get(name, [])):
            callback(Seen(None, lambda: empty, lambda: build.get(counter)))
        for field, (number, text) in values.items():
            for callback in wanted.fields.get(field, []):
                callback(Seen(number, None, lambda: build.get(counter), text, nothing))


_Made = tuple[Callable[[], Number] | None, Callable[[], bytes] | None]


def _always(number: Number) -> Callable[[], Number]:
    return lambda: number

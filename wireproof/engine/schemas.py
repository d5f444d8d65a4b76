"""The schemas lowered: one region for each protocol that matters to a filter, joined by the tables of what follows.

A layer's region is entered with its start, the end that the layer below claims, and whether it is quoted, in slots;
so tags in tags and tunnels in tunnels are jumps. Only protocols that somebody asks about, or that lead to one, are
lowered, and of these only the parts that are needed to answer. What a layer's schema says that cannot be lowered
leaves the frames that get there to the reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wireproof.dissectors.schema import Catalogue, InternetChecksum, Reassembly, Rule
from wireproof.engine import diagnoses
from wireproof.engine.builder import Builder
from wireproof.engine.checksums import Lent, asked, is_verified
from wireproof.engine.diagnoses import Diagnoses
from wireproof.engine.form import RECORD, Operand, Slot
from wireproof.engine.layers import Layer
from wireproof.engine.relevance import START, followers, reachable, relevant, trailing
from wireproof.engine.ruling import Ruling
from wireproof.engine.trailers import Trailers
from wireproof.engine.wanted import Wanted


@dataclass(frozen=True)
class State:
    """What goes from a layer to the next: its place, if quoted, a fragment or found by type, how many were before."""

    start: Slot
    end: Slot
    quoted: Slot
    partial: Slot
    typed: Slot
    depth: Slot


class Schemas:
    """Lowers the protocols that `wanted` needs. `refused` says which could not be, and why.

    Given the link type of all frames, only what they can hold.
    """

    def __init__(
        self,
        build: Builder,
        catalogue: Catalogue,
        wanted: Wanted,
        switched_on: Iterable[str] = (),
        networks: tuple[tuple[int, int], ...] = (),
        link_type: int | None = None,
        rulings: Sequence[Ruling] = (),
    ) -> None:
        self.networks = networks
        self.link_type: Operand = RECORD["link_type"] if link_type is None else link_type
        self.build, self.catalogue, self.wanted = build, catalogue, wanted
        self.switched_on = frozenset(switched_on)
        self.rulings = {ruling.rule.protocol: ruling for ruling in rulings}
        self.refused: dict[str, str] = {}
        self.state = State(
            build.slot("position", "start"),
            build.slot("integer", "end"),
            build.slot("boolean", "quoted"),
            build.slot("boolean", "partial"),
            build.slot("boolean", "typed"),
            build.slot("integer", "depth"),
        )
        self.counters: dict[str, Slot] = {}
        names = wanted.names()
        self.is_expert = not names.isdisjoint(diagnoses.OF_EXPERTS)
        self.diagnoses = Diagnoses(build, wanted, self.counter) if not names.isdisjoint(diagnoses.NAMES) else None
        trails = any(not names.isdisjoint(trailing(protocol)) for protocol in catalogue.protocols.values())
        is_asked = trails or self.diagnoses is not None
        self.trailers = Trailers(build, wanted, self._short, self._cut_payload, self._broken) if is_asked else None
        self.lent = Lent(build) if self._lends() else None
        self.relevant = relevant(catalogue, wanted)
        self.fragments = self._fragments()
        self.recurring = {name for name in self.relevant if name in reachable(catalogue, name) & self.relevant}

    def _fragments(self) -> Slot | None:
        """Return what tells that a frame bears a fragment of something that matters, where there can be such."""
        steps = [
            protocol.reassembly for protocol in self.catalogue.protocols.values() if protocol.name in self.relevant
        ]
        if any(step is not None and self.matters(step) for step in steps):
            return self.build.slot("boolean", "fragment")
        return None

    def matters(self, step: Reassembly) -> bool:
        """Whether what is put together may be of a protocol that matters."""
        if step.preference not in self.switched_on:
            return False
        names = {protocol.name for protocol in self.catalogue.tables.get(step.table, {}).values()}
        return self.tells(step) or not self.relevant.isdisjoint(names | {step.fallback})

    def tells(self, step: Reassembly) -> bool:
        """Whether somebody wants to know that something was put together."""
        return not self.wanted.names().isdisjoint(info.name for info in step.tells)

    def _lends(self) -> bool:
        """Whether a checksum is to be verified that has a pseudo header."""
        steps = [step for protocol in self.catalogue.protocols.values() for step in protocol.computed.values()]
        return any(
            step.pseudo_header
            and asked(self.wanted, step, self.diagnoses is not None)
            and is_verified(step, self.switched_on)
            for step in steps
            if isinstance(step, InternetChecksum)
        )

    def _short(self) -> None:
        if self.diagnoses is not None:
            self.diagnoses.short()

    def _cut_payload(self) -> None:
        """A payload with a length was cut, which is said once."""
        if self.diagnoses is not None:
            with self.build.when(self.build.compare("eq", self.build.get(self.counter(diagnoses.SHORT)), 0)):
                self.diagnoses.short()

    def _broken(self, rule: Rule) -> None:
        """A rule of what trails is broken; where the reader says more of a frame, it says so before that."""
        if self.diagnoses is not None:
            self.build.hand_over(self.build.compare("gt", self.build.get(self.counter(diagnoses.EXPERT)), 0))
            self.diagnoses.rule(rule)

    def counter(self, name: str) -> Slot:
        """Return the slot that counts the layers of a protocol."""
        if name not in self.counters:
            self.counters[name] = self.build.slot("integer", f"{name} layers")
        return self.counters[name]

    def lower(self) -> None:
        """Write all layers."""
        layers = self.build.program.layers
        waiting = [START] if START in self.relevant else []
        while waiting:
            name = waiting.pop()
            if name in layers:
                continue
            protocol = self.catalogue.protocols[name]
            with self.build.region(entered=True) as region:
                Layer(self, protocol).lower()
            layers[name] = region
            waiting += [each.name for each in followers(self.catalogue, protocol) if each.name in self.build.entered]

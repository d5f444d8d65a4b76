"""What follows a layer: where it ends by its own account, and the jumps to the layers that its tables lead to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from wireproof.dissectors.schema import BY_TYPE, Carry, InternetChecksum, Protocol, Reassembly
from wireproof.engine.builder import Builder
from wireproof.engine.checksums import is_verified
from wireproof.engine.form import FINISH, Limit, Operand, Position
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.relevance import START
from wireproof.engine.trace import Scope, Tracer

if TYPE_CHECKING:
    from wireproof.engine.schemas import Schemas

FRAGMENT = 0x3FFF
"""The offset of a fragment, and the bit that more follow."""


def narrowed(
    build: Builder, tracer: Tracer, extent: Any, scope: Scope, places: tuple[Position, Position, Operand]
) -> Operand:
    """Return where a layer ends by its own header, if that says so and there is that much.

    `places` are its start, the end of its header, and the end that the layer below claims.
    """
    start, header, end = places
    if extent is None:
        return end
    octets = tracer.number(extent, scope)
    claimed = build.binary("add", start.at, octets.operand)
    is_less = build.both(build.compare("ge", claimed, header.at), build.compare("lt", claimed, end))
    return build.select(build.both(tracer.calculate.truth(octets), is_less), claimed, end)


def leads(schemas: Schemas, carry: Carry) -> bool:
    """Whether what is carried may be of a protocol that matters."""
    names = {protocol.name for protocol in schemas.catalogue.tables.get(carry.table, {}).values()} | {carry.fallback}
    return not names.isdisjoint(schemas.relevant)


class Following:
    """Writes what comes behind one layer. `payload_ends` is told where its payload ends, if its header says."""

    def __init__(self, schemas: Schemas, protocol: Protocol, tracer: Tracer, header: Position, limit: Limit) -> None:
        self.schemas, self.protocol, self.build = schemas, protocol, schemas.build
        self.tracer, self.header, self.limit = tracer, header, limit
        self.payload_ends: Callable[[Operand], None] = lambda end: None

    def follow(self, scope: Scope, end: Operand) -> None:
        """Write what comes behind the layer, which ends there."""
        if self.schemas.lent is not None:
            self.schemas.lent.lend(self.protocol.pseudo_header, scope)
        if self.protocol.reassembly is not None and self.schemas.matters(self.protocol.reassembly):
            self._gather(self.protocol.reassembly, scope)
        for carry in self.protocol.carries:
            if carry.wrong:
                if self._is_verified(carry.wrong):  # the reference finds out
                    self.build.hand_over(self.tracer.condition(carry.when, scope))
                continue
            with self.build.when(self.tracer.condition(carry.when, scope)):
                self._carry(carry, scope, end)

    def _gather(self, step: Reassembly, scope: Scope) -> None:
        """Note a fragment of what may be of a protocol that matters."""
        build, schemas = self.build, self.schemas
        if schemas.fragments is None:
            return
        table = schemas.catalogue.tables.get(step.table, {})
        numbers = tuple(number for number, protocol in table.items() if protocol.name in schemas.relevant)
        is_piece = build.compare("ne", build.binary("and", build.integer(self._key(step.fragment, scope)), FRAGMENT), 0)
        note = partial(build.set, schemas.fragments, True)
        selector = build.integer(self._key(step.protocol, scope))
        with build.when(is_piece):
            if step.fallback in schemas.relevant or schemas.tells(step):
                note()
            elif numbers:
                build.switch(selector, [(numbers, note)], lambda: None)

    def _is_verified(self, name: str) -> bool:
        step = self.protocol.computed[name]
        return isinstance(step, InternetChecksum) and is_verified(step, self.schemas.switched_on)

    def _carry(self, carry: Carry, scope: Scope, end: Operand) -> None:
        build, tracer, header = self.build, self.tracer, self.header
        if carry.skip is not None and leads(self.schemas, carry):
            header = build.after(build.need(header, tracer.number(carry.skip, scope).operand, self.limit, FINISH))
        if carry.length is not None:
            claimed = build.binary("add", header.at, tracer.number(carry.length, scope).operand)
            end = build.select(build.compare("lt", claimed, end), claimed, end)
            self.payload_ends(end)
        if not carry.empty:
            build.leave(FINISH, build.compare("le", end, header.at))
        table = self.schemas.catalogue.tables.get(carry.table, {})
        targets: dict[str, list[int]] = {}
        for key, protocol in table.items():
            if protocol.name in self.schemas.relevant:
                targets.setdefault(protocol.name, []).append(key)
        known = [key for key, protocol in table.items() if protocol.name not in self.schemas.relevant]
        cases = [(tuple(keys), self._entering(name, carry, (header, end))) for name, keys in targets.items()]
        fallback = self.schemas.catalogue.protocols.get(carry.fallback) if carry.fallback else None
        default: Callable[[], None] = lambda: build.leave(FINISH)  # noqa: E731
        if fallback is not None and fallback.name in self.schemas.relevant:
            default = self._entering(fallback.name, carry, (header, end))
            if known:
                cases.append((tuple(known), lambda: build.leave(FINISH)))
        selector: Operand = 0 if carry.key is None else build.integer(self._key(carry.key, scope))
        build.switch(selector, cases, default)

    def _key(self, name: str, scope: Scope) -> Operand:
        found = self.tracer.value(scope.find(name))
        if not isinstance(found, Number):
            raise NotLowerableError(f"the key {name}, which is no number")
        return found.operand

    def _entering(self, name: str, carry: Carry, places: tuple[Position, Operand]) -> Callable[[], None]:
        """Return what enters a layer between two places."""
        build, state, (header, end) = self.build, self.schemas.state, places
        steps = (carry.path, name) if carry.path else (name,)
        shown = ("" if self.protocol.name == START else ":").encode() + ":".join(steps).encode()

        def enter() -> None:
            if name == carry.fallback:
                build.leave(FINISH, build.compare("ge", header.at, self.limit.at))
            for path in self.schemas.wanted.paths:
                path.step(shown)
            build.set(state.start, header)
            build.set(state.end, end)
            if carry.quoted:
                build.set(state.quoted, True)
            if carry.partial is not None:
                build.set(state.partial, carry.partial)
            if self.schemas.diagnoses is not None:  # nothing else depends on it
                build.set(state.typed, carry.table == BY_TYPE)
            build.goto(name)

        return enter

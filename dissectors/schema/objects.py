"""Objects that say themselves how long they are: a head, and behind it a body that a number in the head selects.

What is read of them stays, also where the rest is missing: they are no part that is read whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from construct import Container

from wireproof.dissectors.schema.conditions import Expression
from wireproof.dissectors.schema.members import AnyConstruct
from wireproof.dissectors.schema.reading import Member, read_members
from wireproof.dissectors.schema.ready import ready_members


class Objects(AnyConstruct):
    """Objects, one after the other, as far as `size` octets from here; its value is nothing.

    Each begins with the members `head`. `length` is an expression on them: how many octets it has, of which those that
    are within the size count. `kind` names the member that selects the body in `bodies`, and else `default`. Where
    fewer than `least` octets are left, there is no further object, and one that claims to be shorter is the last and
    has no body. Bodies may read beyond their object; the next one begins where it ends.

    Expressions of bodies may use ``this.object_size``, the octets of the object, and ``this.object_room``, those from
    its first up to the end.
    """

    def __init__(
        self,
        size: Expression,
        head: tuple[Any, ...],
        length: Expression,
        kind: str,
        bodies: Mapping[int, tuple[Any, ...]],
        default: tuple[Any, ...] = (),
        *,
        least: int,
    ) -> None:
        super().__init__()
        self.size, self.head, self.length, self.kind = size, head, length, kind
        self.bodies, self.default, self.least = MappingProxyType(dict(bodies)), default, least
        self.flagbuildnone = True

    def declared(self) -> Iterator[Any]:
        """Yield everything that has fields or is a rule."""
        yield from self.head
        for body in (*self.bodies.values(), self.default):
            yield from body

    @cached_property
    def _ready_head(self) -> tuple[Member, ...]:
        return ready_members(self.head)

    @cached_property
    def _ready_bodies(self) -> dict[int | None, tuple[Member, ...]]:
        return {kind: ready_members(body) for kind, body in ((None, self.default), *self.bodies.items())}

    def _parse(self, stream: Any, context: Any, path: str) -> None:
        bodies = self._ready_bodies
        end = stream.tell() + self.size(context)
        while end - stream.tell() >= self.least:
            start = stream.tell()
            scope = Container(context, _=context, object_room=end - start)
            _read(self._ready_head, stream, scope, path)
            length = self.length(scope)
            if length < self.least:
                return
            scope["object_size"] = min(length, end - start)
            _read(bodies.get(scope[self.kind], bodies[None]), stream, scope, path)
            stream.seek(start + length)

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return None


def _read(members: tuple[Member, ...], stream: Any, scope: Any, path: str) -> None:
    """Read members, and keep of each what it gives."""
    record = scope["_params"]["record"]
    for member in members:
        record.keep()
        read_members((member,), stream, scope, path)
    record.keep()

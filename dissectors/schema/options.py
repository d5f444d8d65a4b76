"""Option lists: kind, length, body, one after the other, up to an end that the header tells.

construct's GreedyRange would swallow a malformed last option, so the loop is a step of its own. An option that
breaks the form ends the list, never the layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from construct import ConstructError, Container, stream_read

from wireproof.dissectors.schema.declaration import AnyConstruct, BrokenRuleError, Expression, Field, Rule
from wireproof.dissectors.schema.reading import Window, read_members


@dataclass(frozen=True)
class Option:
    """The body of one kind of option: its members, and the lengths (kind and length octets included) it may have.

    Expressions of the members may use ``this.option_length``. No lengths means that any will do.
    """

    members: tuple[Any, ...] = ()
    lengths: range | tuple[int, ...] | None = None

    def admits(self, length: int) -> bool:
        """Whether an option of this kind may be that long."""
        return self.lengths is None or length in self.lengths


class Repeat(AnyConstruct):
    """Members repeated until the option ends; a rest that is too short for another round is left alone."""

    def __init__(self, *members: Any) -> None:
        super().__init__()
        self.members = members
        self.flagbuildnone = True

    def _parse(self, stream: Any, context: Any, path: str) -> None:
        while stream.tell() < stream.limit:
            start, mark = stream.tell(), len(context._params.record)
            try:
                read_members(self.members, stream, context, path)
            except ConstructError:
                context._params.record.drop(mark)
                return
            if stream.tell() == start:
                return

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return None


class Options(AnyConstruct):
    """The option list itself; its value is its bytes.

    `size` is the list's extent in octets, an expression. `kind` and `length` are the fields of an option's first two
    octets, `details` are fields of the kind octet's bits (they refer to the member ``kind``). A kind in `single`
    is one octet and nothing more; the kind `end`, if there is one, ends the list. `invalid` is the rule that is
    recorded where an option's length is not one of its kind's.
    """

    def __init__(
        self,
        size: Expression,
        kind: Field,
        length: Field,
        bodies: Mapping[int, Option],
        *,
        details: tuple[Any, ...] = (),
        default: Option = Option(),
        end: int | None = 0,
        single: tuple[int, ...] = (0, 1),
        invalid: Rule | None = None,
    ) -> None:
        super().__init__()
        self.size, self.kind, self.length, self.bodies = size, kind, length, MappingProxyType(dict(bodies))
        self.details, self.default, self.end, self.single, self.invalid = details, default, end, single, invalid

    def _parse(self, stream: Any, context: Any, path: str) -> bytes:
        start, size, limit = stream.tell(), self.size(context), stream.limit
        data: bytes = stream_read(stream, size, path)
        stream.seek(start)
        stream.limit = start + size
        try:
            while stream.tell() < stream.limit and self._parse_option(stream, context, path):
                pass
        finally:
            stream.limit = limit
            stream.seek(start + size)
        return data

    def _parse_option(self, stream: Window, context: Any, path: str) -> bool:
        """Parse one option; False where it ends the list."""
        start, params = stream.tell(), context._params
        first = len(params.record)
        scope = Container(context, _=context)
        read_members((("kind" / self.kind), *self.details), stream, scope, path)
        kind = scope["kind"]
        if kind in self.single:
            return bool(kind != self.end)
        mark = len(params.record)
        try:
            read_members((("option_length" / self.length),), stream, scope, path)
        except ConstructError:
            params.record.drop(mark)
            return False
        length = scope["option_length"]
        if length < 2 or start + length > stream.limit:
            params.record.drop(first)
            self._complain(scope)
            return False
        option = self.bodies.get(kind, self.default)
        if option.admits(length):
            self._parse_body(option, stream, scope, start + length, path)
        else:
            self._complain(scope)
        stream.seek(start + length)
        return True

    def _parse_body(self, option: Option, stream: Window, scope: Any, end: int, path: str) -> None:
        list_end, stream.limit = stream.limit, end
        mark = len(scope._params.record)
        try:
            read_members(option.members, stream, scope, path)
        except BrokenRuleError:
            pass  # the rule is noted; what stands before it in the body is kept
        except ConstructError:
            scope._params.record.drop(mark)
            self._complain(scope)
        finally:
            stream.limit = list_end

    def _complain(self, scope: Any) -> None:
        if self.invalid is not None:
            scope._params.record.broken(self.invalid, scope)

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        stream.write(obj or b"")
        return obj

    def _sizeof(self, context: Any, path: str) -> int:
        return int(self.size(context))

"""What a header is made of, in order, as its schema says: fields, their bits, and when they are there."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from construct import Bytes, Construct, GreedyBytes, IfThenElse, SizeofError, Struct
from construct.expr import BinExpr, Path, UniExpr

from wireproof.dissectors.schema import AllZero, Bits, Field, InTable, Options, Payload, Protocol
from wireproof.dissectors.schema.walk import innermost

_NAME = re.compile(r"this\['(\w+)'\]")
_COMPARING: tuple[Any, ...] = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)
_SIGNS: dict[Any, str] = {
    **dict(zip(_COMPARING, ("==", "!=", "<", "<=", ">", ">="), strict=True)),
    **{operator.and_: "&", operator.or_: "|", operator.xor: "^", operator.lshift: "<<", operator.rshift: ">>"},
    **{operator.add: "+", operator.sub: "-", operator.mul: "*", operator.floordiv: "//", operator.mod: "%"},
    operator.neg: "-",
}
_LOGICAL = {"&": "and", "|": "or"}
WIDEST_SPLIT = 16
"""Bits of the widest member that is shown as its bits."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a header. `bits` is None where the packet tells how many, of which `size` says in words what is known.

    `condition` is what has to hold for it to be there, in words; empty where it always is. `name` is the standard's,
    where it has one of its own.
    """

    label: str
    bits: int | None
    size: str = ""
    condition: str = ""
    name: str = ""


def pieces(protocol: Protocol) -> Iterator[Piece]:
    """Yield the parts of a protocol's header in order; what it carries is left out."""
    for part in protocol.parts:
        if isinstance(part, Payload) or (part.subcons and innermost(part.subcons[-1]) is GreedyBytes):
            continue
        for member in part.subcons:
            yield from _of(member, protocol, "")


def _of(member: Construct[Any, Any], protocol: Protocol, condition: str) -> Iterator[Piece]:
    inner = innermost(member)
    if isinstance(inner, Struct):
        for each in inner.subcons:
            yield from _of(each, protocol, condition)
        return
    bits = _bits(member)
    if bits == 0:
        return
    if isinstance(inner, IfThenElse):
        first, second = _bits(inner.thensubcon), _bits(inner.elsesubcon)
        if second == 0:
            yield from _of(_named(inner.thensubcon, member), protocol, _both(condition, words(inner.condfunc)))
            return
        if first == 0:
            yield from _of(_named(inner.elsesubcon, member), protocol, _both(condition, _opposite(inner.condfunc)))
            return
    label, name = _label(member, protocol), (member.name or "").strip("_").replace("_", " ")
    if bits is None:
        yield Piece(label, None, _size(member), condition, name)
        return
    split = _split(member, protocol, bits) if bits <= WIDEST_SPLIT else []
    if split:
        yield from (Piece(text, width, condition=condition) for text, width in split)
    else:
        yield Piece(label, bits, condition=condition, name=name)


def _named(inner: Any, member: Any) -> Any:
    """Return what a condition holds under the name that the condition has."""
    return member.name / inner if member.name and not inner.name else inner


def _both(first: str, second: str) -> str:
    return f"{first} and {second}" if first else second


def _bits(member: Any) -> int | None:
    """Return the size of a member in bits, or None where the packet tells."""
    inner = innermost(member)
    if isinstance(inner, IfThenElse):
        sizes = {_bits(inner.thensubcon), _bits(inner.elsesubcon)}
        return sizes.pop() if len(sizes) == 1 else None
    if isinstance(inner, Options):
        return None
    try:
        return int(inner.sizeof()) * 8
    except (SizeofError, KeyError, AttributeError, TypeError):  # what a size is computed of is not there
        return None


def _label(member: Any, protocol: Protocol) -> str:
    """Return the title of a member's field, of all that it may be; or else the member's own name."""
    titles = dict.fromkeys(_titles(member))
    if not titles and member.name:
        titles = dict.fromkeys(
            field.info.title
            for field in _fields(protocol)
            if isinstance(field.subcon, Bits) and field.subcon.member == member.name and field.subcon.mask is None
        )
    return " / ".join(titles) or (member.name or "").strip("_").replace("_", " ")


def _titles(member: Any) -> Iterator[str]:
    found = member
    while hasattr(found, "subcon"):
        if isinstance(found, Field):
            yield found.info.title
            return
        found = found.subcon
    if isinstance(found, IfThenElse):
        yield from _titles(found.thensubcon)
        yield from _titles(found.elsesubcon)


def _size(member: Any) -> str:
    """Return what is known of a size that the packet tells, in words."""
    inner = innermost(member)
    if isinstance(inner, IfThenElse):
        sizes = (_size(each) for each in (inner.thensubcon, inner.elsesubcon))
        return next((size for size in reversed([*sizes]) if size), "")
    if isinstance(inner, Options):
        return f"octets: {words(inner.size)}"
    return f"octets: {words(inner.length)}" if isinstance(inner, Bytes) and callable(inner.length) else ""


def _split(member: Any, protocol: Protocol, width: int) -> list[tuple[str, int]]:
    """Return the fields that are some bits of a member, the highest first, with the bits between them.

    These are there always, or share the member out whenever it is there.
    """
    found = _masks(member, protocol) or _conditional_masks(member, protocol, width)
    masks = sorted((mask for mask in found if not any(mask & other == other != mask for other in found)), reverse=True)
    if not masks or any(mask & other for mask in masks for other in masks if mask != other):
        return []
    shown, end = [], width
    for mask in masks:
        high, low = mask.bit_length(), (mask & -mask).bit_length() - 1
        if high < end:
            shown.append(("", end - high))
        shown.append((found[mask], high - low))
        end = low
    return [*shown, ("", end)] if end else shown


def _masks(member: Any, protocol: Protocol) -> dict[int, str]:
    """Return the titles of the fields that are always some bits of a member, by their bits."""
    return dict(_masked(member, protocol, conditional=False))


def _conditional_masks(member: Any, protocol: Protocol, width: int) -> dict[int, str]:
    """Return the same of those under a condition, where they share the member out under every one alike."""
    found = set(_masked(member, protocol, conditional=True))
    is_shared = sum(mask for mask, _ in found) == (1 << width) - 1
    return dict(found) if is_shared and len({mask for mask, _ in found}) == len(found) else {}


def _masked(member: Any, protocol: Protocol, *, conditional: bool) -> Iterator[tuple[int, str]]:
    for field in _fields(protocol, conditional=conditional):
        bits = field.subcon
        if isinstance(bits, Bits) and bits.member == member.name and bits.mask and bits.size is None:
            yield bits.mask, field.info.title


def _fields(protocol: Protocol, *, conditional: bool = True) -> Iterator[Field]:
    """Yield the fields of a protocol's parts; those under a condition as well, if wanted."""
    for part in protocol.parts:
        for member in part.subcons:
            yield from _within(member, conditional)


def _within(member: Any, conditional: bool) -> Iterator[Field]:
    if isinstance(member, Field):
        yield member
    elif isinstance(member, IfThenElse):
        for each in (member.thensubcon, member.elsesubcon) if conditional else ():
            yield from _within(each, conditional)
    elif isinstance(member, Struct):
        for each in member.subcons:
            yield from _within(each, conditional)
    elif hasattr(member, "subcon"):
        yield from _within(member.subcon, conditional)


def words(expression: Any) -> str:
    """Return an expression of a schema as a reader of the standard would write it."""
    if isinstance(expression, BinExpr):
        return _operation(expression)
    if isinstance(expression, UniExpr):
        unary: Any = expression  # construct's type stubs know none of its members
        return f"{_SIGNS.get(unary.op, '')}{_inner(unary.operand)}"
    if isinstance(expression, Path):
        return _NAME.sub(lambda match: match[1].strip("_"), repr(expression))
    if isinstance(expression, AllZero):
        return f"{expression.member} is all zero"
    if isinstance(expression, InTable):
        return f"{expression.member} is known"
    if isinstance(expression, int):
        return f"0x{expression:04x}" if expression > 255 else str(expression)
    return "the packet says so"  # a function, which does not say what it asks


_OPPOSITES: dict[Any, Any] = {operator.eq: operator.ne, operator.ne: operator.eq}


def _opposite(expression: Any) -> str:
    """Return in words that an expression does not hold."""
    if isinstance(expression, BinExpr):
        binary: Any = expression
        if binary.op in _OPPOSITES:
            return words(BinExpr(_OPPOSITES[binary.op], binary.lhs, binary.rhs))
    return f"not ({words(expression)})"


def _operation(expression: Any) -> str:
    """Return an operation; one of its own kind within it needs no brackets."""
    is_logical = _is_logical(expression)
    sign = _SIGNS.get(expression.op, "")
    texts = []
    for side in (expression.lhs, expression.rhs):
        is_alike = is_logical and (_is_logical(side, expression.op) or not _is_logical(side))
        texts.append(words(side) if is_alike else _inner(side))
    return f" {_LOGICAL[sign] if is_logical else sign} ".join(texts)


def _is_logical(expression: Any, sign: Any = None) -> bool:
    """Whether an operation is one of truths, with that sign if any is given: comparisons, or made of them."""
    if not isinstance(expression, BinExpr):
        return False
    binary: Any = expression
    if binary.op not in ((operator.and_, operator.or_) if sign is None else (sign,)):
        return False
    return any(_is_truth(side) for side in (binary.lhs, binary.rhs))


def _is_truth(expression: Any) -> bool:
    if isinstance(expression, BinExpr):
        binary: Any = expression
        return binary.op in _COMPARING or _is_logical(binary)
    return isinstance(expression, (AllZero, InTable))


def _inner(expression: Any) -> str:
    text = words(expression)
    return f"({text})" if isinstance(expression, BinExpr) else text

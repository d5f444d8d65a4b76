"""A user's value for a field to the value of the schema's member. Strict: what does not fit is an error."""

from __future__ import annotations

import ipaddress
from typing import Any

from wireproof.dissectors.schema import Kind
from wireproof.packet.settable import Settable


class BuildError(ValueError):
    """A packet that cannot be built: which field, and why."""


def to_member_value(target: Settable, value: Any, current: Any) -> Any:
    """Return the member's value with the field set to `value`; `current` is what the member holds so far, or None."""
    if target.bits is None and target.is_bytes:
        return _to_bytes(target, value)
    number = _to_number(target, value)
    if target.bits is None:
        _check(target, number, (1 << target.width) - 1)
        return number
    return _set_bits(target, number, current)


def _set_bits(target: Settable, number: int, current: Any) -> Any:
    bits = target.bits
    assert bits is not None
    if number % bits.scale:
        raise BuildError(f"{target.name}: {_short(number)} is not a multiple of {bits.scale}")
    _check(target, number, ((1 << target.width) - 1) * bits.scale)
    number //= bits.scale
    if current is None:
        current = target.default
    if not target.is_bytes:
        if bits.order == "little" and target.size:
            number = int.from_bytes(number.to_bytes(target.size, "little"), "big")
        mask = (1 << (target.size or 8) * 8) - 1 if bits.mask is None else bits.mask
        return (current or 0) & ~mask | number << bits.shift
    size = bits.size if bits.size is not None else (target.size or 0)
    if current is None or len(current) < bits.at + size:
        raise BuildError(f"{target.name} is a part of {target.member}, which is not given")
    word = int.from_bytes(current[bits.at : bits.at + size], bits.order)
    mask = (1 << size * 8) - 1 if bits.mask is None else bits.mask
    word = word & ~mask | number << bits.shift
    return current[: bits.at] + word.to_bytes(size, bits.order) + current[bits.at + size :]


def _check(target: Settable, number: int, maximum: int) -> None:
    if not 0 <= number <= maximum:
        raise BuildError(f"{target.name}: {_short(number)} does not fit, it can be 0 to {maximum}")


def _short(value: object) -> str:
    """Return a value for a message, which a hostile one must not fill."""
    if isinstance(value, int) and value.bit_length() > 128:
        return f"a number of {value.bit_length()} bits"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _to_number(target: Settable, value: Any) -> int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        for number, label in target.info.labels.items():
            if label.lower() == value.lower():
                return number
        if not target.info.labels:
            raise BuildError(f"{target.name}: a number is needed, not the text {_short(value)}")
        raise BuildError(f"{target.name}: {_short(value)} is not one of its labels")
    raise BuildError(f"{target.name}: a number is needed, not {type(value).__name__}")


def _to_bytes(target: Settable, value: Any) -> bytes:
    kind = target.info.type.kind
    try:
        if kind is Kind.IPV4 and not isinstance(value, (bytes, bytearray)):
            octets = ipaddress.IPv4Address(value).packed
        elif kind is Kind.IPV6 and not isinstance(value, (bytes, bytearray)):
            octets = ipaddress.IPv6Address(value).packed
        elif isinstance(value, str):
            octets = bytes.fromhex(value.replace(":", "").replace("-", "").replace(".", ""))
        elif isinstance(value, (bytes, bytearray, memoryview)):
            octets = bytes(value)
        else:
            raise ValueError(f"bytes or text is needed, not {type(value).__name__}")
    except ValueError as error:
        raise BuildError(f"{target.name}: {error}") from None
    if target.size is not None and len(octets) != target.size:
        raise BuildError(f"{target.name}: {len(octets)} octets given, {target.size} needed")
    return octets

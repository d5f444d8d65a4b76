"""The functions of the filter language: what they take, what they return, how they are computed."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from wireproof._frozen import frozen
from wireproof.dissectors.schema.render import colon_groups
from wireproof.dissectors.schema.types import FieldType, Kind
from wireproof.grammar.octets import size_of
from wireproof.grammar.tree import FieldOperand, Function, Operand

_ORDERED = frozenset(Kind) - {Kind.LABEL}
SEQUENCES = frozenset({Kind.BYTES, Kind.ETHER, Kind.IPV6, Kind.PROTOCOL})
Values = Sequence[Any]
Compute = Callable[[Sequence[Values]], list[Any]]


@frozen
class Signature:
    """What a function takes and gives.

    `least` and `most` bound the number of arguments (`most` None: no bound). `kinds` are those of its arguments, and
    `fields_only` says that an argument must be a field. `result` None is the type of the first argument.
    """

    title: str
    kinds: frozenset[Kind]
    result: FieldType | None
    make: Callable[[Function], Compute]
    least: int = 1
    most: int | None = 1
    fields_only: bool = False
    takes: str = "such a value"


def _each(convert: Callable[[Any], Any]) -> Callable[[Function], Compute]:
    """Return the maker of a function that turns each value of its one argument into another."""

    def make(_: Function) -> Compute:
        return lambda arguments: [convert(value) for value in arguments[0]]

    return make


def _length(function: Function) -> Compute:
    """Return len(): octets of a value; times and booleans have none, as in Wireshark."""
    argument = function.arguments[0]
    kind = argument.type.kind
    if kind in (Kind.INTEGER, Kind.IPV4):
        octets = argument.type.bits // 8
        return lambda arguments: [octets for _ in arguments[0]]
    if kind in (Kind.BYTES, Kind.ETHER, Kind.IPV6, Kind.PROTOCOL, Kind.STRING):
        return lambda arguments: [size_of(value) for value in arguments[0]]
    return lambda arguments: [0 for _ in arguments[0]]


def _count(_: Function) -> Compute:
    """Return count(): a field that is not there has no count, not even 0."""
    return lambda arguments: [len(arguments[0])] if arguments[0] else []


def by_length(value: bytes) -> tuple[int, bytes]:
    """Return what sequences of bytes are ordered by: their length, and among equally long ones their bytes."""
    return len(value), value


def _extreme(choose: Callable[..., Any]) -> Callable[[Function], Compute]:
    """Return the maker of max() or min(), of all values of all arguments together."""

    def make(function: Function) -> Compute:
        key = by_length if function.type.kind in SEQUENCES else None

        def compute(arguments: Sequence[Values]) -> list[Any]:
            values = [value for argument in arguments for value in argument]
            return [choose(values, key=key)] if values else []

        return compute

    return make


def text_of(type: FieldType) -> Callable[[Any], bytes]:
    """Return what writes a value of a type as string() does: numbers in decimal, whatever their display base."""
    if type.kind is Kind.IPV4:
        return lambda value: ".".join(map(str, value.to_bytes(4, "big"))).encode()
    if type.kind is Kind.IPV6:
        return lambda value: colon_groups(value).encode()
    if type.kind is Kind.ETHER:
        return lambda value: bytes(value).hex(":").encode()
    return lambda value: b"%d" % value


def _string(function: Function) -> Compute:
    convert = text_of(function.arguments[0].type)
    return lambda arguments: [convert(value) for value in arguments[0]]


def _hexadecimal(function: Function) -> Compute:
    digits = max(function.arguments[0].type.bits // 4, 1)
    return lambda arguments: [b"0x%0*x" % (digits, value) for value in arguments[0]]


def _label(function: Function) -> Compute:
    """Return vals(): a number without a label has no value."""
    labels = labels_of(function.arguments[0])
    return lambda arguments: [labels[value] for value in arguments[0] if value in labels]


def labels_of(operand: Operand) -> dict[int, bytes]:
    """Return the labels of a field's values as bytes; empty for what is no field."""
    if not isinstance(operand, FieldOperand):
        return {}
    return {number: label.encode() for number, label in operand.field.labels.items()}


def _inside(*networks: tuple[int, int]) -> Callable[[Function], Compute]:
    """Return the maker of a test whether an IPv4 address is in one of the networks (address, prefix length)."""
    return _each(lambda value: any(value >> 32 - bits == network >> 32 - bits for network, bits in networks))


def _floating(single: bool) -> Callable[[Function], Compute]:
    """Return the maker of float() or double(): times are seconds, and single precision is rounded to."""

    def make(function: Function) -> Compute:
        is_time = function.arguments[0].type.kind in (Kind.RELATIVE_TIME, Kind.ABSOLUTE_TIME)

        def convert(value: Any) -> float:
            number = value / 1e9 if is_time else float(value)
            return _FLOAT.unpack(_FLOAT.pack(number))[0] if single else number

        return lambda arguments: [convert(value) for value in arguments[0]]

    return make


def _special(attribute: str) -> Callable[[Function], Compute]:
    """Return the maker of ip_special_name() or ip_special_mask(): an address that is not special has no value."""

    def make(_: Function) -> Compute:
        from wireproof.grammar.special_addresses import block_of

        return lambda arguments: [
            getattr(block, attribute) for value in arguments[0] if (block := block_of(value)) is not None
        ]

    return make


_FLOAT = struct.Struct("<f")
_FLOATED = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.BOOLEAN, Kind.RELATIVE_TIME, Kind.ABSOLUTE_TIME})
_STRING, _IPV4, _INTEGER = frozenset({Kind.STRING}), frozenset({Kind.IPV4}), frozenset({Kind.INTEGER})
_TEXT, _NUMBER, _YES = FieldType.STRING, FieldType.UINT32, FieldType.BOOLEAN

FUNCTIONS: dict[str, Signature] = {
    "len": Signature("the octets of a value", frozenset(Kind), _NUMBER, _length),
    "count": Signature("how often a field occurs", frozenset(Kind), _NUMBER, _count, fields_only=True, takes="a field"),
    "max": Signature("the greatest value", _ORDERED, None, _extreme(max), most=None, takes="values with an order"),
    "min": Signature("the least value", _ORDERED, None, _extreme(min), most=None, takes="values with an order"),
    "abs": Signature(
        "the value without its sign", _INTEGER | {Kind.FLOAT, Kind.BOOLEAN, Kind.RELATIVE_TIME}, None, _each(abs),
        takes="a number",
    ),
    "upper": Signature("the text in capitals", _STRING, _TEXT, _each(bytes.upper), takes="a string"),
    "lower": Signature("the text in small letters", _STRING, _TEXT, _each(bytes.lower), takes="a string"),
    "string": Signature(
        "the value as text",
        _INTEGER | {Kind.ETHER, Kind.IPV4, Kind.IPV6},
        _TEXT,
        _string,
        takes="a number or an address",
    ),
    "vals": Signature(
        "the label of a number", _INTEGER | {Kind.BOOLEAN}, _TEXT, _label, fields_only=True, takes="a number field"
    ),
    "dec": Signature("the number as decimal text", _INTEGER, _TEXT, _string, takes="a number"),
    "hex": Signature("the number as hexadecimal text", _INTEGER, _TEXT, _hexadecimal, takes="a number"),
    "float": Signature(
        "the number with a fraction, in single precision", _FLOATED, FieldType.FLOAT, _floating(True),
        takes="a number or a time",
    ),
    "double": Signature(
        "the number with a fraction, in double precision", _FLOATED, FieldType.DOUBLE, _floating(False),
        takes="a number or a time",
    ),
    "ip_special_name": Signature(
        "the name of the address block in IANA's registry", _IPV4, _TEXT, _special("name"), takes="an IPv4 address"
    ),
    "ip_special_mask": Signature(
        "what the address block is for: 16 source, 8 destination, 4 forwarded, 2 global, 1 reserved",
        _IPV4, _NUMBER, _special("mask"), takes="an IPv4 address",
    ),
    "ip_linklocal": Signature(
        "whether the address is 169.254.0.0/16", _IPV4, _YES, _inside((0xA9FE0000, 16)), takes="an IPv4 address"
    ),
    "ip_multicast": Signature(
        "whether the address is 224.0.0.0/4", _IPV4, _YES, _inside((0xE0000000, 4)), takes="an IPv4 address"
    ),
    "ip_rfc1918": Signature(
        "whether the address is private", _IPV4, _YES,
        _inside((0x0A000000, 8), (0xAC100000, 12), (0xC0A80000, 16)), takes="an IPv4 address",
    ),
    "ip_ula": Signature(
        "whether the IPv6 address is unique and local; no IPv4 address is", _IPV4, _YES, _inside(),
        takes="an IP address",
    ),
}  # fmt: skip

"""The functions of the filter language on the values of one choice: numbers, and texts that are told by a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wireproof.dissectors.schema import AddressBlock
from wireproof.dissectors.schema.types import Kind
from wireproof.engine.floats import Rising
from wireproof.engine.form import Operand
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.sequences import SEQUENCED
from wireproof.engine.wordings import (
    MOST_NUMBERS,
    Table,
    Written,
    hexadecimal_reader,
    read_colon_text,
    read_decimal,
    read_dotted_quad,
)
from wireproof.grammar import tree
from wireproof.grammar.functions import FUNCTIONS, labels_of

if TYPE_CHECKING:
    from wireproof.engine.operands import Operands, Some

_NETWORKS = {
    "ip_linklocal": (AddressBlock("169.254.0.0/16"),),
    "ip_multicast": (AddressBlock("224.0.0.0/4"),),
    "ip_rfc1918": tuple(map(AddressBlock, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))),
    "ip_ula": (),
}
_TEXTS = ("string", "dec", "hex")


def lower_function(operands: Operands, function: tree.Function) -> Some:
    """Return a function's value. Raises NotLowerableError."""
    name, argument = function.name, function.arguments[0]
    if name == "len":
        return _length(operands, argument)
    if name == "vals":
        return Table(operands.number(argument), labels_of(argument))
    if name == "abs":
        return operands.calculate.absolute(operands.number(argument))
    if name in _NETWORKS:
        return _inside(operands, operands.number(argument), name)
    if name in ("float", "double"):
        return Rising(operands.number(argument), _of_one(function))
    if name in ("upper", "lower"):
        return _changed(operands.value(argument), _of_one(function), name)
    if name in ("ip_special_name", "ip_special_mask"):
        return _special(operands, operands.number(argument), name)
    if name in _TEXTS:
        return _written(operands, function)
    raise NotLowerableError(f"{name}()")


def _of_one(function: tree.Function) -> Callable[[Any], Any]:
    """Return what computes a function of one value, as the reference does."""
    compute = FUNCTIONS[function.name].make(function)
    return lambda value: compute([[value]])[0]


def _length(operands: Operands, argument: tree.Operand) -> Number | Table:
    if isinstance(argument, tree.Slice) and len(argument.ranges) == 1:
        build, octets = operands.build, operands.build.slot("integer", "octets")
        build.set(octets, 0)
        with operands.too_short():
            build.set(octets, operands.size_of(operands.value(argument)))
        return Number(build.get(octets), 0, 1 << 33)
    kind, found = argument.type.kind, operands.value(argument)
    if isinstance(found, Table):
        return found.each(len)
    if isinstance(found, Number):
        return Number.of(argument.type.bits // 8 if kind in (Kind.INTEGER, Kind.IPV4) else 0)
    if not isinstance(found, SEQUENCED):
        raise NotLowerableError("the length of a text")
    size = operands.sequences.size(found)
    return Number.of(size) if isinstance(size, int) else Number(size, 0, 1 << 33)


def _inside(operands: Operands, address: Number, name: str) -> Number:
    found: Operand = False
    for block in _NETWORKS[name]:
        found = operands.build.either(found, _is_in(operands, address, block))
    return Number.truth(found)


def _is_in(operands: Operands, address: Number, block: AddressBlock) -> Operand:
    prefix = operands.calculate.apply("rshift", address, Number.of(32 - block.length))
    return operands.calculate.compare("eq", prefix, Number.of(block.prefix)).operand


def _special(operands: Operands, address: Number, name: str) -> Number | Table:
    """Return the number of the block that an address is in as its mask or its name; in none, there is no value."""
    from wireproof.grammar.special_addresses import blocks

    build, nowhere = operands.build, -1
    found: Operand = nowhere
    for place, block in reversed(list(enumerate(blocks()))):  # the smallest come first, and are looked at last
        found = build.select(_is_in(operands, address, block.addresses), place, found)
    build.leave(operands.absent, build.compare("lt", found, 0))
    number = Number(found, 0, len(blocks()) - 1)
    if name == "ip_special_name":
        return Table(number, {place: block.name for place, block in enumerate(blocks())})
    mask: Operand = 0
    for place, block in enumerate(blocks()):
        mask = build.select(build.compare("eq", found, place), block.mask, mask)
    return Number(mask, 0, max(block.mask for block in blocks()))


def _changed(found: Some, change: Callable[[bytes], bytes], name: str) -> Table | bytes:
    if isinstance(found, Table):
        return found.each(change)
    if isinstance(found, bytes):
        return change(found)
    raise NotLowerableError(f"{name}()")


def _written(operands: Operands, function: tree.Function) -> Table | Written:
    """Return the text of a number or an address."""
    argument = function.arguments[0]
    kind, found = argument.type.kind, operands.value(argument)
    if kind is Kind.ETHER and isinstance(found, SEQUENCED):
        return Written(operands.sequences.packed(found).number, read_colon_text)
    if not isinstance(found, Number):
        raise NotLowerableError(f"{function.name}()")
    if kind is Kind.IPV4:
        return Written(found, read_dotted_quad)
    if found.high - found.low < MOST_NUMBERS:
        write = _of_one(function)
        return Table(found, {number: write(number) for number in range(found.low, found.high + 1)})
    if found.low < 0:
        raise NotLowerableError(f"{function.name}() of what may be negative")
    if function.name == "hex":
        return Written(found, hexadecimal_reader(max(argument.type.bits // 4, 1)))
    return Written(found, read_decimal)

"""Where a value lies: the bits that the tree draws, and the mask that the raw formats tell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from wireproof.dissectors.schema import Bits, Kind
from wireproof.packet import Layer, Packet, Value

WITHOUT_PATTERN = frozenset({"null.family", "null.type", "tcp.flags"})
"""Fields whose text says all of their bits, or that stand for the whole of what they are some bits of."""

WITHOUT_MASK = frozenset({"ip.hdr_len", "ip.version", "null.family", "tcp.hdr_len"})
"""Fields that Wireshark declares as whole octets, although they are some bits of them."""


ONE_OCTET = frozenset({"ieee8021ad.dei", "ieee8021ad.priority"})
"""Fields that the raw formats show on the first octet of what their mask is of."""

LITTLE: Mapping[str, str] = {"llc": "llc.control."}
"""Fields, by protocol and how their names begin, that are bits of two octets, the low one of which was sent first."""


NARROW = "tcp.options.mptcp.flag_"
"""How fields begin that are drawn in half an octet."""


class Masked(NamedTuple):
    """A value that is some bits of a member: the first bit and the number of bits of what it is drawn in, its mask.

    Of a `little` one the octets count from the last.
    """

    start: int
    width: int
    mask: int
    little: bool = False

    def drawn(self, packet: Packet) -> str:
        """Return the bits of the packet, four by four, with dots for those that are masked out."""
        last = self.start + self.width
        octets = packet.buffer[self.start // 8 : (last + 7) // 8]
        number = int.from_bytes(octets, "little" if self.little else "big") >> (-last % 8)
        places, pattern = _pattern(self.mask, self.width)
        return pattern.format(*[number >> place & 1 for place in places])


@cache
def _pattern(mask: int, width: int) -> tuple[tuple[int, ...], str]:
    """Return the places of the bits of a mask, the highest first, and what their digits are put into."""
    places = range(width - 1, -1, -1)
    digits = ["{}" if mask >> place & 1 else "." for place in places]
    pattern = " ".join("".join(digits[at : at + 4]) for at in range(0, width, 4))
    return tuple(place for place in places if mask >> place & 1), pattern


def masked(value: Value, layer: Layer, parent: Value | None, bits: Bits | None) -> Masked | None:
    """Return where a value stands that is those bits of a member, or None where it is whole."""
    if bits is None or bits.mask is None:
        return None
    if value.info.name.startswith(LITTLE.get(layer.protocol.name, "\0")):
        first, last = layer.extents["control_1"][0], layer.extents["control_2"][1]
        if last - first == 2:
            return Masked(first * 8, 16, bits.mask << 8 * (bits.member == "control_2"), little=True)
    start, width = _container(value, layer, bits.member, bits.size, parent)
    # The mask ends where the value does, shifted by the zeros that it ends in.
    return Masked(start, width, bits.mask >> bits.shift << max(start + width - value.start - value.bits, 0))


def _container(value: Value, layer: Layer, member: str, size: int | None, parent: Value | None) -> tuple[int, int]:
    """Return first bit and number of bits of what a value's pattern is drawn in.

    That is the width of an integer's type, and for a boolean the integer above it or the member it is of.
    """
    if size is not None:
        return value.start // 8 * 8, size * 8
    first, last = (octet * 8 for octet in layer.extents.get(member, (value.start // 8, value.start // 8 + 1)))
    if value.info.type.kind is Kind.BOOLEAN:
        if value.info.name.startswith(NARROW):
            return value.start // 4 * 4, 4
        if parent is not None and 0 < parent.bits <= 16:
            return parent.start, parent.bits + -(parent.start + parent.bits) % 8
        if not first <= value.start < last:  # the name stands on several members
            return value.start // 8 * 8, 8
        return first, last - first
    width = min(value.info.type.bits, max(last - first, 8))
    start = value.start // 8 * 8
    return (start if start + width <= max(last, start + 8) else last - width), width

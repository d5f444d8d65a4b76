"""The Internet checksum (RFC 1071) over an extent, with the pseudo header where the protocol wants one."""

from __future__ import annotations

GOOD, BAD, UNVERIFIED, NOT_PRESENT = 1, 0, 2, 3
ALL_ONES = 0xFFFF
"""The other form of a sum of zero."""


def internet_checksum(data: bytes, *, never_zero: bool = False) -> int:
    """Return the ones' complement of the ones' complement sum of the 16-bit words; an odd octet is padded.

    With `never_zero` a sum of zero is its other form, 0xffff, as UDP has it (RFC 768).
    """
    if len(data) % 2:
        data += b"\0"
    # 2**16 is 1 modulo 2**16 - 1, so the number that the octets are has the sum of its words as remainder; where
    # that is 0 the ones' complement sum is 0xffff, unless every octet is zero.
    number = int.from_bytes(data, "big")
    total = number % 0xFFFF or (0xFFFF if number else 0)
    right = total ^ 0xFFFF
    return 0xFFFF if never_zero and right == 0 else right


def pseudo_header(source: bytes, destination: bytes, protocol: int, length: int) -> bytes:
    """Return the IPv4 pseudo header (RFC 768, RFC 9293 section 3.1)."""
    # A segment of over 65535 octets carries into the protocol's word, as stacks with large offloads sum it.
    return source + destination + ((protocol << 16) + length).to_bytes(4, "big")

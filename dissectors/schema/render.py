"""Values in words, for fields whose value is a text about another member."""

from __future__ import annotations


def dotted_quad(address: bytes) -> str:
    """Return an IPv4 address of four octets as text."""
    return ".".join(map(str, address))


def colon_text(octets: bytes) -> str:
    """Return an address of octets in hexadecimal with colons between them."""
    return octets.hex(":")


def colon_groups(address: bytes) -> str:
    """Return an IPv6 address of 16 octets as text (RFC 5952)."""
    from socket import AF_INET6, inet_ntop

    return inet_ntop(AF_INET6, address)


def ascii_text(octets: bytes) -> str:
    """Return octets as ASCII up to the first NUL, each that is none as the replacement character."""
    return octets.split(b"\0", 1)[0].decode("ascii", "replace")


class FlagLetters:
    """A letter for each bit that is set, the highest first, and a middle dot for each that is not."""

    def __init__(self, letters: str) -> None:
        self.letters = letters

    def __call__(self, value: int) -> str:
        top = len(self.letters) - 1
        return "".join(
            letter if value >> (top - place) & 1 else "\N{MIDDLE DOT}" for place, letter in enumerate(self.letters)
        )


def text(octets: bytes) -> str:
    """Return ASCII text that ends where the octets do or at the first that is zero."""
    return octets.split(b"\0", 1)[0].decode("ascii", "replace")

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


def bit_numbers(octets: bytes) -> str:
    """Return the numbers of the bits that are set, the first bit of the first octet being 0, with commas."""
    return ",".join(str(place) for place in range(len(octets) * 8) if octets[place // 8] << place % 8 & 0x80)


def number_list(octets: bytes) -> str:
    """Return numbers of two octets each, with commas."""
    return ",".join(map(str, _words(octets)))


def number_ranges(octets: bytes) -> str:
    """Return pairs of numbers of two octets each as ranges, the higher first; for a last one alone, 0 is the lower."""
    words = _words(octets)
    pairs = zip(words[::2], [*words[1::2], 0], strict=False)
    return ",".join(str(high) if high == low else f"{high}-{low}" for high, low in pairs)


def _words(octets: bytes) -> list[int]:
    return [int.from_bytes(octets[place : place + 2], "big") for place in range(0, len(octets) - 1, 2)]

"""Values as they are written, read as the type of the field that they are compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wireproof._frozen import frozen
from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.types import FieldType, Kind
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis, quote
from wireproof.grammar.escapes import encode, read_character, read_string
from wireproof.grammar.syntax import Character, Quoted, Span, Word
from wireproof.grammar.tree import Literal

_INTEGER = re.compile(
    r"(?P<sign>[+-]?)(?:0[xX](?P<hex>[0-9A-Fa-f]+)|0[bB](?P<binary>[01]+)|0(?P<octal>[0-7]+)|(?P<decimal>0|[1-9][0-9]*))"
)
_PAIRS = re.compile(r":?[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})*:?")
_GROUPS = re.compile(r"[0-9A-Fa-f]+(?:[.-][0-9A-Fa-f]+)*[.-]?")
_QUAD = re.compile(r"(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})")
_FRACTION = re.compile(r"[0-9]+\.[0-9]+")
_FLOAT = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,2})?")
_DEFAULT_LABELS = {1: "True", 0: "False"}

_WHAT = {
    Kind.INTEGER: "a number",
    Kind.FLOAT: "a number such as 1.5",
    Kind.BOOLEAN: "0, 1, True or False",
    Kind.BYTES: "a byte string such as 0a:0b",
    Kind.PROTOCOL: "a byte string such as 0a:0b",
    Kind.ETHER: "an Ethernet address such as 02:00:00:00:00:01",
    Kind.IPV4: "an IPv4 address such as 192.0.2.1",
    Kind.IPV6: "an IPv6 address such as 2001:db8::1",
    Kind.STRING: "a string",
    Kind.ABSOLUTE_TIME: 'a date such as "2023-11-14 22:13:20"',
    Kind.RELATIVE_TIME: "a number of seconds such as 0.5",
}


@frozen
class Expected:
    """The type that a value is read as, and the field whose labels may stand for its numbers."""

    type: FieldType
    field: FieldInfo | None = None

    @property
    def name(self) -> str:
        """What the value is compared with, in words."""
        return self.field.name if self.field else self.type.words.lower()

    @property
    def labels(self) -> Mapping[int, str]:
        """The names of numbers that may be written for them."""
        labels = self.field.labels if self.field else {}
        return labels or (_DEFAULT_LABELS if self.type.kind is Kind.BOOLEAN else {})


def what(type: FieldType) -> str:
    """Return in words what a value of a type looks like."""
    return _WHAT.get(type.kind, type.words.lower())


def read(node: Word | Quoted | Character, expected: Expected) -> Literal:
    """Return the value that is written there. Raises DiagnosedError where it is none of the type expected."""
    kind = expected.type.kind
    if kind is Kind.LABEL:
        raise _fault(node.span, f"{expected.name} has no value; only its presence and count() can be asked for")
    if isinstance(node, Character):
        return _character(node, expected)
    if isinstance(node, Quoted):
        return _quoted(node, expected)
    text, prefix = node.text, 32
    value: int | float | bool | bytes
    if kind is Kind.IPV4:
        value, prefix = ipv4(text, node.span)
    elif kind is Kind.IPV6:
        value, prefix = _ipv6(text, node.span)
    elif kind is Kind.INTEGER:
        value = _integer(text, expected, node.span)
    elif kind is Kind.FLOAT:
        value = _float(text, node.span)
    elif kind is Kind.BOOLEAN:
        value = _boolean(text, expected, node.span)
    elif kind is Kind.ETHER:
        value = _ether(text, node.span)
    elif kind in (Kind.BYTES, Kind.PROTOCOL):
        value = _bytes(text, node.span)
    elif kind is Kind.STRING:
        value = encode(text)
    else:
        value = _time(text, expected.type, node.span)
    return Literal(value, expected.type, node.span, prefix)


def _character(node: Character, expected: Expected) -> Literal:
    byte, kind = read_character(node), expected.type.kind
    if kind is Kind.INTEGER:
        return Literal(byte[0], expected.type, node.span)
    if kind is Kind.BOOLEAN:
        return Literal(byte != b"\0", expected.type, node.span)
    if kind in (Kind.BYTES, Kind.PROTOCOL, Kind.STRING):
        return Literal(byte, expected.type, node.span)
    raise _fault(node.span, f"a character is not {what(expected.type)}", None, expected.type)


def _quoted(node: Quoted, expected: Expected) -> Literal:
    content, kind, span = read_string(node), expected.type.kind, node.span
    if kind in (Kind.STRING, Kind.BYTES, Kind.PROTOCOL):
        return Literal(content, expected.type, span)
    text = content.decode("utf-8", "replace")
    if kind in (Kind.INTEGER, Kind.BOOLEAN):
        number = _labelled(text, expected)
        if number is None:
            raise _no_label(text, expected, span)
        return Literal(bool(number) if kind is Kind.BOOLEAN else number, expected.type, span)
    return read(Word(text, span), expected)


def _labelled(text: str, expected: Expected) -> int | None:
    """Return the number whose label the text is, in whatever case; of several the first."""
    wanted = text.casefold()
    return next((number for number, label in expected.labels.items() if label.casefold() == wanted), None)


def _no_label(text: str, expected: Expected, span: Span) -> DiagnosedError:
    labels = {label.casefold(): label for label in expected.labels.values()}
    if not labels:
        bare = text if _INTEGER.fullmatch(text) else None
        return _fault(span, f"{expected.name} is a number, not a string", bare, expected.type)
    import difflib

    close = difflib.get_close_matches(text.casefold(), labels, n=1)
    choices = tuple(f'"{label}"' for label in list(labels.values())[:6])
    more = ("…",) if len(labels) > 6 else ()
    message = f"{quote(text)} is not one of the values of {expected.name}"
    suggestion = f'"{labels[close[0]]}"' if close else None
    return DiagnosedError(Diagnosis(message, span.column, span.length, suggestion, ("a number", *choices, *more)))


def _integer(text: str, expected: Expected, span: Span) -> int:
    found = _INTEGER.fullmatch(text)
    if found is None:
        number = _labelled(text, expected)
        if number is not None:
            return number
        if expected.labels and not text[:1].isdigit():
            raise _no_label(text, expected, span)
        raise _fault(span, f"{quote(text)} is not a number", _number_meant(text), expected.type)
    magnitude = _magnitude(found)
    if found["sign"] == "-":
        magnitude = -magnitude
    if fits(magnitude, expected.type):
        return magnitude
    if magnitude < 0:
        raise _fault(span, f"{quote(text)} is too small for {expected.name}")
    highest = (1 << expected.type.bits - expected.type.signed) - 1
    raise _fault(span, f"{quote(text)} is too big for {expected.name}, which has at most {highest}")


def fits(number: int, type: FieldType) -> bool:
    """Return whether a number is one of a type; a negative one of 32 bits passes for every type, as in Wireshark."""
    return -(1 << max(type.bits, 32) - 1) <= number < 1 << type.bits - type.signed


def has_fraction(text: str) -> bool:
    """Return whether a text is a number that is no whole one."""
    return _FRACTION.fullmatch(text) is not None


def _float(text: str, span: Span) -> float:
    found = _INTEGER.fullmatch(text)
    if found is not None and not found["decimal"]:
        magnitude = _magnitude(found)
        return float(-magnitude if found["sign"] == "-" else magnitude)
    if _FLOAT.fullmatch(text) is None:
        raise _fault(span, f"{quote(text)} is not a number", None, FieldType.DOUBLE)
    return float(text)


def _magnitude(found: re.Match[str]) -> int:
    """Return a number without its sign; beyond 64 bits any that is too big for every type."""
    for group, base in (("hex", 16), ("binary", 2), ("octal", 8), ("decimal", 10)):
        digits = found[group]
        if digits is not None:
            return int(digits, base) if len(digits) <= 64 else 1 << 256
    raise AssertionError(found)


def _number_meant(text: str) -> str | None:
    """Return the number that someone may have meant by a text that is none."""
    if re.fullmatch("0[0-9]+", text):
        return text.lstrip("0")
    if _FRACTION.fullmatch(text):
        return text.split(".")[0]
    if re.fullmatch("[0-9]+-[0-9]+", text):
        return text.replace("-", " - ")
    if re.fullmatch("[0-9]+[eE][0-9]+", text):
        return None
    return f"0x{text}" if re.fullmatch("[0-9A-Fa-f]{1,8}", text) else None


def _boolean(text: str, expected: Expected, span: Span) -> bool:
    found = _INTEGER.fullmatch(text)
    if found is not None:
        return _magnitude(found) != 0
    number = _labelled(text, expected)
    if number is not None:
        return bool(number)
    if text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    labels = tuple(f'"{label}"' for label in expected.labels.values())
    raise DiagnosedError(
        Diagnosis(
            f"{quote(text)} is not one of the values of {expected.name}",
            span.column, span.length, expected=("0", "1", *labels),
        )
    )  # fmt: skip


def _ether(text: str, span: Span) -> bytes:
    address = _octets(text)
    if address is None:
        raise _fault(span, f"{quote(text)} is not an Ethernet address", None, FieldType.ETHER)
    if len(address) != 6:
        few = "few" if len(address) < 6 else "many"
        raise _fault(span, f"{quote(text)} has too {few} bytes for an Ethernet address: {len(address)} of 6")
    return address


def ipv4(text: str, span: Span) -> tuple[int, int]:
    """Return an IPv4 address as a number and the length of the prefix that counts. Raises DiagnosedError."""
    address, slash, prefix = text.partition("/")
    found = _QUAD.fullmatch(address)
    if found is None or any(int(octet) > 255 for octet in found.groups()):
        raise _fault(span, f"{quote(text)} is not an IPv4 address", None, FieldType.IPV4)
    if slash and _QUAD.fullmatch(prefix):
        raise _fault(span, "a network is written with the number of its bits", _as_prefix(address, prefix))
    if slash and (len(prefix) > 2 or int(prefix) > 32 or prefix != str(int(prefix))):
        raise _fault(span, f"{quote(prefix)} is not a prefix length of IPv4, which goes from 0 to 32")
    return int.from_bytes(bytes(map(int, found.groups())), "big"), int(prefix) if slash else 32


def _ipv6(text: str, span: Span) -> tuple[bytes, int]:
    """Return an IPv6 address, the bits behind its prefix zero, and the length of that. Raises DiagnosedError."""
    from socket import AF_INET6, inet_pton

    address, slash, prefix = text.partition("/")
    try:
        octets = inet_pton(AF_INET6, address)
    except (OSError, ValueError):
        raise _fault(span, f"{quote(text)} is not an IPv6 address", None, FieldType.IPV6) from None
    if not slash:
        return octets, 128
    if len(prefix) > 3 or not prefix.isdecimal() or int(prefix) > 128:
        raise _fault(span, f"{quote(prefix)} is not a prefix length of IPv6, which goes from 0 to 128")
    length = int(prefix)
    first = int.from_bytes(octets, "big") >> 128 - length << 128 - length
    return first.to_bytes(16, "big"), length


def _as_prefix(address: str, mask: str) -> str | None:
    """Return a network that is written with a mask as one that is written with a prefix length."""
    bits = int.from_bytes(bytes(min(int(octet), 255) for octet in mask.split(".")), "big")
    length = bits.bit_count()
    return f"{address}/{length}" if bits == (1 << 32) - (1 << 32 - length) else None


def _octets(text: str) -> bytes | None:
    """Return the bytes that hexadecimal digits say, None where the text is no such digits.

    Between colons stand two digits each. Between dots or hyphens any number stands, in pairs from the left; one that
    is left over at the end of such a group is a byte of its own, as in Wireshark: ``0.0.0.1``.
    """
    if _PAIRS.fullmatch(text):
        return bytes.fromhex(text.replace(":", ""))
    if _GROUPS.fullmatch(text) is None:
        return None
    groups = re.split("[.-]", text)
    return bytes(int(group[at : at + 2], 16) for group in groups for at in range(0, len(group), 2))


def _bytes(text: str, span: Span) -> bytes:
    found = _octets(text)
    if found is not None:
        return found
    if re.fullmatch("0[xX][0-9A-Fa-f]{2}", text):
        return bytes([int(text, 16)])
    meant = None
    if re.fullmatch("0[xX](?:[0-9A-Fa-f]{2})+", text):
        meant = bytes.fromhex(text[2:]).hex(":")
    elif not text.isascii() or re.search("[g-zG-Z]", text):
        meant = f'"{text}"'
    raise _fault(span, f"{quote(text)} is not a byte string", meant, FieldType.BYTES)


def _time(text: str, type: FieldType, span: Span) -> int:
    from wireproof.grammar import times

    is_absolute = type.kind is Kind.ABSOLUTE_TIME
    value = times.absolute(text) if is_absolute else times.relative(text)
    if value is None:
        form = "a date" if is_absolute else "a number of seconds"
        raise _fault(span, f"{quote(text)} is not {form}", None, type)
    return value


def _fault(span: Span, message: str, suggestion: str | None = None, type: FieldType | None = None) -> DiagnosedError:
    return DiagnosedError(Diagnosis(message, span.column, span.length, suggestion, (what(type),) if type else ()))

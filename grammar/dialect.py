"""Regular expressions of PCRE2, which Wireshark takes, in the words of RE2 where these mean something else there."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    rb"\\Q.*?(?:\\E|\Z)|\\c[\s\S]|\\[\s\S]|\[:\^?[a-z]{1,8}:\]|\[\^?\]?|\$"
    rb"|\(\?#[^)]*\)?|\(\?[A-Za-z^-]{0,9}m[A-Za-z-]{0,9}[):]|[\s\S]",
    re.DOTALL,
)
_AT_END = rb"(?:\n?\z)"  # before a newline that ends the text as well
_SPACE = rb"\t\n\v\f\r "
# Behind a backslash: what stands for it outside of a class, and in one (None: as it is).
_ESCAPES: dict[bytes, tuple[bytes, bytes | None]] = {
    rb"\s": (b"[" + _SPACE + b"]", _SPACE),
    rb"\S": (b"[^" + _SPACE + b"]", None),
    rb"\h": (rb"[\t \xa0]", rb"\t \xa0"),
    rb"\H": (rb"[^\t \xa0]", None),
    rb"\R": (rb"(?:\r\n|[\n\v\f\r\x85])", None),
    rb"\N": (rb"[^\n]", None),
    rb"\Z": (_AT_END, None),
    rb"\e": (rb"\x1b", rb"\x1b"),
}


def as_re2(pattern: bytes) -> bytes:
    """Return what RE2 is to be given for a pattern; where neither knows it, the pattern as it is."""
    out: list[bytes] = []
    in_class = in_lines = False
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        if len(text) == 3 and text.startswith(rb"\c"):
            text = rb"\x%02x" % ((text.upper()[2] ^ 0x40) & 0x7F)
        elif text in _ESCAPES:
            outside, inside = _ESCAPES[text]
            text = (text if inside is None else inside) if in_class else outside
        elif in_class:
            in_class = text != b"]"
        elif text.startswith(b"["):
            in_class = True
        elif text.startswith(b"(?#"):
            text = b"" if text.endswith(b")") else text
        elif text.startswith(b"(?"):
            in_lines = True  # from here on, $ is at the end of each line
        elif text == b"$" and not in_lines and pattern[token.end() : token.end() + 1] in (b"", b")", b"|"):
            text = _AT_END
        out.append(text)
    return b"".join(out)

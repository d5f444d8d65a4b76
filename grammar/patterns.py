"""Regular expressions, by RE2: linear in time on any pattern and any bytes, so neither can be hostile."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from wireproof.grammar.diagnosis import printable

MEMORY = 2 << 20  # octets that one compiled pattern may use
INSTRUCTIONS = 200_000  # that all the patterns of a filter may have together
_UNSUPPORTED = (
    (rb"\(\?<?[=!]", "looks ahead or behind"),
    (rb"\\[1-9]|\\g|\(\?P=", "refers back to a group"),
    (rb"\(\?>|[*+?}]\+", "is possessive"),
)


class PatternError(ValueError):
    """A regular expression that is none, or that takes more than linear time to search for."""


class Pattern(NamedTuple):
    """A compiled regular expression: whether it is found in bytes, and how many instructions it has."""

    found_in: Callable[[bytes], bool]
    instructions: int


@lru_cache(maxsize=64)
def compile_pattern(pattern: bytes) -> Pattern:
    """Compile a pattern; letters match in either case. Raises PatternError."""
    import re2

    from wireproof.grammar.dialect import as_re2

    options = re2.Options()
    options.case_sensitive = False
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.max_mem = MEMORY
    options.never_capture = True  # where groups lie is not asked for, and takes memory by the square of their number
    try:
        compiled = re2.compile(as_re2(pattern), options)
    except re2.error as error:
        raise PatternError(_reason(pattern, error.args[0])) from None
    search = compiled.search
    return Pattern(lambda value: search(value) is not None, compiled.programsize)


def _reason(pattern: bytes, message: str | bytes) -> str:
    for feature, words in _UNSUPPORTED:
        if re.search(feature, pattern):
            return f"this regular expression {words}, which cannot be searched for in linear time"
    words = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
    return f"this is no regular expression: {printable(words)}"

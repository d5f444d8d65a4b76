"""Regular expressions, by RE2: linear in time on any pattern and any bytes, so neither can be hostile."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

MEMORY = 16 << 20  # octets that one compiled pattern may use
_UNSUPPORTED = (
    (re.compile(rb"\(\?<?[=!]"), "looks ahead or behind"),
    (re.compile(rb"\\[1-9]|\\g|\(\?P="), "refers back to a group"),
    (re.compile(rb"\(\?>|[*+?}]\+"), "is possessive"),
)


class PatternError(ValueError):
    """A regular expression that is none, or that takes more than linear time to search for."""


@lru_cache(maxsize=64)
def compile_pattern(pattern: bytes) -> Callable[[bytes], bool]:
    """Return the test whether a pattern is found in bytes, letters in either case. Raises PatternError."""
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        raise PatternError(_reason(pattern, error.args[0])) from None
    search = compiled.search
    return lambda value: search(value) is not None


def _reason(pattern: bytes, message: str | bytes) -> str:
    for feature, words in _UNSUPPORTED:
        if feature.search(pattern):
            return f"this regular expression {words}, which cannot be searched for in linear time"
    words = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
    return f"this is no regular expression: {words}"

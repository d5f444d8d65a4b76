"""Regular expressions mean what they mean in Wireshark, as far as they take linear time."""

import contextlib
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wireproof.grammar.dialect import as_re2
from wireproof.grammar.patterns import PatternError, compile_pattern

pieces = st.sampled_from(
    [b"a", b"B", b"\n", b" ", b".", b"^", b"\\s", b"\\S", b"\\w", b"\\d", b"[a\\s]", b"[^a]", b"[]a]", b"[$]", b"\\$",
     b"\\n", b"\\x0b"]
)  # fmt: skip
repeated = st.tuples(pieces, st.sampled_from([b"", b"", b"*", b"?", b"{2}"])).map(
    lambda parts: parts[0] if parts[0] == b"^" else b"".join(parts)
)
branches = st.tuples(st.lists(repeated, max_size=4).map(b"".join), st.sampled_from([b"", b"$"])).map(b"".join)
patterns = st.lists(branches, min_size=1, max_size=3).map(b"|".join)
texts = st.lists(st.sampled_from([b"a", b"b", b"\n", b" ", b"\x0b", b"$", b"]", b"1", b"\xe9"]), max_size=6).map(
    b"".join
)


@given(st.one_of(patterns, patterns.map(lambda pattern: b"(" + pattern + b")"), branches), texts)
@example(b"a$", b"a\n")
@example(b"a$|b", b"a\n\n")
@example(b"\\s", b"\x0b")
def test_the_same_is_found_as_by_backtracking(pattern: bytes, text: bytes) -> None:
    """Python's own expressions, which have PCRE's meaning in what is generated here."""
    found = re.search(pattern, text, re.IGNORECASE) is not None
    assert compile_pattern(pattern).found_in(text) == found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (rb"a\Z", b"a\n", True),
        (rb"a\z", b"a\n", False),
        (rb"(?m)a$", b"a\nb", True),
        (rb"\ha[\h]", b"\ta ", True),
        (rb"a\Rb", b"a\r\nb", True),
        (rb"a\N", b"a\n", False),
        (rb"\e\[", b"\x1b[", True),
        (rb"\cM\cj", b"\r\n", True),
        (rb"a(?#that is)b", b"ab", True),
        (rb"\Qa$\E", b"a$", True),
        (rb"\Qa$", b"a$b", True),
        (rb"[\s]a", b"\x0ba", True),
        (rb"[^\s]a", b"\x0ba", False),
        (rb"[[:alpha:]\s]1", b"\x0b1", True),
        (rb"[[:alpha:]$]1$", b"$1\n", True),
    ],
)
def test_what_only_pcre_writes_so(pattern: bytes, text: bytes, found: bool) -> None:
    assert compile_pattern(pattern).found_in(text) == found


@given(st.binary(max_size=40))
def test_any_bytes_are_a_pattern_or_an_error(pattern: bytes) -> None:
    as_re2(pattern)
    with contextlib.suppress(PatternError):
        compile_pattern(pattern).found_in(b"abc")


def test_translation_is_linear() -> None:
    for piece in (rb"\Q", b"[", b"(?", b"\\", b"$", b"(?#", b"(?m", b"(?a"):
        as_re2(piece * 50_000)
    as_re2(b"(?" + b"m" * 200_000)

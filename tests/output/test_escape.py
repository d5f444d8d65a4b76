"""Text from packets, made harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireproof.output.escape import escape


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain text, with \\ and \" and '", "plain text, with \\ and \" and '"),
        ("é → 漢", "é → 漢"),
        ("\t\n\r\a\b\f\v", r"\t\n\r\a\b\f\v"),
        ("\x00\x1b[2J\x7f", r"\000\033[2J\177"),
        ("\x85\x9b", r"\302\205\302\233"),
        ("\u2028\u202e\u2066", r"\342\200\250\342\200\256\342\201\246"),
        ("\udcff", r"\355\263\277"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    escaped = escape(text)
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in escaped)
    escaped.encode("utf-8")

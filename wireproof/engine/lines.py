"""How values are put together to lines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Quotes(Enum):
    """Around the values of which fields quotes stand."""

    ALL = "all"
    SEVERAL = "several values, and dates"
    DATES = "dates"
    NONE = "none"


@dataclass(frozen=True)
class Lines:
    """What stands around values: `occurrence` is "f", "l" or "a" for the first, the last or all of a field."""

    separator: bytes = b"\t"
    aggregator: bytes = b","
    occurrence: str = "a"
    quote: bytes = b""
    quotes: Quotes = Quotes.ALL

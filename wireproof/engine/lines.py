"""How values are put together to lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lines:
    """What stands around values: `occurrence` is "f", "l" or "a" for the first, the last or all of a field.

    With `only_several`, quotes stand around several values alone.
    """

    separator: bytes = b"\t"
    aggregator: bytes = b","
    occurrence: str = "a"
    quote: bytes = b""
    only_several: bool = False

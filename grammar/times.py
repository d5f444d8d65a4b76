"""Times as they are written in filters, as nanoseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

NANOSECONDS = 1_000_000_000
_UNITS = {
    "ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": NANOSECONDS,
    "min": 60 * NANOSECONDS, "h": 3600 * NANOSECONDS, "d": 86_400 * NANOSECONDS,
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RELATIVE = re.compile(
    r"(?P<sign>[+-]?)(?P<number>[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?)(?P<unit>[a-zµ]*)"
)
_CLOCK = (
    r"(?P<hour>[0-9]{2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?)?)?"
    r"(?:\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?"
)
_ABSOLUTE = (
    re.compile(rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}})(?:(?:T|\s+){_CLOCK})?"),
    re.compile(rf"(?P<name>[A-Z][a-z]{{2}})\s+(?P<day>[0-9]{{1,2}}),?\s+(?P<year>[0-9]{{4}})(?:\s+{_CLOCK})?"),
)
_EPOCH = re.compile(r"[0-9]{5,11}(?:\.[0-9]{1,9})?")


def relative(text: str) -> int | None:
    """Return a span of time in nanoseconds, None where the text is none: seconds, or a number with a unit."""
    found = _RELATIVE.fullmatch(text)
    if found is None or (found["unit"] and found["unit"] not in _UNITS):
        return None
    nanoseconds = int(Decimal(found["number"]) * _UNITS[found["unit"] or "s"])
    if nanoseconds >= 1 << 63:
        return None
    return -nanoseconds if found["sign"] == "-" else nanoseconds


def absolute(text: str) -> int | None:
    """Return a point in time in nanoseconds since the epoch, None where the text is none.

    A date with or without a time of day; without a zone it is local time. Five or more digits are seconds since
    the epoch.
    """
    if _EPOCH.fullmatch(text):
        nanoseconds = int(Decimal(text) * NANOSECONDS)
        return nanoseconds if nanoseconds < 1 << 63 else None
    found = next((match for form in _ABSOLUTE if (match := form.fullmatch(text.strip()))), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = parts.get("month")
    try:
        moment = datetime(
            int(found["year"]),
            int(month) if month else _MONTHS.index(found["name"]) + 1,
            int(found["day"]),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            tzinfo=_zone(found["zone"]),
        )
        since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    fraction = int((found["fraction"] or "0")[:9].ljust(9, "0"))
    return (since.days * 86_400 + since.seconds) * NANOSECONDS + fraction


def _zone(text: str | None) -> timezone | None:
    """Return a time zone; None is local time."""
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)

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
_HOURS_WEST = {"EST": 5, "EDT": 4, "CST": 6, "CDT": 5, "MST": 7, "MDT": 6, "PST": 8, "PDT": 7}
_CLOCK = (
    r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2})(?:[.,](?P<fraction>[0-9]*))?)?)?"
    rf"(?:\s*(?P<zone>Z|UTC|UT|GMT|{'|'.join(_HOURS_WEST)}|[+-][0-9]{{1,2}}(?::?[0-9]{{2}})?))?"
)
_ABSOLUTE = (
    re.compile(rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}})(?:(?:T|\s+){_CLOCK})?"),
    re.compile(rf"(?P<name>[A-Za-z]{{3}})\s+(?P<day>[0-9]{{1,2}})(?:,\s*|\s+)(?P<year>[0-9]{{4}})(?:\s+{_CLOCK})?"),
)
_LEAP_SECOND = 60
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
    seconds = int(found["second"] or 0)
    if seconds > _LEAP_SECOND:
        return None
    month = parts.get("month")
    try:
        moment = datetime(
            int(found["year"]),
            int(month) if month else _MONTHS.index(found["name"].title()) + 1,
            int(found["day"]),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            min(seconds, 59),
            tzinfo=_zone(found["zone"]),
        )
        since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    fraction = int((found["fraction"] or "0")[:9].ljust(9, "0"))
    leap = seconds // _LEAP_SECOND  # the clock of captures has none; it is the next minute's first
    return (since.days * 86_400 + since.seconds + leap) * NANOSECONDS + fraction


def _zone(text: str | None) -> timezone | None:
    """Return a time zone; None is local time."""
    if text is None:
        return None
    if text in _HOURS_WEST:
        return timezone(-timedelta(hours=_HOURS_WEST[text]))
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:-2] or digits), minutes=int(digits[-2:]) if len(digits) > 2 else 0)
    return timezone(-offset if text[0] == "-" else offset)

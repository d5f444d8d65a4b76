"""Times as text. All are integers of nanoseconds; absolute ones count from the epoch, in UTC.

A clock time is shown in the time zone of the process, as tshark does, unless UTC is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SECOND = 1_000_000_000
NOT_REPRESENTABLE = "Not representable"


def seconds(nanoseconds: int, digits: int = 9) -> str:
    """Return a number of seconds with that many decimals, further ones cut off."""
    sign = "-" if nanoseconds < 0 else ""
    whole, rest = divmod(abs(nanoseconds), SECOND)
    return f"{sign}{whole}{_fraction(rest, digits)}"


def long_date(nanoseconds: int) -> str:
    """Return date, time with nine decimals and zone: ``Nov 14, 2023 22:13:20.001000000 UTC``."""
    whole, rest = divmod(nanoseconds, SECOND)
    moment = _broken_down(whole, utc=False)
    if moment is None:
        return NOT_REPRESENTABLE
    return (
        f"{MONTHS[moment.tm_mon - 1]} {moment.tm_mday:2}, {moment.tm_year} {_clock(moment)}.{rest:09} {moment.tm_zone}"
    )


def _date(form: str, utc: bool) -> Callable[[int, int], str]:
    def text(nanoseconds: int, digits: int) -> str:
        whole, rest = divmod(nanoseconds, SECOND)
        moment = _broken_down(whole, utc)
        if moment is None:
            return NOT_REPRESENTABLE
        day = form.format(year=moment.tm_year, month=moment.tm_mon, day=moment.tm_mday, yday=moment.tm_yday)
        return f"{day}{_clock(moment)}{_fraction(rest, digits)}"

    return text


_YMD, _DAY_OF_YEAR = "{year:04}-{month:02}-{day:02} ", "{year:04}/{yday:03} "
CLOCK_STYLES: dict[str, Callable[[int, int], str]] = {
    "a": _date("", utc=False),
    "ad": _date(_YMD, utc=False),
    "adoy": _date(_DAY_OF_YEAR, utc=False),
    "e": seconds,
    "u": _date("", utc=True),
    "ud": _date(_YMD, utc=True),
    "udoy": _date(_DAY_OF_YEAR, utc=True),
}
"""How the time column shows the absolute time, by tshark's letters of ``-t``."""

DIFFERENCE_STYLES = {"r": "frame.time_relative", "d": "frame.time_delta", "dd": "frame.time_delta_displayed"}
"""The field that the time column shows, for the letters of ``-t`` that show a difference."""

TIME_STYLES = (*CLOCK_STYLES, *DIFFERENCE_STYLES)


def _broken_down(whole: int, utc: bool) -> time.struct_time | None:
    try:
        return time.gmtime(whole) if utc else time.localtime(whole)
    except (OverflowError, ValueError, OSError):
        return None


def _clock(moment: time.struct_time) -> str:
    return f"{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02}"


def _fraction(nanoseconds: int, digits: int) -> str:
    return f".{nanoseconds:09}"[: digits + 1] if digits else ""

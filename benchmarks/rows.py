"""What is compared and what is wanted of it; the rows of the table, and their text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"
MARKS = {True: "reached", False: "**not reached**", None: "-"}


@dataclass(frozen=True)
class Group:
    """Comparisons of one kind, and the limit that each of them is to keep, if any; `most` says on which side."""

    title: str
    limit: float | None = None
    most: bool = False
    unit: str = ""

    @property
    def wanted(self) -> str:
        """The limit as text."""
        return "-" if self.limit is None else f"{'≤' if self.most else '≥'} {self.limit:g}{self.unit}"

    def text(self, value: float | None) -> str:
        """Return a value as text."""
        if value is None:
            return "-"
        return f"{value:.0f}{self.unit}" if value >= 100 else f"{value:.2f}{self.unit}"

    def mark(self, value: float | None) -> str:
        """Return whether a value keeps the limit, as text."""
        if value is None or self.limit is None:
            return MARKS[None]
        return MARKS[value <= self.limit if self.most else value >= self.limit]


LOOPS_MEDIAN = Group("loop, tcpdump / wireproof, few packets match, median", 2.5)
LOOPS = Group("loop, tcpdump / wireproof, few packets match", 2)
LOOPS_ONE = Group("loop, tcpdump / wireproof on one core, few packets match")
LOOP_MANY = Group("loop, tcpdump / wireproof, more than half match", 1.5)
READING = Group("loop, wireproof on one core / reading the file", 1.5, most=True)
TCPDUMP = Group("filter, tcpdump / wireproof", 1)
TCPDUMP_ONE = Group("filter, tcpdump / wireproof on one core")
TCPDUMP_ANEW = Group("filter, tcpdump / wireproof with nothing kept of an earlier run")
TSHARK = Group("filter, tshark / wireproof", 60)
FIELDS = Group("`-T fields`, tshark / wireproof", 60)
ANALYSIS = Group("what takes several packets, tshark / wireproof", 20)
PCAPNG = Group("pcapng / pcap", 2, most=True)
COMPILING = Group("compiling a filter", 20, most=True, unit=" ms")
MEMORY = Group("resident memory", 150, most=True, unit=" MB")
PRINTED = Group("packets that pass a filter printed, tshark / wireproof", 1)
HUNDRED = Group("100 packets printed, tshark / wireproof", 1)
LIBRARIES = Group("filter, Python library / wireproof")
RECORDS = Group("records without a filter, dpkt / wireproof's plain reader", 1)
RECORDS_MEMORY = Group("resident memory, plain reader", 100, most=True, unit=" MB")
GROUPS = (
    *(LOOPS_MEDIAN, LOOPS, LOOPS_ONE, LOOP_MANY, READING, TCPDUMP, TCPDUMP_ONE, TCPDUMP_ANEW, TSHARK),
    *(FIELDS, ANALYSIS, PCAPNG, COMPILING, MEMORY, PRINTED, HUNDRED, LIBRARIES, RECORDS, RECORDS_MEMORY),
)


@dataclass(frozen=True)
class Row:
    """One comparison. The value is None where it cannot be told; details are the raw figures that it is made of."""

    group: Group
    what: str
    value: float | None
    details: str = ""


def ratio(above: float | None, below: float | None) -> float | None:
    """Return a ratio of times; None where one is missing or lost in the noise, as differences of short times are."""
    return above / below if above and below and above > 0 and below > 0 else None


def summary(rows: Sequence[Row]) -> list[str]:
    """Return the lines of a table with one line a group: the worst that was measured in it."""
    lines = ["| compared | wanted | measured | |", "| --- | --- | --- | --- |"]
    for group in GROUPS:
        values = [row.value for row in rows if row.group == group]
        if not values:
            continue
        told = [value for value in values if value is not None]
        worst = (max if group.most else min)(told) if len(told) == len(values) else None
        which = f", {'highest' if group.most else 'lowest'} of {len(values)}" if len(values) > 1 else ""
        lines.append(f"| {group.title}{which} | {group.wanted} | {group.text(worst)} | {group.mark(worst)} |")
    return lines


def details(rows: Sequence[Row]) -> list[str]:
    """Return the lines of the table of all rows."""
    lines = ["| compared | | wanted | measured | | medians |", "| --- | --- | --- | --- | --- | --- |"]
    for row in sorted(rows, key=lambda row: GROUPS.index(row.group)):
        group = row.group
        cells = (group.title, row.what, group.wanted, group.text(row.value), group.mark(row.value), row.details)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def between_marks(text: str) -> str:
    """Return what stands between the two marks, with them. Raises ValueError where they are not there."""
    begin, end = text.index(BEGIN), text.index(END)
    return text[begin : end + len(END)]


def seconds(times: Iterable[tuple[str, float | None]]) -> str:
    """Return times with what they belong to, as text."""
    return ", ".join(f"{name} {time:.3f} s" for name, time in times if time is not None)

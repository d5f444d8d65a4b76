"""A recorded capture, watched for what the rules say of a host. What it does not show is not seen."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wireproof.analysis import Analysis
from wireproof.conformance.live.lane import CHECKSUMS, filter_of
from wireproof.conformance.live.values import fill
from wireproof.conformance.live.verdicts import LENIENT
from wireproof.packet import Packet
from wireproof.vectors import Watch

_SECOND = 1_000_000_000
MOST_ROWS = 10_000
"""Rows of packets, and packets that wait for an answer, that are kept for one rule; the oldest goes."""
MOST_FAULTS = 20


class Seen(StrEnum):
    """What is said of a rule."""

    PASS = "pass"
    FAIL = "fail"
    OBSERVED = "observed"
    NOT_SEEN = "not seen"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a capture shows of a rule: how many packets it is about, which break it, and what is told."""

    watch: Watch
    verdict: Seen
    packets: int
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Rule:
    """A rule, and what has been seen for it."""

    watch: Watch
    filters: Mapping[str, str]
    packets: int = 0
    broken: int = 0
    faults: list[str] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    rows: OrderedDict[Any, tuple[int, int, int]] = field(default_factory=OrderedDict)
    waiting: OrderedDict[int, tuple[int, tuple[Any, ...]]] = field(default_factory=OrderedDict)

    def see(self, packet: Packet, time: int) -> None:
        watch = self.watch
        if watch.answer is not None:
            self._answer(packet, time)
        if not self._fits("of", packet):
            return
        self.packets += 1
        if watch.must is not None and not self._fits("must", packet):
            self._fault(f"packet {packet.number}")
        elif watch.answer is not None:
            self.waiting[packet.number] = (time, _values(packet, watch.same))
        elif watch.tell:
            text = ", ".join(f"{name} {' '.join(map(str, packet[name]))}" for name in watch.tell)
            if len(self.told) < MOST_FAULTS or text in self.told:
                self.told[text] += 1
        elif watch.spacing is not None or watch.count is not None:
            self._row(packet, time)

    def _fits(self, name: str, packet: Packet) -> bool:
        return filter_of(self.filters[name]).matches(packet)

    def _fault(self, text: str) -> None:
        self.broken += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(text)

    def _row(self, packet: Packet, time: int) -> None:
        watch = self.watch
        key = _values(packet, (watch.by,) if watch.by else ())
        number, last, count = self.rows.pop(key, (packet.number, 0, 0))
        if count and time - last > watch.gap * _SECOND:
            self._end(number, count)
            number, count = packet.number, 0
        if count and watch.spacing is not None:
            passed = (time - last) / _SECOND
            if not watch.spacing[0] <= passed <= watch.spacing[1]:
                self._fault(f"packet {packet.number} comes {passed:.3f} s after the one before it")
        self.rows[key] = (number, time, count + 1)
        if len(self.rows) > MOST_ROWS:
            self.rows.popitem(last=False)

    def _end(self, number: int, count: int) -> None:
        wanted = self.watch.count
        if wanted is not None and not wanted[0] <= count <= wanted[1]:
            self._fault(f"from packet {number} on there are {count}")

    def _answer(self, packet: Packet, time: int) -> None:
        """See whether a packet is an answer, and whose time is over."""
        late = [number for number, (asked, _) in self.waiting.items() if time - asked > self.watch.within * _SECOND]
        for number in late:
            del self.waiting[number]
            self._fault(f"packet {number} is not answered within {self.watch.within:g} s")
        if self.waiting and self._fits("answer", packet):
            own = _values(packet, self.watch.same)
            for number in [number for number, (_, values) in self.waiting.items() if values == own]:
                del self.waiting[number]
        if len(self.waiting) > MOST_ROWS:
            self.waiting.popitem(last=False)

    def sight(self) -> Sight:
        """Return what was seen. A packet that waits for its answer when the capture ends says nothing."""
        for number, _, count in self.rows.values():
            self._end(number, count)
        remarks = [f"{text} ({count} packets)" for text, count in self.told.most_common()]
        if not self.packets:
            return Sight(self.watch, Seen.NOT_SEEN, 0)
        faults = list(self.faults)
        if self.broken > len(faults):
            faults.append(f"and {self.broken - len(faults)} more")
        if self.watch.tell or (faults and self.watch.level in LENIENT):
            return Sight(self.watch, Seen.OBSERVED, self.packets, (), (*remarks, *faults))
        return Sight(self.watch, Seen.FAIL if faults else Seen.PASS, self.packets, tuple(faults), tuple(remarks))


def _values(packet: Packet, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(packet[name] for name in names)


def watch(watches: Sequence[Watch], packets: Iterable[tuple[Packet, int]], host: str, mac: str) -> tuple[Sight, ...]:
    """Return what packets, each with its time in nanoseconds, show of a host with an IP and a hardware address."""
    values = {"host_ip": host, "host_mac": mac}
    rules = []
    for each in watches:
        texts = {name: text for name in ("of", "must", "answer") if (text := getattr(each, name)) is not None}
        rules.append(_Rule(each, {name: fill(text, values) for name, text in texts.items()}))
    analysis = Analysis()
    for packet, time in packets:
        analysis.see(packet)
        for rule in rules:
            rule.see(packet, time)
    return tuple(rule.sight() for rule in rules)


__all__ = ["CHECKSUMS", "Seen", "Sight", "watch"]

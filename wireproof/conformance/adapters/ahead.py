"""Programs that take long to start and read captures: all packets of all vectors are given to them in one run.

A packet that is of no vector gets a run of its own, so that the adapter answers any question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wireproof.conformance.adapters.capturing import capture_of
from wireproof.conformance.adapters.serving import UNSUPPORTED, Answer
from wireproof.vectors import LINK_TYPES, Parse, load

Run = Callable[[bytes, int], Sequence[Answer]]
"""Gives a capture of so many packets to the program; returns an answer for each."""


class Ahead:
    """Answers by link type and octets."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._known: dict[tuple[str, bytes], Answer] = {}
        self._read: set[str] = set()

    def parse(self, asked: Mapping[str, Any]) -> Answer:
        """Return the answer for a packet."""
        link, data = asked["link"], bytes.fromhex(asked["hex"])
        if link not in LINK_TYPES:
            return UNSUPPORTED
        if link not in self._read:
            self._read.add(link)
            self._take(link, [each.data for each in load() if isinstance(each.task, Parse) and each.link == link])
        if (link, data) not in self._known:
            self._take(link, [data])
        return self._known[link, data]

    def _take(self, link: str, packets: Sequence[bytes]) -> None:
        answers = self._run(capture_of(packets, link), len(packets)) if packets else ()
        for data, answer in zip(packets, answers, strict=True):
            self._known[link, data] = answer

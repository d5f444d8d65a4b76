"""A capture of each scenario, with its steps as comments of the packets."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from wireproof.capture import Interface, PacketOptions, Record, write_pcapng
from wireproof.conformance.live.verdicts import Event, Result, Verdict

ETHERNET = 1
_INBOUND, _OUTBOUND = 1, 2  # direction, in the flags of a packet (draft-ietf-opsawg-pcapng section 4.3.1)


def write_captures(results: Sequence[Result], folder: Path, ports: int, clock: float) -> Iterator[Path]:
    """Write a file for each scenario that sent anything; yield its path. Raises CaptureError and OSError.

    `clock` is what time it is by the clock of the results.
    """
    folder.mkdir(parents=True, exist_ok=True)
    offset = time.time() - clock
    for result in results:
        if any(event.frame for event in result.events):
            path = folder / f"{result.scenario.id}.pcapng"
            _write(result, path, ports, offset + result.began)
            yield path


def _write(result: Result, path: Path, ports: int, began: float) -> None:
    interfaces = [Interface(ETHERNET, 0, name=f"port {port}", time_digits=9) for port in range(1, ports + 1)]
    with write_pcapng(path, interfaces) as writer:
        for number, (event, comments) in enumerate(_packets(result), 1):
            moment = int((began + event.time) * 1_000_000_000)
            flags = PacketOptions(flags=_INBOUND if event.kind == "received" else _OUTBOUND)
            size = len(event.frame)
            place = event.port - 1
            writer.write(Record(number, event.frame, size, moment, ETHERNET, place, 0, comments, None, flags))


def _packets(result: Result) -> list[tuple[Event, tuple[str, ...]]]:
    """Return the packets in their order, each with what is to be said of it.

    A note is of the packet before it; what comes before the first is of that one, and so is the scenario itself.
    """
    found: list[tuple[Event, list[str]]] = []
    ahead = [
        f"{result.scenario.id}: {result.scenario.sentence}",
        f"requirements: {', '.join(result.scenario.requirements)}",
    ]
    for event in sorted(result.events, key=lambda event: event.time):
        if event.frame:
            own = "the tester answers by itself" if event.kind == "answered" else event.text
            found.append((event, [*ahead, own] if own else list(ahead)))
            ahead = []
        elif found:
            found[-1][1].append(event.text)
        else:
            ahead.append(event.text)
    if found and result.verdict is not Verdict.PASS:
        found[-1][1].append("; ".join((result.verdict.value, *result.faults, *result.remarks)))
    return [(event, tuple(comments)) for event, comments in found]

"""Filters that write a file: the loop over the packets, and whole processes."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import rows
from benchmarks.programs import Bench, Job
from benchmarks.rows import Group, Row, ratio, seconds
from benchmarks.running import Times, interleaved, once

FEW = (
    Job("ARP probe", "arp.opcode == 1 && arp.spa == 0.0.0.0", "arp[6:2] = 1 and arp[14:4] = 0"),
    Job("small network", "ip.src == 10.1.2.0/24", "ip src net 10.1.2.0/24"),
    Job("SYN without ACK", "tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp[13] & 0x12 = 2"),
    Job("vendor prefix", "eth.src[0:3] == 00:0c:29", "ether[6:2] = 0x000c and ether[8] = 0x29"),
)
MANY = Job("ports in a set", "tcp.port in {80, 443, 8080}", "tcp port 80 or tcp port 443 or tcp port 8080")
SEARCH = Job("octets in a frame", 'frame contains "wireproof"')
JOBS = (*FEW, MANY, SEARCH)
ONE, ANEW = "wireproof on one core", "wireproof anew"


@dataclass(frozen=True)
class Measured:
    """What was measured with one filter: times by program and number of packets; matches on the larger capture."""

    job: Job
    times: dict[tuple[str, int], Times]
    tshark: float | None
    matches: str
    small: int
    large: int

    def whole(self, program: str) -> float | None:
        """The seconds that a program takes with the larger capture."""
        times = self.times.get((program, self.large))
        return None if times is None else times.median

    def loop(self, program: str) -> float | None:
        """The seconds that a program takes for what the larger capture has more than the smaller one."""
        whole = self.whole(program)
        return None if whole is None else whole - self.times[program, self.small].median

    def compare(self, group: Group, what: str, above: str, below: str, *, loop: bool) -> Row:
        """Return the row with the ratio of two programs."""
        time = self.loop if loop else self.whole
        times = [(name, time(name)) for name in (below, above)]
        packets = f"; {self.matches}" if "tcpdump" in (above, below) else ""
        return Row(group, what, ratio(time(above), time(below)), seconds(times) + packets)


def measure(bench: Bench) -> Iterator[Row]:
    """Yield the rows of all filters."""
    found = {job: _measure(bench, job) for job in JOBS}
    loops = [found[job].compare(rows.LOOPS, job.name, "tcpdump", "wireproof", loop=True) for job in FEW]
    values = [row.value for row in loops]
    told = [value for value in values if value is not None]
    yield Row(rows.LOOPS_MEDIAN, "", statistics.median(told) if len(told) == len(values) else None)
    yield from loops
    for job in FEW:
        yield found[job].compare(rows.LOOPS_ONE, job.name, "tcpdump", ONE, loop=True)
    yield found[MANY].compare(rows.LOOP_MANY, MANY.name, "tcpdump", "wireproof", loop=True)
    for job in FEW:
        yield found[job].compare(rows.READING, job.name, ONE, "reading", loop=True)
    for job in (*FEW, MANY):
        yield found[job].compare(rows.TCPDUMP, job.name, "tcpdump", "wireproof", loop=False)
    for job in (*FEW, MANY):
        yield found[job].compare(rows.TCPDUMP_ONE, job.name, "tcpdump", ONE, loop=False)
    for job in (*FEW, MANY):
        yield found[job].compare(rows.TCPDUMP_ANEW, job.name, "tcpdump", ANEW, loop=False)
    for job, of in found.items():
        ours = of.whole("wireproof")
        if of.tshark is not None:
            times = seconds([("wireproof", ours), ("tshark", of.tshark)])
            yield Row(rows.TSHARK, job.name, ratio(of.tshark, ours), times)
    for job, of in found.items():
        pair = ("pcapng", of.loop("pcapng")), ("pcap", of.loop("wireproof"))
        yield Row(rows.PCAPNG, f"{job.name}, loop", ratio(pair[0][1], pair[1][1]), seconds(pair))


def _measure(bench: Bench, job: Job) -> Measured:
    """Run everything with one filter."""
    bench.say(f"{job.name}: {job.filter}")
    place, commands = bench.place, {}
    for count in (bench.small, bench.large):
        question, capture = _question(job, count), place.capture(count)
        commands["wireproof", count] = place.filtering("wireproof", job, capture, question)
        commands[ONE, count] = place.filtering(ONE, job, capture, question)
        commands["pcapng", count] = place.filtering("wireproof", job, place.capture(count, "pcapng"), question)
        commands["reading", count] = place.silent("reading", str(capture))
        if job.bpf:
            if count == bench.large:
                commands[ANEW, count] = place.filtering(ANEW, job, capture, question)
            commands["tcpdump", count] = place.filtering("tcpdump", job, capture, f"{question}, untagged")
            once(place.filtering("tcpdump with tags", job, capture, question), bench.answers)
    times = interleaved(commands, bench.runs, bench.answers)
    for program in ("wireproof", ONE, "pcapng"):
        bench.held[f"{job.name}, {program}"] = times[program, bench.large].memory
    capture, question = place.capture(bench.large), _question(job, bench.large)
    tshark = bench.seconds_of_tshark(place.filtering("tshark", job, capture, question), capture)
    return Measured(job, times, tshark, _matches(bench, job), bench.small, bench.large)


def _question(job: Job, count: int) -> str:
    return f"{job.name}, {count:,} packets"


def _matches(bench: Bench, job: Job) -> str:
    """Say how many packets of the larger capture pass."""
    question = _question(job, bench.large)
    ours = bench.answers.count(question)
    text = f"{ours:,} of {bench.large:,} packets"
    if job.bpf and (untagged := bench.answers.count(f"{question}, untagged")) != ours:
        text += f", tcpdump {untagged:,} (not those behind tags)"
    return text

"""What else is compared: fields as text, a small capture, compiling, and Python libraries."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from importlib.util import find_spec

from benchmarks import rows
from benchmarks.answers import Answer, of_list
from benchmarks.filters import FEW, MANY
from benchmarks.programs import Bench
from benchmarks.rows import Row, ratio, seconds
from benchmarks.running import interleaved, once

TWO = ("ip.src", "tcp.dstport")
EIGHT = ("frame.number", "frame.time_epoch", "eth.src", "ip.src", "ip.dst", "ip.proto", "tcp.srcport", "tcp.dstport")
STREAMS = ("tcp.stream", "tcp.analysis.flags")
HUNDRED = 100
LIBRARIES = ("dpkt", "scapy")
READERS = ("wireproof", "dpkt")
LIBRARY_PACKETS = 20_000
LIBRARY_JOB = FEW[2]


def fields(bench: Bench) -> Iterator[Row]:
    """Yield the rows of fields as text, of all packets of the smaller capture."""
    for name, chosen in (("two fields", TWO), ("eight fields", EIGHT)):
        yield from _fields(bench, name, ("-T", "fields", *(word for field in chosen for word in ("-e", field))))


def _fields(bench: Bench, name: str, asked: tuple[str, ...]) -> Iterator[Row]:
    bench.say(name)
    place, capture = bench.place, bench.place.capture(bench.small)
    question, words = f"{name}, {bench.small:,} packets", ("-r", str(capture), *asked)
    pcapng = ("-r", str(place.capture(bench.small, "pcapng")), *asked)
    commands = {
        "to a file": place.printing("wireproof", question, *words),
        "to nowhere": place.silent("wireproof", *words),
        "pcapng": place.printing("wireproof", question, *pcapng),
    }
    times = interleaved(commands, bench.runs, bench.answers)
    tshark = bench.seconds_of_tshark(place.printing("tshark", question, *words), capture)
    for output in ("to a file", "to nowhere"):
        both = ("wireproof", times[output].median), ("tshark to a file", tshark)
        if tshark is not None:
            yield Row(rows.FIELDS, f"{name} {output}", ratio(tshark, times[output].median), seconds(both))
    pair = ("pcapng", times["pcapng"].median), ("pcap", times["to a file"].median)
    yield Row(rows.PCAPNG, f"{name} to a file", ratio(pair[0][1], pair[1][1]), seconds(pair))
    large = place.silent("wireproof", "-r", str(place.capture(bench.large)), *asked)
    bench.held[name] = once(large, bench.answers).memory


def analysis(bench: Bench) -> Iterator[Row]:
    """Yield the row of what takes several packets: TCP streams and their analysis, of the smaller capture."""
    name = "TCP streams and their analysis"
    bench.say(name)
    place, capture = bench.place, bench.place.capture(bench.small)
    question = f"{name}, {bench.small:,} packets"
    words = ("-r", str(capture), "-T", "fields", *(word for field in STREAMS for word in ("-e", field)))
    ours = interleaved({"ours": place.printing("wireproof", question, *words)}, bench.runs, bench.answers)[
        "ours"
    ].median
    tshark = bench.seconds_of_tshark(place.printing("tshark", question, *words), capture)
    if tshark is not None:
        yield Row(rows.ANALYSIS, name, ratio(tshark, ours), seconds([("wireproof", ours), ("tshark", tshark)]))
    large = place.silent("wireproof", "-r", str(place.capture(bench.large)), *words[2:])
    bench.held[name] = once(large, bench.answers).memory


def printed(bench: Bench) -> Iterator[Row]:
    """Yield the rows of packets that pass a filter, printed as a list, of the smaller capture; each once."""
    place, capture = bench.place, bench.place.capture(bench.small)
    for job in FEW:
        bench.say(f"{job.name}, printed")
        question = f"{job.name} printed of {bench.small:,} packets"
        command, peer = (
            place.printing(program, question, "-r", str(capture), "-Y", text, read=of_list)
            for program, text in (("wireproof", job.filter), ("tshark", job.for_tshark))
        )
        ours = once(command, bench.answers)
        bench.held[f"{job.name}, printed"] = ours.memory
        tshark = bench.seconds_of_tshark(peer, capture)
        if tshark is not None:
            both = [("wireproof", ours.seconds), ("tshark", tshark)]
            yield Row(rows.PRINTED, job.name, ratio(tshark, ours.seconds), seconds(both))


def hundred(bench: Bench) -> Iterator[Row]:
    """Yield the rows of a small capture, printed packet by packet."""
    if bench.tshark is None:
        return
    bench.say(f"{HUNDRED} packets")
    words = ("-r", str(bench.place.capture(HUNDRED)))
    for name, asked in (("all", words), ("those that pass a filter", (*words, "-Y", MANY.filter))):
        commands = {
            program: bench.place.printing(program, f"{name} of {HUNDRED} packets", *asked, read=of_list)
            for program in ("wireproof", "tshark")
        }
        times = interleaved(commands, 2 * bench.runs + 1, bench.answers)
        both = [(program, times[program].median) for program in commands]
        yield Row(rows.HUNDRED, name, ratio(both[1][1], both[0][1]), seconds(both))


def compiling(bench: Bench) -> Iterator[Row]:
    """Yield the rows of compiling a filter, again and again in one process; none without llvmlite."""
    if find_spec("llvmlite") is None:
        return
    bench.say("compiling")
    jobs = (*FEW, MANY)
    printed = bench.place.script("compiling.py", str(3 * bench.runs), *(job.filter for job in jobs))
    for job, taken in zip(jobs, json.loads(printed), strict=True):
        yield Row(rows.COMPILING, job.name, taken * 1000, seconds([("wireproof", taken)]))


def libraries(bench: Bench) -> Iterator[Row]:
    """Yield the rows of Python libraries that are installed: a filter on few packets, scaled to the smaller capture."""
    installed = [name for name in LIBRARIES if find_spec(name) is not None]
    if not installed:
        return
    bench.say(", ".join(installed))
    place, job, count = bench.place, LIBRARY_JOB, min(LIBRARY_PACKETS, bench.small)
    question = f"{job.name}, {count:,} packets"
    once(place.filtering("wireproof", job, place.capture(count), question), bench.answers)
    ours = place.silent("wireproof", "-r", str(place.capture(bench.small)), "-Y", job.filter, "-w", "/dev/null")
    whole = interleaved({"wireproof": ours}, bench.runs, bench.answers)["wireproof"].median
    for name in installed:
        taken, found = json.loads(place.script("libraries.py", name, str(place.capture(count))))
        scaled = taken / count * bench.small
        text = f"{seconds([('wireproof', whole), (f'{name}, scaled', scaled)])}; of {count:,} packets wireproof finds "
        text += f"{bench.answers.count(question):,}, {name} {found:,}"
        yield Row(rows.LIBRARIES, f"{job.name}, {name}", ratio(scaled, whole), text)


def records(bench: Bench) -> Iterator[Row]:
    """Yield the rows of reading records and nothing else: our plain reader beside dpkt's, where that is installed."""
    bench.say("records")
    for form in ("pcap", "pcapng"):
        if find_spec("dpkt") is not None:
            times = [(reader, statistics.median(taken)) for reader, taken in _readers(bench, form).items()]
            yield Row(rows.RECORDS, form, ratio(times[1][1], times[0][1]), seconds(times))
        command = bench.place.silent("wireproof", "info", "-c", str(bench.place.capture(bench.large, form)))
        taken = once(command, bench.answers)
        yield Row(rows.RECORDS_MEMORY, form, taken.memory / 1e6, seconds([("`wireproof info -c`", taken.seconds)]))


def _readers(bench: Bench, form: str) -> dict[str, list[float]]:
    """Return the seconds of both readers, in turn; they have to find as many records and octets."""
    capture, question = str(bench.place.capture(bench.small, form)), f"records of {form}, {bench.small:,} packets"
    times: dict[str, list[float]] = {reader: [] for reader in READERS}
    for _ in range(bench.runs):
        for reader, taken in times.items():
            needed, count, octets = json.loads(bench.place.script("records.py", reader, capture))
            bench.answers.give(question, reader, Answer(count, str(octets)))
            taken.append(needed)
    return times


def memory(bench: Bench) -> Iterator[Row]:
    """Yield the row of the memory that was held at most with the larger capture."""
    if bench.held:
        highest = max(bench.held, key=bench.held.__getitem__)
        yield Row(rows.MEMORY, "", bench.held[highest] / 1e6, f"the highest: {highest}")

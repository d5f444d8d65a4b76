"""Filters side by side with tcpdump and tshark, in one run, as whole processes that write a file.

    python benchmarks/run.py [--runs 7] [--small 1000000] [--large 4000000] [--output benchmarks/results.md]

The loop is what four million packets take more than one million; bare reading is readinto and nothing else. Machines
are noisy: runs are interleaved, medians are given, and what counts is the ratio.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

READ = """
import sys
buffer = bytearray(1 << 20)
with open(sys.argv[1], "rb", buffering=0) as file:
    while file.readinto(buffer):
        pass
"""


@dataclass(frozen=True)
class Job:
    """A filter in both languages; the BPF is the nearest there is."""

    name: str
    filter: str
    bpf: str


JOBS = (
    Job("ARP probe", "arp.opcode == 1 && arp.spa == 0.0.0.0", "arp[6:2] = 1 and arp[14:4] = 0"),
    Job("small network", "ip.src == 10.1.2.0/24", "ip src net 10.1.2.0/24"),
    Job("SYN without ACK", "tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp[13] & 0x12 = 2"),
    Job("vendor prefix", "eth.src[0:3] == 00:0c:29", "ether[6:2] = 0x000c and ether[8] = 0x29"),
    Job("ports in a set", "tcp.port in {80, 443, 8080}", "tcp port 80 or tcp port 443 or tcp port 8080"),
)


def seconds(command: Sequence[str]) -> float:
    """Run a command and return how long it took."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def commands(job: Job, capture: Path, folder: Path) -> dict[str, list[str]]:
    """Return what is compared, by name."""
    ours = [sys.executable, "-m", "wireproof", "-r", str(capture), "-Y", job.filter, "-w", str(folder / "ours")]
    tcpdump = ["tcpdump", "-r", str(capture), "-w", str(folder / "theirs"), job.bpf]
    return {"ours": ours, "tcpdump": tcpdump, "reading": [sys.executable, "-S", "-c", READ, str(capture)]}


def medians(job: Job, captures: Sequence[Path], folder: Path, runs: int) -> dict[tuple[str, str], float]:
    """Run everything in turn, so many times; return the medians by command and capture."""
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(runs):
        for capture in captures:
            for name, command in commands(job, capture, folder).items():
                times.setdefault((name, capture.stem), []).append(seconds(command))
    return {key: statistics.median(found) for key, found in times.items()}


def row(job: Job, found: dict[tuple[str, str], float], tshark: float | None) -> str:
    """Return one line of the table."""
    loops = {name: found[name, "large"] - found[name, "small"] for name in ("ours", "tcpdump", "reading")}
    whole = found["tcpdump", "large"] / found["ours", "large"]
    slow = "" if tshark is None else f"{tshark / found['ours', 'small']:.0f}"
    return (
        f"| {job.name} | {loops['tcpdump'] / loops['ours']:.2f} | {loops['ours'] / loops['reading']:.2f} "
        f"| {whole:.2f} | {slow} |"
    )


def main() -> None:
    """Make the captures, run, print the table and write it."""
    parser = argparse.ArgumentParser(description="Filters side by side with tcpdump and tshark.")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--small", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=4_000_000)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        captures = [folder / "small.pcap", folder / "large.pcap"]
        maker = Path(__file__).with_name("make_capture.py")
        for capture, count in zip(captures, (options.small, options.large), strict=True):
            subprocess.run([sys.executable, str(maker), str(count), str(capture)], check=True)
        lines = [
            heading(options.small, options.large, options.runs),
            "| filter, written to a file | loop: x as fast as tcpdump | loop: x bare reading "
            "| whole process: x as fast as tcpdump | x as fast as tshark, small |",
            "| --- | --- | --- | --- | --- |",
        ]
        for job in JOBS:
            found = medians(job, captures, folder, options.runs)
            lines.append(row(job, found, tshark_time(job, captures[0], folder)))
            print(lines[-1], file=sys.stderr)
    text = "\n".join(lines) + "\n"
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


def tshark_time(job: Job, capture: Path, folder: Path) -> float | None:
    """Return what tshark takes once, or None where there is no tshark."""
    if shutil.which("tshark") is None:
        return None
    text = job.filter.replace("arp.spa", "arp.src.proto_ipv4")
    return seconds(["tshark", "-n", "-r", str(capture), "-Y", text, "-w", str(folder / "tshark")])


def heading(small: int, large: int, runs: int) -> str:
    """Return what was run where."""
    tcpdump = subprocess.run(["tcpdump", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return (
        f"{small:,} and {large:,} packets, median of {runs} interleaved runs (tshark once); wireproof "
        f"{version('wireproof')}, Python {platform.python_version()}, llvmlite {version('llvmlite')}, {tcpdump}; "
        f"{platform.machine()}, {os.cpu_count()} cores.\n"
    )


if __name__ == "__main__":
    main()

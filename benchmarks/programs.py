"""What is measured: the captures, and the programs that read them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import wireproof
from benchmarks.answers import Answer, Answers, of_capture, of_text
from benchmarks.kept import Tshark
from benchmarks.running import Command

HERE = Path(__file__).resolve().parent
MAKERS = ("make_capture.py", "traffic.py")

# Into one buffer and nothing else: less than this nobody can do with a file.
READ = """
import sys
buffer = bytearray(1 << 20)
with open(sys.argv[1], "rb", buffering=0) as file:
    while file.readinto(buffer):
        pass
"""
# What is installed, and not the checkout that may be the current folder, whose tables have still to be made.
IS_INSTALLED = not Path(wireproof.__file__).is_relative_to(HERE.parent)
AS_INSTALLED = ("-P",) if IS_INSTALLED else ()
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "wireproof": (sys.executable, *AS_INSTALLED, "-m", "wireproof"),
    "reading": (sys.executable, "-S", "-c", READ),
    "tcpdump": ("tcpdump",),
    "tshark": ("tshark", "-n"),
}


@dataclass(frozen=True)
class Job:
    """A filter in the languages of all three; no BPF where there is none that says the same."""

    name: str
    filter: str
    bpf: str = ""

    @property
    def bpf_with_tags(self) -> str:
        """The BPF that finds the same packets: behind each `vlan`, offsets are those behind one tag more."""
        return f"({self.bpf}) or (vlan and (({self.bpf}) or (vlan and ({self.bpf}))))"

    @property
    def for_tshark(self) -> str:
        """The filter without the RFC's names of fields, which tshark does not know."""
        return self.filter.replace("arp.spa", "arp.src.proto_ipv4")


@dataclass(frozen=True)
class Place:
    """The folder where captures lie and output goes, and the commands that work there."""

    folder: Path

    @cached_property
    def environment(self) -> dict[str, str]:
        """What programs see: this wireproof, an empty profile of tshark's, a cache of machine code of its own."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        paths = [str(Path(wireproof.__file__).resolve().parent.parent), *filter(None, [kept.get("PYTHONPATH")])]
        return kept | {
            "PYTHONPATH": os.pathsep.join(paths),
            "WIREPROOF_CACHE": str(self.folder / "cache"),
            "WIRESHARK_CONFIG_DIR": str(self.folder / "profile"),
            "TZ": "UTC",
        }

    def capture(self, count: int, form: str = "pcap") -> Path:
        """Return a capture of that many packets, made where it is not there yet."""
        makers = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in MAKERS))
        path = self.folder / f"mix-{count}-{makers.hexdigest()[:8]}.{form}"
        if not path.exists():
            unfinished = path.with_suffix(".part")
            self.script("make_capture.py", str(count), str(unfinished), "--format", form)
            unfinished.rename(path)
        return path

    def script(self, name: str, *words: str) -> str:
        """Run one of the scripts beside this module in a process of its own, and return what it printed."""
        command = [sys.executable, str(HERE / name), *words]
        return subprocess.run(command, check=True, env=self.environment, stdout=subprocess.PIPE, text=True).stdout

    def writing(self, program: str, question: str, *words: str) -> Command:
        """Return a command that writes the packets that pass to a file."""
        written = self.folder / "written.pcap"
        words = (*PROGRAMS[program], "-w", str(written), *words)
        return Command(program, words, self.environment, question, of_capture, written=written)

    def printing(self, program: str, question: str, *words: str, read: Callable[[Path], Answer] = of_text) -> Command:
        """Return a command whose standard output goes to a file."""
        words = (*PROGRAMS[program], *words)
        return Command(program, words, self.environment, question, read, printed=self.folder / "printed")

    def silent(self, program: str, *words: str) -> Command:
        """Return a command whose output goes nowhere."""
        return Command(program, (*PROGRAMS[program], *words), self.environment)

    def filtering(self, program: str, job: Job, capture: Path, question: str) -> Command:
        """Return a command that writes the packets of a capture that pass a filter."""
        filters = {
            "wireproof": ("-F", "pcap", "-Y", job.filter),
            "wireproof on one core": ("-F", "pcap", "-Y", job.filter, "--jobs", "1"),
            "wireproof anew": ("-F", "pcap", "-Y", job.filter),
            "tcpdump": (job.bpf,),
            "tcpdump with tags": (job.bpf_with_tags,),
            "tshark": ("-F", "pcap", "-Y", job.for_tshark),
        }
        command = self.writing(program.split()[0], question, "-r", str(capture), *filters[program])
        if program != "wireproof anew":
            return command
        return replace(command, environment={**command.environment, "WIREPROOF_CACHE": "off"})


@dataclass(frozen=True)
class Bench:
    """What the measurements share: where, on how many packets, how often, and tshark, if it is wanted.

    Gathered meanwhile: the answers, and the octets of memory that we held on the larger capture, by what was done.
    """

    place: Place
    small: int
    large: int
    runs: int
    tshark: Tshark | None
    answers: Answers = field(default_factory=Answers)
    held: dict[str, int] = field(default_factory=dict)

    def say(self, what: str) -> None:
        """Say what is going on, on standard error."""
        print(what, file=sys.stderr, flush=True)

    def seconds_of_tshark(self, command: Command, capture: Path) -> float | None:
        """Return what tshark takes, once, and compare what it finds; None where it is not wanted."""
        return None if self.tshark is None else self.tshark.seconds(command, capture, self.answers)

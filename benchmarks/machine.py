"""What the benchmarks ran on, and which versions."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent


@cache
def version_of(program: str) -> str:
    """Return the first line of what a program says of its version; nothing where it is not there."""
    return _output(program, "--version").partition("\n")[0]


def processor() -> str:
    """Return the processor's name and how many there are."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def memory() -> str:
    """Return how much memory there is, as text."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB of memory"


def versions() -> str:
    """Return what was compared, as text."""
    names = [f"wireproof {_wireproof()}", f"Python {platform.python_version()}", f"llvmlite {_package('llvmlite')}"]
    programs = [f"{name} {_number(version_of(name))}" for name in ("tcpdump", "tshark") if version_of(name)]
    libraries = [f"{name} {_package(name)}" for name in ("dpkt", "scapy") if _package(name) != "-"]
    return ", ".join([*names, *programs, *libraries])


def system() -> str:
    """Return the machine, as text."""
    return f"{processor()}, {memory()}, {platform.system()} {platform.release()}"


def _wireproof() -> str:
    """Return the installed version, or the revision of the checkout."""
    revision = _output("git", "-C", str(HERE), "describe", "--always", "--dirty")
    installed = _package("wireproof")
    return " ".join(found for found in (installed, revision and f"({revision})") if found not in ("-", "")) or "-"


def _number(text: str) -> str:
    return next(iter(re.findall(r"\d+(?:\.\d+)+", text)), text)


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""

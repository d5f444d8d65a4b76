"""A tshark on this machine, under a profile that switches off every protocol above TCP and UDP."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from .agreement import Record, Tally
from .deviations import Deviations

_ENABLED = """
frame pkt_comment file-pcap file-pcapng eth ethertype eth_maybefcs vlan ieee8021ad llc arp atmarp ip tcp udp icmp
data raw null sll loop fr fpp _ws.expert _ws.malformed _ws.short _ws.unreassembled _ws.type_length _ws.string
_ws.number_string.decoding_error _ws.ftypes
"""
PREFERENCES = """\
ip.check_checksum: TRUE
tcp.check_checksum: TRUE
udp.check_checksum: TRUE
ip.use_geoip: FALSE
nameres.mac_name: FALSE
nameres.transport_name: FALSE
nameres.network_name: FALSE
nameres.dns_pkt_addr_resolution: FALSE
"""
Item = TypeVar("Item")
Answer = TypeVar("Answer")
UNIT, RECORD = "\x1f", "\x1e"


class Tshark:
    """A local tshark with a profile of its own in a folder.

    Checksums are verified, names are not resolved, times are in UTC. `also` are protocols that are on besides.
    """

    def __init__(self, path: str, folder: Path, *also: str) -> None:
        self.path = path
        self.env = dict(os.environ, WIRESHARK_CONFIG_DIR=str(folder), TZ="UTC", LC_ALL="C.UTF-8")
        listing = self._run("-G", "protocols").stdout.decode()
        names = {line.split("\t")[2] for line in listing.splitlines() if line.count("\t") >= 2}
        (folder / "disabled_protos").write_text("\n".join(sorted(names - {*_ENABLED.split(), *also})) + "\n")
        (folder / "preferences").write_text(PREFERENCES)

    @cached_property
    def version(self) -> str:
        """The release without its patch level: ``tshark 4.0``."""
        found = re.search(r"TShark \D*(\d+\.\d+)", self._run("--version").stdout.decode())
        return f"tshark {found[1]}" if found else "tshark"

    def listing(self, what: str) -> str:
        """One of the reports of ``-G``."""
        return self._run("-G", what).stdout.decode()

    def fields(self, capture: Path, names: Sequence[str], *more: str) -> list[dict[str, list[str]]]:
        """The values of fields, frame by frame; `more` words go before them."""
        wanted = [word for name in names for word in ("-e", name)]
        layout = ["-E", "occurrence=a", "-E", f"separator={RECORD}", "-E", f"aggregator={UNIT}"]
        done = self._run("-n", *more, "-r", str(capture), "-T", "fields", *layout, *wanted)
        rows = (line.split(RECORD) for line in done.stdout.decode("utf8", "replace").split("\n") if line)
        return [{name: text.split(UNIT) for name, text in zip(names, row, strict=True) if text} for row in rows]

    def frames(self, capture: Path, display_filter: str) -> list[int] | None:
        """The numbers of the frames that a filter lets pass, or None where it is refused."""
        done = self._run("-n", "-r", str(capture), "-Y", display_filter, "-T", "fields", "-e", "frame.number")
        return None if done.returncode else [int(number) for number in done.stdout.split()]

    def document(self, capture: Path, *words: str) -> str:
        """What the options print of a capture."""
        return self._run("-n", "-r", str(capture), *words).stdout.decode("utf8", "replace")

    def _run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([self.path, *words], env=self.env, capture_output=True)


def side_by_side(function: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
    """Apply a function that waits for another process to all items, on every processor at once."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(function, items)


def hold(on_file: Record, local: Tshark, tallies: dict[str, Tally], source: str, deviations: list[Deviations]) -> None:
    """Hold the numbers against those on file for this release of tshark.

    Another release words some things in another way; its numbers are shown only, until they are recorded too.
    """
    wrong = []
    for name, tally in tallies.items():
        section = f"{local.version}, {name}"
        if on_file.update or on_file.knows(section):
            wrong += on_file.hold(section, source, tally)
    if any(on_file.knows(f"{local.version}, {name}") for name in tallies):
        wrong += [line for each in deviations for line in each.stale()]
    assert not wrong, "\n".join(wrong)

"""``wireproof info FILE…``: what a capture file is and holds as a whole, with capinfos's words and letters."""

from __future__ import annotations

import argparse
import itertools
import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from wireproof.cli._failures import FAILED, complain, unreadable

if TYPE_CHECKING:
    from hashlib import _Hash

    from wireproof.analysis.summary import Summary
    from wireproof.capture import CaptureError, Reader
    from wireproof.output.summary import CaptureInfo, Chosen, Json

HELP = "Tell what capture files are and hold: format, packets, times, rates, hashes; the letters are capinfos's."
EXAMPLES = """\
examples:
  wireproof info lan.pcapng
  wireproof info -c -u *.pcap          number of packets and duration of each
  wireproof info --json lan.pcapng     for a program: all digits, units in the names
  tcpdump -c 1000 -w - | wireproof info -
"""
LETTERS = {
    "t": "type of the file",
    "E": "link layers",
    "F": "precision of times, number of sections; hardware, system and application that made the capture",
    "l": "limit of packet sizes: of the file, and as packets show it",
    "c": "number of packets",
    "s": "size of the file",
    "d": "octets of all packets, as on the wire",
    "u": "duration",
    "a": "time of the earliest packet",
    "e": "time of the latest packet",
    "y": "bytes per second",
    "i": "bits per second",
    "z": "average size of packets",
    "x": "packets per second",
    "H": "SHA256, RIPEMD160 (where there is one) and SHA1 of the file",
    "o": "whether packets are in the order of their times",
    "k": "comments on the capture",
    "I": "interfaces",
    "n": "number of resolved names of IPv4 and IPv6 addresses",
    "D": "number of decryption secrets",
}
HASHES = ("sha256", "ripemd160", "sha1")
_TOLD_EVERY = 4096  # records
_BLOCK = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    parser.add_argument("files", nargs="+", metavar="FILE", help="captures: pcap or pcapng, - for stdin")
    group = parser.add_argument_group("what is told (default: all)")
    for letter, text in LETTERS.items():
        group.add_argument(f"-{letter}", dest="letters", action="append_const", const=letter, help=text)
    group = parser.add_argument_group("how")
    group.add_argument("-M", dest="exact", action="store_true", help="all digits of numbers, and short names")
    group.add_argument("-S", dest="epoch", action="store_true", help="times as seconds since 1970")
    group.add_argument("--json", action="store_true", help="one JSON array of objects, one for each file")


def run(options: argparse.Namespace) -> int:
    """Tell of one file after the other; what cannot be read does not keep the others back."""
    from wireproof.capture import CaptureError

    letters = frozenset(options.letters or LETTERS)
    told: list[CaptureInfo] = []
    status = 0
    for file in options.files:
        try:
            info = _look(file, letters)
        except CaptureError as error:
            status = _complain(file, error)
            continue
        if not options.json:
            _print(info, letters.__contains__, options, is_first=not told)
        told.append(info)
        if info.damage is not None:
            status = _complain(file, info.damage, info.compression)
    if options.json:
        _print_json(told, letters.__contains__)
    return status


def _print(info: CaptureInfo, chosen: Chosen, options: argparse.Namespace, *, is_first: bool) -> None:
    from wireproof.output.summary_text import SummaryStyle, summary_lines

    if not is_first:
        print()
    for line in summary_lines(info, chosen, SummaryStyle(options.exact, options.epoch)):
        print(line)


def _print_json(told: Sequence[CaptureInfo], chosen: Chosen) -> None:
    import json

    from wireproof.output.summary import summary_members

    objects: list[dict[str, Json]] = [summary_members(info, chosen) for info in told]
    print(json.dumps(objects, indent=2))


def _complain(file: str, error: CaptureError, compression: str | None = None) -> int:
    """Say what is wrong with a file, below what has been told so far."""
    sys.stdout.flush()
    complain(unreadable(file, error, compression))
    return FAILED


def _look(file: str, letters: frozenset[str]) -> CaptureInfo:
    """Read a file to its end, or to its damage. Raises CaptureError where it is no capture."""
    from wireproof.analysis.summary import Summary
    from wireproof.capture import CaptureError, open_reader
    from wireproof.capture.pcapng_told import Told
    from wireproof.output.summary import CaptureInfo

    with _open(file) as stream:
        tap = _Tap(stream, _hashes() if "H" in letters else {})
        reader = open_reader(cast(BinaryIO, tap))
        summary, told, damage = Summary(), Told(), None
        if reader.blocks is not None:
            reader.blocks.aside = told.take
        try:
            _gather(summary, reader, tap, _size_of(stream))
        except CaptureError as error:
            damage = error
        if letters & {"s", "H"}:
            tap.drain()
    return CaptureInfo(
        name=file,
        file_type=_file_type(reader),
        interfaces=reader.interfaces,
        sections=1 if reader.blocks is None else reader.blocks.section.number,
        snap_length=0 if reader.header is None else reader.header.snap_length,
        summary=summary,
        told=told,
        compression=reader.compression,
        size=tap.octets,
        hashes={name: each.hexdigest() for name, each in tap.hashes.items()},
        damage=damage,
    )


def _open(file: str) -> AbstractContextManager[BinaryIO]:
    from wireproof.capture import CaptureError

    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return open(file, "rb", buffering=0)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise CaptureError(f"cannot open {file!r}: {getattr(error, 'strerror', None) or error}") from error


def _size_of(stream: BinaryIO) -> int | None:
    found = os.fstat(stream.fileno())
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _gather(summary: Summary, reader: Reader, tap: _Tap, total: int | None) -> None:
    from wireproof.cli._progress import progress

    records = iter(reader)
    with progress(total) as advance:
        while summary.gather(itertools.islice(records, _TOLD_EVERY)):
            advance(tap.octets, summary.packets)


def _file_type(reader: Reader) -> str:
    """Return Wireshark's name of the format."""
    if reader.header is None:
        return "pcapng"
    if reader.header.modified:
        return "modpcap"
    return "nsecpcap" if reader.header.nanoseconds else "pcap"


def _hashes() -> dict[str, _Hash]:
    import hashlib

    found = {}
    for name in HASHES:
        with suppress(ValueError):  # OpenSSL 3 has RIPEMD160 only where its old algorithms are switched on
            found[name] = hashlib.new(name, usedforsecurity=False)
    return found


class _Tap:
    """A stream, of which all that is read is counted and hashed on the way, so that pipes are told of as well."""

    def __init__(self, stream: BinaryIO, hashes: Mapping[str, _Hash]) -> None:
        # read1 hands over what a pipe has, where read would wait for a full block.
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self.hashes = hashes
        self.octets = 0

    def read(self, size: int = -1) -> bytes:
        octets = self._read(size)
        self.octets += len(octets)
        for each in self.hashes.values():
            each.update(octets)
        return octets

    def drain(self) -> None:
        """Read what is behind the damage of a capture, as far as that is possible."""
        with suppress(OSError):
            while self.read(_BLOCK):
                pass

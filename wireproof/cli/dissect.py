"""``wireproof dissect FILE``, and ``wireproof -r FILE`` for the same: packets of a capture, printed or written."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from wireproof.cli import _options
from wireproof.cli._arguments import add_arguments as add_arguments
from wireproof.cli._failures import CommandError, UsageError, complain, unreadable
from wireproof.cli._frames import packet_at
from wireproof.cli._letters import arrange as arrange  # part of what a subcommand has
from wireproof.cli._streams import abandon_output

if TYPE_CHECKING:
    from wireproof.capture import CaptureError, PcapngWriter, PcapWriter, Reader, Record
    from wireproof.cli._options import Request
    from wireproof.cli._printing import Printing
    from wireproof.cli._statistics import Statistic
    from wireproof.interface import Capture, Filter
    from wireproof.interface.opening import Kind
    from wireproof.packet import Packet

HELP = "Print the packets of a capture, or write them to another; the options are tshark's."


def run(options: argparse.Namespace) -> int:
    """Read the capture and print or write its packets."""
    if options.list_interfaces:
        from wireproof.cli import _live

        return _live.print_interfaces()
    request = _options.understand(options)

    from wireproof.cli import _bulk

    checked = _bulk.is_kept(request)
    printing = None if checked else _printing(request)
    chosen = _filter(request, checked=checked)
    with _opening(request) as opening:
        return _dissect(request, opening, chosen, printing)


def _printing(request: Request) -> Printing | None:
    """Return what prints packets, where any are. Raises UsageError where the request names unknown fields."""
    if not request.shown or request.counts:
        return None
    from wireproof.cli._printing import printing_for

    return printing_for(request)


def _filter(request: Request, *, checked: bool) -> Filter | None:
    if not request.filter:
        return None
    from wireproof.cli._macros import macros_for
    from wireproof.grammar import FilterError
    from wireproof.interface import Filter

    try:
        reference = packet_at(request.file, request.reference_frame)
        chosen = Filter(request.filter, checked=checked, macros=macros_for(request.filter), reference=reference)
    except FilterError as error:
        raise CommandError(*(diagnosis.render(error.text) for diagnosis in error.diagnoses), in_lines=True) from error
    if not checked and not request.quiet:  # one that was checked before has none, or it would not have been kept
        _warn(chosen)
    return chosen


def _warn(chosen: Filter) -> None:
    """Say what of a filter can hardly be meant; what is only worth knowing, to a person alone."""
    for found in chosen.warnings:
        if found.severity == "warning" or sys.stderr.isatty():
            meant = "" if found.suggestion is None else f"; did you mean {found.suggestion}?"
            complain(f"{found.severity}: {found.message}{meant}")


@contextmanager
def _opening(request: Request) -> Iterator[Callable[[], Reader]]:
    """Give what opens the file, or the capture that lasts as long as this context."""
    if request.live is not None:
        from wireproof.cli import _live

        with _live.capturing(request.live, quiet=request.quiet) as opening:
            yield opening
        return
    from wireproof.capture import open_reader

    yield lambda: open_reader(request.file)


def _dissect(request: Request, opening: Callable[[], Reader], chosen: Filter | None, printing: Printing | None) -> int:
    from wireproof.capture import CaptureError
    from wireproof.cli._statistics import gather, statistic
    from wireproof.interface import Capture, EngineError
    from wireproof.packet import Preferences

    summaries = [statistic(text) for text in request.statistics]
    try:
        capture = Capture(opening(), Preferences(request.preferences, request.networks, request.switched_off))
    except CaptureError as error:
        raise CommandError(_unreadable(request, error)) from error
    capture.jobs = request.jobs
    if _is_summary_alone(request):
        capture.close()
        damage = gather(request, lambda: Capture(opening(), capture.preferences), summaries)
        return _end(request, summaries, damage, None)
    capture.taps += [each.see for each in summaries]
    if request.two_passes:
        from wireproof.interface.capture import look_ahead

        capture.hindsight = look_ahead(request.file, capture.preferences, request.count, request.engine)
    with capture, _progress(request, capture):
        try:
            damage, last = _work(request, capture, chosen, printing)
        except EngineError as error:
            raise UsageError(str(error)) from error
        except CaptureError as error:
            raise CommandError(str(error)) from error
    sys.stdout.write(last)
    for each in capture.forgotten():
        complain(each)
    return _end(request, summaries, damage, capture.reader.compression)


def _is_summary_alone(request: Request) -> bool:
    """Whether only summaries are wanted of a file that may be read as often as they take."""
    from wireproof.cli import _bulk

    if not request.statistics or not request.quiet or request.write is not None or request.two_passes:
        return False
    return request.engine != "reference" and _bulk.is_large(request)


def _end(request: Request, summaries: list[Statistic], damage: CaptureError | None, compression: str | None) -> int:
    """Print the summaries, and say what was wrong with the capture."""
    if summaries:
        _summarise(request, summaries)
    if damage is not None:
        sys.stdout.flush()  # so that the message stands below all packets before the damage
        raise CommandError(_unreadable(request, damage, compression))
    return 0


def _summarise(request: Request, summaries: list[Statistic]) -> None:
    """Print the summaries, the last one first, as tshark does; as one JSON document where that is asked for."""
    if request.quiet and request.format == "json":
        import json

        told = [{"name": each.name, "result": each.told()} for each in summaries]
        sys.stdout.write(f"{json.dumps(told, indent=2)}\n")
        return
    for each in summaries:
        for line in each.lines():
            sys.stdout.write(f"{line}\n")


@contextmanager
def _progress(request: Request, capture: Capture) -> Iterator[None]:
    """Show how far long work has come, on a terminal that nothing else is written to."""
    from wireproof.cli._progress import progress

    told: set[str] = set()

    def slowed(reason: str) -> None:
        if reason not in told:
            told.add(reason)
            complain(f"{reason}: filtering frame by frame, which takes longer")

    capture.slowed = slowed
    prints = (request.shown and not request.counts) or request.write == "-"
    with progress(capture.reader.size, enabled=not request.quiet, printing=prints) as advance:
        capture.advanced = advance
        yield


def _work(
    request: Request, capture: Capture, chosen: Filter | None, printing: Printing | None
) -> tuple[CaptureError | None, str]:
    """Print and write what passes; return the damage that ended it, and what is left to be printed.

    Raises CaptureError where a file cannot be written.
    """
    from wireproof.cli import _bulk

    if request.statistics:
        return _all_packets(request, capture, chosen, printing), ""
    if request.counts:
        return _bulk.count(request, capture, chosen)
    if request.format in _options.TABLES:
        return _bulk.tables(request, capture, chosen), ""
    if request.write is not None and not request.shown:
        return _bulk.copy(request, capture, chosen, lambda kind: _writer(request, capture, kind)), ""
    if request.write is None and request.format in _options.OF_FIELDS:
        chunks = _bulk.lines(request, capture, chosen)
        if chunks is not None:
            return _bulk.print_lines(request, chunks), ""
    packets = _Packets(_records(request, capture, chosen), capture)
    _print(request, packets, printing or _printing(request))
    return packets.damage, ""


def _all_packets(
    request: Request, capture: Capture, chosen: Filter | None, printing: Printing | None
) -> CaptureError | None:
    """Have all packets seen, and print and write those that pass; return the damage that ended it."""
    packets = _Packets(iter(capture.records(chosen, request.count, request.engine)), capture)
    shows = request.shown and not request.quiet
    _print(request, packets, (printing or _printing(request)) if shows else None)
    return packets.damage


def _print(request: Request, packets: _Packets, printing: Printing | None) -> None:
    """Print the packets one by one, each written before it is shown, where it is."""
    opened = _writer(request, packets.capture, packets.kind) if request.write is not None else nullcontext()
    with opened as writer:
        passing = _passing(packets, writer)
        seen = (packet for packet in passing if packet is not None)
        texts = printing(seen) if printing is not None else ("" for _ in passing)
        heard = True
        for text in texts:
            try:
                if heard:
                    sys.stdout.write(text)
                if heard and request.flush:
                    sys.stdout.flush()
            except BrokenPipeError:
                if writer is None:
                    raise
                heard = False  # nobody reads on, but the file is still to be written
                abandon_output()


def _passing(packets: _Packets, writer: PcapWriter | PcapngWriter | None) -> Iterator[Packet | None]:
    """Yield the packets, each written before it is shown."""
    for record, packet in packets:
        if writer is not None:
            writer.write(record)
        yield packet


class _Packets:
    """The packets that pass the filter, up to the end of the capture or to its damage, which is kept."""

    def __init__(self, records: Iterator[tuple[Record, Packet | None]], capture: Capture) -> None:
        self.capture = capture
        self.damage: CaptureError | None = None
        self._rest = self._read(records)

    def __iter__(self) -> Iterator[tuple[Record, Packet | None]]:
        return self._rest

    def kind(self) -> tuple[int, bool]:
        """Return what `Capture.kind` tells of the first packet that passes."""
        first = next(self._rest, None)
        if first is not None:
            self._rest = itertools.chain([first], self._rest)
        return self.capture.kind(None if first is None else first[0].link_type)

    def _read(self, records: Iterator[tuple[Record, Packet | None]]) -> Iterator[tuple[Record, Packet | None]]:
        from wireproof.capture import CaptureError

        try:
            yield from records
        except CaptureError as error:
            self.damage = error


def _records(request: Request, capture: Capture, chosen: Filter | None) -> Iterator[tuple[Record, Packet | None]]:
    """Return the records that pass, each with its packet where something of it is printed."""
    from wireproof.cli._printing import needs_stream

    if needs_stream(request):
        return capture.records(chosen, request.count, request.engine)
    records = capture.select(chosen, request.count, request.engine)
    return ((record, capture.dissect(record) if request.shown else None) for record in records)


def _writer(
    request: Request, capture: Capture, kind: Kind
) -> AbstractContextManager[PcapWriter] | AbstractContextManager[PcapngWriter]:
    """Return the writer for -w. Times stay whole unless -F asks for microseconds."""
    from wireproof.capture import write_pcap, write_pcapng
    from wireproof.capture.writer import format_named

    assert request.write is not None
    if _is_same(request.file, request.write):
        raise UsageError("the capture that is read cannot be written as well: give -w another name")
    form = request.write_format or format_named(request.write) or capture.reader.format
    known = capture.reader.interfaces
    if form == "pcapng":
        return write_pcapng(request.write, known, blocks=capture.reader.blocks, at_once=request.flush)
    link_type, finer = kind()
    return write_pcap(
        request.write,
        link_type,
        nanoseconds=finer if request.write_format is None else form == "nsecpcap",
        fcs_length=known[0].fcs_length if capture.reader.format == "pcap" else None,
        at_once=request.flush,
    )


def _is_same(read: str, written: str) -> bool:
    """Whether two names are one regular file."""
    try:
        return os.path.isfile(read) and os.path.samefile(read, written)
    except OSError:
        return False


def _unreadable(request: Request, error: CaptureError, compression: str | None = None) -> str:
    return unreadable(request.live.interface if request.live is not None else request.file, error, compression)

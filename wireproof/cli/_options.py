"""What the options of ``wireproof dissect`` mean, once they are known to fit together."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import TYPE_CHECKING

from wireproof._frozen import frozen
from wireproof.cli._failures import UsageError
from wireproof.cli._preferences import switched_off, switched_on
from wireproof.packet.preferences import MAC_NAMES, OUI_NAMES, PORT_NAMES

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from wireproof.capture.live import LiveOptions
    from wireproof.interface import Engine
    from wireproof.output import Chosen, FieldStyle

FORMATS = ("text", "fields", "csv", "json", "jsonraw", "ek", "pdml", "psml", "tabs", "arrow", "parquet")
OF_FIELDS = ("fields", "csv")  # a line of chosen fields for each packet
TABLES = ("arrow", "parquet")
DOCUMENTS = ("json", "jsonraw", "ek", "pdml", "psml")
CHOOSING = ("json", "ek", "pdml")  # that -e, -j and -J choose fields and protocols for
OCTETS = ("text", "tabs", "json", "jsonraw", "ek")  # that -x goes with
LATER_FORMATS = ("ps",)
TIMES = ("a", "ad", "adoy", "d", "dd", "e", "r", "u", "ud", "udoy")
WRITTEN = ("pcap", "nsecpcap", "pcapng")
HIGHEST_COUNT = 2**31 - 1
MOST_JOBS = 64
MOST_BYTES = 262_144  # of a packet, with libpcap
STOPS = ("duration", "packets")
LATER_STOPS = ("filesize", "files")

# What letters of -N ask for, and those that are not done. The others (d: names out of captured DNS packets, N: from
# servers, if n is there) ask for what no protocol here can give.
NAMING = {"m": MAC_NAMES, "t": PORT_NAMES}
RESOLVING = {"n": "network addresses", "v": "VLAN numbers"}
RESOLVERS = frozenset("dN") | NAMING.keys() | RESOLVING.keys()


@frozen
class Request:
    """One run of ``wireproof dissect``."""

    file: str  # empty where packets are captured
    live: LiveOptions | None
    filter: str
    reference_frame: int | None  # whose values the filter refers to
    count: int | None
    preferences: frozenset[str]
    networks: tuple[IPv4Network, ...]
    statistics: tuple[str, ...]  # the words of -z
    two_passes: bool  # over a file
    switched_off: frozenset[str]  # preferences that are on otherwise
    shown: bool  # whether packets are printed at all
    format: str
    names: tuple[str, ...]  # of -e
    style: FieldStyle | None  # of -E
    summary: bool  # a line for each packet
    details: bool  # its tree
    only: frozenset[str] | None  # the protocols whose part of the tree is spelled out; None for all
    hexdump: bool
    merge_keys: bool  # of JSON
    chosen: Chosen | None  # the protocols of -j and -J
    time: str
    flush: bool
    write: str | None
    write_format: str | None
    engine: Engine
    jobs: int | None
    quiet: bool
    counts: bool  # the number of packets is all that is printed


def understand(options: argparse.Namespace) -> Request:
    """Return what the options ask for. Raises UsageError where they contradict each other."""
    file = options.read_file if options.read_file is not None else options.file
    live = _live(options)
    if live is None and not file and options.read_file is None:
        raise UsageError("no capture file: wireproof dissect FILE, or -r FILE, or -i INTERFACE to capture")
    form = _format(options.formats)
    detailed = options.details or options.only is not None
    asked = bool(detailed or options.hexdump or options.print or options.formats or options.counts)
    _check_output(options, form, asked)
    return Request(
        file=file,
        live=live,
        filter=options.display_filter or "" if live is not None else _filter(options),
        reference_frame=_reference_frame(options, file),
        statistics=tuple(options.statistics),
        two_passes=_two_passes(options, file),
        count=_count(options),
        preferences=switched_on([*options.preferences, *_named(options)]) | _organizations(options, form),
        switched_off=switched_off(options.preferences),
        networks=tuple(options.networks),
        shown=asked or not (options.quiet or options.write is not None),
        format=form,
        names=tuple(options.names),
        style=_style(options, form),
        summary=options.print or not (detailed or options.hexdump),
        details=detailed,
        only=None if options.only is None else frozenset(name.strip() for name in options.only.split(",")),
        hexdump=options.hexdump,
        merge_keys=options.no_duplicate_keys,
        chosen=_chosen(options),
        time=options.time,
        flush=options.flush or live is not None,
        write=options.write,
        write_format=_write_format(options),
        engine=options.engine,
        jobs=options.jobs,
        quiet=options.quiet,
        counts=options.counts,
    )


def _reference_frame(options: argparse.Namespace, file: str) -> int | None:
    """Return the frame that the filter refers to, of a file that can be read twice."""
    number: int | None = options.reference_frame
    if number is not None and (not file or file == "-" or not os.path.isfile(file)):
        raise UsageError("--reference-frame takes a capture file that can be read twice")
    return number


def _two_passes(options: argparse.Namespace, file: str) -> bool:
    """Return whether the capture is read twice, which a file can be."""
    if options.two_passes and (not file or file == "-" or not os.path.isfile(file)):
        raise UsageError("-2 reads the capture twice, and so takes a file")
    return bool(options.two_passes)


def count(text: str) -> int:
    """The value of -c."""
    try:
        number = int(text, 10)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a decimal number") from None
    if not 0 < number <= HIGHEST_COUNT:
        raise argparse.ArgumentTypeError(f"{text}: expected 1 to {HIGHEST_COUNT}")
    return number


def jobs(text: str) -> int:
    """The value of --jobs."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{text}: expected 1 to {MOST_JOBS}")
    return int(text)


def snap_length(text: str) -> int:
    """The value of -s: 0 stands for whole packets."""
    if not text.isascii() or not text.isdigit() or not int(text) <= MOST_BYTES:
        raise argparse.ArgumentTypeError(f"{text}: expected 0 to {MOST_BYTES}")
    return int(text)


def stop(text: str) -> tuple[str, float]:
    """The value of -a: which bound, and how far it is."""
    name, _, value = text.partition(":")
    if name in LATER_STOPS:
        said = "is not there yet (tshark has it); duration:SECONDS and packets:N are"
        raise argparse.ArgumentTypeError(f"{text}: {name} {said}")
    if name not in STOPS:
        raise argparse.ArgumentTypeError(f"{text}: expected duration:SECONDS or packets:N")
    if name == "packets":
        return name, count(value)
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value) or not float(value):
        raise argparse.ArgumentTypeError(f"{text}: expected seconds above 0, as in duration:10 or duration:0.5")
    return name, float(value)


def _named(options: argparse.Namespace) -> list[str]:
    """Return the preferences that -N asks for, which outweigh -n."""
    return [f"{NAMING[letter]}:TRUE" for letter in options.N if letter in NAMING]


def _organizations(options: argparse.Namespace, form: str) -> frozenset[str]:
    """Return the switch that names organisations, where a tree is shown or a field that holds one is asked for."""
    asked = any("oui_resolved" in text for text in (*options.names, options.display_filter or ""))
    is_shown = form in ("json", "jsonraw", "ek", "pdml") or options.details or options.only is not None
    return frozenset({OUI_NAMES} if is_shown or asked else ())


def network(text: str) -> IPv4Network:
    """The value of --net: a network's address and the length of its prefix."""
    from ipaddress import IPv4Network

    try:
        return IPv4Network(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: expected a network such as 192.0.2.0/24 ({error})") from None


def resolvers(text: str) -> str:
    """The value of -N: what changes nothing is accepted."""
    for letter in text:
        if letter in RESOLVING:
            raise argparse.ArgumentTypeError(f"{text}: names for {RESOLVING[letter]} ({letter}) are not there yet")
        if letter not in RESOLVERS:
            raise argparse.ArgumentTypeError(f"{text}: expected letters of {''.join(sorted(RESOLVERS))}")
    return text


def _format(texts: list[str]) -> str:
    if len(texts) > 1:
        raise UsageError(f"-T {' -T '.join(texts)}: only one -T is possible")
    form = texts[0] if texts else "text"
    if form in LATER_FORMATS:
        raise UsageError(f"-T {form} is not there yet (tshark has it); there are {', '.join(FORMATS)}")
    if form not in FORMATS:
        raise UsageError(f"-T {form}: expected {', '.join(FORMATS)}")
    return form


def _live(options: argparse.Namespace) -> LiveOptions | None:
    """Return what is to be captured; None where a file is read."""
    if not options.interfaces:
        given = {
            "-f": options.capture_filters,
            "-a": options.stops,
            "-p": not options.promiscuous,
            "-s": options.snap_length is not None,
        }
        for name in (name for name, is_given in given.items() if is_given):
            raise UsageError(f"{name} is for a capture that is made here: add -i INTERFACE")
        return None
    from wireproof.capture.live import LiveOptions

    if options.read_file is not None:
        raise UsageError("-r reads a file and -i captures: give one of them")
    words = " ".join(options.filter)
    filters = options.capture_filters
    if len(filters) > 1:
        raise UsageError(f"-f {filters[0]!r} and -f {filters[1]!r}: there is one capture filter, for all interfaces")
    if words and filters:
        raise UsageError(f"two capture filters: -f {filters[0]!r} and, behind the options, {words!r}")
    return LiveOptions(
        tuple(options.interfaces),
        words or "".join(filters),
        snap_length=options.snap_length,
        promiscuous=options.promiscuous,
        duration=min((value for name, value in options.stops if name == "duration"), default=None),
    )


def _count(options: argparse.Namespace) -> int | None:
    """Return how many packets to read: -c, or what -a says of them."""
    bounds = [options.count, *(int(value) for name, value in options.stops if name == "packets")]
    return min((bound for bound in bounds if bound is not None), default=None)


def _filter(options: argparse.Namespace) -> str:
    words = " ".join(options.filter)
    if options.filter and options.display_filter is not None:
        raise UsageError(f"two display filters: -Y {options.display_filter!r} and, behind the options, {words!r}")
    return words if options.filter else options.display_filter or ""


def _check_output(options: argparse.Namespace, form: str, asked: bool) -> None:
    needing = (*OF_FIELDS, *TABLES)
    if form in needing and not options.names:
        raise UsageError(f"-T {form} needs the names of fields: -e NAME")
    if options.names and form not in (*needing, *CHOOSING):
        known = ", ".join((*needing, *CHOOSING[:-1]))
        raise UsageError(f"-e names fields for -T {known} or {CHOOSING[-1]}, and none of them was given")
    if options.hexdump and form not in OCTETS:
        raise UsageError(f"-x does not go with -T {form}: there are {', '.join(OCTETS)}")
    _check_protocols(options, form)
    if form in TABLES:
        _check_table(options, form)
    if options.counts and (options.formats or options.hexdump or options.details or options.only or options.write):
        raise UsageError("--count prints the number of packets and nothing else")
    if options.write == "-":
        if asked:
            raise UsageError("-w - and printed packets cannot both have the standard output")
        if sys.stdout.isatty():
            raise UsageError("-w - writes a capture, which is not for a terminal: send it to a file or a pipe")


def _check_protocols(options: argparse.Namespace, form: str) -> None:
    given = [letter for letter, words in (("-j", options.protocols), ("-J", options.whole_protocols)) if words]
    if len(given) > 1:
        raise UsageError("-j and -J both choose protocols: use one of them")
    if given and form not in CHOOSING:
        raise UsageError(f"{given[0]} chooses protocols for -T {', '.join(CHOOSING)}, and none of them was given")


def _check_table(options: argparse.Namespace, form: str) -> None:
    if options.write is not None:
        raise UsageError(f"-T {form} is written to the standard output, and -w writes a capture: use one of them")
    if sys.stdout.isatty():
        raise UsageError(f"-T {form} is not for a terminal: send it to a file or a pipe")


def _write_format(options: argparse.Namespace) -> str | None:
    chosen: str | None = options.write_format
    if chosen is not None and chosen not in WRITTEN:
        raise UsageError(f"-F {chosen}: expected {', '.join(WRITTEN)}")
    return chosen


def _chosen(options: argparse.Namespace) -> Chosen | None:
    """Return what -j or -J chooses: names of protocols and fields, with blanks between."""
    words = options.whole_protocols or options.protocols
    if not words:
        return None
    from wireproof.output import Chosen

    return Chosen(frozenset(words.split()), whole=bool(options.whole_protocols))


def _style(options: argparse.Namespace, form: str) -> FieldStyle | None:
    if not options.style and form != "csv":
        return None
    from wireproof.output import CSV, FieldStyle

    try:
        return FieldStyle.parse(options.style, CSV if form == "csv" else None)
    except ValueError as error:
        raise UsageError(f"-E: {error}") from error

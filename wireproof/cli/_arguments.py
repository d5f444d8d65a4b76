"""The options of ``wireproof dissect``: what tshark's letters mean here."""

from __future__ import annotations

import argparse

from wireproof.cli import _options
from wireproof.cli._completion import complete_filter
from wireproof.cli._frames import add_reference

EXAMPLES = """\
examples:
  wireproof dissect lan.pcapng
  wireproof dissect lan.pcapng -Y 'arp.opcode == 1 && arp.spa == 0.0.0.0'
  wireproof dissect lan.pcapng -V -c 1
  wireproof dissect lan.pcapng -O tcp tcp.flags.reset == 1
  wireproof dissect lan.pcapng -T fields -e frame.number -e ip.src -E header=y
  wireproof dissect lan.pcapng -T csv -e ip.src -e tcp.dstport -Y tcp > connections.csv
  wireproof dissect lan.pcapng -Y icmp -w pings.pcap
  tcpdump -w - | wireproof -l -r -
  wireproof -i eth0 -f 'not port 22' -Y tcp.flags.reset==1 -a duration:60

Names of fields and protocols: wireproof fields
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    _add_input(parser.add_argument_group("input"))
    _add_capturing(parser.add_argument_group("capturing"))
    _add_printing(parser.add_argument_group("printing"))
    _add_fields(parser.add_argument_group("fields"))
    _add_writing(parser.add_argument_group("writing"))
    parser.add_argument("-n", action="store_true", help="no name resolution; there is none but by -N")
    parser.add_argument(
        "-N",
        type=_options.resolvers,
        default="",
        metavar="FLAGS",
        help="names: m for MAC addresses, t for ports",
    )


def _add_input(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "file",
        nargs="?",
        default="",
        metavar="FILE",
        help="capture to read: pcap or pcapng, compressed or not, - for stdin",
    )
    group.add_argument("-r", "--read-file", metavar="FILE", help="the same")
    group.add_argument("-c", dest="count", type=_options.count, metavar="N", help="read the first N packets only")
    filters = group.add_argument("-Y", "--display-filter", metavar="FILTER", help="take the packets that match only")
    add_reference(group)
    group.add_argument("filter", nargs="*", metavar="FILTER", help="the same; words behind all options")
    group.add_argument(
        "-2",
        dest="two_passes",
        action="store_true",
        help="read a file twice, so that packets tell what later ones say of them: ip.reassembled_in, icmp.resp_in, "
        "tcp.completeness",
    )
    preferences = group.add_argument(
        "-o",
        dest="preferences",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="set a preference: eth.check_fcs, {ip,tcp,udp}.check_checksum, ip.defragment, "
        "tcp.relative_sequence_numbers and others, TRUE or FALSE",
    )
    group.add_argument(
        "--net",
        dest="networks",
        action="append",
        default=[],
        type=_options.network,
        metavar="PREFIX",
        help="a network of the link, such as 192.0.2.0/24, for diagnoses of what has no place there; may be repeated",
    )
    group.add_argument(
        "--engine",
        choices=("auto", "compiled", "reference"),
        default="auto",
        help="how filters, -T fields and the like, -w and --count run: as machine code where that pays (auto), "
        "always, or never",
    )
    group.add_argument(
        "--jobs",
        type=_options.jobs,
        metavar="N",
        help="walk over N ranges of a file at the same time (default: as many as pay)",
    )
    filters.completer = complete_filter  # type: ignore[attr-defined]
    preferences.completer = _complete_preference  # type: ignore[attr-defined] # argcomplete's way


def _add_capturing(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-i",
        "--interface",
        dest="interfaces",
        action="append",
        default=[],
        metavar="NAME",
        help="capture on an interface, by its name or number, with dumpcap or tcpdump, until Ctrl-C; "
        "may be repeated with dumpcap",
    )
    group.add_argument("-D", "--list-interfaces", action="store_true", help="list the interfaces, and do nothing else")
    group.add_argument(
        "-f",
        dest="capture_filters",
        action="append",
        default=[],
        metavar="FILTER",
        help="capture the packets that match only, in libpcap's language; words behind all options are the same",
    )
    group.add_argument(
        "-a",
        "--autostop",
        dest="stops",
        action="append",
        type=_options.stop,
        default=[],
        metavar="BOUND",
        help="duration:SECONDS or packets:N: end the capture there",
    )
    group.add_argument(
        "-p", "--no-promiscuous-mode", dest="promiscuous", action="store_false", help="only what is for this host"
    )
    group.add_argument(
        "-s",
        "--snapshot-length",
        dest="snap_length",
        type=_options.snap_length,
        metavar="N",
        help="keep the first N bytes of each packet (default: all)",
    )


def _add_printing(group: argparse._ArgumentGroup) -> None:
    formats = group.add_argument(
        "-T",
        dest="formats",
        action="append",
        default=[],
        metavar="FORMAT",
        help=f"{', '.join(_options.FORMATS)} (default: text)",
    )
    formats.completer = lambda **_: _options.FORMATS  # type: ignore[attr-defined]
    group.add_argument("--no-duplicate-keys", action="store_true", help="with -T json, join the values of a key")
    group.add_argument(
        "-j",
        dest="protocols",
        metavar="PROTOCOLS",
        help="with -T json, ek or pdml, spell out these only: 'ip ip.flags'",
    )
    group.add_argument(
        "-J", dest="whole_protocols", metavar="NAMES", help="the same, with all that is within them: 'ip tcp'"
    )
    group.add_argument("-V", dest="details", action="store_true", help="print all fields of each packet")
    group.add_argument("-O", dest="only", metavar="PROTOCOLS", help="like -V, of these protocols only: arp,ip")
    group.add_argument(
        "-x", dest="hexdump", action="store_true", help="print the bytes; with -T json or ek, those of each field"
    )
    group.add_argument(
        "-P", "--print", action="store_true", help="print a line for each packet, also with -w, -V or -x"
    )
    group.add_argument(
        "-t",
        dest="time",
        choices=_options.TIMES,
        default="r",
        metavar="FORM",
        help="time column: r since the first packet, d since the one before, dd since the one shown before, "
        "e since 1970, a of day, ad and adoy with date, u, ud, udoy in UTC (default: r)",
    )
    group.add_argument("-l", dest="flush", action="store_true", help="hand on each packet at once, for pipes")
    group.add_argument("--count", dest="counts", action="store_true", help="print how many packets pass, nothing else")
    group.add_argument(
        "-z",
        dest="statistics",
        action="append",
        default=[],
        metavar="NAME",
        help="summarise all packets, in their place with -q: conv,tcp endpoints,ip io,phs io,stat,1 expert "
        "follow,tcp,ascii,0; as JSON with -q -T json",
    )
    group.add_argument("-q", dest="quiet", action="store_true", help="print nothing that is not asked for")


def _add_fields(group: argparse._ArgumentGroup) -> None:
    names = group.add_argument(
        "-e",
        dest="names",
        action="append",
        default=[],
        metavar="NAME",
        help="a field to print with -T fields, json, ek or pdml, or a column: _ws.col.Info; may be repeated",
    )
    names.completer = _complete_field  # type: ignore[attr-defined]
    group.add_argument(
        "-E",
        dest="style",
        action="append",
        default=[],
        metavar="OPTION=VALUE",
        help="header=y|n, separator=/t|/s|C, aggregator=,|/s|C, occurrence=f|l|a, quote=d|s|n, bom=y|n",
    )


def _add_writing(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-w",
        dest="write",
        metavar="FILE",
        help="write the packets to a capture file, - for stdout; compressed if it ends in .gz, .zst or .lz4",
    )
    formats = group.add_argument(
        "-F",
        dest="write_format",
        metavar="FORMAT",
        help=f"{', '.join(_options.WRITTEN)} (default: what FILE ends in, .pcap or .pcapng, else as it was read; "
        "pcap holds one link type, no comments and no interfaces, and is of nanoseconds where times are finer)",
    )
    formats.completer = lambda **_: _options.WRITTEN  # type: ignore[attr-defined]


def _complete_field(prefix: str, **_: object) -> list[str]:
    from wireproof.dissectors.schema import catalogue

    known = catalogue()
    return [name for name in (*known.fields, *known.aliases) if name.startswith(prefix)]


def _complete_preference(prefix: str, **_: object) -> list[str]:
    from wireproof.cli._preferences import SWITCHES

    return [f"{name}:{value}" for name in SWITCHES for value in ("TRUE", "FALSE") if name.startswith(prefix)]

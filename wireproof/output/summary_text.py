"""What ``wireproof info`` tells of a capture file, as text: the labels of capinfos, and numbers as it writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from wireproof.analysis.summary import Summary
from wireproof.dissectors.numbers.encapsulations import LINK_TYPES
from wireproof.output.escape import escape
from wireproof.output.summary import CaptureInfo, Chosen, encapsulation
from wireproof.output.times import CLOCK_STYLES, seconds

FILE_TYPES = {
    "pcap": "Wireshark/tcpdump/... - pcap",
    "nsecpcap": "Wireshark/tcpdump/... - nanosecond pcap",
    "modpcap": "Modified tcpdump - pcap",
    "pcapng": "Wireshark/... - pcapng",
}
"""Wireshark's words for the formats by its names of them."""

UNKNOWN = "n/a"
_LABEL, _INDENT = "{:<21}", " " * 21
_NUMBER = "Number of packets"
_PREFIXES = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
_AFTER_PREFIX = {"bytes": "B", "bytes/s": "Bps", "bits/s": "bps"}
_ORDERED = {True: "True", False: "False", None: "Unknown"}
_PRECISIONS = (
    *("seconds", "deciseconds", "centiseconds", "milliseconds", "100 microseconds", "10 microseconds"),
    *("microseconds", "100 nanoseconds", "10 nanoseconds", "nanoseconds"),
)
# Wireshark's short names, by its numbers of the link layers that have a name here.
_SHORT = {
    **{1: "ether", 7: "rawip", 15: "null", 25: "linux-sll", 26: "frelay", 129: "rawip4", 130: "rawip6"},
    **{174: "loop", 198: "mpacket", 210: "linux-sll2"},
}


@dataclass(frozen=True, slots=True)
class SummaryStyle:
    """``exact`` gives numbers with all their digits, ``epoch`` times as seconds since 1970."""

    exact: bool = False
    epoch: bool = False


Lines = Callable[[CaptureInfo, SummaryStyle], Iterable[str]]


def summary_lines(info: CaptureInfo, chosen: Chosen, style: SummaryStyle) -> Iterator[str]:
    """Yield the name of the file and what is chosen of it."""
    yield _line("File name", escape(info.name))
    for letter, lines in _LINES:
        if chosen(letter):
            yield from lines(info, style)
    yield from _sections(info, chosen)
    for letter, lines in _BEHIND_SECTIONS:
        if chosen(letter):
            yield from lines(info, style)


def size_text(amount: int, unit: str) -> str:
    """Return a number with its unit; from 10000 on in thousands, millions and so on, cut off to whole ones.

    The unit is "bytes", "bytes/s", "bits/s", "packets/s" or nothing.
    """
    for power, prefix in _PREFIXES:
        if amount // power >= 10:
            return f"{amount // power} {prefix}{_AFTER_PREFIX.get(unit, unit)}"
    return f"{amount} {unit}".rstrip()


def _line(label: str, text: str) -> str:
    return _LABEL.format(f"{label}:") + text


def _amount(label: str, amount: Callable[[CaptureInfo], int | None], unit: str) -> Lines:
    def lines(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
        found = amount(info)
        if found is None:
            yield _line(label, UNKNOWN)
        else:
            yield _line(label, f"{found} {unit}".rstrip() if style.exact else size_text(found, unit))

    return lines


def _rate(label: str, amount: Callable[[Summary], int], unit: str) -> Lines:
    def lines(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
        if not info.summary.timed:
            return
        rate = info.summary.rate(amount(info.summary)) or 0.0
        exact = f"{rate:.2f} {unit}ec" if rate else UNKNOWN  # "/sec" in full
        yield _line(label, exact if style.exact else size_text(int(rate), unit))

    return lines


def _moment(label: str, moment: Callable[[Summary], tuple[int | None, int]]) -> Lines:
    def lines(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
        if not info.summary.timed:
            return
        time, interface = moment(info.summary)
        form = CLOCK_STYLES["e" if style.epoch else "ad"]
        yield _line(label, UNKNOWN if time is None else form(time, info.digits_of(interface)))

    return lines


def _type(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    compressed = f" ({info.compression} compressed)" if info.compression else ""
    yield _line("File type", (info.file_type if style.exact else FILE_TYPES[info.file_type]) + compressed)


def _encapsulation(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    found = info.encapsulations()
    if len(found) < 2:
        names = (_short(links[0], name) if style.exact else name for name, (links, _) in found.items())
        yield _line("File encapsulation", next(names, "Unknown"))
        return
    yield _line("File encapsulation", "Per packet")
    yield "Encapsulation in use by packets (# of pkts):"
    yield from (f"{_INDENT}{name} ({packets})" for name, (_, packets) in found.items() if packets)


def _precision(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    digits = info.time_digits
    if digits is not None:
        yield f"File timestamp precision:  {_PRECISIONS[digits]} ({digits})"
    elif info.interfaces:
        yield "File timestamp precision:  per-packet (-1)"
    if info.sections > 1:
        yield f"Number of sections in file: {info.sections}"


def _limits(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    yield _line("Packet size limit", f"file hdr: {f'{info.snap_length} bytes' if info.snap_length else '(not set)'}")
    if info.summary.cut is not None:
        least, most = info.summary.cut
        text = f"{least} bytes" if least == most else f"{least} bytes - {most} bytes (range)"
        yield _line("Packet size limit", f"inferred: {text}")


def _duration(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    summary = info.summary
    if not summary.timed:
        return
    if summary.duration is None:
        yield _line("Capture duration", UNKNOWN)
        return
    digits = max(info.digits_of(summary.first_interface), info.digits_of(summary.last_interface))
    text = seconds(summary.duration, digits)
    yield _line("Capture duration", f"{text} second{'' if text == '1' else 's'}")


def _mean(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    yield _line("Average packet size", f"{info.summary.mean_octets or 0:.2f} bytes")


def _hashes(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    return (_line(name.upper(), digest) for name, digest in info.hashes.items())


def _interfaces(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    if info.interfaces:
        yield f"Number of interfaces in file: {len(info.interfaces)}"
    for index, interface in enumerate(info.interfaces):
        yield f"Interface #{index} info:"
        texts = (("Name", interface.name), ("Description", interface.description))
        yield from (f"{_INDENT}{label} = {_one_line(text)}" for label, text in texts if text is not None)
        name, number = encapsulation(interface.link_type), LINK_TYPES.get(interface.link_type, 0)
        yield f"{_INDENT}Encapsulation = {name} ({number} - {_short(interface.link_type, name)})"
        if interface.hardware is not None:
            yield f"{_INDENT}Hardware = {_one_line(interface.hardware)}"
        if interface.speed is not None:
            yield f"{_INDENT}Speed = {interface.speed}"
        yield f"{_INDENT}Capture length = {interface.snap_length}"
        if interface.fcs_length is not None:
            yield f"{_INDENT}FCS length = {interface.fcs_length}"
        yield f"{_INDENT}Time precision = {_PRECISIONS[interface.time_digits]} ({interface.time_digits})"
        yield from (f"{_INDENT}{line}" for line in _further(info, index))
        if info.sections > 1:
            yield f"{_INDENT}Section = {interface.section}"
        yield f"{_INDENT}{_NUMBER} = {info.packets_of(index)}"


def _further(info: CaptureInfo, index: int) -> Iterator[str]:
    interface = info.interfaces[index]
    yield f"Time ticks per second = {interface.ticks}"
    if interface.time_offset:
        yield f"Timestamp offset = {interface.time_offset}"
    if interface.filter is not None:
        yield f"Filter string = {_one_line(interface.filter)}"
    if interface.system is not None:
        yield f"Operating system = {_one_line(interface.system)}"
    yield from (f"Comment = {_one_line(comment)}" for comment in interface.comments)
    yield f"Number of stat entries = {info.told.statistics.get(index, 0)}"


def _sections(info: CaptureInfo, chosen: Chosen) -> Iterator[str]:
    """Yield what sections tell of themselves, each under its number where there are several."""
    for section in info.told.sections:
        lines = []
        if chosen("F"):
            makers = ("hardware", section.hardware), ("oper-sys", section.system), ("application", section.application)
            lines += [_line(f"Capture {label}", _one_line(text)) for label, text in makers if text is not None]
        if chosen("k"):
            lines += [_line("Capture comment", _one_line(comment)) for comment in section.comments]
        if lines and info.sections > 1:
            yield f"Section {section.number}:"
        yield from lines
    if info.told.left_out and (chosen("F") or chosen("k")):
        yield f"Sections that tell more than fits here: {info.told.left_out}"


def _names(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    for version, count in zip(("IPv4", "IPv6"), info.told.names, strict=True):
        if count:
            yield f"Number of resolved {version} addresses in file: {count}"


def _secrets(info: CaptureInfo, style: SummaryStyle) -> Iterator[str]:
    if info.told.secrets:
        yield f"Number of decryption secrets in file: {info.told.secrets}"


def _short(link_type: int, name: str) -> str:
    """Return Wireshark's short name of a link type, or the longer one where that is not known here."""
    return _SHORT.get(LINK_TYPES.get(link_type, 0), name)


def _one_line(text: str) -> str:
    """Return text of the file, made harmless, with spaces for the ends of its lines."""
    return escape(text.replace("\r", " ").replace("\n", " "))


_LINES: tuple[tuple[str, Lines], ...] = (
    ("t", _type),
    ("E", _encapsulation),
    ("F", _precision),
    ("l", _limits),
    ("c", _amount(_NUMBER, lambda info: info.summary.packets, "")),
    ("s", _amount("File size", lambda info: info.size, "bytes")),
    ("d", _amount("Data size", lambda info: info.summary.octets, "bytes")),
    ("u", _duration),
    ("a", _moment("First packet time", lambda summary: (summary.first, summary.first_interface))),
    ("e", _moment("Last packet time", lambda summary: (summary.last, summary.last_interface))),
    ("y", _rate("Data byte rate", lambda summary: summary.octets, "bytes/s")),
    ("i", _rate("Data bit rate", lambda summary: summary.octets * 8, "bits/s")),
    ("z", _mean),
    ("x", _rate("Average packet rate", lambda summary: summary.packets, "packets/s")),
    ("H", _hashes),
    ("o", lambda info, style: [_line("Strict time order", _ORDERED[info.summary.in_order])]),
)
_BEHIND_SECTIONS: tuple[tuple[str, Lines], ...] = (
    ("I", _interfaces),
    ("n", _names),
    ("D", _secrets),
)
"""What each letter stands for, in capinfos's order."""

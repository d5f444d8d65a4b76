"""What a request prints: text of the output room, put together as the options say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from wireproof.cli._failures import UsageError
from wireproof.cli._options import OF_FIELDS

if TYPE_CHECKING:
    from wireproof.cli._options import Request
    from wireproof.output import ColumnLayout
    from wireproof.packet import Packet

    Printing = Callable[[Iterable[Packet]], Iterator[str]]
    """Packets to text, a packet at a time."""


def printing_for(request: Request) -> Printing:
    """Return what prints packets. Raises UsageError where the request names unknown fields."""
    from wireproof.output import ColumnLayout

    _check_names(request)
    texts = {"fields": _fields, "csv": _fields, "json": _json}.get(request.format, _text)
    layout = ColumnLayout(request.time)
    return lambda packets: texts(request, packets, layout)


def _check_names(request: Request) -> None:
    """Look up all names of -e, so that all that are unknown are told at once."""
    from wireproof.dissectors.schema import UnknownFieldError, catalogue
    from wireproof.output import COLUMN_FIELDS
    from wireproof.output.style import COLUMN

    unknown = []
    for name in dict.fromkeys(request.names):
        if name.startswith(COLUMN):
            if name not in COLUMN_FIELDS:
                unknown.append(f"{name!r} is no column; there are {', '.join(COLUMN_FIELDS)}")
            continue
        try:
            catalogue().field(name)
        except UnknownFieldError as error:
            unknown.append(str(error))
    if unknown:
        raise UsageError(*unknown)


def needs_stream(request: Request) -> bool:
    """Whether what is printed tells of packets before: only chosen fields of one frame do not."""
    from wireproof.dissectors.schema import catalogue
    from wireproof.output.style import COLUMN

    if request.format not in OF_FIELDS:
        return request.shown
    return any(name.startswith(COLUMN) or catalogue().field(name).across for name in request.names)


def _fields(request: Request, packets: Iterable[Packet], layout: ColumnLayout) -> Iterator[str]:
    from wireproof.output import FieldStyle, FieldWriter

    writer = FieldWriter(request.names, request.style or FieldStyle(), layout)
    yield writer.opening()
    for packet in packets:
        yield f"{writer.line(packet)}\n"


def _json(request: Request, packets: Iterable[Packet], layout: ColumnLayout) -> Iterator[str]:
    from wireproof.output import json_chunks

    if request.names:
        return _chosen_json(request, packets, layout)
    return json_chunks(packets, merge=request.merge_keys)


def _chosen_json(request: Request, packets: Iterable[Packet], layout: ColumnLayout) -> Iterator[str]:
    """Yield the array of packets with the values of the chosen fields alone; fields that are absent are left out."""
    import json
    import textwrap

    from wireproof.output import FieldStyle, FieldWriter
    from wireproof.output.json import packet_object

    writer = FieldWriter(request.names, request.style or FieldStyle(), layout)
    opening = "[\n"
    for packet in packets:
        layers = writer.values(packet)
        shown = dict(packet_object(packet)) | {"_source": {"layers": layers}}
        yield opening + textwrap.indent(json.dumps(shown, indent=2, ensure_ascii=False), "  ")
        opening = ",\n"
    yield "[]\n" if opening == "[\n" else "\n]\n"


def _text(request: Request, packets: Iterable[Packet], layout: ColumnLayout) -> Iterator[str]:
    from wireproof.output import tabs_line, text_lines

    for packet in packets:
        shown = text_lines(
            packet,
            summary=request.summary,
            details=request.details,
            only=request.only,
            octets=request.hexdump,
            layout=layout,
        )
        lines = list(shown)
        if request.summary and request.format == "tabs":
            lines[0] = tabs_line(packet, layout)
        yield "\n".join(lines) + "\n"

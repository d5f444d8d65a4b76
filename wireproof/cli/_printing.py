"""What a request prints: text of the output room, put together as the options say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from wireproof.cli._failures import UsageError
from wireproof.cli._options import DOCUMENTS, OF_FIELDS

if TYPE_CHECKING:
    from wireproof.cli._options import Request
    from wireproof.output import ColumnLayout
    from wireproof.packet import Packet

    class Document(Protocol):
        """Packets in a format that has a begin and an end."""

        def opening(self) -> str: ...
        def packet(self, packet: Packet) -> str: ...
        def closing(self) -> str: ...

    Printing = Callable[[Iterable[Packet]], Iterator[str]]
    """Packets to text, a packet at a time."""


def printing_for(request: Request) -> Printing:
    """Return what prints packets. Raises UsageError where the request names unknown fields."""
    from wireproof.output import ColumnLayout

    _check_names(request)
    by_format = {**dict.fromkeys(OF_FIELDS, _fields), **dict.fromkeys(DOCUMENTS, _documents)}
    texts = by_format.get(request.format, _text)
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
    from wireproof.interface import across
    from wireproof.output.style import COLUMN

    if request.format not in OF_FIELDS:
        return request.shown
    return any(name.startswith(COLUMN) for name in request.names) or across.needs_stream(request.names)


def _fields(request: Request, packets: Iterable[Packet], layout: ColumnLayout) -> Iterator[str]:
    from wireproof.output import FieldStyle, FieldWriter

    writer = FieldWriter(request.names, request.style or FieldStyle(), layout)
    yield writer.opening()
    for packet in packets:
        yield f"{writer.line(packet)}\n"


def _documents(request: Request, packets: Iterable[Packet], layout: ColumnLayout) -> Iterator[str]:
    """Yield a document of packets, which is closed as it should be also where Ctrl-C ends it."""
    from wireproof.cli._interrupts import Interrupts

    document = _document(request, layout)
    told = _chosen(request, document, layout) if request.names else document.packet
    with Interrupts() as interrupts:
        yield document.opening()
        try:
            for packet in packets:
                text = told(packet)
                with interrupts.held():
                    yield text
        except KeyboardInterrupt:
            yield document.closing()
            raise
        yield document.closing()


def _chosen(request: Request, document: Any, layout: ColumnLayout) -> Callable[[Packet], str]:
    """Return what tells the fields of -e alone of a packet."""
    from wireproof.output import FieldStyle, FieldWriter

    writer = FieldWriter(request.names, request.style or FieldStyle(), layout)
    return lambda packet: str(document.chosen(packet, writer.values(packet)))


def _document(request: Request, layout: ColumnLayout) -> Document:
    """Return the document of a format: its opening, its packets, its closing."""
    if request.format == "ek":
        from wireproof.output.ek import EkDocument

        return EkDocument(octets=request.hexdump, chosen=request.chosen)
    if request.format == "psml":
        from wireproof.output.pdml import PsmlDocument

        return PsmlDocument(layout)
    if request.format == "pdml":
        from wireproof.output.pdml import PdmlDocument

        return PdmlDocument(request.live.interface if request.live is not None else request.file, request.chosen)
    from wireproof.output import JsonDocument, JsonStyle

    is_raw = request.format == "jsonraw"
    return JsonDocument(JsonStyle(not is_raw, is_raw or request.hexdump, request.merge_keys, request.chosen))


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

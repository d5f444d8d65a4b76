"""Bytes to a packet: runs the schemas layer by layer. Never raises on bytes; what is wrong becomes a diagnosis."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from construct import ConstructError, Container, StreamError, stream_read

from wireproof.dissectors.numbers.encapsulations import LINK_TYPES
from wireproof.dissectors.schema import (
    BY_TYPE,
    BrokenRuleError,
    Carry,
    Catalogue,
    FieldInfo,
    Protocol,
    Rule,
    catalogue,
)
from wireproof.dissectors.schema.reading import Window, context_of, read_members
from wireproof.packet.checksum import BAD
from wireproof.packet.faults import bug, contradicted, cut_short, not_reassembled
from wireproof.packet.finish import add_diagnoses, add_protocols, add_trailers, broken, verify_checksums
from wireproof.packet.pieces import Fragments, made_whole
from wireproof.packet.plan import Plan, plan_of
from wireproof.packet.preferences import DEFAULT, MAC_NAMES, OUI_NAMES, PORT_NAMES, Preferences
from wireproof.packet.source import UNKNOWN, Source
from wireproof.packet.told import add_told
from wireproof.packet.tree import Diagnosis, Layer, Packet, Value

if TYPE_CHECKING:
    pass

MAXIMUM_LAYERS = 64
_FAULTS = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
"""What an expression of a schema may raise on values that it was not written for."""


_new = tuple.__new__  # what a NamedTuple does, without asking by name


class _Record(list[Value]):
    """The values of a layer as they are read, and the rules it broke.

    `reached` is where the header ends by what was read of it, if that says so before it has been read.
    """

    def __init__(self, window: Window, extents: Mapping[str, tuple[int, int]], start: int = 0) -> None:
        super().__init__()
        self.window, self.start = window, start
        self.extents = extents
        self.rules: list[tuple[Rule, str, int]] = []
        self.reached = 0
        self._kept = 0

    def add(self, mark: int, infos: tuple[FieldInfo, ...], shown: Any, start: int, bits: int) -> None:
        """Add a value at `mark`, of a field and of the general fields that it feeds."""
        for info in infos:
            self.insert(mark, _new(Value, (info, shown, start, bits)))
            mark += 1

    def place(self, start: int, stream: Any) -> tuple[int, int]:
        """Return where in the frame lies what was read of a stream from there on, as first bit and number of bits."""
        if isinstance(stream, Window):
            return start * 8, (stream.tell() - start) * 8
        # construct takes a BitStruct's octets first and reads them as a stream with an octet for each bit.
        first_bit = self.window.tell() * 8 - len(stream.getvalue())
        return first_bit + start, stream.tell() - start

    def put(self, info: FieldInfo, start: int, end: int) -> None:
        """Add octets of the frame as the value of a field; none are no value."""
        if start >= end:
            return
        self.append(Value(info, self.window.data[start:end], start * 8, (end - start) * 8))

    def keep(self) -> None:
        """Keep the values so far, also where the rest of their part is not there."""
        self._kept = len(self)

    def drop(self, mark: int) -> None:
        """Forget the values from `mark` on, but for those to be kept: the part they are of was not read whole."""
        del self[max(mark, self._kept) :]

    def broken(self, rule: Rule, context: Any) -> None:
        """Note a rule that is broken, and how many values there were in front of it."""
        self.rules.append((rule, rule.text(context), len(self)))


def dissect(
    data: bytes,
    source: Source = UNKNOWN,
    preferences: Preferences = DEFAULT,
    protocols: Catalogue | None = None,
    fragments: Fragments | None = None,
) -> Packet:
    """Dissect one frame. Returns what can be read, with a diagnosis where that is not everything.

    Given the `fragments` of the frames before, what this one makes whole is read as well.
    """
    known = protocols or catalogue()
    wire_length = len(data) if source.wire_length is None else source.wire_length
    packet = Packet(
        data,
        source.number,
        source.time,
        wire_length,
        source.link_type,
        source.interface,
        known,
        source.time_digits,
        source.fcs_length,
    )
    path = _read_layers(packet, source, preferences, fragments)
    add_trailers(packet, preferences)
    if MAC_NAMES in preferences:
        from wireproof.packet.names import add_names

        add_names(packet)
    elif OUI_NAMES in preferences:
        from wireproof.packet.names import add_organizations

        add_organizations(packet)
    if PORT_NAMES in preferences:
        from wireproof.packet.ports import service

        packet.service = service
    add_told(packet, source)
    add_protocols(packet, path)
    add_diagnoses(packet)
    return packet


@dataclass(slots=True)
class _Next:
    """The layer to read next, and the octets that are its. `form` is the one of its protocol's forms that it has."""

    protocol: Protocol
    start: int
    end: int
    quoted: bool
    partial: bool = False
    typed: bool = False
    form: Protocol | None = None


def _read_layers(packet: Packet, source: Source, preferences: Preferences, fragments: Fragments | None) -> list[str]:
    """Read one layer after the other; return the protocols tried, as ``frame.protocols`` lists them."""
    known, stream = packet.catalogue, Window(packet.data, 0)
    frame = known.protocols["frame"]
    context = {
        "number": packet.number,
        "wire_length": packet.wire_length,
        "time": packet.time,
        "interface": packet.interface,
        "interface_name": source.interface_name,
        "section": source.section,
        "link_type": packet.link_type,
        "encapsulation": LINK_TYPES.get(packet.link_type, 0),
    }
    following, path = _read_layer(packet, stream, _Next(frame, 0, packet.length, False), context, preferences)
    tried = list(path)
    packet.layers[0].header_end = len(packet.data)  # as bytes, the frame is all of it
    while following is not None:
        if len(packet.layers) >= MAXIMUM_LAYERS:
            packet.diagnoses.append(
                Diagnosis("rule", following.protocol.name, f"more than {MAXIMUM_LAYERS} layers", group="Undecoded")
            )
            break
        tried.append(following.protocol.name)
        following.form = _form(packet, following)
        if following.form is not None:
            tried.append(following.form.name)
        given = {
            "link_type": packet.link_type,
            "networks": preferences.prefixes,
            "captured_at": packet.time or 0,
        }
        was = following
        following, path = _read_layer(packet, stream, was, given, preferences)
        if was.quoted and packet.layers[-1].start != was.start and was.end <= packet.home(was.start)[1]:
            tried.pop()  # a quote that ends before the layer has anything is no attempt
        whole = made_whole(packet, fragments, preferences) if fragments is not None else None
        if whole is not None:
            stream, following = Window(packet.buffer, 0), _Next(*whole, packet.layers[-1].quoted)
        tried.extend(path)
    return tried


def _form(packet: Packet, what: _Next) -> Protocol | None:
    """Return the form of its protocol that the next layer has, None where that is the usual one."""
    forms = packet.catalogue.forms.get(what.protocol.name)
    if forms is None:
        return None
    octets = packet.octets(what.start, what.end)
    return next((form for form in forms if octets.startswith(form.opening)), None)


def _read_layer(
    packet: Packet, stream: Window, what: _Next, given: Mapping[str, Any], preferences: Preferences
) -> tuple[_Next | None, tuple[str, ...]]:
    """Read one layer into the packet; return what follows it, and the step between for ``frame.protocols``."""
    protocol, start = what.form or what.protocol, what.start
    if protocol.nested is not None and sum(layer.protocol is protocol for layer in packet.layers) >= protocol.nested[0]:
        _leave_out(packet, what, protocol.nested)
        return None, ()
    captured_end = max(min(what.end, packet.home(start)[1]), start)
    content_end = packet.content_end(protocol, start, what.end)
    extents: dict[str, tuple[int, int]] = {}
    record = _Record(stream, extents, start)
    context = context_of(
        stream,
        Container(record=record, extents=extents),
        building=False,
        layer_length=content_end - start,
        captured_length=max(min(content_end, captured_end) - start, 0),
        first_octet=packet.buffer[start] if start < captured_end else 0,
        quoted=int(what.quoted),
        partial=int(what.partial),
        typed=int(what.typed),
        tables=packet.catalogue.tables,
        **given,
    )
    stream.seek(start)
    stream.begin(captured_end, what.end)
    plan = plan_of(protocol)
    header_end, read, failure = _read_parts(plan, stream, context, what.end)
    behind = None if failure is not None or not plan.tails else _read_tails(plan, stream, context, start, what.end)
    if failure is not None and is_all_header(protocol):
        header_end = captured_end
    layer = Layer(what.protocol, 0, start, header_end, what.end, record, failure is None, what.quoted, extents=extents)
    layer.form, layer.partial = what.form, what.partial
    if read and plan.header is not None:
        layer.claimed = plan.header(context)
    if read:
        layer.number = 1 + sum(other.protocol is layer.protocol for other in packet.layers)
        packet.layers.append(layer)
    fault = None
    if failure is None:
        try:
            _narrow(layer, plan, context)
        except _FAULTS as error:
            fault = bug(protocol, None, error)
    elif failure.kind != "rule":
        # Where a layer ends may be known although not all of it can be read.
        with contextlib.suppress(*_FAULTS):
            layer.payload_end = _narrow(layer, plan, context)
    packet.diagnoses.extend(_said(packet, layer, record, preferences))
    for each in (failure, behind):
        if each is not None and (each.kind == "short" or (each.kind == "malformed" and not what.quoted)):
            packet.diagnoses.append(not_reassembled(each) if what.partial and each.kind == "malformed" else each)
    if failure is not None:
        return None, ()
    try:
        end = min(layer.end, content_end) if content_end >= header_end else layer.end
        if fault is None:
            return _follow(layer, plan, end, context, packet.catalogue)
    except _FAULTS as error:
        fault = bug(protocol, None, error)
    packet.diagnoses.append(fault)
    return None, ()


def _said(packet: Packet, layer: Layer, record: _Record, preferences: Preferences) -> list[Diagnosis]:
    """Return what is to be said of a layer, in the order of its values; each becomes a value as well."""
    said = [
        (_place(record, rule, place), broken(layer.schema, rule, text))
        for rule, text, place in record.rules
        if rule.stops or rule.quoted or not layer.quoted
    ]
    before = list(record)
    if layer.number:
        # A sum stands in front of what is said behind it; sorting keeps the order of the rest.
        said = [*verify_checksums(packet, len(packet.layers) - 1, preferences), *said]
        said.sort(key=lambda each: each[0])
    behind = passed = 0
    for place, diagnosis in said:
        assert diagnosis.field is not None
        while passed < place:
            passed += record[behind] is before[passed]
            behind += 1
        record.insert(behind, Value(diagnosis.field, True, layer.start * 8, 0))
        behind += 1
    return [diagnosis for _, diagnosis in said]


def _place(record: _Record, rule: Rule, place: int) -> int:
    """Return how many values there are in front of what is said of a rule."""
    if not rule.at:
        return place
    return next((at + 1 for at in range(place - 1, -1, -1) if record[at].info.name == rule.at), place)


def _leave_out(packet: Packet, what: _Next, nested: tuple[int, Rule]) -> None:
    """Add a layer that is one too many of its kind, of which nothing is read."""
    most, rule = nested
    layer = Layer(what.protocol, most + 1, what.start, what.start, what.end, quoted=what.quoted)
    layer.values.append(Value(rule.field, True, what.start * 8, 0))
    packet.layers.append(layer)
    packet.diagnoses.append(broken(what.protocol, rule, rule.message))


def _read_parts(plan: Plan, stream: Window, context: Any, end: int) -> tuple[int, int, Diagnosis | None]:
    """Read the parts; return the header's end, how many parts were read, and why the rest was not."""
    protocol, record = plan.protocol, context["_params"]["record"]
    header_end = layer_start = stream.tell()
    read = 0
    for part, members, is_payload in plan.parts:
        mark, position = len(record), stream.tell()
        try:
            read_members(members, stream, context, protocol.name)
        except BrokenRuleError as error:
            record.drop(mark)
            return max(header_end, record.reached), read, Diagnosis("rule", protocol.name, error.rule.message)
        except StreamError:
            record.drop(mark)
            return (
                max(header_end, record.reached),
                read,
                cut_short(protocol, part, stream, position, (layer_start, end)),
            )
        except ConstructError as error:
            record.drop(mark)
            return max(header_end, record.reached), read, contradicted(protocol, part, error)
        except _FAULTS as error:
            record.drop(mark)
            return max(header_end, record.reached), read, bug(protocol, part, error)
        read += 1
        if not is_payload:
            header_end = stream.tell()
    return header_end, read, None


def _read_tails(plan: Plan, stream: Window, context: Any, start: int, end: int) -> Diagnosis | None:
    """Read what lies behind what a layer carries; return why not all of it was."""
    protocol, record = plan.protocol, context["_params"]["record"]
    for part, members in plan.tails:
        try:
            if not part.when(context):
                continue
            record.keep()
            stream.seek(start)
            stream_read(stream, part.at(context), protocol.name)
            for member in members:
                record.keep()
                read_members((member,), stream, context, protocol.name)
        except BrokenRuleError as error:
            return Diagnosis("rule", protocol.name, error.rule.message)
        except StreamError:
            record.drop(0)
            return cut_short(protocol, part, stream, start, (start, end))
        except ConstructError as error:
            return contradicted(protocol, part, error)
        except _FAULTS as error:
            return bug(protocol, part, error)
    return None


def is_all_header(protocol: Protocol) -> bool:
    """Whether the extent that a protocol tells of is its header's, which is all there is of it where it is cut."""
    return protocol.extent is not None and not protocol.carries


def _narrow(layer: Layer, plan: Plan, context: Any) -> int | None:
    """End the layer where its own header says, if it does and there is that much; return where that is."""
    if plan.extent is None:
        return None
    extent = plan.extent(context)
    if not extent or not layer.header_end <= layer.start + extent < layer.end:
        return None
    layer.end = layer.start + extent
    return layer.end


def _follow(
    layer: Layer, plan: Plan, content_end: int, context: Any, known: Catalogue
) -> tuple[_Next | None, tuple[str, ...]]:
    """Return what a layer carries, which ends there at the latest, and the step between."""
    for carry, applies, length, skip in plan.carries:
        if applies(context) and not (carry.wrong and BAD not in layer[f"{carry.wrong}.status"]):
            protocol = _select(carry, context, known)
            end = content_end
            if length is not None:
                end = min(end, layer.header_end + length(context))
                layer.payload_end = end
            start = layer.header_end + (skip(context) if skip is not None else 0)
            if protocol is None or (end <= start and not carry.empty):
                return None, ()
            if protocol.name == carry.fallback and context["captured_length"] <= start - layer.start:
                return None, ()
            quoted = layer.quoted or carry.quoted
            partial = layer.partial if carry.partial is None else carry.partial
            following = _Next(protocol, start, end, quoted, partial, carry.table == BY_TYPE)
            return following, (carry.path,) if carry.path else ()
    return None, ()


def _select(carry: Carry, context: Any, known: Catalogue) -> Protocol | None:
    key = 0 if carry.key is None else context[carry.key]
    found = known.tables.get(carry.table, {}).get(key)
    return found or (known.protocols.get(carry.fallback) if carry.fallback else None)

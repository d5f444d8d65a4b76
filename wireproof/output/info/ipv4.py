"""IPv4: addresses, and what is wrong with a header or unknown behind it."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.output.info.row import Row
from wireproof.output.templates import first_values
from wireproof.output.values import format_value
from wireproof.packet import Layer, Packet, Value
from wireproof.packet.checksum import BAD

PSEUDO = ("data", "_ws.expert", "_ws.malformed", "_ws.short", "_ws.unreassembled")


def write(row: Row, layer: Layer, packet: Packet) -> None:
    """Write the addresses, and why it ends here where it does."""
    values = first_values(layer)
    version = values["ip.version"].value
    if version != 4 and not _write_other_version(row, packet, version):
        return
    row.protocol = "IPv4"
    row.info = _bogus(values, packet)
    if "ip.src" in values:
        row.source = format_value(values["ip.src"])
    if "ip.dst" in values:
        row.destination = format_value(values["ip.dst"])
    if layer.complete:
        row.info = _payload(layer, packet, values)


def _write_other_version(row: Row, packet: Packet, version: int) -> bool:
    """Write what is said of another version; True where the layer below had promised version 4."""
    if not is_of_either_version(packet):
        return True
    if version != 6:
        row.protocol, row.info = "IP", f"Bogus IP version ({version})"
    return False


def is_of_either_version(packet: Packet) -> bool:
    """Whether Wireshark takes the last IP layer for one of any version: it was not found by its EtherType."""
    said = (each for each in packet.diagnoses if each.field is not None and each.field.name == "ip.bogus_ip_version")
    return any(each.field is not None and each.message == each.field.title for each in said)


def _bogus(values: Mapping[str, Value], packet: Packet) -> str:
    version = values["ip.version"].value
    if version != 4:
        return f"Bogus IPv4 version ({version}, must be 4)"
    header = (packet.buffer[values["ip.version"].octets.start] & 15) * 4
    if header < 20:
        return f"Bogus IP header length ({header}, must be at least 20)"
    if "ip.len" in values and values["ip.len"].value < header:
        return f"Bogus IP length ({values['ip.len'].value}, less than header length {header})"
    return ""


def _payload(layer: Layer, packet: Packet, values: Mapping[str, Value]) -> str:
    protocol, offset = values["ip.proto"].value, values["ip.frag_offset"].value
    name = values["ip.proto"].info.labels.get(protocol, "Unknown")
    is_piece = (offset or values["ip.flags.mf"].value) and not layer["ip.fragments"]
    is_alone = not offset and (layer.end > len(packet.data) or BAD in layer["ip.checksum.status"])  # waits for nobody
    if is_piece and not is_alone and _is_left_as_data(layer, packet):
        later = "".join(f" [Reassembled in #{frame}]" for frame in layer["ip.reassembled_in"])
        about = f"proto={name} {protocol}, off={offset * 8}, ID={values['ip.id'].value:04x}"
        return f"Fragmented IP protocol ({about}){later}"
    if layer.end > layer.header_end and protocol not in packet.catalogue.tables.get("ip.proto", {}):
        return f"{name} ({protocol})"
    return ""


def _is_left_as_data(layer: Layer, packet: Packet) -> bool:
    """Whether no further layer was made of a fragment's payload."""
    following = packet.layers[packet.layers.index(layer) + 1 :]
    return not following or following[0].protocol.name in PSEUDO

"""A small catalogue, and subjects made of dictionaries: all that the filter language needs."""

import csv
import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.types import FieldType


class Fields:
    """A catalogue of given fields."""

    def __init__(self, fields: Sequence[FieldInfo], aliases: Mapping[str, str] | None = None) -> None:
        self.fields = {info.name: info for info in fields}
        self.aliases = aliases or {}

    def find(self, name: str) -> FieldInfo | None:
        return self.fields.get(self.aliases.get(name, name))

    def nearest(self, name: str) -> Sequence[str]:
        return difflib.get_close_matches(name.lower(), [*self.fields, *self.aliases], n=3)


FIELDS = Fields(
    [
        FieldInfo("frame", FieldType.PROTOCOL),
        FieldInfo("frame.number", FieldType.UINT32),
        FieldInfo("frame.time", FieldType.ABSOLUTE_TIME),
        FieldInfo("frame.time_delta", FieldType.RELATIVE_TIME),
        FieldInfo("frame.protocols", FieldType.STRING),
        FieldInfo("eth.src", FieldType.ETHER),
        FieldInfo("eth.dst", FieldType.ETHER),
        FieldInfo("arp", FieldType.PROTOCOL),
        FieldInfo("arp.opcode", FieldType.UINT16, labels={1: "request", 2: "reply", 3: "reverse request"}),
        FieldInfo("arp.duplicate-address", FieldType.FRAMENUM),
        FieldInfo("arp.isgratuitous", FieldType.BOOLEAN),
        FieldInfo("ip", FieldType.PROTOCOL),
        FieldInfo("ip.src", FieldType.IPV4),
        FieldInfo("ip.dst", FieldType.IPV4),
        FieldInfo("ip.addr", FieldType.IPV4),
        FieldInfo("ip.ttl", FieldType.UINT8),
        FieldInfo("tcp", FieldType.PROTOCOL),
        FieldInfo("tcp.port", FieldType.UINT16),
        FieldInfo("tcp.len", FieldType.UINT32),
        FieldInfo("tcp.seq_raw", FieldType.UINT32),
        FieldInfo("tcp.scale", FieldType.INT32),
        FieldInfo("tcp.flags", FieldType.UINT16),
        FieldInfo("tcp.flags.syn", FieldType.BOOLEAN, labels={1: "Set", 0: "Not set"}),
        FieldInfo("tcp.flags.reset", FieldType.BOOLEAN, labels={1: "Set", 0: "Not set"}),
        FieldInfo("tcp.payload", FieldType.BYTES),
        FieldInfo("tcp.analysis", FieldType.NONE),
        FieldInfo("udp.port", FieldType.UINT16),
        FieldInfo("vlan.id", FieldType.UINT16),
        FieldInfo("9p.tag", FieldType.UINT8),
    ],
    aliases={"arp.op": "arp.opcode"},
)


class Seen(NamedTuple):
    value: Any
    layer: int = 1
    raw: bytes = b""
    reach: bytes = b""


class Subject:
    """A packet that has the values it is given; several values are of layers 1, 2 ...."""

    def __init__(self, values: Mapping[str, Sequence[Any]]) -> None:
        self.values = values

    def occurrences(self, name: str) -> Sequence[Seen]:
        values = self.values.get(name, ())
        return [value if isinstance(value, Seen) else Seen(value, layer) for layer, value in enumerate(values, 1)]


def recorded_fields(folder: Path) -> Fields:
    """Return the fields of Wireshark's that are listed beside its recorded answers, as far as their types are known."""
    types = {type.wireshark: type for type in FieldType}
    labels = json.loads((folder / "values.json").read_text("utf-8"))
    found = []
    with (folder / "fieldlist.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["type"] in types:
                known = labels.get(row["abbrev"], {})
                pairs = {int(number, 0): text for number, text in known.get("values", ())}
                if "tfs" in known:
                    pairs = {1: known["tfs"][0], 0: known["tfs"][1]}
                found.append(FieldInfo(row["abbrev"], types[row["type"]], row["name"], labels=pairs))
    return Fields(found)

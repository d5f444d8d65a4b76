"""What the files hold, as values. What each key means stands once, in ``schemas/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Value: TypeAlias = int | bool | str
"""A field's value as JSON has it: addresses as text, octets as hex."""

LINK_TYPES = {"ethernet": 1, "ethernet-fcs": 1, "ipv4": 228}
"""The numbers that capture files use (tcpdump.org/linktypes.html)."""

FCS_LENGTHS = {"ethernet": 0, "ethernet-fcs": 4}
"""The octets of the frame check sequence that frames of a link end in."""


OWN_NAMES = frozenset({"ip.total_length"})
"""Names of ours, the RFC's words behind the protocol, for header values where Wireshark shows others in their place.

That is the total length of IPv4: for one of zero, ip.len is what there is.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a requirement stands."""

    document: str
    section: str


@dataclass(frozen=True, slots=True)
class OneSided:
    """That all vectors of a requirement are to be accepted, or all may be rejected, and why there can be no others."""

    side: Literal["accept", "reject"]
    reason: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a document asks; `derived` is the part of the statement that no sentence of it says, or None.

    `condition` is whom it binds, where its document is optional, or None for everyone. `beyond` says, of one that is
    about what a stack sends, why the octets of a packet cannot show it, or is None. `one_sided` is None where vectors
    show both what keeps and what breaks it.
    """

    id: str
    sources: tuple[Source, ...]
    level: str
    kinds: tuple[str, ...]
    statement: str
    checked: Literal["text", "secondary", "memory"]
    condition: str | None
    derived: str | None
    beyond: str | None
    one_sided: OneSided | None = None

    @property
    def doubt(self) -> str | None:
        """Why it is provisional, in words; None where the text was read and says it."""
        match self.checked:
            case "secondary":
                return "known from a description, as its text was not read"
            case "memory":
                return "from memory, as its text was not read"
        return "in part derived from the text" if self.derived is not None else None


@dataclass(frozen=True, slots=True)
class Policy:
    """Who accepts and who rejects, where both are right."""

    accept: str
    reject: str


@dataclass(frozen=True, slots=True)
class Flag:
    """What vectors have in common, and why it matters."""

    id: str
    statement: str
    why: str
    policy: Policy | None
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a verdict was found. On a basis other than "text" it is provisional, and open to dispute."""

    basis: Literal["text", "derived", "unread"]
    how: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """The protocol that rejects a packet, and why; `also` are those that may be named as well."""

    layer: str
    reason: Literal["malformed", "checksum", "refused"]
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Parse:
    """Octets to fields, or to a rejection; to one of them where the result is "either"."""

    result: Literal["accept", "reject", "either"]
    rejection: Rejection | None
    fields: Mapping[str, tuple[Value, ...]]
    absent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reassemble:
    """Fragments, in the order of their arrival, to the data of the datagrams that are whole, in the order of that.

    `others` are outcomes that are as right as `datagrams`. Where the result is "either", so is none at all.
    `headers` are values of the headers of `datagrams`, or there are none.
    """

    result: Literal["accept", "either"]
    packets: tuple[bytes, ...]
    datagrams: tuple[bytes, ...]
    others: tuple[tuple[bytes, ...], ...]
    headers: tuple[Mapping[str, tuple[Value, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """A packet and fields that change to the packet afterwards, the checksums over them included."""

    fields: Mapping[str, Value]
    after: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """A layer to build, with the fields that are given."""

    layer: str
    fields: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Build:
    """Layers to octets."""

    layers: tuple[Header | bytes, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """An address and the length of its prefix to what the subnet is, or to blocks of it for `sites` of `hosts` each.

    `answer` has the keys network, first, last, broadcast, usable, class, scope, blocks, or some of them.
    """

    address: str
    prefix: int
    sites: int | None
    hosts: int | None
    answer: Mapping[str, int | str | tuple[str, ...] | None]


Task: TypeAlias = Parse | Build | Address | Reassemble | Update


@dataclass(frozen=True, slots=True)
class Vector:
    """One operation and one verdict. `data` is the packet, if it is about one; `requirements` and `flags` are ids."""

    id: str
    protocol: str
    sentence: str
    requirements: tuple[str, ...]
    flags: frozenset[str]
    provenance: Provenance
    link: str
    data: bytes
    task: Task

    @property
    def is_provisional(self) -> bool:
        """Whether no text that was read says in so many words what is expected."""
        return self.provenance.basis != "text"

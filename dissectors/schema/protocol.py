"""A protocol as a whole: its parts, where it is found, and what follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wireproof._frozen import frozen
from wireproof.dissectors.schema.conditions import Expression, always
from wireproof.dissectors.schema.declaration import Part, Rule
from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.steps import InternetChecksum, LengthOf, PseudoHeader, Reassembly, Trailer

Step = LengthOf | InternetChecksum
BY_TYPE = "eth.type"
"""The table of EtherTypes."""


@frozen
class Carry:
    """What may follow: the protocol that `table` holds under the value of the member `key`.

    It applies when the condition holds, and the first that applies is taken. `key` may be None for a table of one
    entry, which then stands under 0. With `empty` the next protocol is tried also where no octet is left for it, and
    complains. `length` is how many octets of payload there are, where the header says so; more
    than there are changes nothing. `path` is the step that ``frame.protocols`` shows in between. A `quoted` payload
    is a copy of an earlier packet, cut short as a rule. `partial` says whether the payload is but the first fragment of
    one; None leaves that to the layer below. One that names a checksum as `wrong` applies only where that was verified
    and is wrong. Where the table holds nothing, the payload is `fallback`. It
    begins `skip` octets behind the header.
    """

    table: str
    key: str | None = None
    when: Expression = always
    length: Expression | None = None
    path: str | None = None
    quoted: bool = False
    partial: bool | None = None
    wrong: str = ""
    empty: bool = False
    fallback: str | None = "data"
    skip: Expression | None = None


@frozen
class Summary:
    """One line about a layer, as templates that name fields in braces: ``{udp.srcport}``.

    `tree` is the layer's line in the detailed tree; where it depends on which field is there, a mapping from the name
    of that field to the template. `protocol` and `info` are the columns of the packet list; None leaves the column to
    the layer below. A part in square brackets is left out where a field in it is absent.
    """

    tree: str | Mapping[str, str] = ""
    protocol: str | None = None
    info: str | None = None


@dataclass(frozen=True, eq=False)
class Protocol:
    """A protocol: its parts, where it is found, and what follows it.

    name: Wireshark's filter name. title: its full name. parts: see the module's text.
    under: the tables and the numbers in them where it is found.
    carries: what may follow. extent: the octets of the whole layer as its own header says, where it says so; what lies
    behind is not the layer's. Zero, less than the header or more than there is changes nothing.
    computed: what the builder fills in and the reader verifies, by field name.
    header: the octets that the header is said to have, by members of the first part, where that is not what is read of
    it: ``len(ip)`` and ``ip[...]`` see these.
    pseudo_header: what it lends to the checksums of what it carries. trailer: what it makes of octets left behind.
    across: fields that take more than one packet. idle: fields that Wireshark has and that get no value here, so that
    a filter on one finds nothing. reference: the standard.
    nested: how many layers of it a frame may have, where there is a bound, and the rule that one more breaks.
    reassembly: how pieces of what it carries are put together.
    references: the standards of fields that are of another place than the protocol as a whole, by name: that of a field
    or of all whose names go on behind a dot. An empty text says that no standard has them.
    form_of, opening: this is another form of the protocol of that name, and read in its place where a layer begins
    with these octets; the layer bears that protocol's name, and its fields are that protocol's.
    """

    name: str
    title: str
    parts: tuple[Part, ...] = ()
    under: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    carries: tuple[Carry, ...] = ()
    extent: Expression | None = None
    header: Expression | int | None = None
    computed: Mapping[str, Step] = field(default_factory=dict)
    pseudo_header: PseudoHeader | None = None
    trailer: Trailer | None = None
    across: tuple[FieldInfo, ...] = ()
    idle: tuple[FieldInfo, ...] = ()
    summary: Summary = field(default_factory=Summary)
    reference: str = ""
    nested: tuple[int, Rule] | None = None
    reassembly: Reassembly | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    form_of: str = ""
    opening: bytes = b""

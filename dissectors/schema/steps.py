"""What a `this` expression cannot say: checksums, lengths that are filled in on build, what trails a frame.

These are descriptions only. The packet reader verifies with them, the builder fills in with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from wireproof._frozen import frozen
from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.types import Base, FieldType

if TYPE_CHECKING:
    from wireproof.dissectors.schema.ahead import SourceRoute
    from wireproof.dissectors.schema.declaration import Rule

STATUS = {0: "Bad", 1: "Good", 2: "Unverified", 3: "Not present", 4: "Illegal"}
"""What is known of a checksum."""


@frozen
class LengthOf:
    """On build, the field is the number of octets of an extent, or of another member of the same layer.

    `extent` is "header", "payload", "layer" (both), or the name of a member.
    """

    extent: str


@frozen
class PseudoHeader:
    """The octets a carrier lends to the checksum of what it carries: source, destination, zero, protocol, length.

    The names are members of the carrier (RFC 768; RFC 9293 section 3.1). `route` tells the builder the destination
    where the member of that name is not among those that are given.
    """

    source: str
    destination: str
    protocol: str
    route: SourceRoute | None = None


@frozen
class Reassembly:
    """How pieces of what a layer carries are put together again (RFC 815); what comes out is found in `table`, or is
    the `fallback`.

    The names are members of the layer. Pieces with the same `source`, `destination`, `protocol` and `identification`
    are of one datagram. `fragment` are 16 bits: the offset in units of eight octets, and the bit that more follow.
    `preference` is the one that it is done by. A frame that makes a datagram whole `tells` these fields.
    """

    table: str
    source: str
    destination: str
    protocol: str
    identification: str
    fragment: str
    preference: str
    fallback: str = "data"
    tells: tuple[FieldInfo, ...] = ()


@frozen
class InternetChecksum:
    """The ones' complement sum of RFC 1071 over an extent.

    `status` and `calculated` are fields that the reader adds behind the checksum: the status is 0 bad, 1 good,
    2 unverified (switched off, cut by the capture, a fragment or quoted in an ICMP error) or 3 not present.
    `preference` names the preference that switches verification on; without one it is always on.
    `optional` is UDP's rule: a sum of zero is sent as 0xffff, and zero means that there is none (RFC 768). `bad` is
    the rule that a wrong sum breaks. One that is not `quoted` is left unverified in a packet that an error message
    quotes. What is summed begins with the layer, or `lead` octets in front of the checksum. All ones are as good as
    zero (RFC 1624 section 3), unless there is a rule `all_ones` that this breaks.
    """

    status: FieldInfo
    calculated: FieldInfo | None
    extent: Literal["header", "layer"] = "layer"
    pseudo_header: bool = False
    preference: str | None = None
    optional: bool = False
    bad: Rule | None = None
    quoted: bool = True
    all_ones: Rule | None = None
    lead: int | None = None

    @classmethod
    def of(
        cls,
        name: str,
        *,
        extent: Literal["header", "layer"] = "layer",
        pseudo_header: bool = False,
        preference: str | None = None,
        optional: bool = False,
        shown: bool = True,
        title: str = "Checksum Status",
        bad: Rule | None = None,
        quoted: bool = True,
        all_ones: Rule | None = None,
        lead: int | None = None,
    ) -> InternetChecksum:
        """Return the step of the field of that name, with its status, and the calculated sum if that is `shown`."""
        status = FieldInfo(f"{name}.status", FieldType.UINT8, title, Base.NONE, STATUS)
        calculated = FieldInfo(f"{name}_calculated", FieldType.UINT16, "Calculated Checksum", Base.HEX)
        shown_sum = calculated if shown else None
        return cls(status, shown_sum, extent, pseudo_header, preference, optional, bad, quoted, all_ones, lead)


@frozen
class Trailer:
    """What follows the last octet that the layers above claim, up to the end of this layer.

    Zeros that fill a frame to `minimum` octets are padding, the rest is trailer, and four octets behind that
    are a frame check sequence where `fcs` is declared: the CRC-32 of the layer up to it, verified where the preference
    `check` is on. `bad_fcs` is told where it is another one (the right one is ``right`` in the message), `bad_padding`
    where octets that would be padding are not zero.
    """

    padding: FieldInfo
    trailer: FieldInfo
    fcs: FieldInfo | None = None
    fcs_status: FieldInfo | None = None
    bad_fcs: Rule | None = None
    bad_padding: Rule | None = None
    check: str = ""
    minimum: int = 60

    def infos(self) -> Iterator[FieldInfo]:
        """Yield the fields that it may give."""
        yield from (self.padding, self.trailer)
        yield from (info for info in (self.fcs, self.fcs_status) if info is not None)
        yield from (rule.field for rule in (self.bad_fcs, self.bad_padding) if rule is not None)

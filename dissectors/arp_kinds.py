"""Which kinds of packet the bytes of ARP fit: a probe is a request, and a DHCP client's check as well."""

from typing import Any

from construct import Computed, If, this

from wireproof.dissectors.schema import AllZero, AnySet, Field, FieldType

is_ethernet = ((this.hrd == 1) | (this.hrd == 6)) & (this.hln == 6)
is_ax25 = (this.hrd == 3) & (this.hln == 7)
# A Q.922 address, of which the DLCI is six bits of the first octet and four of the second (RFC 2390 section 4).
is_q922 = (this.hrd == 15) & (this.hln == 2)
is_ipv4 = ((this.pro == 0x0800) | (this.pro == 0xCC)) & (this.pln == 4)
# Opcode 7 has an error code in place of the target's protocol address (RFC 1931 section 2.2.3).
is_error = this.op == 7
is_reverse = (this.op == 3) | (this.op == 4)
is_inverse = (this.op == 8) | (this.op == 9)
is_farewell = (this.op == 2) & (this.hln == 0)

# As tshark has it: of any protocol, and 0.0.0.0 that asks for itself is an announcement.
is_gratuitous = ((this.op == 1) | (this.op == 2)) & (this.spa == this.tpa) & (this.pln > 0)
is_probe = (this.op == 1) & ((this.spa != this.tpa) | (this.pln == 0)) & AllZero("spa")
# Six octets from the target's hardware address on, whatever its size: they have to be there.
has_no_target = (this._first_four == 0) & (this._next_two == 0) & (this.hln + this.pln >= 6)
# Of AX.25 it says none of these.
is_flagged = this.hrd != 3
# As the RFCs have it: an IPv4 address that is asked for by nobody, or claimed. What a probe has for the target's
# hardware address is ignored (RFC 5227 section 2.1.1).
is_check = (this.op == 1) & is_ipv4 & (this.spa != this.tpa) & AllZero("spa")
is_claim = is_ipv4 & (this.spa == this.tpa) & AnySet("spa")

KIND = "arp.kind"
KINDS = (
    ("request", this.op == 1, "RFC 826"),
    ("reply", this.op == 2, "RFC 826"),
    ("gratuitous request", is_gratuitous & (this.op == 1), "RFC 5944 section 4.6"),
    ("gratuitous reply", is_gratuitous & (this.op == 2), "RFC 5944 section 4.6"),
    ("probe", is_check, "RFC 5227 section 1.1"),
    ("announcement", is_claim & (this.op == 1) & AllZero("tha"), "RFC 5227 section 1.1"),
    ("DHCP check", is_check, "RFC 2131 section 4.4.1"),
    ("DHCP announcement by reply", is_claim & (this.op == 2), "RFC 2131 section 4.4.1"),
    ("RARP request", this.op == 3, "RFC 903"),
    ("RARP reply", this.op == 4, "RFC 903"),
    ("InARP request", this.op == 8, "RFC 2390"),
    ("InARP reply", this.op == 9, "RFC 2390"),
    ("UnARP", is_farewell, "RFC 1868"),
    ("other", (this.op == 0) | ((this.op > 4) & (this.op < 8)) | (this.op > 9), "RFC 826"),
)
"""Every kind of packet, what tells it, and the standard that has it."""


def named(name: str, condition: Any, title: str, reference: str) -> Any:
    """The name of packets that have no layer of their own, which is true of them."""
    return If(condition, Field(name, Computed(1), FieldType.NONE, title, reference=reference, hidden=True, own=True))


def kind(name: str, condition: Any) -> Any:
    """One kind of packet, where it is that."""
    return If(condition, Field(KIND, Computed(name), FieldType.STRING, "Kind", hidden=True, own=True))

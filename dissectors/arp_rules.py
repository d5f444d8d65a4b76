"""What ARP packets are noted for, each by itself, and over time."""

from construct import this

from wireproof.dissectors.arp_kinds import is_check, is_ethernet, is_farewell
from wireproof.dissectors.schema import AllZero, FieldInfo, FieldType, InNetwork, Severity, noted

GROUP_BIT = 1 << 40
LINK_LOCAL = 0xA9FE

RULES = (
    noted(
        (this.op != 0) & (this.op != 65535),
        "arp.reserved_opcode",
        "Opcode that is reserved",
        "RFC 5494 section 3",
    ),
    noted(
        ((this.hrd != 1) & (this.hrd != 6)) | (this.hln == 6) | is_farewell,
        "arp.hw.size.unusual",
        "Hardware size that is not that of a MAC address, 6",
        "RFC 826",
    ),
    noted(
        ((this.pro != 0x0800) & (this.pro != 0xCC)) | (this.pln == 4),
        "arp.proto.size.unusual",
        "Protocol size that is not that of an IPv4 address, 4",
        "RFC 826",
    ),
    noted(
        (is_check == 0) | AllZero("tha"),
        "arp.probe.target",
        "Probe whose target hardware address is not all zero",
        "RFC 5227 section 2.1.1",
    ),
    noted(
        ((this.op != 2) | (is_ethernet == 0)) | ((this._sender & GROUP_BIT) == 0),
        "arp.src.hw_mac.group",
        "Reply that claims a group address for the sender",
        "RFC 1812 section 3.3.2",
        Severity.WARNING,
    ),
    # Where the user says which networks the link has. Link-local addresses are on every link (RFC 3927 section 2.7).
    noted(
        (this._from == 0) | ((this._from >> 16) == LINK_LOCAL) | InNetwork("_from"),
        "arp.src.off_link",
        "Sender whose address is outside the network",
        "RFC 1122 section 3.3.1.1",
        Severity.WARNING,
    ),
    noted(
        (this.op != 1) | (this._to == 0) | ((this._to >> 16) == LINK_LOCAL) | InNetwork("_to"),
        "arp.dst.off_link",
        "Request for an address that is not on the link",
        "RFC 1122 section 3.3.1.1",
        Severity.WARNING,
    ),
)

ACROSS = (
    FieldInfo(
        "arp.duplicate-address-detected",
        FieldType.NONE,
        "Duplicate IP address configured",
        across=True,
        reference="RFC 5227 section 2.4",
    ),
    FieldInfo(
        "arp.duplicate-address-frame", FieldType.FRAMENUM, "Frame showing earlier use of IP address", across=True
    ),
    FieldInfo(
        "arp.seconds-since-duplicate-address-frame",
        FieldType.UINT32,
        "Seconds since earlier frame seen",
        across=True,
    ),
    FieldInfo(
        "arp.duplicate-address-mac",
        FieldType.ETHER,
        "MAC address of the earlier use",
        across=True,
        hidden=True,
        own=True,
    ),
    FieldInfo("arp.packet-storm-detected", FieldType.NONE, "ARP packet storm detected", across=True),
    FieldInfo("arp.moved", FieldType.STRING, "Address moved", across=True, reference="RFC 826", hidden=True, own=True),
    FieldInfo("arp.moved.from", FieldType.ETHER, "Address moved from", across=True, hidden=True, own=True),
    FieldInfo(
        "arp.src.differs", FieldType.NONE, "Sender is not the frame's source", across=True, hidden=True, own=True
    ),
)
"""What takes more than one packet, or another layer: of ours, whether an address moved for a failover or a conflict."""

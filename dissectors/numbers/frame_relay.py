"""Names of what Frame Relay carries, as Wireshark shows them: NLPIDs (RFC 2427, ISO/IEC TR 9577), Cisco HDLC types."""

NLPIDS = {
    0x00: "NULL",
    0x01: "T.70",
    0x03: "X.633",
    0x08: "Q.933",
    0x09: "LMI",
    0x0C: "Q.2119",
    0x80: "SNAP",
    0x81: "CLNP",
    0x82: "ESIS",
    0x83: "ISIS",
    0x85: "IDRP",
    0x8A: "ESIS (X.25)",
    0x8C: "ISO 10030",
    0x8D: "ISO 11577",
    0x8E: "IPv6",
    0xB0: "Data compression protocol",
    0xCC: "IP",
    0xCF: "PPP",
}

CISCO_TYPES = {
    0x0800: "IP",
    0x0806: "ARP",
    0x2000: "Cisco Discovery Protocol",
    0x4242: "Spanning Tree BPDU",
    0x6558: "Transparent Ethernet bridging",
    0x8035: "SLARP",
    0x8038: "DEC LanBridge",
    0x809B: "Appletalk",
    0x80F3: "AARP",
    0x8137: "Netware IPX/SPX",
    0x86DD: "IPv6",
    0x8847: "MPLS unicast",
    0x8848: "MPLS multicast",
    0xFEFE: "OSI",
}

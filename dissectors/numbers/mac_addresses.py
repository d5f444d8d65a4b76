"""Well-known MAC addresses: groups of protocols, and addresses that routers share.

A key is what all addresses of a range have in common; what follows it is put behind the name. The names are
Wireshark's, but for the two of IEEE 802.1Q table 10-1 that it counts to the spanning tree's.
"""

BRIDGES = {
    0x00: "Spanning-tree-(for-bridges)_00",
    0x01: "MAC-specific-ctrl-proto-01",
    0x02: "Slow-Protocols",
    0x03: "Nearest-non-TPMR-bridge",
    0x04: "MAC-specific-ctrl-proto-04",
    0x07: "MEF-Forum-ELMI-proto",
    0x08: "Provider-Bridge",
    0x0B: "EDE-SS-PEP",
    0x0D: "Provider-Bridge-MVRP",
    0x0E: "LLDP_Multicast",
    0x10: "Bridge-Management",
    0x14: "ISIS-all-level-1-IS's",
    0x15: "ISIS-all-level-2-IS's",
    0x20: "MMRP",
    0x21: "MVRP",
    **{number: f"Reserved-future-std-{number:02x}" for number in (0x05, 0x06, 0x09, 0x0A, 0x0C, 0x0F)},
}
"""By the last octet of 01-80-C2-00-00 (IEEE 802.1Q table 8-1)."""

WELL_KNOWN = {
    b"\xff" * 6: "Broadcast",
    bytes.fromhex("00000c07ac"): "All-HSRP-routers",
    bytes.fromhex("00005e0001"): "IETF-VRRP-VRID",
    bytes.fromhex("00e02b000000"): "Extreme-EDP",
    bytes.fromhex("01000ccccccc"): "CDP/VTP/DTP/PAgP/UDLD",
    bytes.fromhex("01000ccccccd"): "PVST+",
    bytes.fromhex("01000ccdcdcd"): "STP-UplinkFast",
    bytes.fromhex("01000ccdcdce"): "VLAN-bridge",
    bytes.fromhex("01000cdddddd"): "CGMP",
    bytes.fromhex("01005e"): "IPv4mcast",
    bytes.fromhex("3333"): "IPv6mcast",
    bytes.fromhex("cf0000000000"): "Ethernet-Configuration-Test-protocol-(Loopback)",
    **{bytes.fromhex("0180c20000") + bytes([number]): name for number, name in BRIDGES.items()},
}

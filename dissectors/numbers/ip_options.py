"""Names of IPv4 option numbers and classes as Wireshark shows them (IANA ip-parameters)."""

OPTION_NUMBERS = {
    0: "End of Option List (EOL)",
    1: "No-Operation (NOP)",
    2: "Security",
    3: "Loose source route",
    4: "Time stamp",
    5: "Extended security",
    6: "Commercial IP security option",
    7: "Record route",
    8: "Stream identifier",
    9: "Strict source route",
    10: "Experimental Measurement",
    11: "MTU probe",
    12: "MTU Reply",
    13: "Experimental Flow Control",
    14: "Experimental Access Control",
    15: "Ask Estrin",
    16: "IMI Traffic Descriptor",
    17: "Extended Internet Protocol",
    18: "Traceroute",
    19: "Address Extension",
    20: "Router Alert",
    21: "Selective Directed Broadcast",
    22: "Unassigned",
    23: "Dynamic Packet State",
    24: "Upstream Multicast Packet",
    25: "Quick-Start",
    30: "RFC 3692-style experiment",
}

OPTION_CLASSES = {
    0: "Control",
    1: "Reserved for future use",
    2: "Debugging and measurement",
    3: "Reserved for future use",
}

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

OPTION_NAMES = {
    7: "Record Route",
    11: "MTU Probe",
    12: "MTU Reply",
    25: "Quick-Start",
    68: "Time Stamp",
    82: "Traceroute",
    130: "Security",
    131: "Loose Source Route",
    133: "Extended Security",
    134: "Commercial Security",
    136: "Stream ID",
    137: "Strict Source Route",
    148: "Router Alert",
    149: "Selective Directed Broadcast",
}

CIPSO_TAGS = {
    0: "Padding",
    1: "Restrictive Category Bitmap",
    2: "Enumerated Categories",
    5: "Ranged Categories",
    6: "Permissive Categories",
    7: "Free Form",
}

TIME_FLAGS = {0: "Time stamps only", 1: "Time stamp and address", 3: "Time stamps for prespecified addresses"}

SECURITY_LEVELS = {
    0x0000: "Unclassified",
    0xF135: "Confidential",
    0x789A: "EFTO",
    0xBC4D: "MMMM",
    0x5E26: "PROG",
    0xAF13: "Restricted",
    0xD788: "Secret",
    0x6BC5: "Top secret",
    **dict.fromkeys((0x35E2, 0x9AF1, 0x4D78, 0x24BD, 0x135E, 0x89AF, 0xC4D6, 0xE26B), "Reserved"),
}
"""The levels of RFC 791 section 3.1."""

CLASSIFICATION_LEVELS = {
    0x01: "Reserved 4",
    0x3D: "Top secret",
    0x5A: "Secret",
    0x96: "Confidential",
    0x66: "Reserved 3",
    0xCC: "Reserved 2",
    0xAB: "Unclassified",
    0xF1: "Reserved 1",
}
"""The levels of RFC 1108 section 2.3."""

PROTECTED = {
    1: "Datagram protected in accordance with its rules",
    0: "Datagram not protected in accordance with its rules",
}

QUICK_START_RATES = dict(
    enumerate(
        [
            "0 bit/s",
            "80 Kbit/s",
            "160 Kbit/s",
            "320 Kbit/s",
            "640 Kbit/s",
            "1.28 Mbit/s",
            "2.56 Mbit/s",
            "5.12 Mbit/s",
            "10.24 Mbit/s",
            "20.48 Mbit/s",
            "40.96 Mbit/s",
            "81.92 Mbit/s",
            "163.84 Mbit/s",
            "327.68 Mbit/s",
            "655.36 Mbit/s",
            "1.31072 Gbit/s",
        ]
    )
)

ROUTER_ALERTS = {0: "Router shall examine packet", **dict.fromkeys(range(1, 256), "Reserved")}

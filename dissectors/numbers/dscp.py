"""Names of codepoints of DSCP (RFC 2474, RFC 8622) and ECN (RFC 3168), and of precedences, as Wireshark shows them."""

DSCP = {
    0: "Default",
    1: "Lower Effort",
    8: "Class Selector 1",
    10: "Assured Forwarding 11",
    12: "Assured Forwarding 12",
    14: "Assured Forwarding 13",
    16: "Class Selector 2",
    18: "Assured Forwarding 21",
    20: "Assured Forwarding 22",
    22: "Assured Forwarding 23",
    24: "Class Selector 3",
    26: "Assured Forwarding 31",
    28: "Assured Forwarding 32",
    30: "Assured Forwarding 33",
    32: "Class Selector 4",
    34: "Assured Forwarding 41",
    36: "Assured Forwarding 42",
    38: "Assured Forwarding 43",
    40: "Class Selector 5",
    44: "Voice Admit",
    46: "Expedited Forwarding",
    48: "Class Selector 6",
    56: "Class Selector 7",
}

ECN = {
    0: "Not ECN-Capable Transport",
    1: "ECN-Capable Transport codepoint '01'",
    2: "ECN-Capable Transport codepoint '10'",
    3: "Congestion Experienced",
}

PRECEDENCES = {
    0: "routine",
    1: "priority",
    2: "immediate",
    3: "flash",
    4: "flash override",
    5: "CRITIC/ECP",
    6: "internetwork control",
    7: "network control",
}
"""RFC 791 section 3.1."""

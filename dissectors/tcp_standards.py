"""Where standards other than RFC 9293 have the fields of TCP, and where that has them."""

SACK, ACCURATE_ECN, SYN_COOKIES = "RFC 2018 section 3", "RFC 9768 section 3.2", "RFC 4987 section 3.6"
DUPLICATE_SACK, MULTIPATH = "RFC 2883 section 4", "RFC 8684 section 3"
STANDARDS = {
    **dict.fromkeys(
        (f"tcp.{name}" for name in ("srcport", "dstport", "port", "seq", "ack", "hdr_len", "flags", "urgent_pointer")),
        "RFC 9293 section 3.1",
    ),
    **dict.fromkeys(("tcp.checksum", "tcp.checksum_calculated", "tcp.window_size_value"), "RFC 9293 section 3.1"),
    **dict.fromkeys(("tcp.window_size", "tcp.window_size_scalefactor"), "RFC 7323 section 2.3"),
    **dict.fromkeys(("tcp.flags.cwr", "tcp.flags.ece"), "RFC 3168 section 6.1"),
    **dict.fromkeys(("tcp.flags.ae", "tcp.flags.ace", "tcp.options.acc_ecn"), ACCURATE_ECN),
    "tcp.reset_cause": "RFC 9293 section 3.5.3",
    "tcp.syncookie": SYN_COOKIES,
    "tcp.options": "RFC 9293 section 3.1",
    "tcp.options.mss": "RFC 9293 section 3.7.1",
    "tcp.options.wscale": "RFC 7323 section 2.2",
    "tcp.options.sack_perm": "RFC 2018 section 2",
    **dict.fromkeys(("tcp.options.sack", "tcp.options.sack_le", "tcp.options.sack_re"), SACK),
    **dict.fromkeys(("tcp.options.sack.dsack_le", "tcp.options.sack.dsack_re"), DUPLICATE_SACK),
    "tcp.options.echo": "RFC 1072 section 3",
    "tcp.options.timestamp": "RFC 7323 section 3.2",
    "tcp.options.timestamp.tsval.syncookie": SYN_COOKIES,
    "tcp.options.cc": "RFC 1644 section 4.1",
    "tcp.options.md5": "RFC 2385 section 3.0",
    **dict.fromkeys(("tcp.options.scps", "tcp.options.scpsflags"), "CCSDS 714.0-B-2 section 3.2"),
    "tcp.options.scpsrec": "CCSDS 714.0-B-2 section 3.3",
    "tcp.options.scpscor": "CCSDS 714.0-B-2 section 3.4",
    "tcp.options.snack": "CCSDS 714.0-B-2 section 3.5",
    "tcp.options.qs": "RFC 4782 section 4.2",
    **dict.fromkeys((f"tcp.options.user_to{end}" for end in ("", "_granularity", "_val")), "RFC 5482 section 3"),
    "tcp.options.ao": "RFC 5925 section 2.2",
    **dict.fromkeys(("tcp.options.mptcp", "mptcp"), MULTIPATH),
    "tcp.options.tfo": "RFC 7413 section 4.1.1",
    "tcp.options.rvbd": "IANA tcp-parameters, kinds 76 and 78",
    "tcp.options.experimental": "RFC 6994 section 3",
    **dict.fromkeys(("tcp.options.tar", "tcp.options.tarr"), "draft-ietf-tcpm-ack-rate-request"),
    # What no standard has: states of a program, or of the machines at both ends.
    **dict.fromkeys(("tcp.stream", "tcp.proc", "tcp.pdu", "tcp.completeness", "tcp.segment", "tcp.segments"), ""),
}
"""By name, that of a field or of all that go on behind a dot."""

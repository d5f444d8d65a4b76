"""Where the standards have the fields of IPv4: RFC 791, and others."""

PATHS = "src_rt", "rec_rt", "empty_rt", "cur_rt"
HEADER = "version", "hdr_len", "len", "id", "flags", "frag_offset", "ttl", "proto", "src", "dst", "addr"
STANDARDS = {
    **dict.fromkeys((f"ip.{name}" for name in HEADER), "RFC 791 section 3.1"),
    **dict.fromkeys((f"ip.{name}" for name in ("checksum", "checksum_calculated")), "RFC 1071 section 1"),
    **dict.fromkeys((f"ip.{name}{end}" for name in PATHS for end in ("", "_host")), "RFC 791 section 3.1"),
    "ip.dsfield": "RFC 2474 section 3",
    "ip.tos": "RFC 791 section 3.1",
    **dict.fromkeys((f"ip.{name}" for name in ("fragment", "fragments", "reassembled", "reassembled_in")), "RFC 815"),
    "ip.options": "RFC 791 section 3.1",
    "ip.opt": "RFC 791 section 3.1",
    "ip.opt.mtu": "RFC 1063 section 3.1",
    **dict.fromkeys((f"ip.opt.{name}" for name in ("id_number", "ohc", "rhc", "originator")), "RFC 1393 section 2.2"),
    **dict.fromkeys(("ip.opt.addr", "ip.opt.padding"), "RFC 1770 section 2"),
    **dict.fromkeys(
        (f"ip.opt.qs_{name}" for name in ("func", "rate", "ttl", "ttl_diff", "unused", "nonce", "reserved")),
        "RFC 4782 section 3.1",
    ),
    **dict.fromkeys(
        (
            f"ip.opt.sec_prot_auth_{name}"
            for name in ("flags", "genser", "siop_esi", "sci", "nsa", "doe", "unassigned", "fti")
        ),
        "RFC 1108 section 2.4",
    ),
    "ip.opt.ext_sec_add_sec_info": "RFC 1108 section 3",
    "ip.geoip": "",
}
"""By name, that of a field or of all that go on behind a dot; empty where no standard has it."""

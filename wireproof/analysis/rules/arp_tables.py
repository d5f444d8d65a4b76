"""The tables of ARP over time: what a packet says, what is told of it, and what is kept of addresses."""

from __future__ import annotations

from wireproof.engine.tables import I64, U8, Table

REQUEST, REPLY = 1, 2
GROUP_BIT = 1 << 40
SECOND, MILLISECOND = 10**9, 10**6
MODULUS = 1 << 32
"""Seconds are told as numbers of 32 bits."""
STORM_PACKETS, STORM_PERIOD = 30, 100
"""More requests than these within so many milliseconds are a storm, as Wireshark has it."""
FLAP = 60 * SECOND
"""An address that returns to a station within this time has two that claim it (RFC 5227 section 2.4)."""
VRRP_BLOCK, HSRP_BLOCK, HSRP_2_BLOCK = 0x00005E0001, 0x00000C07AC, 0x00000C9F
"""What addresses of virtual routers begin with (RFC 9568 section 7.3; RFC 2281 section 5.3)."""

UNMOVED, FAILOVER, CONFLICT = 0, 1, 2
"""What it is that an address moved."""
BY_FORM, VRRP, HSRP, IN_TURN = 1, 2, 3, 4
"""Why: of which form the packet is, the station of which protocol has or had it, or two stations claim it in turn."""
ANNOUNCEMENT, GRATUITOUS_REPLY, REQUEST_FORM, REPLY_FORM = 1, 2, 3, 4
"""Forms of packets that a cache learns from."""
PRESENT, FORMER = 0, 1
"""The third number of a key: an address as it is now, or, with a station, one that had it before."""


class ArpPackets(Table):
    """ARP packets as they come: nanoseconds since the epoch, addresses as numbers, each ABSENT where there is none.

    `source` is the frame's own, and `complete` whether all of the packet was read.
    """

    frame: I64
    time: I64
    source: I64
    operation: I64
    hardware_size: I64
    sender_mac: I64
    sender: I64
    target_mac: I64
    target: I64
    complete: U8


class Findings(Table):
    """What is told of each packet.

    Where another station has the sender's address, or the target's, the frame that said so, seconds since, and that
    station, or ABSENT. Whether there is a storm, whether the sender is not the frame's source; and what it is that the
    sender's address moved, why, and from which station.
    """

    sender_frame: I64
    sender_seconds: I64
    sender_holder: I64
    target_frame: I64
    target_seconds: I64
    target_holder: I64
    storm: U8
    differs: U8
    moved: U8
    reason: U8
    moved_from: I64


class Course(Table):
    """One row: what is asked for, and what there was so far.

    Nanoseconds after which an entry is too old, ABSENT for never; whether duplicates are not told, and storms are. The
    last packet's time; how many entries went by age, how many were withdrawn, and how many addresses moved; requests
    in the period that is counted, and when that began.
    """

    age: I64
    duplicates_untold: I64
    storms_told: I64
    now: I64
    aged: I64
    withdrawn: I64
    changes: I64
    requests: I64
    begun: I64


class Holders(Table):
    """Of an address who has it first, or ABSENT: the last frame that said so, and its second.

    Then who has it for a cache, or ABSENT: since when, last heard of when, learned from which form of packet, and in
    which frame the entry was begun. Of a station that had an address: when it was heard of last, and the frame that
    took it away.
    """

    use_mac: I64
    use_frame: I64
    use_second: I64
    mac: I64
    since: I64
    since_frame: I64
    seen: I64
    seen_frame: I64
    form: U8
    begun: I64

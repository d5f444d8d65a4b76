"""ARP over time: addresses of two stations, storms of requests, and who has which address (RFC 826).

Two notions of who has an address stand beside each other. By Wireshark's the first station keeps it, and whoever claims
it later is told as a duplicate; a cache gives it to whoever spoke last, and that is an address that moved.
"""

from __future__ import annotations

from wireproof.analysis.rules.arp_tables import (
    ANNOUNCEMENT,
    BY_FORM,
    CONFLICT,
    FAILOVER,
    FLAP,
    FORMER,
    GRATUITOUS_REPLY,
    GROUP_BIT,
    HSRP,
    HSRP_2_BLOCK,
    HSRP_BLOCK,
    IN_TURN,
    MILLISECOND,
    MODULUS,
    PRESENT,
    REPLY,
    REPLY_FORM,
    REQUEST,
    REQUEST_FORM,
    SECOND,
    STORM_PACKETS,
    STORM_PERIOD,
    UNMOVED,
    VRRP,
    VRRP_BLOCK,
    ArpPackets,
    Course,
    Findings,
    Holders,
)
from wireproof.analysis.rules.conversations import FULL, TAKEN
from wireproof.analysis.rules.entries import NONE, Buckets, Entries, Index, enter, find, must_grow_by
from wireproof.engine.tables import ABSENT

MOST_NEW = 3
"""Entries that a packet may begin: of its sender, of who had that address, and of its target."""


def take_packet(
    packets: ArpPackets,
    row: int,
    findings: Findings,
    course: Course,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    holders: Holders,
) -> int:
    """Tell what the packets before say of one. Of one that is not whole, only the sender is looked at.

    Returns FULL, having done nothing, where the tables have to grow.
    """
    if must_grow_by(index, MOST_NEW):
        return FULL
    say_nothing(findings, row)
    operation = packets.operation[row]
    looks = not course.duplicates_untold[0] and (operation == REQUEST or operation == REPLY)
    if looks:
        check_sender(packets, row, findings, index, buckets, entries, holders)
    if operation == REQUEST:
        course.requests[0] += 1
    if not packets.complete[row]:
        return TAKEN
    if looks and operation == REPLY:
        check_target(packets, row, findings, index, buckets, entries, holders)
    if packets.time[row] != ABSENT:
        course.now[0] = packets.time[row]
        if course.storms_told[0]:
            findings.storm[row] = is_storm(course, packets.time[row])
    source = packets.source[row]
    sender_mac = packets.sender_mac[row]
    findings.differs[row] = source != ABSENT and sender_mac != ABSENT and source != sender_mac
    if packets.sender[row] <= 0:
        return TAKEN
    if packets.operation[row] == REPLY and packets.hardware_size[row] == 0:
        withdraw(packets.sender[row], course, index, buckets, entries, holders)
    elif claims(packets, row):
        learn(packets, row, findings, course, index, buckets, entries, holders)
    return TAKEN


def say_nothing(findings: Findings, row: int) -> None:
    """Tell nothing of a packet."""
    findings.sender_frame[row] = ABSENT
    findings.sender_seconds[row] = ABSENT
    findings.sender_holder[row] = ABSENT
    findings.target_frame[row] = ABSENT
    findings.target_seconds[row] = ABSENT
    findings.target_holder[row] = ABSENT
    findings.storm[row] = 0
    findings.differs[row] = 0
    findings.moved[row] = UNMOVED
    findings.reason[row] = 0
    findings.moved_from[row] = ABSENT


def is_station(mac: int) -> int:
    """Whether an address is that of one station."""
    return mac > 0 and not mac & GROUP_BIT


def is_gratuitous(packets: ArpPackets, row: int) -> int:
    """Whether a packet is about its sender's own address (RFC 5944 section 4.6)."""
    if packets.operation[row] != REQUEST and packets.operation[row] != REPLY:
        return 0
    return packets.sender[row] > 0 and packets.sender[row] == packets.target[row]


def claims(packets: ArpPackets, row: int) -> int:
    """Whether the sender says that an address is its own."""
    if packets.operation[row] != REQUEST and packets.operation[row] != REPLY:
        return 0
    return packets.sender[row] > 0 and is_station(packets.sender_mac[row])


def form_of(packets: ArpPackets, row: int) -> int:
    """Return what a cache learns from."""
    if is_gratuitous(packets, row):
        return ANNOUNCEMENT if packets.operation[row] == REQUEST else GRATUITOUS_REPLY
    return REQUEST_FORM if packets.operation[row] == REQUEST else REPLY_FORM


def is_storm(course: Course, time: int) -> int:
    """Return whether there were too many requests, as Wireshark counts: from the first packet of a period on."""
    gap = time // MILLISECOND - course.begun[0] // MILLISECOND
    if time % SECOND < course.begun[0] % SECOND and time % MILLISECOND > course.begun[0] % MILLISECOND:
        gap += 1
    if not 0 <= gap <= STORM_PERIOD:
        course.requests[0] = 1
        course.begun[0] = time
    elif course.requests[0] > STORM_PACKETS:
        course.requests[0] = 0
        course.begun[0] = time
        return 1
    return 0


# Addresses of two stations: the first one keeps its address


def check_sender(
    packets: ArpPackets,
    row: int,
    findings: Findings,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    holders: Holders,
) -> None:
    """Tell whether another station has the sender's address."""
    second = second_of(packets, row)
    frame = packets.frame[row]
    place = check_use(packets.sender[row], packets.sender_mac[row], frame, second, index, buckets, entries, holders)
    if place != NONE:
        findings.sender_frame[row] = holders.use_frame[place]
        findings.sender_seconds[row] = (second - holders.use_second[place]) % MODULUS
        findings.sender_holder[row] = holders.use_mac[place]


def check_target(
    packets: ArpPackets,
    row: int,
    findings: Findings,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    holders: Holders,
) -> None:
    """Tell whether another station has the target's address, unless that was told of the sender's, the same one."""
    if findings.sender_frame[row] != ABSENT and packets.sender[row] == packets.target[row]:
        return
    second = second_of(packets, row)
    frame = packets.frame[row]
    place = check_use(packets.target[row], packets.target_mac[row], frame, second, index, buckets, entries, holders)
    if place != NONE:
        findings.target_frame[row] = holders.use_frame[place]
        findings.target_seconds[row] = (second - holders.use_second[place]) % MODULUS
        findings.target_holder[row] = holders.use_mac[place]


def second_of(packets: ArpPackets, row: int) -> int:
    """Return the second since the epoch that a packet came in."""
    return 0 if packets.time[row] == ABSENT else packets.time[row] // SECOND


def check_use(
    address: int,
    mac: int,
    frame: int,
    second: int,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    holders: Holders,
) -> int:
    """Note that a station has an address, or return the entry of the address where another one has it, or NONE."""
    if address <= 0 or not is_station(mac):
        return NONE
    place = entry_of(address, index, buckets, entries, holders)
    is_same = holders.use_mac[place] == mac
    if holders.use_mac[place] != ABSENT and (frame <= holders.use_frame[place] or not is_same):
        return NONE if is_same or frame <= holders.use_frame[place] else place
    holders.use_mac[place] = mac
    holders.use_frame[place] = frame
    holders.use_second[place] = second
    return NONE


def entry_of(address: int, index: Index, buckets: Buckets, entries: Entries, holders: Holders) -> int:
    """Return the entry of an address, which is begun where there is none: nobody has it then."""
    place = find(index, buckets, entries, address, 0, PRESENT)
    if place == NONE:
        place = enter(index, buckets, entries, address, 0, PRESENT)
        holders.use_mac[place] = ABSENT
        holders.mac[place] = ABSENT
    return place


# The table of a cache: whoever spoke last has the address


def withdraw(address: int, course: Course, index: Index, buckets: Buckets, entries: Entries, holders: Holders) -> None:
    """Forget who has an address: nobody has, its station says (RFC 1868)."""
    place = find(index, buckets, entries, address, 0, PRESENT)
    if place != NONE and holders.mac[place] != ABSENT:
        holders.mac[place] = ABSENT
        course.withdrawn[0] += 1


def learn(
    packets: ArpPackets,
    row: int,
    findings: Findings,
    course: Course,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    holders: Holders,
) -> None:
    """Note that the sender has its address; tell where that moved."""
    time = packets.time[row]
    mac = packets.sender_mac[row]
    place = entry_of(packets.sender[row], index, buckets, entries, holders)
    if holders.mac[place] != ABSENT and is_old(course, holders, place, time):
        holders.mac[place] = ABSENT
        course.aged[0] += 1
    is_new = holders.mac[place] == ABSENT
    if is_new:
        holders.begun[place] = packets.frame[row]
    elif holders.mac[place] != mac:
        move(packets, row, findings, place, index, buckets, entries, holders)
        course.changes[0] += 1
    if is_new or holders.mac[place] != mac:
        holders.mac[place] = mac
        holders.since[place] = time
        holders.since_frame[place] = packets.frame[row]
        holders.form[place] = form_of(packets, row)
    holders.seen[place] = time
    holders.seen_frame[place] = packets.frame[row]


def is_old(course: Course, holders: Holders, place: int, now: int) -> int:
    """Whether nothing was heard for too long of who has an address; without times it cannot be told, and is not."""
    seen = holders.seen[place]
    if course.age[0] == ABSENT or now == ABSENT or seen == ABSENT:
        return 0
    return now - seen > course.age[0]


def move(
    packets: ArpPackets,
    row: int,
    findings: Findings,
    place: int,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    holders: Holders,
) -> None:
    """Tell that an address goes to another station, and why; remember when the one before was heard of last."""
    before = holders.mac[place]
    mac = packets.sender_mac[row]
    address = packets.sender[row]
    own = find(index, buckets, entries, address, mac, FORMER)
    has_returned = own != NONE and holders.seen_frame[own] >= holders.begun[place]
    reason = BY_FORM
    kind = FAILOVER if is_gratuitous(packets, row) else CONFLICT
    if is_vrrp(mac) or is_vrrp(before):
        reason = VRRP
        kind = FAILOVER
    elif is_hsrp(mac) or is_hsrp(before):
        reason = HSRP
        kind = FAILOVER
    elif has_returned and is_recent(holders.seen[own], packets.time[row]):
        reason = IN_TURN
        kind = CONFLICT
    findings.moved[row] = kind
    findings.reason[row] = reason
    findings.moved_from[row] = before
    former = find(index, buckets, entries, address, before, FORMER)
    if former == NONE:
        former = enter(index, buckets, entries, address, before, FORMER)
    holders.seen[former] = holders.seen[place]
    holders.seen_frame[former] = packets.frame[row]


def is_vrrp(mac: int) -> int:
    """Whether an address is that of a virtual router of VRRP (RFC 9568 section 7.3)."""
    return mac >> 8 == VRRP_BLOCK


def is_hsrp(mac: int) -> int:
    """Whether an address is that of a virtual router of HSRP (RFC 2281 section 5.3)."""
    return mac >> 8 == HSRP_BLOCK or mac >> 16 == HSRP_2_BLOCK


def is_recent(seen: int, now: int) -> int:
    """Whether a station that returns was away for so short that it and the other one contend for the address."""
    return seen == ABSENT or now == ABSENT or now - seen <= FLAP

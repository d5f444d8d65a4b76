"""What the sequence of a conversation's segments says of one: sent again, out of order, lost, acknowledged twice.

The rules are Wireshark's, so that both say the same of the same capture: they are guesses where the capture alone
cannot tell, such as whether a segment was late or sent again.
"""

from __future__ import annotations

from wireproof.analysis.rules.conversations import Packets
from wireproof.analysis.rules.entries import NONE
from wireproof.analysis.rules.tcp_tables import (
    ACK,
    ACK_LOST_SEGMENT,
    DUPLICATE_ACK,
    FAST_RETRANSMISSION,
    FIN,
    KEEP_ALIVE,
    KEEP_ALIVE_ACK,
    LOOKED_AT,
    LOST_SEGMENT,
    MODULUS,
    OUT_OF_ORDER,
    PSH,
    RETRANSMISSION,
    RST,
    SPURIOUS_RETRANSMISSION,
    SYN,
    UNKNOWN,
    WINDOW_FULL,
    WINDOW_UPDATE,
    ZERO_WINDOW,
    ZERO_WINDOW_PROBE,
    ZERO_WINDOW_PROBE_ACK,
    Remarks,
    Segments,
    Sides,
    Streams,
)
from wireproof.analysis.rules.unacknowledged import (
    MOST,
    Pool,
    Waiting,
    in_flight,
    is_after,
    oldest,
    take_out,
    wait,
)
from wireproof.engine.tables import ABSENT

CONTROL = SYN | FIN | RST
FAST_NANOSECONDS = 20_000_000
"""A segment that comes so soon after the second duplicate acknowledgment was sent again because of it."""
LATE_NANOSECONDS = 3_000_000
"""A segment that comes so soon after the one behind it was overtaken, where no round-trip time is known."""
NO_LIMIT = 1 << 62
"""A negative round-trip time is as good as none here."""
MOST_IN_FLIGHT = 2_000_000_000


def say_nothing(remarks: Remarks, row: int) -> None:
    """Tell that nothing is remarkable of a segment."""
    remarks.kinds[row] = 0
    remarks.acks_frame[row] = 0
    remarks.ack_rtt[row] = ABSENT
    remarks.initial_rtt[row] = ABSENT
    remarks.bytes_in_flight[row] = 0
    remarks.push_bytes_sent[row] = 0
    remarks.rto[row] = ABSENT
    remarks.rto_frame[row] = 0
    remarks.duplicate_number[row] = 0
    remarks.duplicate_frame[row] = 0


def remark(
    packets: Packets,
    segments: Segments,
    row: int,
    remarks: Remarks,
    streams: Streams,
    place: int,
    sides: Sides,
    mine: int,
    pool: Pool,
    waiting: Waiting,
    kinds: int,
    counts: int,
) -> None:
    """Tell what the sequence says of a segment, besides the `kinds` that are known already, and note the segment.

    `counts` is whether octets in flight are told.
    """
    others = mine ^ 1
    time = 0 if packets.time[row] == ABSENT else packets.time[row]
    kinds = window_kinds(segments, row, sides, mine, kinds)
    if kinds & LOST_SEGMENT:
        sides.acknowledged[mine] = 0
    if kinds & DUPLICATE_ACK:
        sides.repetitions[mine] += 1
        sides.overtaken[mine] = 0
        remarks.duplicate_number[row] = sides.repetitions[mine]
        remarks.duplicate_frame[row] = sides.first_ack_frame[mine]
    if segments.ack[row] != sides.last_ack[mine]:
        sides.first_ack_frame[mine] = packets.frame[row]
        sides.repetitions[mine] = 0
        sides.overtaken[mine] = 0
    if segments.flags[row] & ACK:
        kinds |= lost_kind(sides, others, segments.ack[row])
    if (segments.length[row] > 0 or segments.flags[row] & (SYN | FIN)) and not kinds & KEEP_ALIVE:
        again = repetition_kind(segments, row, streams, place, sides, mine, time)
        kinds |= again
        if again == RETRANSMISSION:
            tell_timeout(row, remarks, sides, mine, waiting, time)
    advance(packets, segments, row, sides, mine, pool, waiting, kinds, time)
    sides.last_kinds[mine] = kinds
    remarks.kinds[row] = kinds
    acknowledge(segments, row, remarks, sides, others, pool, waiting, time)
    if segments.length[row] > 0 and sides.waiting[mine] != NONE and sides.acknowledged[mine] and counts:
        tell_octets(segments, row, remarks, sides, mine, waiting)


def window_kinds(segments: Segments, row: int, sides: Sides, mine: int, kinds: int) -> int:
    """Return what windows, numbers and lengths say of a segment, where it neither repeats nor acknowledges data."""
    others = mine ^ 1
    flags = segments.flags[row]
    seq = segments.seq[row]
    window = segments.window[row]
    length = segments.length[row]
    is_next = seq == sides.next[mine]
    if length == 1 and is_next and sides.window[others] == 0:
        return kinds | ZERO_WINDOW_PROBE
    if sides.next[mine] and is_after(seq, sides.next[mine]) and not flags & RST:
        kinds |= LOST_SEGMENT
    if flags & CONTROL:
        return kinds
    if window == 0:
        kinds |= ZERO_WINDOW
    if length <= 1 and seq == (sides.next[mine] - 1) % MODULUS:
        kinds |= KEEP_ALIVE
    if length > 0 and sides.shift[others] != UNKNOWN and (seq + length) % MODULUS == window_end(sides, others):
        kinds |= WINDOW_FULL
    if length != 0 or not is_next or segments.ack[row] != sides.last_ack[mine]:
        return kinds
    if window != sides.window[mine]:
        return kinds | WINDOW_UPDATE if window else kinds
    if window == 0:
        return kinds | ZERO_WINDOW_PROBE_ACK if sides.last_kinds[others] & ZERO_WINDOW_PROBE else kinds
    if sides.last_kinds[others] & KEEP_ALIVE:
        return kinds | KEEP_ALIVE_ACK
    return kinds | DUPLICATE_ACK


def lost_kind(sides: Sides, side: int, ack: int) -> int:
    """Return whether the other side acknowledges octets of this side that were not seen, and note that.

    What lies behind all that was seen is told once, and not where this side repeats itself, until it acknowledges
    something else.
    """
    if not sides.gapless[side] or not is_after(ack, sides.gapless[side]):
        return 0
    if sides.gapless[side] != sides.next[side]:
        sides.gapless[side] = sides.next[side]
        return ACK_LOST_SEGMENT
    is_known = sides.overtaken[side] != 0 or sides.repetitions[side] != 0
    sides.overtaken[side] = 1
    sides.repetitions[side] = 0
    return LOOKED_AT if is_known else ACK_LOST_SEGMENT


def window_end(sides: Sides, side: int) -> int:
    """Return the sequence number behind the window that a side has advertised. That of a SYN is not scaled."""
    shift = 0 if sides.last_was_syn[side] else max(sides.shift[side], 0)
    return (sides.last_ack[side] + (sides.window[side] << shift)) % MODULUS


def repetition_kind(
    segments: Segments, row: int, streams: Streams, place: int, sides: Sides, mine: int, time: int
) -> int:
    """Return in which way a segment that takes sequence numbers comes again, or late, and 0 where it does not."""
    others = mine ^ 1
    seq = segments.seq[row]
    end = (seq + segments.length[row]) % MODULUS
    last_ack = sides.last_ack[others]
    if segments.length[row] > 0 and last_ack and not is_after(end, last_ack):
        return SPURIOUS_RETRANSMISSION
    is_old = is_after(sides.next[mine], seq) if sides.next[mine] else 0
    # One octet in front of more of them may be a probe of a window that was zero, which is sent again with the rest.
    if not is_old or (segments.length[row] > 1 and (sides.next[mine] - 1) % MODULUS == seq):
        return 0
    since_ack = time - sides.last_ack_time[others]
    is_awaited = sides.repetitions[others] >= 2 or sides.overtaken[others] != 0
    if is_awaited and last_ack == seq and 0 <= since_ack < FAST_NANOSECONDS:
        return FAST_RETRANSMISSION
    late = LATE_NANOSECONDS if streams.initial_rtt[place] == ABSENT else streams.initial_rtt[place] % NO_LIMIT
    takes_one = segments.flags[row] & (SYN | FIN) != 0
    if 0 <= time - sides.next_time[mine] < late and sides.next[mine] != (end + takes_one) % MODULUS:
        return OUT_OF_ORDER
    return RETRANSMISSION


def tell_timeout(row: int, remarks: Remarks, sides: Sides, mine: int, waiting: Waiting, time: int) -> None:
    """Tell how long after the segment that comes again, which is the first of those that wait, if any does."""
    first = oldest(waiting, sides, mine)
    since = sides.next_time[mine] if first == NONE else waiting.time[first]
    if time != since:
        remarks.rto[row] = time - since
        remarks.rto_frame[row] = sides.next_frame[mine] if first == NONE else waiting.frame[first]


def advance(
    packets: Packets,
    segments: Segments,
    row: int,
    sides: Sides,
    mine: int,
    pool: Pool,
    waiting: Waiting,
    kinds: int,
    time: int,
) -> None:
    """Note how far the sender has come, and what it says of the other side's octets."""
    flags = segments.flags[row]
    seq = segments.seq[row]
    end = (seq + segments.length[row]) % MODULUS
    if (segments.length[row] > 0 or flags & (SYN | FIN)) and sides.waiting_count[mine] < MOST:
        end = (end + (flags & (SYN | FIN) != 0)) % MODULUS
        wait(pool, waiting, sides, mine, seq, end, packets.frame[row], time)
    if not kinds & ZERO_WINDOW_PROBE:
        if is_after(end, sides.next[mine]) or not sides.next[mine]:
            sides.next[mine] = end
            sides.next_frame[mine] = packets.frame[row]
            sides.next_time[mine] = time
        if seq == sides.gapless[mine] or not sides.gapless[mine]:
            sides.gapless[mine] = sides.next[mine]
    sides.window[mine] = segments.window[row]
    sides.last_ack[mine] = segments.ack[row]
    sides.last_ack_time[mine] = time
    sides.last_was_syn[mine] = flags & SYN != 0


def acknowledge(
    segments: Segments,
    row: int,
    remarks: Remarks,
    sides: Sides,
    others: int,
    pool: Pool,
    waiting: Waiting,
    time: int,
) -> None:
    """Take out of the other side's list what the segment acknowledges, and tell which segment ends there."""
    ack = segments.ack[row]
    before = NONE
    place = sides.waiting[others]
    while place != NONE:
        end = waiting.next[place]
        if ack == end:
            remarks.kinds[row] |= LOOKED_AT
            remarks.acks_frame[row] = waiting.frame[place]
            remarks.ack_rtt[row] = ABSENT if time == waiting.time[place] else time - waiting.time[place]
        if is_after(end, ack):
            if is_after(ack, waiting.seq[place]):
                waiting.seq[place] = ack
            before = place
            place = waiting.link[place]
        else:
            place = take_out(pool, waiting, sides, others, before, place)


def tell_octets(segments: Segments, row: int, remarks: Remarks, sides: Sides, mine: int, waiting: Waiting) -> None:
    """Tell how many octets the receiver has not acknowledged, and how many there are since the last push."""
    takes_one = segments.flags[row] & (SYN | FIN) != 0
    octets = (in_flight(waiting, sides, mine) - takes_one - sides.sacked[mine ^ 1]) % MODULUS
    remarks.kinds[row] |= LOOKED_AT
    before = 0 if sides.push_was_last[mine] else sides.pushed[mine]
    sides.pushed[mine] = (before + segments.length[row]) % MODULUS
    sides.push_was_last[mine] = segments.flags[row] & PSH != 0
    if 0 < octets < MOST_IN_FLIGHT:
        remarks.bytes_in_flight[row] = octets
        remarks.push_bytes_sent[row] = sides.pushed[mine]

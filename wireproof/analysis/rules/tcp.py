"""A segment and its TCP conversation: what the segment says, with what came before. Much of it follows Wireshark."""

from __future__ import annotations

from wireproof.analysis.rules.conversations import (
    FULL,
    TAKEN,
    Choices,
    Conversations,
    Packets,
    Times,
    begin,
    enter_between,
    find_between,
    sender_of,
    tick,
)
from wireproof.analysis.rules.entries import NONE, Buckets, Entries, Index, in_the_way, must_grow
from wireproof.analysis.rules.sequence import remark, say_nothing
from wireproof.analysis.rules.states import follow
from wireproof.analysis.rules.tcp_tables import (
    ACCEPTED,
    ACK,
    COUNTER,
    FIN,
    IGNORED,
    LARGEST_SHIFT,
    LOOKED_AT,
    MODULUS,
    NO_FAST_OPEN,
    NO_SCALING,
    NO_WINDOW,
    ONE,
    REUSED_PORTS,
    RST,
    SEEN_ACK,
    SEEN_DATA,
    SEEN_FIN,
    SEEN_RST,
    SEEN_SYN,
    SEEN_SYN_ACK,
    SYN,
    UNKNOWN,
    UNKNOWN_STATE,
    Endings,
    Readings,
    Remarks,
    Segments,
    Sides,
    Streams,
)
from wireproof.analysis.rules.unacknowledged import (
    Pool,
    Waiting,
    make_room,
    pool_is_full,
    pool_must_grow,
    release,
)
from wireproof.engine.tables import ABSENT

POOL_FULL = 2


def take_segment(
    packets: Packets,
    segments: Segments,
    row: int,
    choices: Choices,
    times: Times,
    readings: Readings,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    conversations: Conversations,
    streams: Streams,
    sides: Sides,
    remarks: Remarks,
    pool: Pool,
    waiting: Waiting,
    endings: Endings,
) -> int:
    """Tell how a segment reads, and what is remarkable of it.

    Returns FULL or POOL_FULL, having done nothing, where the entries or the pool have to grow.
    """
    if must_grow(index):
        return FULL
    if pool_must_grow(pool):
        return POOL_FULL
    kinds = 0
    place = find_between(index, buckets, entries, packets, row)
    if place == NONE:
        gone = in_the_way(index)
        if gone != NONE:
            release(pool, waiting, sides, 2 * gone)
            release(pool, waiting, sides, 2 * gone + 1)
        place = enter_between(index, buckets, entries, packets, row)
        begin(index, conversations, place, packets.time[row])
        forget(streams, sides, place)
    mine = 2 * place + sender_of(packets, row)
    others = mine ^ 1
    if sides.based[mine] and sides.base[mine] != segments.seq[row] and segments.flags[row] & SYN:
        kinds = REUSED_PORTS
        if opens(segments.flags[row]):
            release(pool, waiting, sides, mine)
            release(pool, waiting, sides, others)
            begin(index, conversations, place, packets.time[row])
            forget(streams, sides, place)
            streams.new[place] = 0
            streams.completeness[place] = SEEN_SYN
    elif sides.based[mine] and opens(segments.flags[row]):
        sides.next[mine] = sides.gapless[mine]
        kinds = LOOKED_AT
    if pool_is_full(pool):
        make_room(pool, waiting, sides, index, entries)
    set_bases(segments, row, sides, mine, others)
    negotiate(segments.flags[row], streams, place)
    if segments.flags[row] & FIN and not sides.closed_first[others]:
        sides.closed_first[mine] = 1
    times.stream[row] = conversations.stream[place]
    tick(conversations, place, times, row, packets.time[row], choices)
    read(segments, row, readings, sides, mine, others)
    read_flags(segments, row, readings, streams, place, sides, mine)
    say_nothing(remarks, row)
    if segments.length[row] != ABSENT:
        follow(segments, row, sides, mine)
    if segments.length[row] != ABSENT and not choices.unanalysed[0]:
        counts = not choices.uncounted[0]
        remark(packets, segments, row, remarks, streams, place, sides, mine, pool, waiting, kinds, counts)
        time_handshake(packets, segments, row, streams, place)
        if remarks.kinds[row]:
            remarks.initial_rtt[row] = streams.initial_rtt[place]
        sides.sacked[mine] = (segments.right_edges[row] - segments.left_edges[row]) % MODULUS
    readings.source_state[row] = sides.state[mine]
    readings.destination_state[row] = sides.state[others]
    complete(segments, row, streams, place)
    set_shifts(segments, row, sides, mine, others)
    if choices.raw[0] or choices.unanalysed[0]:
        read_raw(segments, row, readings)
    if conversations.stream[place] < choices.endings[0]:
        end(segments, row, choices, conversations.stream[place], readings, remarks, streams, place, endings)
    return TAKEN


def end(
    segments: Segments,
    row: int,
    choices: Choices,
    stream: int,
    readings: Readings,
    remarks: Remarks,
    streams: Streams,
    place: int,
    endings: Endings,
) -> None:
    """Note what a conversation has come to, or tell what it comes to at its end.

    What the first segment adds counts when it comes for the second time, as in Wireshark.
    """
    if not choices.known[0]:
        endings.completeness[stream] = streams.completeness[place]
        endings.initial_rtt[stream] = streams.initial_rtt[place]
        return
    readings.completeness[row] = endings.completeness[stream]
    if segments.valid[row]:
        endings.completeness[stream] |= seen_of(segments.flags[row], segments.length[row] > 0)
    if remarks.kinds[row]:
        remarks.initial_rtt[row] = endings.initial_rtt[stream]


def opens(flags: int) -> int:
    """Whether these are the flags of the first segment of a handshake."""
    return flags & (SYN | ACK) == SYN


def accepts(flags: int) -> int:
    """Whether these are the flags of the second segment of a handshake."""
    return flags & (SYN | ACK) == SYN | ACK


def forget(streams: Streams, sides: Sides, place: int) -> None:
    """Begin a conversation in the rows of another one."""
    streams.new[place] = 1
    streams.completeness[place] = 0
    streams.asks[place] = 0
    streams.agrees[place] = 0
    streams.offers[place] = 0
    streams.syn_time[place] = ABSENT
    streams.initial_rtt[place] = ABSENT
    for side in range(2 * place, 2 * place + 2):
        sides.based[side] = 0
        sides.base[side] = 0
        sides.shift[side] = UNKNOWN
        sides.closed_first[side] = 0
        sides.next[side] = 0
        sides.next_frame[side] = 0
        sides.next_time[side] = 0
        sides.gapless[side] = 0
        sides.last_ack[side] = 0
        sides.last_ack_time[side] = 0
        sides.last_was_syn[side] = 0
        sides.first_ack_frame[side] = 0
        sides.repetitions[side] = 0
        sides.overtaken[side] = 0
        sides.window[side] = NO_WINDOW
        sides.last_kinds[side] = 0
        sides.acknowledged[side] = 1
        sides.pushed[side] = 0
        sides.push_was_last[side] = 0
        sides.sacked[side] = 0
        sides.state[side] = UNKNOWN_STATE
        sides.asked[side] = 0
        sides.finished[side] = 0


def set_bases(segments: Segments, row: int, sides: Sides, mine: int, others: int) -> None:
    """Fix where each side counts from: its SYN; failing that, so that the first number seen is 1."""
    flags = segments.flags[row]
    if accepts(flags) and sides.based[mine]:
        sides.base[mine] = segments.seq[row]
    if segments.length[row] == ABSENT:
        return
    if not sides.based[mine]:
        sides.based[mine] = 1
        sides.base[mine] = segments.seq[row] if flags & SYN else (segments.seq[row] - 1) % MODULUS
    if flags & ACK:
        sides.acknowledged[others] = 1
        if not sides.based[others]:
            sides.based[others] = 1
            sides.base[others] = (segments.ack[row] - 1) % MODULUS


def time_handshake(packets: Packets, segments: Segments, row: int, streams: Streams, place: int) -> None:
    """Note when the last SYN came, or how long after it the first segment that acknowledges without one."""
    time = packets.time[row]
    flags = segments.flags[row]
    if opens(flags):
        streams.syn_time[place] = time
        return
    since = streams.syn_time[place]
    is_first = flags & (SYN | ACK) == ACK and streams.initial_rtt[place] == ABSENT
    if is_first and since != ABSENT and time != ABSENT and time != since:
        streams.initial_rtt[place] = time - since


def negotiate(flags: int, streams: Streams, place: int) -> None:
    """Note what a SYN and its answer say of Accurate ECN; some counts agree to it, and others do not."""
    count = (flags & COUNTER) // ONE
    if accepts(flags):
        streams.agrees[place] = 2 <= count <= 4 or count == 6
    elif flags & SYN:
        streams.asks[place] = flags & COUNTER == COUNTER


def read(segments: Segments, row: int, readings: Readings, sides: Sides, mine: int, others: int) -> None:
    """Tell the numbers of a segment, relative, and its window, scaled."""
    flags = segments.flags[row]
    seq = segments.seq[row]
    ack = segments.ack[row]
    window = segments.window[row]
    shift = sides.shift[mine]
    readings.next[row] = ABSENT
    if segments.length[row] != ABSENT:
        seq = (seq - sides.base[mine]) % MODULUS
        readings.next[row] = (seq + segments.length[row] + (flags & (SYN | FIN) != 0)) % MODULUS
        if flags & ACK:
            ack = (ack - sides.base[others]) % MODULUS
        if shift > 0 and not flags & SYN:
            window = window << shift
    readings.seq[row] = seq
    readings.ack[row] = ack
    readings.window[row] = window
    readings.scale[row] = ABSENT if flags & SYN else (1 << shift if shift >= 0 else shift)
    readings.edges_from[row] = sides.base[others]


def read_raw(segments: Segments, row: int, readings: Readings) -> None:
    """Tell the numbers of a segment as they were sent."""
    readings.seq[row] = segments.seq[row]
    readings.ack[row] = segments.ack[row]
    readings.edges_from[row] = 0
    if segments.length[row] != ABSENT:
        takes_one = segments.flags[row] & (SYN | FIN) != 0
        readings.next[row] = (segments.seq[row] + segments.length[row] + takes_one) % MODULUS


def read_flags(
    segments: Segments, row: int, readings: Readings, streams: Streams, place: int, sides: Sides, mine: int
) -> None:
    """Tell what the flags mean in this conversation, and what was seen of it before."""
    flags = segments.flags[row]
    readings.completeness[row] = streams.completeness[place]
    readings.closes[row] = sides.closed_first[mine] if flags & FIN else ABSENT
    readings.fast_open[row] = NO_FAST_OPEN
    if accepts(flags):
        if readings.ack[row] > 1:
            readings.fast_open[row] = ACCEPTED
        elif streams.offers[place]:
            readings.fast_open[row] = IGNORED
    elif opens(flags) and segments.cookie[row] and segments.length[row] > 0:
        streams.offers[place] = 1
    readings.counter[row] = ABSENT
    if streams.asks[place] and streams.agrees[place] and not flags & SYN:
        readings.counter[row] = (flags & COUNTER) // ONE


def complete(segments: Segments, row: int, streams: Streams, place: int) -> None:
    """Note what the segment adds to the conversation. Of the first one, only a SYN and its data count."""
    was_new = streams.new[place]
    streams.new[place] = 0
    if not segments.valid[row]:
        return
    flags = segments.flags[row]
    has_data = segments.length[row] > 0
    if was_new:
        if opens(flags):
            streams.completeness[place] = SEEN_SYN | SEEN_DATA if has_data else SEEN_SYN
        return
    streams.completeness[place] |= seen_of(flags, has_data)


def seen_of(flags: int, has_data: int) -> int:
    """Return what a segment adds to a conversation that others have begun."""
    seen = 0
    if accepts(flags):
        seen = SEEN_SYN_ACK
    elif flags & ACK:
        seen = SEEN_DATA if has_data else SEEN_ACK
    if flags & FIN and flags & ACK:
        seen |= SEEN_FIN
    if flags & RST:
        seen |= SEEN_RST
    return seen


def set_shifts(segments: Segments, row: int, sides: Sides, mine: int, others: int) -> None:
    """Note the sender's shift. Windows are scaled only if both SYNs say so (RFC 7323, section 2.2)."""
    flags = segments.flags[row]
    if segments.shift[row] != ABSENT:
        sides.shift[mine] = min(segments.shift[row], LARGEST_SHIFT)
    if flags & SYN and segments.complete[row]:
        refused = sides.shift[mine] == NO_SCALING or sides.shift[others] == NO_SCALING
        if sides.shift[mine] == UNKNOWN or (refused and accepts(flags)):
            sides.shift[mine] = NO_SCALING
            sides.shift[others] = NO_SCALING

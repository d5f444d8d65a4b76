"""The states of both sides of a TCP connection (RFC 9293, section 3.3.2), as far as the segments between them tell.

A segment is taken to arrive. What it does is told of both sides at once: of its sender, what it must have been in to
send it, and of its receiver, what it comes into. A side of which nothing is known yet is UNKNOWN.
"""

from __future__ import annotations

from wireproof.analysis.rules.tcp_tables import (
    ACK,
    CLOSE_WAIT,
    CLOSED,
    CLOSING,
    ESTABLISHED,
    FIN,
    FIN_WAIT_1,
    FIN_WAIT_2,
    LAST_ACK,
    LISTEN,
    MODULUS,
    RST,
    SYN,
    SYN_RECEIVED,
    SYN_SENT,
    TIME_WAIT,
    UNKNOWN_STATE,
    Segments,
    Sides,
)
from wireproof.analysis.rules.unacknowledged import is_after


def follow(segments: Segments, row: int, sides: Sides, mine: int) -> None:
    """Change the states of the sender and the receiver of a segment, before what it adds to the sequence is noted."""
    others = mine ^ 1
    flags = segments.flags[row]
    if flags & RST:
        reset(sides, mine, others)
        return
    if flags & SYN:
        if flags & ACK:
            answer_open(segments, row, sides, mine, others)
        else:
            ask_to_open(sides, mine, others)
        return
    for side in range(2):
        if sides.state[mine ^ side] == UNKNOWN_STATE:
            sides.state[mine ^ side] = ESTABLISHED
    if flags & ACK:
        acknowledge_state(segments.ack[row], sides, mine, others)
    if flags & FIN:
        finish(segments, row, sides, mine, others)


def reset(sides: Sides, mine: int, others: int) -> None:
    """A reset closes both sides; one that listened, or was opened by the other one, listens (section 3.10.7.4)."""
    was_asked = sides.state[others] == SYN_RECEIVED and not sides.asked[others]
    if sides.state[others] != LISTEN:
        sides.state[others] = LISTEN if was_asked else CLOSED
    sides.state[mine] = CLOSED


def ask_to_open(sides: Sides, mine: int, others: int) -> None:
    """A SYN: its sender asks. Where both do, each has the other's (section 3.5, figure 7)."""
    state = sides.state[mine]
    if state == UNKNOWN_STATE or state == CLOSED or state == LISTEN or state == TIME_WAIT:
        sides.state[mine] = SYN_SENT
        sides.asked[mine] = 1
    other = sides.state[others]
    if other == UNKNOWN_STATE or other == CLOSED:
        sides.state[others] = LISTEN
        sides.asked[others] = 0
    elif other == SYN_SENT and sides.state[mine] == SYN_SENT:
        sides.state[mine] = SYN_RECEIVED
        sides.state[others] = SYN_RECEIVED


def answer_open(segments: Segments, row: int, sides: Sides, mine: int, others: int) -> None:
    """A SYN,ACK: its sender has a SYN, and the receiver's is acknowledged."""
    state = sides.state[mine]
    if state == UNKNOWN_STATE or state == CLOSED or state == LISTEN or state == SYN_SENT:
        sides.state[mine] = SYN_RECEIVED
    other = sides.state[others]
    if other == UNKNOWN_STATE:
        sides.state[others] = ESTABLISHED
    elif other == SYN_SENT or other == SYN_RECEIVED:
        ack = segments.ack[row]
        if is_after(ack, sides.base[others]) and not is_after(ack, sides.next[others]):
            sides.state[others] = ESTABLISHED


def acknowledge_state(ack: int, sides: Sides, mine: int, others: int) -> None:
    """An acknowledgment: of the receiver's SYN or FIN, which its sender must have, also where it came out of order."""
    if sides.state[others] == SYN_RECEIVED and is_after(ack, sides.base[others]):
        sides.state[others] = ESTABLISHED
    if not sides.finished[others] or is_after(sides.fin_end[others], ack):
        return
    state = sides.state[mine]
    if state == ESTABLISHED or state == FIN_WAIT_1 or state == FIN_WAIT_2:
        receive_finish(sides, mine)
    other = sides.state[others]
    if other == FIN_WAIT_1:
        sides.state[others] = FIN_WAIT_2
    elif other == CLOSING:
        sides.state[others] = TIME_WAIT
    elif other == LAST_ACK:
        sides.state[others] = CLOSED


def finish(segments: Segments, row: int, sides: Sides, mine: int, others: int) -> None:
    """A FIN: its sender has no more to send; the receiver knows unless there is a gap in front of it."""
    sides.finished[mine] = 1
    sides.fin_end[mine] = (segments.seq[row] + segments.length[row] + 1) % MODULUS
    state = sides.state[mine]
    if state == ESTABLISHED or state == SYN_RECEIVED or state == SYN_SENT:
        sides.state[mine] = FIN_WAIT_1
    elif state == CLOSE_WAIT:
        # One that does not acknowledge the other's crossed it (section 3.6, figure 13).
        crossed = is_after(sides.fin_end[others], segments.ack[row]) if sides.finished[others] else 0
        sides.state[mine] = CLOSING if crossed else LAST_ACK
    if not sides.next[mine] or not is_after(segments.seq[row], sides.next[mine]):
        receive_finish(sides, others)


def receive_finish(sides: Sides, side: int) -> None:
    """Change the state of a side that has the other's FIN and all in front of it."""
    state = sides.state[side]
    if state == ESTABLISHED or state == SYN_RECEIVED:
        sides.state[side] = CLOSE_WAIT
    elif state == FIN_WAIT_1:
        sides.state[side] = CLOSING
    elif state == FIN_WAIT_2:
        sides.state[side] = TIME_WAIT

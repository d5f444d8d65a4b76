"""What a connection makes of a segment, in the order of RFC 9293 section 3.10.7."""

from __future__ import annotations

from .connection import BUFFER, DELAY, FIRST_RTO, LONGEST_RTO, MSL, OWN_MSS, Connection, M, before, upto
from .octets import ACK, FIN, RST, SYN, Segment

CHALLENGES = 10
"""Challenge ACKs in a second (RFC 5961 section 7)."""


def receive(own: Connection, segment: Segment) -> None:
    """Take a segment."""
    if own.state == "SYN-SENT":
        _syn_sent(own, segment)
    elif own.state == "TIME-WAIT" and segment.flags & FIN:
        if not own.has("time-wait-silent"):
            own.acknowledge()
            _linger(own)
    else:
        _synchronised(own, segment)


def _syn_sent(own: Connection, segment: Segment) -> None:
    good = False
    if segment.flags & ACK:
        good = segment.ack == own.nxt
        if not good and not own.has("syn-sent-any-ack"):
            if not segment.flags & RST or own.has("syn-sent-rst-answered"):
                own.tcp.send(own.key, Segment(own.key[1], own.key[3], segment.ack, 0, RST, 0))
            return
    if segment.flags & RST:
        if good or own.has("syn-sent-any-rst"):
            own.close_at_once()
        return
    if not segment.flags & SYN:
        return
    own._take_syn(segment)
    if segment.flags & ACK:
        own.una = segment.ack
        own.state = "ESTABLISHED"
        _stop(own)
        own.wl2 = segment.ack
        own.acknowledge()
        own.push()
    elif own.has("no-simultaneous-open"):
        own.close_at_once()
    else:
        own.state = "SYN-RECEIVED"
        own._send_syn()


def _acceptable(own: Connection, segment: Segment) -> bool:
    if own.has("any-sequence"):
        return True
    window = 0 if own._room() == 0 else (own.edge - own.rcv) % M
    start, length = segment.seq, segment.length
    if length == 0:
        return start == own.rcv if window == 0 else (start - own.rcv) % M < window
    if window == 0:
        return False
    last = (start + length - 1) % M
    return (start - own.rcv) % M < window or (last - own.rcv) % M < window


def _challenge(own: Connection) -> None:
    recent = [time for time in own.challenges if own.host.time - time < 1.0]
    own.challenges = [*recent, own.host.time]
    if len(recent) < CHALLENGES or own.has("challenges-unlimited"):
        own.acknowledge()


def _synchronised(own: Connection, segment: Segment) -> None:
    if own.stamps and not _stamp_is_good(own, segment):
        return
    if not _acceptable(own, segment):
        if segment.flags & RST:
            if own.has("any-rst"):
                own.close_at_once()
            return
        if segment.flags & SYN and own.state != "SYN-RECEIVED":
            if not own.has("syn-no-challenge"):
                _challenge(own)
        elif own.state == "SYN-RECEIVED" and segment.flags & SYN and segment.seq == (own.rcv - 1) % M:
            own._send_syn()
        elif not own.has("unacceptable-silent"):
            own.acknowledge()
        if own._room() == 0 and segment.flags & ACK and segment.seq == own.rcv:
            _acknowledged(own, segment)
        return
    if segment.flags & RST:
        _reset(own, segment)
        return
    if segment.flags & SYN:
        if own.state == "SYN-RECEIVED" and own.passive:
            own.close_at_once()
        elif own.has("syn-resets"):
            own.tcp.send(own.key, Segment(own.key[1], own.key[3], own.nxt, 0, RST, 0))
            own.close_at_once()
        else:
            _challenge(own)
        return
    if not segment.flags & ACK:
        if not own.has("no-ack-accepted"):
            return
    elif not _acknowledged(own, segment):
        return
    _take_data(own, segment)


def _stamp_is_good(own: Connection, segment: Segment) -> bool:
    value = segment.options.get(8, b"")
    if len(value) != 8:
        if segment.flags & RST:
            return True
        if own.has("missing-stamp-aborts"):
            own.abort()
            return False
        return own.has("missing-stamp-accepted") or own.state == "SYN-RECEIVED"
    stamp = int.from_bytes(value[:4], "big")
    if segment.flags & RST and not own.has("rst-paws"):
        return True
    if before(stamp, own.recent) and not own.has("no-paws"):
        own.acknowledge()
        return False
    if (
        upto(own.recent, stamp)
        and (upto(segment.seq, own.last_ack) or own.has("recent-any"))
        and not segment.flags & RST
    ) or own.has("recent-any"):
        own.recent = stamp
    return True


def _reset(own: Connection, segment: Segment) -> None:
    if segment.data and own.has("rst-data-dropped"):
        return
    if own.has("rst-ignored"):
        return
    if own.has("rst-challenges-exact"):
        _challenge(own)
        return
    if segment.seq != own.rcv and not own.has("rst-any-in-window"):
        _challenge(own)
        return
    if own.has("rst-blocks-next-port") and own.state == "SYN-RECEIVED" and own.passive:
        own.tcp.blocked.add((own.key[2], own.key[3] + 1))
    own.close_at_once()


def _acknowledged(own: Connection, segment: Segment) -> bool:
    """Use the acknowledgment; return whether the segment is to be looked at further."""
    if own.state == "SYN-RECEIVED":
        if not (before(own.una, segment.ack) and upto(segment.ack, own.nxt)) and not own.has("syn-received-any-ack"):
            if not own.has("syn-received-silent"):
                own.tcp.send(own.key, Segment(own.key[1], own.key[3], segment.ack, 0, RST, 0))
            return False
        own.state = "ESTABLISHED"
        own.una = own.nxt if own.has("syn-received-any-ack") else segment.ack
        _sample(own)
        _stop(own)
        if own.syn_timed_out and not own.has("rto-after-syn-kept"):
            own.rto = 3.0
        _update_window(own, segment, force=True)
        return True
    if before(own.nxt, segment.ack):
        if not own.has("future-ack-silent"):
            own.acknowledge()
        return own.has("future-ack-accepted")
    if before(segment.ack, (own.una - max(own.most_window, 1)) % M) and not own.has("old-ack-accepted"):
        _challenge(own)
        return False
    if before(own.una, segment.ack):
        _advance(own, segment.ack)
    _update_window(own, segment)
    own.push()
    if own.fin_sent and own.una == own.nxt:
        _fin_acknowledged(own)
    return own.state != "CLOSED"


def _advance(own: Connection, ack: int) -> None:
    count = (ack - own.una) % M
    own.out = own.out[min(count, len(own.out)) :]
    own.una = ack
    if own.timed and upto(own.timed[0], ack):
        _sample(own)
    own.cwnd += min(count, OWN_MSS)
    own.retries = 0
    if own.nxt == own.una:
        _stop(own)
    else:
        own._start_timer()


def _sample(own: Connection) -> None:
    if own.timed is None:
        return
    measured = own.host.time - own.timed[1]
    own.timed = None
    if not own.srtt:
        own.srtt, own.rttvar = measured, measured / 2
    else:
        own.rttvar = 0.75 * own.rttvar + 0.25 * abs(own.srtt - measured)
        own.srtt = 0.875 * own.srtt + 0.125 * measured
    least = 0.1 if own.has("rto-short") else FIRST_RTO
    if own.has("rto-not-measured"):
        own.rto = FIRST_RTO
        return
    own.rto = min(max(own.srtt + max(0.01, 4 * own.rttvar), least), LONGEST_RTO)


def _stop(own: Connection) -> None:
    own.turn += 1
    own.retries = 0


def _update_window(own: Connection, segment: Segment, force: bool = False) -> None:
    newer = before(own.wl1, segment.seq) or (own.wl1 == segment.seq and upto(own.wl2, segment.ack))
    if not (newer or force or own.has("any-window-update")):
        return
    shift = own.shifts[0] if own.shifts and not own.has("scale-not-applied") else 0
    if own.has("scale-always") and not own.shifts:
        shift = 2
    own.window = segment.window << shift
    own.most_window = max(own.most_window, own.window)
    own.wl1, own.wl2 = segment.seq, segment.ack
    if own.window:
        own.probe_wait = 0.0


def _take_data(own: Connection, segment: Segment) -> None:
    if own.state not in ("ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2"):
        if segment.length and own.state == "CLOSE-WAIT":
            own.acknowledge()
        return
    data, seq, fin = segment.data, segment.seq, bool(segment.flags & FIN)
    end = (seq + len(data)) % M
    if before(seq, own.rcv):
        data = data[(own.rcv - seq) % M :]
        seq = own.rcv
    room = (own.edge - seq) % M
    if room < M // 2 and len(data) > room:
        data, fin = data[:room], False
    if before(own.rcv, seq):
        if data and not own.has("out-of-order-dropped"):
            own.held[seq], own.newest_held = data, seq
        if fin:
            own.held_fin = end
        own.acknowledge()
        return
    taken = _in_order(own, data)
    if fin:
        own.held_fin = end
    if own.held_fin == own.rcv and not own.has("fin-ignored"):
        _fin(own)
        return
    if taken:
        _hand_over(own, taken, bool(own.held))


def _in_order(own: Connection, data: bytes) -> bytes:
    own.rcv = (own.rcv + len(data)) % M
    while True:
        ready = [seq for seq in own.held if upto(seq, own.rcv)]
        if not ready:
            return data
        for seq in ready:
            piece = own.held.pop(seq)[(own.rcv - seq) % M :]
            data += piece
            own.rcv = (own.rcv + len(piece)) % M


def _hand_over(own: Connection, data: bytes, holes: bool) -> None:
    if own.mode == "echo":
        own.out += data
        before_ = own.nxt
        own.push()
        if own.nxt == before_ or holes:
            own._owe(len(data) >= OWN_MSS)
        return
    own.unread += data if own.mode == "hold" else b""
    if len(own.unread) >= BUFFER or holes:
        own.acknowledge()
    else:
        own._owe(len(data) >= OWN_MSS)


def _fin(own: Connection) -> None:
    own.held_fin = None
    own.rcv = (own.rcv + 1) % M
    if own.has("fin-not-counted"):
        own.rcv = (own.rcv - 1) % M
    own.acknowledge()
    if own.state == "ESTABLISHED":
        own.state = "CLOSE-WAIT"
        if own.mode == "echo":
            own.close()
    elif own.state == "FIN-WAIT-1":
        own.state = "CLOSING"
        if own.fin_sent and own.una == own.nxt:
            _linger(own)
    elif own.state == "FIN-WAIT-2":
        _linger(own)


def _fin_acknowledged(own: Connection) -> None:
    if own.state == "FIN-WAIT-1":
        own.state = "FIN-WAIT-2"
    elif own.state == "CLOSING":
        _linger(own)
    elif own.state == "LAST-ACK":
        own.close_at_once()


def _linger(own: Connection) -> None:
    own.state = "TIME-WAIT"
    own.turn += 1
    turn = own.turn
    seconds = 0.5 if own.has("time-wait-short") else 2 * MSL
    own.host.after(seconds, lambda: own.close_at_once() if own.turn == turn and own.state == "TIME-WAIT" else None)


__all__ = ["DELAY", "receive"]

"""One connection, from SYN to TIME-WAIT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .octets import ACK, CWR, ECE, FIN, PSH, RST, SYN, Segment

if TYPE_CHECKING:
    from .tcp import Key, Tcp

M = 1 << 32
BUFFER = 20_000
OWN_MSS = 1460
SHIFT = 2
MSL = 10.0
FIRST_RTO, LONGEST_RTO = 1.0, 60.0
MOST_RETRIES = 8
DELAY = 0.2


def before(a: int, b: int) -> bool:
    """Whether one sequence number comes before another."""
    return a != b and (b - a) % M < M // 2


def upto(a: int, b: int) -> bool:
    """Whether one sequence number is another or comes before it."""
    return (b - a) % M < M // 2


class Connection:
    """A connection. `mode` echo sends back what comes, hold reads nothing, and what is sent is asked for."""

    def __init__(self, tcp: Tcp, key: Key, mode: str, *, passive: bool) -> None:
        self.tcp, self.host, self.key, self.mode, self.passive = tcp, tcp.host, key, mode, passive
        self.has = self.host.has
        self.state = "SYN-RECEIVED" if passive else "SYN-SENT"
        self.iss = tcp.initial_sequence(key[2])
        self.challenges: list[float] = []
        self.una, self.nxt = self.iss, (self.iss + 1) % M
        self.window = self.most_window = 0
        self.wl1 = self.wl2 = 0
        self.rcv = 0
        self.edge = 0
        self.peer_mss = 536
        self.shifts: tuple[int, int] | None = None
        self.stamps = self.sacks = self.ecn = False
        self.recent = 0
        self.last_ack = 0
        self.out = b""
        self.unread = b""
        self.held: dict[int, bytes] = {}
        self.newest_held = 0
        self.held_fin: int | None = None
        self.closing = self.fin_sent = False
        self.rto, self.srtt, self.rttvar = FIRST_RTO, 0.0, 0.0
        self.timed: tuple[int, float] | None = None
        self.turn = 0
        self.retries = 0
        self.cwnd, self.threshold = 4 * OWN_MSS, 1 << 20
        self.owed = 0
        self.syn_timed_out = False
        self.probe_wait = 0.0

    # Opening.

    def open(self) -> None:
        """Send the first segment."""
        self._send_syn()

    def accept(self, segment: Segment) -> None:
        """Answer a SYN that came to a port that is listened to."""
        self._take_syn(segment)
        self._send_syn()

    def _take_syn(self, segment: Segment) -> None:
        self.rcv = (segment.seq + 1) % M
        self.last_ack = self.rcv
        self.edge = (self.rcv + self._room()) % M
        options = segment.options
        if len(options.get(2, b"")) == 2 and not self.has("mss-ignored"):
            self.peer_mss = int.from_bytes(options[2], "big")
        elif self.has("mss-default-large"):
            self.peer_mss = OWN_MSS
        if len(options.get(3, b"")) == 1 and not self.has("no-window-scale"):
            shift = options[3][0]
            shift = min(shift, 14) if not self.has("large-shift-used") else shift % 16
            self.shifts = (shift, SHIFT)
        if len(options.get(8, b"")) == 8 and not self.has("no-timestamps"):
            self.stamps, self.recent = True, int.from_bytes(options[8][:4], "big")
        self.sacks = 4 in options and not self.has("no-sack")
        self.ecn = segment.flags & (ECE | CWR) == ECE | CWR
        self.window = segment.window
        self.most_window = segment.window
        self.wl1 = segment.seq

    def _send_syn(self) -> None:
        answers = self.state == "SYN-RECEIVED"
        options: dict[int, bytes] = {}
        if not self.has("no-mss-sent"):
            options[2] = OWN_MSS.to_bytes(2, "big")
        offers = not answers
        if (self.sacks or offers or self.has("sack-unasked")) and not self.has("no-sack"):
            options[4] = b""
        if (self.stamps or offers or self.has("stamps-unasked")) and not self.has("no-timestamps"):
            options[8] = self._stamp()
        if (self.shifts or offers or self.has("scale-unasked")) and not self.has("no-window-scale"):
            options[3] = bytes((SHIFT,))
        flags = SYN | (ACK if answers else 0)
        if answers and (self.ecn or self.has("ecn-unasked")):
            flags |= ECE | (CWR if self.has("ecn-both") else 0)
        ack = self.rcv + (1 if self.has("syn-ack-wrong") else 0)
        window = min(self._room(), 65535)
        self.tcp.send(
            self.key, Segment(self.key[1], self.key[3], self.iss, ack if answers else 0, flags, window, b"", options)
        )
        if not self.timed and not self.retries:
            self.timed = (self.nxt, self.host.time)
        self._start_timer()

    def _stamp(self) -> bytes:
        now = int(self.host.time * 1000 + 77_000) % M
        echoed = 0 if self.has("stamp-echo-lost") else self.recent
        return now.to_bytes(4, "big") + (echoed % M).to_bytes(4, "big")

    # Sending.

    def _room(self) -> int:
        return max(BUFFER - len(self.unread), 0)

    def _offered(self) -> int:
        """Return the window to offer: it grows by a full segment or not at all, and never shrinks."""
        new = (self.rcv + self._room()) % M
        grown = (new - self.edge) % M
        if self.has("silly-receiver") or (grown < M // 2 and grown >= min(OWN_MSS, BUFFER // 2)):
            self.edge = new
        if self.has("window-shrinks"):
            self.edge = (self.rcv + max(self._room() - 4 * len(self.unread), 0)) % M
        left = (self.edge - self.rcv) % M
        return left if left < M // 2 else 0

    def segment(self, flags: int, seq: int | None = None, data: bytes = b"", *, plain: bool = False) -> None:
        """Send a segment with the acknowledgment that is due."""
        window = self._offered()
        if self.shifts:
            window >>= self.shifts[1]
        options: dict[int, bytes] = {}
        if self.stamps and not flags & RST and not self.has("stamps-forgotten"):
            options[8] = self._stamp()
        if self.has("mss-everywhere"):
            options[2] = OWN_MSS.to_bytes(2, "big")
        if (self.sacks or self.has("sack-always")) and self.held and not data and not self.has("no-sack-blocks"):
            options[5] = self._blocks()
        self.last_ack = self.rcv
        self.owed = 0
        ack = self.rcv if flags & ACK else 0
        number = self.nxt if seq is None else seq
        self.tcp.send(
            self.key, Segment(self.key[1], self.key[3], number, ack, flags, min(window, 65535), data, options)
        )

    def _blocks(self) -> bytes:
        ranges: list[list[int]] = []
        for seq in sorted(self.held, key=lambda each: (each - self.rcv) % M):
            end = (seq + len(self.held[seq])) % M
            if ranges and upto(seq, ranges[-1][1]):
                ranges[-1][1] = end
            else:
                ranges.append([seq, end])
        first = [each for each in ranges if upto(each[0], self.newest_held) and before(self.newest_held, each[1])]
        if self.has("sack-order"):
            first = []
        ordered = first + [each for each in ranges if each not in first]
        most = 3 if self.stamps else 4
        return b"".join(a.to_bytes(4, "big") + b.to_bytes(4, "big") for a, b in ordered[:most])

    def acknowledge(self) -> None:
        """Send an acknowledgment and nothing else."""
        self.segment(ACK)

    def write(self, data: bytes) -> None:
        """Have data sent."""
        self.out += data
        self.push()

    def push(self) -> None:
        """Send what may be sent now."""
        if self.state not in ("ESTABLISHED", "CLOSE-WAIT", "FIN-WAIT-1", "LAST-ACK", "CLOSING"):
            return
        mss = self._effective_mss()
        while True:
            sent = (self.nxt - self.una) % M
            left = self.out[sent:]
            room = min(self.window, self.cwnd if not self.has("no-slow-start") else 1 << 20) - sent
            if self.fin_sent or not left:
                break
            if self.window == 0 and not sent:
                self._persist()
                return
            size = min(len(left), mss, max(room, 0))
            if self.has("window-ignored"):
                size = min(len(left), mss)
            full = size == mss
            last = size == len(left) and size > 0
            nagle = not sent or self.has("no-nagle")
            large = size * 2 >= self.most_window > 0
            if not (full or (last and nagle) or (large and nagle) or (self.has("silly-sender") and size > 0)):
                if not sent and size < len(left):
                    self._persist()
                break
            if size <= 0:
                break
            self._send_data(left[:size])
        if self.closing and not self.fin_sent and (self.nxt - self.una) % M == len(self.out):
            self.fin_sent = True
            self.segment(FIN | ACK)
            self.nxt = (self.nxt + 1) % M
            self._start_timer()

    def _effective_mss(self) -> int:
        own = min(self.peer_mss, OWN_MSS)
        if self.has("mss-exceeded"):
            own = OWN_MSS
        return own - (12 if self.stamps and not self.has("stamps-not-counted") else 0)

    def _send_data(self, data: bytes) -> None:
        if self.timed is None:
            self.timed = ((self.nxt + len(data)) % M, self.host.time)
        idle = self.nxt == self.una
        self.segment(ACK | PSH, data=data)
        self.nxt = (self.nxt + len(data)) % M
        if idle:
            self._start_timer()

    def close(self) -> None:
        """Close the own side; with unread data, reset."""
        if self.state in ("SYN-SENT", "CLOSED"):
            self.close_at_once()
            return
        if self.unread and not self.has("close-unread-fin"):
            self.abort()
            return
        self.state = {"ESTABLISHED": "FIN-WAIT-1", "SYN-RECEIVED": "FIN-WAIT-1", "CLOSE-WAIT": "LAST-ACK"}.get(
            self.state, self.state
        )
        self.closing = True
        self.push()

    def abort(self) -> None:
        """Reset."""
        if self.state not in ("SYN-SENT", "CLOSED", "TIME-WAIT"):
            self.segment(RST | ACK)
        self.close_at_once()

    def close_at_once(self) -> None:
        """Forget the connection."""
        self.state = "CLOSED"
        self.turn += 1
        self.tcp.connections.pop(self.key, None)

    def read(self, size: int) -> None:
        """Read what was held."""
        self.unread = self.unread[size:]
        old = self.edge
        self._offered()
        if self.edge != old:
            self.acknowledge()

    # Time.

    def _start_timer(self) -> None:
        self.turn += 1
        turn = self.turn
        self.host.after(self.rto, lambda: self._expire(turn))

    def _expire(self, turn: int) -> None:
        if turn != self.turn or self.state == "CLOSED" or self.has("no-retransmission"):
            return
        if self.nxt == self.una:
            return
        self.retries += 1
        if self.retries > (2 if self.has("gives-up-early") else MOST_RETRIES):
            self.close_at_once()
            return
        if not self.has("no-backoff"):
            self.rto = min(self.rto * 2, LONGEST_RTO)
        self.timed = None
        self.threshold, self.cwnd = max(self.cwnd // 2, 2 * OWN_MSS), self._effective_mss()
        if self.state in ("SYN-SENT", "SYN-RECEIVED"):
            self.syn_timed_out = True
            self._send_syn()
            return
        sent = self.out[: (self.nxt - self.una) % M][: self._effective_mss()]
        if sent:
            self.segment(ACK | PSH, self.una, sent)
        elif self.fin_sent:
            self.segment(FIN | ACK, self.una)
        self._start_timer()

    def _persist(self) -> None:
        if self.probe_wait or self.has("no-window-probes"):
            return
        self.probe_wait = max(self.rto, FIRST_RTO)
        self._probe_later()

    def _probe_later(self) -> None:
        self.host.after(self.probe_wait, self._probe)

    def _probe(self) -> None:
        if self.state == "CLOSED" or not self.probe_wait:
            return
        self.retries += 1
        if self.has("gives-up-probing") and self.retries > 3:
            self.close_at_once()
            return
        if self.window > 0 and self.nxt == self.una:
            self.probe_wait = 0.0
            self.segment(ACK | PSH, data=self.out[: min(self.window, self._effective_mss())])
            self.nxt = (self.nxt + min(self.window, len(self.out), self._effective_mss())) % M
            self._start_timer()
            return
        self.segment(ACK, self.una, self.out[:1])
        if not self.has("probes-not-spaced"):
            self.probe_wait = min(self.probe_wait * 2, LONGEST_RTO)
        self._probe_later()

    def _owe(self, full: bool) -> None:
        """Acknowledge soon: at once every second full segment, and otherwise within the delay."""
        self.owed += 1
        most = 2
        if self.has("acks-rare"):
            most = 10
        if self.owed >= most:
            self.acknowledge()
            return
        turn = self.rcv
        delay = 0.9 if self.has("acks-late") else DELAY
        self.host.after(delay, lambda: self.acknowledge() if self.owed and self.state != "CLOSED" else None)
        _ = turn, full

    # Receiving.

    def in_flight(self, seq: int) -> bool:
        """Whether a sequence number has been sent and not been acknowledged."""
        return upto(self.una, seq) and before(seq, self.nxt)

    def receive(self, segment: Segment) -> None:
        """Take a segment."""
        from .receiving import receive

        receive(self, segment)

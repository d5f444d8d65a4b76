"""TCP: which segment is whose, and what is said to those that are nobody's (RFC 9293)."""

from __future__ import annotations

import struct

from .connection import Connection
from .host import Host
from .octets import ACK, FIN, RST, SYN, TCP, Datagram, Segment, checksum, pack_segment, pseudo, read_options
from .services import ECHO_PORT, Echo

Key = tuple[bytes, int, bytes, int]


class Tcp:
    """All connections of a host. A port that is listened to echoes, or, as a hold, reads nothing."""

    def __init__(self, host: Host, echo: Echo) -> None:
        self.host = host
        self.listening: dict[int, str] = {ECHO_PORT: "echo"}
        self.connections: dict[Key, Connection] = {}
        self.handles: dict[int, Connection] = {}
        self.counters: dict[bytes, int] = {}
        self.blocked: set[tuple[bytes, int]] = set()
        host.protocols[TCP] = self.receive
        echo.told.append(self._told)

    def initial_sequence(self, peer: bytes) -> int:
        """Return where a connection with a peer begins to count: the clock, and something secret."""
        if self.host.has("constant-isn"):
            return 1000
        if self.host.has("counting-isn"):
            self.counters[peer] = self.counters.get(peer, 5000) + 64000
            return self.counters[peer]
        return (int(self.host.time * 250_000) + self.host.dice.randrange(1 << 32)) & 0xFFFFFFFF

    def receive(self, datagram: Datagram) -> None:
        """Take a segment."""
        host, data = self.host, datagram.data
        if host.own.get(datagram.destination) != "active" or datagram.is_link_broadcast:
            if not host.has("tcp-broadcast-answered"):
                return
        if len(data) < 20:
            return
        size = (data[12] >> 4) * 4
        if size < 20 or size > len(data):
            return
        if checksum(pseudo(datagram.source, datagram.destination, TCP, len(data)) + data):
            if not host.has("tcp-checksum-ignored"):
                return
        source, to, seq, ack, _, flags, window, _, urgent = struct.unpack("!HHIIBBHHH", data[:20])
        options = read_options(data[20:size])
        if data[12] & 15 and host.has("tcp-reserved-dropped"):
            return
        if options is None:
            if host.has("illegal-option-kills"):
                host.dead = True
                return
            options = {}
        if set(options) - {2, 3, 4, 5, 8} and host.has("tcp-unknown-option-dropped"):
            return
        if options and not flags & SYN and host.has("tcp-options-dropped"):
            return
        segment = Segment(source, to, seq, ack, flags, window, data[size:], options, urgent)
        own = datagram.destination if host.own.get(datagram.destination) == "active" else host.address
        key = (own, to, datagram.source, source)
        if (datagram.source, source) in self.blocked:
            return
        connection = self.connections.get(key)
        if connection is not None:
            connection.receive(segment)
        elif to in self.listening and not (host.has("rst-kills-listen") and to in self.__dict__.get("killed", ())):
            self._listen(key, segment, datagram.service)
        else:
            self._closed(key, segment)

    def _closed(self, key: Key, segment: Segment) -> None:
        host = self.host
        if segment.flags & RST and not host.has("rst-answered"):
            return
        if host.has("closed-silent"):
            return
        if segment.flags & ACK:
            flags = RST | (ACK if host.has("rst-with-ack") else 0)
            self.send(key, Segment(key[1], key[3], 0 if host.has("rst-seq-zero") else segment.ack, 0, flags, 0))
        else:
            ack = segment.seq + segment.length + (1 if host.has("rst-ack-wrong") else 0)
            self.send(key, Segment(key[1], key[3], 0, ack, RST | ACK, 0))

    def _listen(self, key: Key, segment: Segment, service: int) -> None:
        host = self.host
        if segment.flags & RST:
            if host.has("listen-rst-answered"):
                self._closed(key, Segment(segment.source, segment.destination, segment.seq, 0, ACK, 0))
            if host.has("rst-kills-listen"):
                self.__dict__.setdefault("killed", set()).add(key[1])
            return
        if segment.flags & ACK:
            if not host.has("listen-ack-dropped"):
                self._closed(key, segment)
            return
        if not segment.flags & SYN:
            if host.has("listen-data-answered"):
                self._closed(key, segment)
            return
        if host.has("syn-refused"):
            self._closed(key, segment)
            return
        connection = Connection(self, key, self.listening[key[1]], passive=True)
        self.connections[key] = connection
        connection.accept(segment)

    def connect(self, source: bytes, to: bytes, port: int, own_port: int = 0) -> Connection:
        """Open a connection."""
        own_port = own_port or 30_000 + len(self.handles)
        connection = Connection(self, (source, own_port, to, port), "hold", passive=False)
        self.connections[connection.key] = connection
        connection.open()
        return connection

    def handle_of(self, connection: Connection) -> int:
        """Return the number that the control command calls a connection by."""
        number = len(self.handles) + 1
        self.handles[number] = connection
        return number

    def send(self, key: Key, segment: Segment, service: int = 0) -> None:
        """Send a segment."""
        wrong = self.host.has("tcp-checksum-wrong-sent")
        data = pack_segment(segment, key[0], key[2], wrong=wrong)
        if self.host.has("ect-on-syn") and segment.flags & SYN:
            service = 2
        self.host.send(Datagram(key[0], key[2], TCP, data, service=service, flags=2))

    def _told(self, kind: int, code: int, quote: bytes) -> None:
        """Take an ICMP error about a segment."""
        if len(quote) < 28 or quote[9] != TCP:
            return
        size = (quote[0] & 15) * 4
        inner = quote[size : size + 8]
        if len(inner) < 8:
            return
        key = (quote[12:16], int.from_bytes(inner[:2], "big"), quote[16:20], int.from_bytes(inner[2:4], "big"))
        connection = self.connections.get(key)
        if connection is None:
            return
        seq = int.from_bytes(inner[4:8], "big")
        if not connection.in_flight(seq) and not self.host.has("icmp-sequence-ignored"):
            return
        hard = kind == 3 and code in (2, 3)
        soft = (kind == 3 and code in (0, 1, 5)) or kind in (11, 12)
        if (hard and not self.host.has("hard-errors-ignored")) or (soft and self.host.has("soft-errors-abort")):
            connection.close_at_once()
        if kind == 4 and self.host.has("quench-aborts"):
            connection.close_at_once()

    def give_up(self, address: bytes) -> None:
        """Reset the connections of an address."""
        for key, connection in list(self.connections.items()):
            if key[0] == address:
                connection.abort()


__all__ = ["FIN", "Tcp"]

"""What frames travel over: an interface, a TAP, or a UNIX socket as QEMU's, one behind the other's back."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fcntl import ioctl
from typing import Protocol

from wireproof.packet.checksum import internet_checksum, pseudo_header

LONGEST_FRAME = 65_550


class WireError(Exception):
    """A wire that cannot be opened, or is gone; the message says why."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A frame that came: through which port, counted from 1, and when by the wire's clock."""

    port: int
    time: float
    data: bytes


class Wire(Protocol):
    """One or more ports that lead to the stack, and the clock that its time is told by, in seconds."""

    ports: int

    def clock(self) -> float:
        """Return what time it is."""

    def send(self, port: int, frame: bytes) -> None:
        """Send a frame. Raises WireError where the wire is gone."""

    def receive(self, until: float) -> Arrival | None:
        """Wait for a frame; return None where none has come by a time. Raises WireError where the wire is gone."""

    def close(self) -> None:
        """Leave everything as it was."""


class _Files:
    """What the wires of the kernel share: ports that are files, waited for together."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self.ports = len(numbers)
        self._poll = select.poll()
        self._port_of = {number: port for port, number in enumerate(numbers, 1)}
        for number in numbers:
            self._poll.register(number, select.POLLIN)
        self._waiting: deque[Arrival] = deque()
        self._latest = 0.0

    def clock(self) -> float:
        return time.monotonic()

    def receive(self, until: float) -> Arrival | None:
        while not self._waiting:
            left = until - self.clock()
            ready = self._poll.poll(max(left, 0) * 1000 + (0.5 if left > 0 else 0))
            if not ready:
                if left <= 0:
                    return None
                continue
            for number, _ in ready:
                self._take(number)
        return self._waiting.popleft()

    def _take(self, number: int) -> None:
        raise NotImplementedError

    def _came(self, number: int, data: bytes, age: float = 0.0) -> None:
        self._latest = max(self._latest, self.clock() - age)  # the two clocks do not quite agree
        self._waiting.append(Arrival(self._port_of[number], self._latest, data))


_ETH_P_ALL, _PACKET_AUXDATA, _SOL_PACKET, _OUTGOING = 3, 8, 263, 4
_ADD_MEMBERSHIP, _PROMISCUOUS = 1, 1
_TIMESTAMP = 35  # SO_TIMESTAMPNS
_VLAN_VALID, _TPID_VALID, _SUM_UNFINISHED = 1 << 4, 1 << 6, 1 << 3
_AUXILIARY = struct.Struct("IIIHHHH")


class PacketWire(_Files):
    """Interfaces of this machine, through AF_PACKET. What the kernel keeps aside, tags, is put back."""

    def __init__(self, names: Sequence[str]) -> None:
        """Raises WireError."""
        self._sockets: dict[int, socket.socket] = {}
        try:
            for name in names:
                opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
                self._sockets[opened.fileno()] = opened
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
                opened.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
                opened.setsockopt(socket.SOL_SOCKET, _TIMESTAMP, 1)
                request = struct.pack("iHH8s", socket.if_nametoindex(name), _PROMISCUOUS, 0, b"")
                opened.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, request)
                opened.bind((name, _ETH_P_ALL))
                opened.setblocking(False)
        except OSError as error:
            self.close()
            raise WireError(f"cannot open the interface {name!r}: {error.strerror or error}") from None
        super().__init__(list(self._sockets))
        self._numbers = list(self._sockets)

    def send(self, port: int, frame: bytes) -> None:
        try:
            self._sockets[self._numbers[port - 1]].send(frame)
        except BlockingIOError:
            pass  # as a full queue of a card drops it
        except OSError as error:
            if error.errno in (errno.EMSGSIZE, errno.ENOBUFS, errno.EINVAL):
                return
            raise WireError(f"cannot send: {error.strerror or error}") from None

    def _take(self, number: int) -> None:
        try:
            data, told, _, origin = self._sockets[number].recvmsg(LONGEST_FRAME, 256)
        except BlockingIOError:
            return
        except OSError as error:
            raise WireError(f"the interface is gone: {error.strerror or error}") from None
        if origin[2] == _OUTGOING:
            return
        age = 0.0
        for level, kind, value in told:
            if (level, kind) == (_SOL_PACKET, _PACKET_AUXDATA) and len(value) >= _AUXILIARY.size:
                data = _whole(data, value)
            elif (level, kind) == (socket.SOL_SOCKET, _TIMESTAMP):
                seconds, nanoseconds = struct.unpack("qq", value)
                age = min(max(time.time() - seconds - nanoseconds / 1e9, 0.0), 1.0)
        self._came(number, data, age)

    def close(self) -> None:
        for each in self._sockets.values():
            each.close()


def _whole(data: bytes, auxiliary: bytes) -> bytes:
    """Return a frame with the tag that the kernel took out of it, and the sum that it left to a card."""
    status, _, _, _, _, tag, kind = _AUXILIARY.unpack(auxiliary[: _AUXILIARY.size])
    if status & _SUM_UNFINISHED:
        data = _summed(data)
    if not status & _VLAN_VALID:
        return data
    return data[:12] + struct.pack("!HH", kind if status & _TPID_VALID else 0x8100, tag) + data[12:]


_SUM_AT = {6: 16, 17: 6}


def _summed(data: bytes) -> bytes:
    """Return a frame of TCP or UDP in IPv4 with its checksum, as a card finishes it."""
    if data[12:14] != b"\x08\0" or len(data) < 34 or data[23] not in _SUM_AT:
        return data
    start, end = 14 + (data[14] & 15) * 4, 14 + int.from_bytes(data[16:18], "big")
    place = start + _SUM_AT[data[23]]
    if place + 2 > end or end > len(data):
        return data
    bare = data[start:place] + b"\0\0" + data[place + 2 : end]
    total = internet_checksum(
        pseudo_header(data[26:30], data[30:34], data[23], end - start) + bare, never_zero=data[23] == 17
    )
    return data[:place] + total.to_bytes(2, "big") + data[place + 2 :]


_SET_TAP, _TAP, _NO_INFORMATION = 0x400454CA, 2, 0x1000


class TapWire(_Files):
    """TAPs: what the kernel sends through them comes here, and the other way round."""

    def __init__(self, names: Sequence[str]) -> None:
        """Raises WireError."""
        self._numbers: list[int] = []
        try:
            for name in names:
                self._numbers.append(os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
                ioctl(self._numbers[-1], _SET_TAP, struct.pack("16sH22x", name.encode()[:15], _TAP | _NO_INFORMATION))
        except OSError as error:
            self.close()
            raise WireError(f"cannot open the TAP {name!r}: {error.strerror or error}") from None
        super().__init__(self._numbers)

    def send(self, port: int, frame: bytes) -> None:
        try:
            os.write(self._numbers[port - 1], frame)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EINVAL, errno.EIO):  # EIO: the interface is down
                raise WireError(f"cannot send: {error.strerror or error}") from None

    def _take(self, number: int) -> None:
        try:
            data = os.read(number, LONGEST_FRAME)
        except BlockingIOError:
            return
        except OSError as error:
            raise WireError(f"the TAP is gone: {error.strerror or error}") from None
        self._came(number, data)

    def close(self) -> None:
        for number in self._numbers:
            os.close(number)


_LENGTH = struct.Struct("!I")
PATIENCE = 10.0
"""Seconds in which the other end of a socket has to be there."""


class SocketWire(_Files):
    """A stream, each frame behind its length in four octets, as QEMU's ``-netdev stream`` and ``socket``."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._received = b""
        stream.setblocking(False)
        super().__init__([stream.fileno()])

    @classmethod
    def at(cls, path: str) -> SocketWire:
        """Connect to a socket that the stack listens at; a stack that was just started may take its time.

        Raises WireError.
        """
        end = time.monotonic() + PATIENCE
        while True:
            stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            stream.settimeout(PATIENCE)
            try:
                stream.connect(path)
                return cls(stream)
            except OSError as error:
                stream.close()
                if time.monotonic() >= end or not isinstance(error, (FileNotFoundError, ConnectionRefusedError)):
                    raise WireError(f"nobody is at the socket {path!r}: {error.strerror or error}") from None
            time.sleep(0.05)

    def send(self, port: int, frame: bytes) -> None:
        self._stream.settimeout(1.0)
        try:
            self._stream.sendall(_LENGTH.pack(len(frame)) + frame)
        except OSError as error:
            raise WireError(f"the socket is closed: {error.strerror or error}") from None
        finally:
            self._stream.setblocking(False)

    def _take(self, number: int) -> None:
        try:
            data = self._stream.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError as error:
            raise WireError(f"the socket is closed: {error.strerror or error}") from None
        if not data:
            raise WireError("the socket was closed by the stack")
        self._received += data
        while len(self._received) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._received)
            if length > LONGEST_FRAME:
                raise WireError(f"the stack announces a frame of {length} octets")
            if len(self._received) < _LENGTH.size + length:
                return
            self._came(number, self._received[_LENGTH.size : _LENGTH.size + length])
            self._received = self._received[_LENGTH.size + length :]

    def close(self) -> None:
        self._stream.close()


def default_route_interfaces() -> frozenset[str]:
    """Return the interfaces that the default routes of this machine, or of its namespace, lead through."""
    try:
        with open("/proc/net/route", encoding="ascii") as file:
            lines = [line.split() for line in file.readlines()[1:]]
    except OSError:
        return frozenset()
    return frozenset(words[0] for words in lines if len(words) > 7 and words[1] == words[7] == "00000000")

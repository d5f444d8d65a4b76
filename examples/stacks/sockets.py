"""Echo services on sockets of the machine, and what a control command has them do. Standard library alone.

sockets.py serve CONTROL        echo on TCP and UDP port 7, and take orders through the UNIX socket CONTROL
sockets.py control CONTROL      lines of JSON from the standard input to there, and the answers back; the programs
                                of this folder in other languages take them so, too
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time

PORT = 7
BUFFER = 65536
PATIENCE = 4.0


class Services:
    """The services, and the connections by the port of their peer and by number."""

    def __init__(self) -> None:
        self.accepted: dict[int, socket.socket] = {}
        self.opened: dict[int, socket.socket] = {}
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.datagrams.bind(("", PORT))
        self.listen(PORT, hold=False)
        threading.Thread(target=self._echo_datagrams, daemon=True).start()

    def listen(self, port: int, *, hold: bool) -> None:
        """Take connections to a port; of a hold nothing is read."""
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("", port))
        except OSError:
            return  # it is listened to already
        listening.listen(256)
        threading.Thread(target=self._accept, args=(listening, hold), daemon=True).start()

    def _accept(self, listening: socket.socket, hold: bool) -> None:
        while True:
            try:
                accepted, peer = listening.accept()
            except OSError:
                time.sleep(0.01)
                continue
            self.accepted[peer[1]] = accepted
            if not hold:
                threading.Thread(target=self._echo, args=(accepted,), daemon=True).start()

    def _echo(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while octets := accepted.recv(BUFFER):
                accepted.sendall(octets)
            accepted.close()

    def _echo_datagrams(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                octets, peer = self.datagrams.recvfrom(BUFFER)
                self.datagrams.sendto(octets, peer)

    def do(self, order: dict[str, object]) -> dict[str, object]:
        """Do what is asked; what cannot be done is unsupported."""
        match order:
            case {"op": "connect", "address": str(address), "port": int(port)}:
                return self._connect(address, port)
            case {"op": "listen", "port": int(port), **others}:
                self.listen(port, hold=others.get("mode", "hold") == "hold")
            case {"op": "close", "port": int(port), **others}:
                self._close(self._accepted(port), others.get("how") == "all")
            case {"op": "close", "connection": int(number)}:
                self._close(self.opened[number], True)
            case {"op": "abort", "connection": int(number)}:
                self.opened[number].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self._close(self.opened[number], True)
            case {"op": "send", "connection": int(number), "size": int(size)}:
                self.opened[number].send(bytes(97 + place % 26 for place in range(size)))
            case {"op": "read", "port": int(port), "size": int(size)}:
                self._accepted(port).recv(size)
            case {"op": "datagram", "address": str(address), "port": int(port), "size": int(size)}:
                self.datagrams.sendto(bytes(size), (address, port))
            case {"op": "flush"}:
                subprocess.run(["ip", "neigh", "flush", "all"], check=True, capture_output=True, timeout=5)
            case _:
                return {"unsupported": True}
        return {}

    def _connect(self, address: str, port: int) -> dict[str, object]:
        opening = socket.socket()
        opening.setblocking(False)
        opening.connect_ex((address, port))
        number = len(self.opened) + 1
        self.opened[number] = opening
        return {"connection": number, "port": opening.getsockname()[1]}

    def _accepted(self, port: int) -> socket.socket:
        until = time.monotonic() + 2
        while port not in self.accepted and time.monotonic() < until:
            time.sleep(0.005)
        return self.accepted[port]

    def _close(self, connection: socket.socket, is_all: bool) -> None:
        if is_all:
            connection.close()
        else:
            connection.shutdown(socket.SHUT_WR)


def serve(path: str) -> None:
    """Serve until the end."""
    services = Services()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    orders = socket.socket(socket.AF_UNIX)
    orders.bind(path)
    orders.listen(4)
    while True:
        client, _ = orders.accept()
        with client, client.makefile("rw", encoding="utf-8") as lines:
            for line in lines:
                try:
                    answer = services.do(json.loads(line))
                except (OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
                    answer = {"error": f"{type(error).__name__}: {error}"}
                lines.write(json.dumps(answer) + "\n")
                lines.flush()


def control(path: str) -> None:
    """Pass orders on, one by one: each by a connection of its own, as the services may have been started anew."""
    for line in sys.stdin:
        try:
            order = json.dumps(json.loads(line))
            with socket.socket(socket.AF_UNIX) as client, client.makefile("rw", encoding="utf-8") as lines:
                client.settimeout(PATIENCE)
                client.connect(path)
                lines.write(f"{order}\n")
                lines.flush()
                answer = json.loads(lines.readline())
        except (OSError, ValueError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    {"serve": serve, "control": control}[sys.argv[1]](sys.argv[2])

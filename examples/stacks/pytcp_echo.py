"""PyTCP on a TAP, with echo services on UDP and TCP port 7, and orders as lines of JSON through a UNIX socket.

pytcp_echo.py INTERFACE ADDRESS/PREFIX GATEWAY CONTROL
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socketserver
import sys
import threading
import time
from typing import Any

from pytcp import TcpIpStack, config
from pytcp.lib import socket

PORT = 7
PATIENCE = 2.0
accepted: dict[int, socket.Socket] = {}
"""Connections by the port of their peer."""
numbers = itertools.count(1)


def echo_datagrams(address: str) -> None:
    """Send datagrams back."""
    own = socket.socket(socket.AF_INET4, socket.SOCK_DGRAM)
    own.bind((address, PORT))
    while True:
        octets, peer = own.recvfrom()
        own.sendto(octets, peer)


def take_connections(address: str, port: int, hold: bool) -> None:
    """Take connections to a port; of a hold nothing is read."""
    listening = socket.socket(socket.AF_INET4, socket.SOCK_STREAM)
    listening.bind((address, port))
    listening.listen()
    while True:
        each, peer = listening.accept()
        accepted[peer[1]] = each
        if not hold:
            threading.Thread(target=echo_connection, args=(each,), daemon=True).start()


def echo_connection(each: socket.Socket) -> None:
    """Send back what comes, and close where the other does."""
    while octets := each.recv():
        each.send(octets)
    each.close()


def connect(address: str, to: str, port: int) -> None:
    """Open a connection, and let it be."""
    opening = socket.socket(socket.AF_INET4, socket.SOCK_STREAM)
    opening.bind((address, 0))
    with contextlib.suppress(OSError):
        opening.connect((to, port))


def connection_to(port: int) -> socket.Socket:
    """Return the connection from a port of the peer. Raises KeyError."""
    until = time.monotonic() + PATIENCE
    while port not in accepted and time.monotonic() < until:
        time.sleep(0.005)
    return accepted[port]


def obey(address: str, order: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked; what cannot be done is unsupported."""
    match order:
        case {"op": "connect", "address": to, "port": port}:
            threading.Thread(target=connect, args=(address, to, port), daemon=True).start()
            return {"connection": next(numbers)}
        case {"op": "listen", "port": port}:
            threading.Thread(target=take_connections, args=(address, port, True), daemon=True).start()
            time.sleep(0.05)
        case {"op": "close", "port": port}:
            connection_to(port).close()
        case _:
            return {"unsupported": True}
    return {}


class Orders(socketserver.StreamRequestHandler):
    """Answers the orders of one connection."""

    def handle(self) -> None:
        """Answer them, line by line."""
        for line in self.rfile:
            try:
                answer = obey(own, json.loads(line))
            except (OSError, ValueError, KeyError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            self.wfile.write(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    interface, with_prefix, gateway, control = sys.argv[1:]
    config.IP6_SUPPORT = False
    config.LOG_CHANEL = set()
    stack = TcpIpStack(interface=interface, ip4_address=with_prefix, ip4_gateway=gateway)
    config.IP6_SUPPORT = False
    stack.start()
    own = with_prefix.partition("/")[0]
    threading.Thread(target=echo_datagrams, args=(own,), daemon=True).start()
    threading.Thread(target=take_connections, args=(own, PORT, False), daemon=True).start()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(control)
    socketserver.ThreadingUnixStreamServer(control, Orders).serve_forever()

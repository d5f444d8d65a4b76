"""PyTCP on a TAP, with echo services on UDP and TCP port 7: ``pytcp_echo.py INTERFACE ADDRESS/PREFIX``."""

from __future__ import annotations

import sys
import threading
import time

from pytcp import TcpIpStack, config
from pytcp.lib import socket

PORT = 7


def echo_datagrams(address: str) -> None:
    """Send datagrams back."""
    own = socket.socket(socket.AF_INET4, socket.SOCK_DGRAM)
    own.bind((address, PORT))
    while True:
        octets, peer = own.recvfrom()
        own.sendto(octets, peer)


def echo_connections(address: str) -> None:
    """Take connections."""
    listening = socket.socket(socket.AF_INET4, socket.SOCK_STREAM)
    listening.bind((address, PORT))
    listening.listen()
    while True:
        accepted, _ = listening.accept()
        threading.Thread(target=echo_connection, args=(accepted,), daemon=True).start()


def echo_connection(accepted: socket.Socket) -> None:
    """Send back what comes, and close where the other does."""
    while octets := accepted.recv():
        accepted.send(octets)
    accepted.close()


if __name__ == "__main__":
    interface, with_prefix = sys.argv[1:]
    config.IP6_SUPPORT = False
    config.LOG_CHANEL = set()
    stack = TcpIpStack(interface=interface, ip4_address=with_prefix, ip4_gateway=None)
    config.IP6_SUPPORT = False
    stack.start()
    own = with_prefix.partition("/")[0]
    threading.Thread(target=echo_datagrams, args=(own,), daemon=True).start()
    threading.Thread(target=echo_connections, args=(own,), daemon=True).start()
    while True:
        time.sleep(60)

"""Two hosts in namespaces of their own, and a line between them that loses, repeats and reorders frames by dice.

Run as a script it records such a capture: ``python -m tests.oracle.lossy FOLDER [SEED]``, as root, on Linux. There are
two, one of what passes at each end of the line.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from wireproof.capture import PcapWriter, Record, write_pcap
from wireproof.conformance.live.wire import PacketWire

ADDRESSES = ("192.0.2.1", "192.0.2.2")
ETHERNET, PORT = 1, 7000
LOST, REPEATED, LATE = 0.03, 0.01, 0.03
LATE_SECONDS = 0.004
LONGEST = 20.0
SERVER = """
import socket, sys, time
listening = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("listening", flush=True)
for turn in range(6):
    stream, _ = listening.accept()
    stream.settimeout(15)
    kind = stream.recv(1)
    if kind == b"d":  # take what comes
        while stream.recv(65536):
            pass
    elif kind == b"u":  # send
        stream.sendall(bytes(range(256)) * 400)
    elif kind == b"e":  # say everything again
        while data := stream.recv(65536):
            stream.sendall(data)
    elif kind == b"s":  # listen to nobody for a while, so that the window closes
        time.sleep(0.7)
        while stream.recv(65536):
            pass
    elif kind == b"r":  # leave with what was not read, which resets
        stream.recv(1)
    stream.close()
"""
CLIENT = """
import contextlib, socket, struct, sys
where = sys.argv[1], int(sys.argv[2])
for kind in b"dueser":
    stream = socket.socket()
    stream.settimeout(15)
    if kind == ord("s"):
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    stream.connect(where)
    stream.sendall(bytes([kind]))
    with contextlib.suppress(OSError):
        if kind in b"ds":
            stream.sendall(bytes(range(256)) * (400 if kind == ord("d") else 1200))
        elif kind == ord("e"):
            for size in (1, 100, 1000, 5000):
                stream.sendall(bytes(size))
                while size:
                    size -= len(stream.recv(size))
        elif kind == ord("r"):
            stream.sendall(bytes(3000))
        stream.shutdown(socket.SHUT_WR)
        while stream.recv(65536):
            pass
    stream.close()
with contextlib.suppress(OSError):  # nobody listens there
    socket.create_connection((where[0], where[1] + 1), 5)
"""


def missing() -> str | None:
    """Return what there is not that the line needs, or None."""
    if sys.platform != "linux" or os.geteuid():
        return "namespaces need root, on Linux"
    for tool in ("ip", "ethtool"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    name = f"wp{os.getpid()}x"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        return "there are no namespaces here"
    _run("ip", "netns", "del", name)
    return None


def record(folder: Path, seed: int) -> list[Path]:
    """Record what passes at each end of the line while both hosts talk, in files of these names."""
    paths = [folder / "sender.pcap", folder / "receiver.pcap"]
    with contextlib.ExitStack() as cleaning:
        inner, outer = _hosts(cleaning)
        writers = [cleaning.enter_context(write_pcap(path, ETHERNET, nanoseconds=True)) for path in paths]
        wire = PacketWire(outer)
        cleaning.callback(wire.close)
        server = _start(cleaning, inner[1], SERVER)
        assert server.stdout is not None
        assert server.stdout.readline() == b"listening\n"
        client = _start(cleaning, inner[0], CLIENT)
        _Line(wire, writers, random.Random(seed)).carry(client)
    return paths


def _hosts(cleaning: contextlib.ExitStack) -> tuple[list[str], list[str]]:
    """Make both hosts; return their namespaces, and the ends of their cables that are here."""
    inner, outer = [], []
    for number, address in enumerate(ADDRESSES):
        space, near, far = (f"wp{os.getpid()}{letter}{number}" for letter in "hnf")
        _run("ip", "netns", "add", space)
        cleaning.callback(subprocess.run, ["ip", "netns", "del", space], capture_output=True)
        _run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", space)
        cleaning.callback(subprocess.run, ["ip", "link", "del", near], capture_output=True)
        _run("ip", "-n", space, "addr", "add", f"{address}/24", "dev", far)
        # This side of the cable is nobody: it answers no requests, and has no address of its own.
        _run("ip", "link", "set", near, "arp", "off", "addrgenmode", "none")
        for words in (("ip", "link", "set", near, "up"), ("ip", "-n", space, "link", "set", far, "up")):
            _run(*words)
        # What leaves is to be segments with checksums, and not what a card makes them of.
        off = ("tso", "off", "gso", "off", "gro", "off", "tx", "off", "rx", "off")
        _run("ip", "netns", "exec", space, "ethtool", "-K", far, *off)
        _run("ethtool", "-K", near, *off)
        inner.append(space)
        outer.append(near)
    return inner, outer


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _start(cleaning: contextlib.ExitStack, space: str, program: str) -> subprocess.Popen[bytes]:
    words = ["ip", "netns", "exec", space, sys.executable, "-c", program, ADDRESSES[1], str(PORT)]
    started = cleaning.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE))
    cleaning.callback(started.kill)
    return started


class _Line:
    """Carries frames from each end to the other, and writes down what passes at both."""

    def __init__(self, wire: PacketWire, writers: list[PcapWriter], dice: random.Random) -> None:
        self._wire, self._writers, self._dice = wire, writers, dice
        self._late: list[tuple[float, int, bytes]] = []

    def carry(self, client: subprocess.Popen[bytes]) -> None:
        """Go on until the client is done, and some time after, for the last words."""
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            if client.poll() is not None:
                end = min(end, time.monotonic() + 0.3)
            arrival = self._wire.receive(time.monotonic() + LATE_SECONDS)
            if arrival is not None:
                self._note(arrival.port, arrival.data)
                for frame in self._fate(arrival.data):
                    self._pass(3 - arrival.port, frame)
            now = time.monotonic()
            for port, frame in [(port, frame) for due, port, frame in self._late if due <= now]:
                self._pass(port, frame)
            self._late = [each for each in self._late if each[0] > now]

    def _fate(self, frame: bytes) -> Iterator[bytes]:
        """Yield a frame as often as it passes at once."""
        lot = self._dice.random() if frame[23:24] == b"\6" else 1.0
        if lot < LOST:
            return
        if lot < LOST + LATE:
            port = 2 if frame[26:30] == bytes(map(int, ADDRESSES[0].split("."))) else 1
            self._late.append((time.monotonic() + LATE_SECONDS, port, frame))
            return
        yield frame
        if lot < LOST + LATE + REPEATED:
            yield frame

    def _pass(self, port: int, frame: bytes) -> None:
        self._wire.send(port, frame)
        self._note(port, frame)

    def _note(self, port: int, frame: bytes) -> None:
        self._writers[port - 1].write(Record(0, frame, len(frame), time.time_ns(), ETHERNET, 0, 0))


if __name__ == "__main__":
    for made in record(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        print(made)

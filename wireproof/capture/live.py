"""Packets as they come: dumpcap, or tcpdump where there is none, run as a child whose output is a capture.

Capturing takes privileges. The tools have them or are given them, so that nothing here needs any. No shell is
between, and an interface or a filter that begins with "-" stays a value: getopt takes the word behind a letter as it
is, and no word behind "--" for an option.
"""

from __future__ import annotations

import io
import os
import queue
import re
import select
import shutil
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

from .pcap import PcapWriter
from .reader import Reader, open_reader
from .record import CaptureError

GRACE = 3.0
"""Seconds that a tool has to end when it is told to, before it is killed."""
KEPT_BYTES = 8192
"""How much is kept of what a tool writes to its standard error: the last of it."""
LONGEST_REASON = 400
"""Characters of the longest reason that is passed on."""
PATIENCE = 30.0
"""Seconds that a tool has to list the interfaces."""
ETHERNET = 1

_DUMPCAP, _TCPDUMP = "dumpcap", "tcpdump"
_NONE_THERE = (
    "capturing takes dumpcap or tcpdump, and neither is installed: sudo apt install wireshark-common (or tcpdump)"
)
_SEVERAL = "for several, sudo apt install wireshark-common, or -i any for all"
_GROUP = (
    "capture as root, or once: sudo dpkg-reconfigure wireshark-common, sudo adduser YOUR-NAME wireshark, "
    "and log in again"
)
_CAPABILITIES = "capture as root, or once: sudo setcap cap_net_raw,cap_net_admin=eip"

_REFUSED = re.compile(r"n't have permission|not permitted|permission denied|CAP_NET_RAW", re.IGNORECASE)
# What the tools say when all is well, and the advice of dumpcap, which does not fit every failure that it goes with.
_ASIDE = re.compile(
    r"Capturing on |File: |Packets captured: |Packets received/dropped |Please check |See the User's Guide|"
    r"listening on |data link type |dropped privs |verbose output suppressed|\d+ packets? |$"
)

# Of dumpcap, by the kernel and by itself, but not what was under way when it was stopped; and of tcpdump.
_DROPPED = re.compile(r"\(pcap:(\d+)/dumpcap:(\d+)/|^(\d+) packets? dropped by ", re.MULTILINE)


@dataclass(frozen=True)
class LiveOptions:
    """What to capture: interfaces by their names or numbers, and a filter in libpcap's language for all of them.

    ``snap_length`` are the bytes kept of each packet, None for all, and ``duration`` the seconds after which the
    capture ends, None for never.
    """

    interfaces: tuple[str, ...]
    capture_filter: str = ""
    snap_length: int | None = None
    promiscuous: bool = True
    duration: float | None = None

    @property
    def interface(self) -> str:
        """What messages call the interfaces."""
        return " and ".join(self.interfaces)


@dataclass(frozen=True)
class _Tool:
    name: str
    path: str

    def capturing(self, options: LiveOptions) -> list[str]:
        """Return the command that writes a capture to its standard output, packet by packet. Raises CaptureError."""
        words = [self.path, "-w", "-"]
        if not options.promiscuous:
            words.append("-p")
        if options.snap_length is not None:
            words += ["-s", str(options.snap_length)]
        named = [word for interface in options.interfaces for word in ("-i", interface)]
        if self.name == _DUMPCAP:
            chosen = ["-f", options.capture_filter] if options.capture_filter else []
            return [*words, "-q", *chosen, *named]  # what stands behind -i is of one interface alone
        if len(options.interfaces) > 1:
            raise CaptureError(f"{self.name} captures on one interface: {_SEVERAL}")
        words += ["-U", "--immediate-mode", "--time-stamp-precision=nano", *named]
        return [*words, "--", *([options.capture_filter] if options.capture_filter else [])]

    @property
    def remedy(self) -> str:
        """What to do where the tool lacks the permission to capture."""
        return _GROUP if self.name == _DUMPCAP else f"{_CAPABILITIES} {self.path}"

    def reason(self, said: str, status: int) -> str | None:
        """Say in one line why the tool failed, by what it wrote to its standard error; None where it did not.

        dumpcap has status 0 also where the interface went away.
        """
        lines = [line.strip().removeprefix(f"{self.name}: ") for line in said.splitlines()]
        reason = " ".join(line for line in lines if not _ASIDE.match(line))
        if _REFUSED.search(reason):
            return f"{self.name} has no permission to capture: {self.remedy}"
        if len(reason) > LONGEST_REASON:
            reason = f"{reason[:LONGEST_REASON]} …"
        if reason:
            return f"{self.name}: {reason}"
        if status < 0:
            return f"{self.name} was ended by signal {-status}"
        return f"{self.name} ended with status {status} and gave no reason" if status else None


def _find_tool() -> _Tool:
    for name in (_DUMPCAP, _TCPDUMP):
        path = shutil.which(name)
        if path is not None:
            return _Tool(name, path)
    # Debian's dumpcap may be run by a group alone; for others it is as good as not there.
    path = shutil.which(_DUMPCAP, os.F_OK)
    if path is not None:
        raise CaptureError(f"no permission to run {path}: {_GROUP}")
    raise CaptureError(_NONE_THERE)


def list_interfaces() -> list[str]:
    """Return a line for each interface that can be captured on, as the tool numbers and names them.

    Raises CaptureError.
    """
    tool = _find_tool()
    try:
        done = subprocess.run(
            [tool.path, "-D"], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise CaptureError(f"{tool.name} did not list the interfaces within {PATIENCE:.0f} seconds") from None
    except OSError as error:
        raise CaptureError(f"cannot run {tool.path}: {error.strerror or error}") from error
    reason = tool.reason(_text(done.stderr), done.returncode) if done.returncode else None
    if reason is not None:
        raise CaptureError(reason)
    return _text(done.stdout).splitlines()


class Stop:
    """Whether a capture is to end. A signal may ask for it at any moment, so that this takes no lock, as Event does."""

    def __init__(self) -> None:
        self.asked = False
        self._told: queue.SimpleQueue[None] = queue.SimpleQueue()

    def ask(self) -> None:
        """Ask for the end, without waiting for it: the packets that the tool has still come."""
        self.asked = True
        self._told.put(None)

    def wait(self, seconds: float | None) -> None:
        """Wait until it is asked for, or the time is over, which then asks for it; in one thread only."""
        with suppress(queue.Empty):
            self._told.get(timeout=seconds)
        self.asked = True


class Live:
    """A running capture, a context manager: when it is left, the tool is gone.

    `open` gives the reader, which ends where the capture does; `failure` says afterwards why that was. `stop` may be
    asked before this is made. Raises CaptureError where there is no tool.
    """

    def __init__(self, options: LiveOptions, stop: Stop) -> None:
        self._tool = _find_tool()
        self._stop = stop
        self._said = b""
        try:
            self._process = subprocess.Popen(
                self._tool.capturing(options),
                bufsize=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except (OSError, ValueError) as error:  # ValueError: a zero byte in a name
            reason = getattr(error, "strerror", None) or error
            raise CaptureError(f"cannot run {self._tool.path}: {reason}") from error
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._packets = self._process.stdout
        self._listener = threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True)
        self._watcher = threading.Thread(target=self._watch, args=(options.duration,))
        try:
            self._listener.start()
            self._watcher.start()
        except BaseException:  # without the watcher nobody would end it
            self._process.kill()
            self._process.wait()
            raise

    def open(self) -> Reader:
        """Wait for the beginning of the capture. Raises CaptureError where nothing comes, or something else."""
        try:
            return open_reader(self._packets)  # type: ignore[arg-type] # IO[bytes] is what Popen declares
        except CaptureError:
            if not self._stop.asked:
                raise
        # It was stopped before the tool had begun: that is a capture as well, of no packets.
        empty = io.BytesIO()
        PcapWriter(empty, ETHERNET)
        empty.seek(0)
        return open_reader(empty)

    def failure(self) -> CaptureError | None:
        """Return why the tool ended by itself; None where it was stopped, goes on, or says that all is well.

        To be asked when nobody reads on.
        """
        if self._stop.asked or not self._is_at_end():
            return None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        self._listener.join(GRACE)
        reason = self._tool.reason(_text(self._said), self._process.returncode or 0)
        return None if reason is None else CaptureError(reason)

    @property
    def dropped(self) -> int:
        """How many packets passed by unread, as the tool tells at its end."""
        return sum(int(number) for found in _DROPPED.finditer(_text(self._said)) for number in found.groups("0"))

    def close(self) -> None:
        """End the tool, and wait until it is gone."""
        self._stop.ask()
        self._packets.close()  # a tool that waits for room in the pipe does not wait any more
        self._watcher.join()
        self._listener.join(GRACE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            with suppress(OSError):
                self._process.kill()  # somebody does not want to wait
        self.close()

    def _is_at_end(self) -> bool:
        """Whether nothing is left to be read, and nothing can come any more."""
        ready, _, _ = select.select([self._packets], [], [], 0)
        return bool(ready) and not self._packets.read(1)

    def _watch(self, duration: float | None) -> None:
        """End the tool when it is time to. A thread of its own, which an interrupt does not reach."""
        self._stop.wait(duration)
        with suppress(OSError):
            self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
            return
        with suppress(OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(GRACE)

    def _listen(self, stream: IO[bytes]) -> None:
        """Keep the last of what the tool says."""
        with stream:
            while part := stream.read(KEPT_BYTES):
                self._said = (self._said + part)[-KEPT_BYTES:]


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


__all__ = ["Live", "LiveOptions", "Stop", "list_interfaces"]

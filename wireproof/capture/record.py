"""The values that every capture format is read into, and the one error."""

from typing import NamedTuple

from wireproof._frozen import frozen

MAX_RECORD_BYTES = 262_144
"""Packet bytes that a record may hold: MAXIMUM_SNAPLEN of libpcap, and the bound of Wireshark."""

MAX_LARGE_RECORD_BYTES = 128 * 1024 * 1024
"""The same for the link types whose packets are larger by design, as in libpcap and Wireshark."""

_LARGE_LINK_TYPES = frozenset(
    {
        189,  # USB_LINUX
        220,  # USB_LINUX_MMAPPED
        231,  # DBUS: a message may have 128 MiB
        249,  # USBPCAP
        279,  # EBHSCR
    }
)


@frozen
class Interface:
    """Where packets were captured: an Interface Description Block, or the header of a pcap file.

    ``link_type`` is a number of the LINKTYPE_ registry (tcpdump.org/linktypes.html) and
    ``snap_length`` the bytes kept of each packet, 0 for no limit. ``section`` counts the
    sections of the file from 1 and ``number`` the interfaces of that section from 0: what
    Wireshark shows as frame.section_number and frame.interface_id. ``time_digits`` are the
    decimals of a second with which its times are shown, and ``ticks_per_second`` what its clock
    counts where that is not as many. ``time_offset`` are the seconds that its clock was begun
    behind 1970. ``fcs_length`` are the octets of the frame check sequence that its frames end in,
    None where the file does not say, and ``speed`` is in bits per second. ``filter`` is what
    chose the packets, in libpcap's language, and ``system`` what captured them.
    """

    link_type: int
    snap_length: int
    name: str | None = None
    description: str | None = None
    section: int = 1
    number: int = 0
    time_digits: int = 6
    fcs_length: int | None = None
    speed: int | None = None
    hardware: str | None = None
    system: str | None = None
    filter: str | None = None
    comments: tuple[str, ...] = ()
    time_offset: int = 0
    ticks_per_second: int | None = None

    @property
    def ticks(self) -> int:
        """What its clock counts in a second."""
        return self.ticks_per_second or 10**self.time_digits


@frozen
class PacketOptions:
    """What a pcapng block tells of its packet beside time and lengths; None where it does not.

    ``flags`` is the word of directions, lengths and errors, ``dropped`` how many packets were
    lost between this one and the one before it, ``verdicts`` what was decided on it, each with
    who decided: 0, hardware, in octets; 1 and 2, eBPF for traffic control and XDP, in numbers.
    ``others`` are options that say something to others, by their codes: hashes, and custom ones
    with their enterprise number in little-endian order.
    """

    flags: int | None = None
    dropped: int | None = None
    packet_id: int | None = None
    queue: int | None = None
    verdicts: tuple[tuple[int, int | bytes], ...] = ()
    others: tuple[tuple[int, bytes], ...] = ()


class Record(NamedTuple):
    """One packet as the file holds it.

    ``number`` counts from 1. ``wire_length`` is the length that the file gives for the packet
    before it was cut, in bytes; a faulty file may give less than ``data`` has. ``time`` is in
    nanoseconds since the epoch (finer units are rounded down), None where the file has none.
    ``interface`` is an index into the reader's ``interfaces``, which run over the whole file,
    and ``file_offset`` says where in the file ``data`` begins. ``fcs_length`` are the octets of
    ``data`` at its end that are a frame check sequence, None where the file does not say.
    """

    number: int
    data: bytes
    wire_length: int
    time: int | None
    link_type: int
    interface: int
    file_offset: int
    comments: tuple[str, ...] = ()
    fcs_length: int | None = None
    options: PacketOptions | None = None


class CaptureError(Exception):
    """A capture that cannot be opened, read on or written.

    ``message`` says what was found and what was expected, ``offset`` at which byte of the file,
    or is None where no byte is to blame. The text of the error is one line with both.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message, offset)
        self.message = message
        self.offset = offset

    def __str__(self) -> str:
        return self.message if self.offset is None else f"at byte {self.offset}: {self.message}"


def record_limit(link_type: int) -> int:
    """Bytes that a record of this link type may hold; a larger one is damage, not data."""
    return MAX_LARGE_RECORD_BYTES if link_type in _LARGE_LINK_TYPES else MAX_RECORD_BYTES

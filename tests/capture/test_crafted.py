"""The crafted files: number, times, lengths and link types of their records, as tshark tells them or for a reason."""

import os
import pathlib
import subprocess
from dataclasses import dataclass, field

import pytest

from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query
from wireproof.grammar import compile_filter

from .asking import Answer, Row, answered, asked, recorded
from .crafted import CRAFTED
from .mutations import plain as plain_reader
from .mutations import walked
from .streams import Dribble

RECORDED = recorded()
AS_RECORDED = "TShark (Wireshark) 4.0."
NOT_ANOTHER_FORMAT = "tshark takes it for a file of another format, which has no magic number"
NOT_LOOKED_INTO = "what is passed over by its length is not looked into, and the packets behind it are whole"
TOO_FINE = "tshark counts ticks of less than 10^-18 s, or of 2^-63 s and less, in another unit than the file tells"
NOT_ANOTHER_LAYOUT = "tshark guesses that records have another layout, and goes on in the middle of one"


def plain(time: int = 0, number: int | None = None, wire: int = 60, link: int = 1) -> Row:
    """A packet of 60 octets; only those of pcapng have an interface."""
    return (time, wire, 60, number, 1, "", link)


@dataclass(frozen=True)
class Deviation:
    """A file that is read otherwise on purpose: what comes out of it, and why."""

    reason: str
    rows: list[Row] = field(default_factory=list)
    status: int = 0

    @property
    def answer(self) -> Answer:
        return self.status, self.rows


DEVIATIONS = {
    "pcap, cut in the magic": Deviation(NOT_ANOTHER_FORMAT, status=2),
    "pcap, class bits": Deviation("libpcap reads the link type of its 16 bits, whatever stands above", [plain()]),
    "pcap, version 2.2": Deviation(
        "before 2.3 the two lengths of a record stood the other way round, and it was read by systems long gone",
        status=2,
    ),
    "pcap, version 543.0": Deviation("this one of DG/UX as well", status=2),
    "pcap, largest wire length": Deviation("the length is given as the file has it", [plain(wire=2**32 - 1)]),
    "pcap, a record that is too large": Deviation(NOT_ANOTHER_LAYOUT, [plain()], 2),
    "pcap, a record of 4 GiB": Deviation(NOT_ANOTHER_LAYOUT, [plain()], 2),
    "pcap, fraction of more than a second": Deviation("tshark's nanoseconds overflow", [plain(2_500_000_000)]),
    "pcap, an unknown link type": Deviation(
        "the frames can be counted, sliced and copied, as those of an unknown interface type in pcapng",
        [plain(link=0)],
    ),
    "pcapng, 10^-19 s": Deviation(TOO_FINE, [plain(7_000_000, 0)]),
    "pcapng, 10^-127 s": Deviation(TOO_FINE, [plain(0, 0)]),
    "pcapng, 2^-63 s": Deviation(TOO_FINE, [plain(1_500_000_000, 0)]),
    "pcapng, 2^-64 s": Deviation(TOO_FINE, [plain(250_000_000, 0)]),
    "pcapng, 2^-127 s": Deviation(TOO_FINE, [plain(0, 0)]),
    "pcapng, custom block": Deviation("a custom block is no packet, and is not numbered as one", [plain(0, 0)]),
    "pcapng, journal": Deviation("an entry of a journal is no packet", [plain(0, 0)]),
    "pcapng, packet option of another length": Deviation(
        "an option that cannot be used is left out; the packet is whole", [plain(0, 0)]
    ),
    "pcapng, an end of options with a length": Deviation("behind the end of options nothing counts", [plain(0, 0)] * 2),
    "damaged, being written, in the section's header": Deviation(NOT_ANOTHER_FORMAT, status=2),
    "damaged, being written, in the magic": Deviation(NOT_ANOTHER_FORMAT, status=2),
    "damaged, name resolution past the end": Deviation(NOT_LOOKED_INTO, [plain(0, 0)]),
    "damaged, interface statistics cut short": Deviation(NOT_LOOKED_INTO, [plain(0, 0)]),
    "damaged, nothing at all": Deviation("a capture without packets has a header; without it, it has failed", status=2),
    "compressed, gzip of a cut capture": Deviation(NOT_ANOTHER_LAYOUT, [plain(0), plain(1_000_000_000)], 2),
}


def test_there_is_an_answer_for_each() -> None:
    assert RECORDED.keys() == CRAFTED.keys()
    assert len(CRAFTED) >= 150
    assert DEVIATIONS.keys() <= CRAFTED.keys()


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_files(name: str, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "crafted"
    path.write_bytes(CRAFTED[name])
    found = answered(path)[0]
    deviation = DEVIATIONS.get(name)
    if deviation is None:
        assert found == RECORDED[name]
    else:
        assert found == deviation.answer != RECORDED[name], deviation.reason


EVERYTHING = compile_query(compile_filter("", catalogue()))


@pytest.mark.parametrize("name", CRAFTED)
def test_the_engine_reads_the_same_and_says_the_same(name: str) -> None:
    said = plain_reader(CRAFTED[name])
    assert walked(CRAFTED[name], EVERYTHING) == said
    assert walked(Dribble(CRAFTED[name], 17), EVERYTHING) == said


def test_tshark_still_says_what_was_recorded(tshark: str, tmp_path: pathlib.Path) -> None:
    """A quarter of it in every run; to start it takes its time."""
    version = subprocess.run([tshark, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith(AS_RECORDED):
        pytest.skip(f"this is {version.splitlines()[0]}, and the answers are of {AS_RECORDED}")
    path = tmp_path / "crafted"
    share = 1 if os.environ.get("WIREPROOF_FULL") == "1" else 4
    for name, file in list(CRAFTED.items())[::share]:
        path.write_bytes(file)
        assert asked(path) == RECORDED[name], name

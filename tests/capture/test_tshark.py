"""The same records as tshark, on the shared captures."""

import io
import os
import pathlib
import subprocess

import pytest

from wireproof.capture import PcapWriter

from .asking import answered, asked

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORACLE = pathlib.Path(os.environ.get("WIREPROOF_ORACLE") or ROOT.parent / "shared" / "oracle") / "captures"
CAPTURES = sorted(ORACLE.glob("*.pcap*"))

pytestmark = pytest.mark.usefixtures("tshark")


@pytest.mark.skipif(not CAPTURES, reason=f"no captures in {ORACLE}")
@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_shared_captures(path: pathlib.Path) -> None:
    answer, records = answered(path)
    assert answer == asked(path)
    # The bytes, too: tshark's copy of the file must be the one that is written here.
    done = subprocess.run(["tshark", "-n", "-r", path, "-F", "nsecpcap", "-w", "-"], capture_output=True, check=True)
    stream = io.BytesIO()
    writer = PcapWriter(stream, records[0].link_type if records else 1, nanoseconds=True)
    for record in records:
        writer.write(record)
    assert stream.getvalue()[24:] == done.stdout[24:]

"""The same words given to tshark: the same output and the same status."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wireproof.cli._options import TIMES
from wireproof.cli._preferences import NAMES
from wireproof.output import TIME_STYLES

Command = Callable[..., list[str]]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """An environment in which tshark has no settings of the user's."""
    return {**os.environ, "WIRESHARK_CONFIG_DIR": str(tmp_path / "none"), "TZ": "UTC", "LC_ALL": "C.UTF-8"}


@pytest.mark.parametrize(
    "words",
    [
        "-nr FILE",
        "-nr FILE -c3",
        "-nr FILE -c 3 -Y arp.opcode==2",
        "-nr FILE arp.opcode == 2",
        "-nr FILE -x -c 2",
        "-nr FILE -P -x -c 2",
        "-nr FILE -T tabs",
        "-nr FILE -t ad",
        "-nr FILE -t dd -Y arp.opcode==1",
        "-nr FILE -t udoy",
        "-nr FILE -q",
        "-nr FILE -q -P",
        "-nr FILE -Tfields -eframe.number -eeth.addr -Eheader=y -Eaggregator=/s -Eseparator=, -Equote=d",
        "-nr FILE -Tfields -eframe.number -eeth.addr -Eoccurrence=l -E bom=y",
        "-nr FILE -T fields -e _ws.col.Info -e _ws.col.Protocol",
        "-nr FILE -T fields -e udp.checksum.status -o udp.check_checksum:TRUE",
        "-nr FILE -T json -e frame.number -e arp.opcode -e eth.addr",
        "-nr FILE -T json tcp",
        "-nr FILE -w - -F pcap",
        "-nr FILE -w - -F nsecpcap -Y arp.opcode==2",
        "-nr FILE -Y ",
        "-nr CUT -T fields -e frame.number",
        "-nr nofile",
        "-nr FILE -Y bogus.x==1",
        "-nr FILE -Y arp.opcode==",
        "-nr FILE -Y arp udp",
        "-nr nofile -Y bogus.x==1",
        "-nr nofile -T fields -e bogus -Y bogus.x==1",
        "-nr FILE -T fields",
        "-nr FILE -T bogus",
        "-nr FILE -e frame.number",
        "-nr FILE -T fields -e frame.number -x",
        "-nr FILE -c 0",
        "-nr FILE -c x",
        "-nr FILE -t x",
        "-nr FILE -E x=1 -T fields -e frame.number",
        "-nr FILE -o ip.check_checksum",
        "-nr FILE -o no.such:TRUE",
        "-nr FILE -N z",
        "-nr FILE -w - -V",
        "-nr FILE -w /nonexistent/new.pcap -F pcap",
        "-nr FILE -F bogus -w /nonexistent/new.pcap",
        "-nr FILE -y",
        "-nr FILE --nonsense",
    ],
)
def test_same(
    words: str, tshark: str, settings: dict[str, str], command: Command, checkout: Path, capture: Path, cut: Path
) -> None:
    given = [word.replace("FILE", str(capture)).replace("CUT", str(cut)) for word in words.split(" ")]
    expected = subprocess.run([tshark, *given], env=settings, capture_output=True)
    done = subprocess.run(command(*given), env=settings, capture_output=True, cwd=checkout)
    assert (done.returncode, done.stdout) == (expected.returncode, expected.stdout)
    assert not done.returncode or done.stderr.startswith(b"wireproof: ")


def test_preferences_are_wiresharks(tshark: str, settings: dict[str, str]) -> None:
    listing = subprocess.run([tshark, "-G", "defaultprefs"], env=settings, capture_output=True, text=True, check=True)
    known = {line.lstrip("#").partition(":")[0] for line in listing.stdout.splitlines()}
    assert set(NAMES) <= known


def test_time_forms_are_those_of_the_output() -> None:
    assert sorted(TIMES) == sorted(TIME_STYLES)

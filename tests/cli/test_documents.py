"""Formats that have a begin and an end: valid whatever ends the work, and written packet by packet."""

import io
import json
import os
import signal
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import FRAMES, Result, Write

Run = Callable[..., Result]
DOCUMENTS = {
    "json": lambda text: len(json.loads(text)),
    "jsonraw": lambda text: len(json.loads(text)),
    "ek": lambda text: len([json.loads(line) for line in text.splitlines()]) // 2,
    "pdml": lambda text: len(ElementTree.fromstring(text).findall("packet")),
    "psml": lambda text: len(ElementTree.fromstring(text).findall("packet")),
}
FORMS = pytest.mark.parametrize("form", DOCUMENTS)


@FORMS
def test_every_packet_is_in_it(form: str, run: Run, capture: Path) -> None:
    result = run("-r", capture, "-T", form)
    assert (result.status, result.err) == (0, "")
    assert DOCUMENTS[form](result.out) == len(FRAMES)


@FORMS
def test_no_packet_is_a_document_too(form: str, run: Run, capture: Path) -> None:
    assert DOCUMENTS[form](run("-r", capture, "-T", form, "-Y", "frame.number == 99").out) == 0


@FORMS
def test_damage_ends_it_as_the_end_of_the_file_does(form: str, run: Run, capture: Path) -> None:
    capture.write_bytes(capture.read_bytes()[:-3])
    result = run("-r", capture, "-T", form)
    assert (result.status, DOCUMENTS[form](result.out)) == (2, len(FRAMES) - 1)


@FORMS
def test_ctrl_c_ends_it_as_the_end_of_the_file_does(form: str, write: Write, tmp_path: Path) -> None:
    """The file is a pipe that stays open, so that the program waits for more when the signal comes."""
    octets = write().read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-m", "wireproof", "-l", "-r", "-", "-T", form],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(octets[:-3])
    process.stdin.flush()
    text = b""
    while DOCUMENTS_BEGIN[form](text) < len(FRAMES) - 1:
        text += os.read(process.stdout.fileno(), 1 << 16)
    process.send_signal(signal.SIGINT)
    rest, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, b"")
    assert DOCUMENTS[form]((text + rest).decode()) == len(FRAMES) - 1


DOCUMENTS_BEGIN = {
    "json": lambda text: text.count(b"\n  }"),
    "jsonraw": lambda text: text.count(b"\n  }"),
    "ek": lambda text: text.count(b"timestamp"),
    "pdml": lambda text: text.count(b"</packet>"),
    "psml": lambda text: text.count(b"</packet>"),
}


def test_ctrl_c_while_a_packet_is_written_waits_for_its_end(
    run: Run, capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupting(io.StringIO):
        def write(self, text: str) -> int:
            written = super().write(text)
            if '"frame.number": "2"' in text:
                signal.raise_signal(signal.SIGINT)
            return written

    out = Interrupting()
    monkeypatch.setattr(sys, "stdout", out)
    from wireproof.cli import main

    assert main(["-r", str(capture), "-T", "json"]) == 130
    assert DOCUMENTS["json"](out.getvalue()) == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_fields_are_chosen_in_all_of_them(run: Run, capture: Path) -> None:
    words = ("-r", capture, "-Y", "arp", "-c", "1", "-e", "arp.opcode", "-e", "_ws.col.Protocol", "-T")
    (packet,) = json.loads(run(*words, "json").out)
    assert packet["_source"]["layers"] == {"arp.opcode": ["1"], "_ws.col.Protocol": ["ARP"]}
    layers = json.loads(run(*words, "ek").lines[1])["layers"]
    assert layers == {"arp_opcode": ["1"], "_ws_col_Protocol": ["ARP"]}
    fields = ElementTree.fromstring(run(*words, "pdml").out).findall("packet/field")
    assert [(field.get("name"), field.get("value")) for field in fields] == [
        ("arp.opcode", "1"),
        ("_ws.col.Protocol", "ARP"),
    ]


@pytest.mark.parametrize(("letter", "flags"), [("-j", {"filtered": "ip.flags"}), ("-J", None)])
def test_protocols_are_chosen(letter: str, flags: dict[str, str] | None, run: Run, capture: Path) -> None:
    result = run("-r", capture, "-Y", "ip", "-T", "json", letter, "ip frame.number")
    layers = json.loads(result.out)[0]["_source"]["layers"]
    assert layers["eth"] == {"filtered": "eth"}
    assert layers["ip"]["ip.flags_tree"] == flags or (flags is None and "ip.flags.df" in layers["ip"]["ip.flags_tree"])


def test_octets_stand_where_the_file_has_them(run: Run, capture: Path) -> None:
    (length,) = struct.unpack_from("<I", capture.read_bytes(), 24 + 8)
    packet = json.loads(run("-r", capture, "-c", "1", "-T", "json", "-x").out)[0]["_source"]["layers"]
    assert packet["frame_raw"] == [capture.read_bytes()[40 : 40 + length].hex(), 0, length, 0, 1]


def test_packets_are_not_kept(write: Write, checkout: Path) -> None:
    """The peak of memory does not grow with the packets."""
    code = (
        "import sys; from tests.capture.mutations import most_resident; from wireproof.cli import main; "
        "main(sys.argv[1:]); sys.stderr.write(str(most_resident()))"
    )
    peaks = []
    for count in (40, 1200):
        path = write(frames=FRAMES * (count // len(FRAMES)))
        words = [sys.executable, "-c", code, "-r", str(path), "-T", "pdml"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), str(checkout)])}
        done = subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
        peaks.append(int(done.stderr))
    assert peaks[1] < peaks[0] + 4096  # KiB

"""``wireproof explain``: in words, of a frame, for a program, and what may follow."""

import json
from collections.abc import Callable
from pathlib import Path

from wireproof.cli._completion import complete_filter

from .conftest import Result

Run = Callable[..., Result]


def test_in_words(run: Run) -> None:
    result = run("explain", "arp.op == request and not eth.dst[0] == ff")
    assert (result.status, result.err) == (0, "")
    for line in (
        "all of these hold",
        "  arp.op == request",
        "in full: arp.opcode == 1 and not (eth.dst[0] == :ff)",
        "Wireshark: no release",
        "    arp.op, which is another name of arp.opcode: only here",
        "machine code, for every frame:",
    ):
        assert line in result.lines


def test_the_capture_filter_is_told(run: Run) -> None:
    assert "capture filter: ip src net 10.0.0.0/8" in run("explain", "ip.src == 10.0.0.0/8").lines
    assert "there is none, because of a search in the data" in run("explain", 'tcp contains "x"').out


def test_warnings_are_part_of_it(run: Run) -> None:
    result = run("explain", "vlan.id == 5000")
    assert "warning: vlan.id is from 0 to 4095, so this never holds" in result.lines
    assert result.err == ""


def test_why_a_frame_passes_or_not(run: Run, capture: Path) -> None:
    result = run("explain", "-r", capture, "arp.opcode == 2 and arp.src.proto_ipv4 != 10.0.0.1", "4")
    assert result.lines[0] == "true: all of these hold"
    assert "      arp.opcode is 2 (reply)" in result.lines
    assert result.lines[-1] == "frame 4 passes"
    result = run("explain", "-r", capture, "arp.opcode == 2", "5")
    assert "    there is no arp.opcode" in result.lines
    assert result.lines[-1] == "frame 5 does not pass"


def test_a_frame_that_is_not_there(run: Run, capture: Path) -> None:
    result = run("explain", "-r", capture, "arp", "6")
    assert (result.status, result.out) == (2, "")
    assert "there is no frame 6" in result.err


def test_a_frame_takes_a_file_and_a_number(run: Run, capture: Path) -> None:
    for words in (["arp", "6"], ["-r", capture, "arp"], ["-r", capture, "arp", "0"], ["-r", capture, "arp", "x"]):
        assert run("explain", *words).status == 1


def test_a_damaged_file_is_told(run: Run, cut: Path) -> None:
    assert run("explain", "-r", cut, "arp", "1").lines[-1] == "frame 1 passes"
    assert run("explain", "-r", cut, "arp", "3").status == 2


def test_for_a_program(run: Run, capture: Path) -> None:
    told = json.loads(run("explain", "--json", "-r", capture, "arp.opcode == 2 and tcp.flags.syn", "4").out)
    assert told["passes"] is False
    assert told["explanation"]["parts"][0]["holds"] is True
    assert told["releases"][0] == "4.0"
    assert told["capture_filter"].endswith("(ip and tcp)")
    (warning,) = told["diagnoses"]
    assert (warning["severity"], warning["column"], warning["length"]) == ("warning", 20, 13)


def test_errors_for_a_program(run: Run) -> None:
    result = run("explain", "--json", "tcp.prot == 80 and ip.scr")
    assert (result.status, result.err) == (2, "")
    told = json.loads(result.out)
    assert [(each["column"], each["suggestion"]) for each in told["diagnoses"]] == [(0, "tcp.port"), (19, "ip.src")]
    assert {each["severity"] for each in told["diagnoses"]} == {"error"}


def test_completion(run: Run) -> None:
    assert run("explain", "--complete", "tcp.flags.sy").out == "tcp.flags.syn  Syn, Boolean\n"
    told = json.loads(run("explain", "--complete", "--json", 'arp.opcode == "rep').out)
    assert told["completions"] == [{"text": '"reply"', "column": 14, "kind": "label", "help": "2 of arp.opcode"}]
    assert run("explain", "--complete", "t").lines[-1].startswith("… and ")


def test_completion_in_a_shell() -> None:
    assert complete_filter("ip and tcp.flags.sy") == {"ip and tcp.flags.syn": "Syn, Boolean"}
    assert "arp.opcode == reply" in complete_filter("arp.opcode == rep")
    assert not complete_filter("arp.opcode == reverse rep")  # no label of two words without quotation marks
    assert all('"' in text for text in complete_filter("arp.opcode == ") if text.count(" ") > 2)
    begun = 'frame contains "x" and arp.opcode == rep'
    assert list(complete_filter(begun)) == [f"{begun}ly"]
    assert 'arp.opcode == "reply"' in complete_filter('arp.opcode == "rep')


def test_nothing_raw_is_printed(run: Run) -> None:
    for text in ('frame matches "\x1b[31m"', 'frame contains "\x07"', "\x1b[2J"):
        for words in (["explain"], ["explain", "--complete"], ["explain", "--json"]):
            result = run(*words, text)
            assert "\x1b" not in result.out + result.err
            assert "\x07" not in result.out + result.err

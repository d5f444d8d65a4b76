"""The words of the command line: tshark's letters, what may be combined, and what is refused."""

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

import wireproof.cli
from wireproof.cli._failures import UsageError
from wireproof.cli._letters import HERE, LETTERS, LONG, arrange
from wireproof.cli.dissect import add_arguments

from .conftest import Result

Run = Callable[..., Result]
NUMBERS = ("-T", "fields", "-e", "frame.number")


@pytest.mark.parametrize(
    ("words", "arranged"),
    [
        ("-nr FILE", ["-n", "-r", "FILE", "--", ""]),
        ("-nrFILE", ["-n", "-r", "FILE", "--", ""]),
        ("-c5 -Tfields -eip.src -Eheader=y -r -", ["-c", "5", "-T", "fields", "-e", "ip.src", "-E", "header=y", "-r-",
                                                   "--", ""]),
        ("-r FILE arp -n", ["-r", "FILE", "--", "", "arp", "-n"]),
        ("-r FILE -- -n", ["-r", "FILE", "--", "", "-n"]),
        ("-r FILE -Y -x==1", ["-r", "FILE", "-Y-x==1", "--", ""]),
        ("FILE -V arp -x", ["-V", "--", "FILE", "arp", "-x"]),
        ("-n FILE -x", ["-n", "-x", "--", "FILE"]),
        ("--read-file=FILE --display-filter arp", ["--read-file", "FILE", "--display-filter", "arp", "--", ""]),
    ],
)  # fmt: skip
def test_words_are_arranged_for_argparse(words: str, arranged: list[str]) -> None:
    assert arrange(words.split()) == arranged


def test_an_empty_value_stays() -> None:
    assert arrange(["-Y", "", "-r", "FILE"]) == ["-Y", "", "-r", "FILE", "--", ""]


def test_every_option_here_is_declared_and_no_other() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    declared = {option for action in parser._actions for option in action.option_strings}
    assert declared | {"-v", "--version"} == HERE


def test_tshark_has_the_same_letters(tshark: str) -> None:
    import subprocess

    text = subprocess.run([tshark, "--help"], capture_output=True, text=True, check=True).stdout
    described = [
        line.split()[0] for line in text.splitlines() if line.startswith("  -") and not line.startswith("  --")
    ]
    assert {word[1] for word in described} <= set(LETTERS)


@pytest.mark.parametrize("letter", sorted({f"-{letter}" for letter in LETTERS if letter != ":"} - HERE))
def test_a_letter_that_is_not_there_yet_is_named(letter: str, run: Run, capture: Path) -> None:
    words = [letter, "value"] if f"{letter[1]}:" in LETTERS else [letter]
    result = run("-r", capture, *words)
    assert (result.status, result.out) == (1, "")
    assert result.err == f"wireproof: {letter} is not there yet (tshark has it)\n"


@pytest.mark.parametrize("name", sorted({f"--{name}" for name in LONG} - HERE - {f"{name}=" for name in HERE}))
def test_a_long_option_that_is_not_there_yet_is_named(name: str, run: Run, capture: Path) -> None:
    result = run("-r", capture, f"{name}value" if name.endswith("=") else name)
    assert (result.status, result.out) == (1, "")
    assert result.err == f"wireproof: {name.rstrip('=')} is not there yet (tshark has it)\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("-Z", "option -Z not recognized"),
        ("--nonsense", "option --nonsense not recognized"),
        ("-c", "option -c requires argument"),
        ("-c 0", "-c: 0: expected 1 to 2147483647"),
        ("-c -1", "-c: -1: expected 1 to 2147483647"),
        ("-c 1e2", "-c: '1e2' is not a decimal number"),
        ("-T bogus", "-T bogus: expected text, fields, csv, json, jsonraw, ek, pdml, psml, tabs, arrow, parquet"),
        ("-T ps", "-T ps is not there yet"),
        ("-T text -T json", "only one -T is possible"),
        ("-T fields", "-T fields needs the names of fields"),
        ("-e frame.number", "-e names fields for -T fields, csv, arrow, parquet, json, ek or pdml"),
        ("-T fields -e frame.number -x", "-x does not go with -T fields"),
        ("-T jsonraw -e frame.number", "-e names fields for -T fields"),
        ("-T pdml -x", "-x does not go with -T pdml: there are text, tabs, json, jsonraw, ek"),
        ("-T jsonraw -j arp", "-j chooses protocols for -T json, ek, pdml, and none of them was given"),
        ("-V -J arp", "-J chooses protocols for -T json, ek, pdml, and none of them was given"),
        ("-T json -j arp -J ip", "-j and -J both choose protocols"),
        ("-t never", "-t: invalid choice: 'never'"),
        ("-E header", "-E: 'header' is not an option"),
        ("-E header=x", "-E: 'x' is not a value of 'header'"),
        ("-E quote=x", "-E: 'x' is not a value of 'quote'"),
        ("-E separator=", "-E: 'separator=' is not an option"),
        ("-E colour=y", "-E: 'colour=y' is not an option"),
        ("-E colour=y -w new.pcap", "-E: 'colour=y' is not an option"),
        ("-N n", "-N: n: names for network addresses (n) are not there yet"),
        ("-N z", "-N: z: expected letters of Ndmntv"),
        ("-F bogus", "-F bogus: expected pcap, nsecpcap"),
        ("-w - -P", "-w - and printed packets"),
        ("-Y arp tcp", "two display filters: -Y 'arp' and, behind the options, 'tcp'"),
        ("-o ip.check_checksum", "-o ip.check_checksum: expected NAME:VALUE"),
        ("-o ip.check_checksum:maybe", "expected TRUE or FALSE"),
        ("-o ip.check_checksun:TRUE", "not a known preference; did you mean ip.check_checksum?"),
        ("-o ip.decode_tos_as_diffserv:FALSE", "-o ip.decode_tos_as_diffserv:FALSE is not there yet"),
    ],
)
def test_wrong_usage_is_one_line_and_status_1(words: str, said: str, run: Run, capture: Path) -> None:
    result = run("-r", capture, *words.split())
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("wireproof: ")
    assert said in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("-n", "no capture file"),
        ("dissect", "no capture file"),
        ("disect x", "'disect' is no command; did you mean dissect?"),
        ("x.pcap", "'x.pcap' is no command; there are address, arp-table, conform"),
        ("dissect one -r two", "two capture files: 'one' and the one of -r"),
    ],
)
def test_no_capture_and_no_command(words: str, said: str, run: Run) -> None:
    result = run(*words.split())
    assert result.status == 1
    assert result.err.startswith("wireproof: ")
    assert said in result.err


def test_a_file_without_a_command_is_told_how(run: Run, capture: Path) -> None:
    assert f"wireproof dissect {capture}" in run(capture).err


@pytest.mark.parametrize(
    "words",
    [
        ("-N", ""),
        ("-N", "Nd"),
        ("-n",),
        ("-o", "eth.padding:Zeros"),
        ("-o", "ip.check_checksum: TRUE"),
        ("-o", "tcp.desegment_tcp_streams:TRUE"),
        ("-o", "nameres.mac_name:FALSE"),
        ("-o", "ip.try_heuristic_first:TRUE"),
        ("-F", "pcap"),
        ("-E", "separator=/t"),
        ("-l",),
        ("-q",),
    ],
)
def test_what_changes_nothing_is_accepted(words: tuple[str, ...], run: Run, capture: Path) -> None:
    plain = run("-r", capture, *NUMBERS)
    assert run("-r", capture, *words, *NUMBERS) == plain
    assert plain.lines == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "form",
    ["-nr {} {} -Y arp.opcode==2", "{} -r {} arp.opcode == 2", "dissect {1} {0} -Y arp.opcode==2",
     "dissect {1} {0} arp.opcode == 2", "dissect {0} -r {1} arp.opcode==2", "-Y tcp -Y arp.opcode==2 -r x -r {1} {0}"],
)  # fmt: skip
def test_forms_of_the_same_command(form: str, run: Run, capture: Path) -> None:
    first, second = (capture, " ".join(NUMBERS)) if form.startswith("-nr") else (" ".join(NUMBERS), capture)
    result = run(*form.format(first, second).split())
    assert (result.status, result.out, result.err) == (0, "4\n", "")


def test_unknown_fields_are_all_named(run: Run, capture: Path) -> None:
    result = run("-r", capture, "-T", "fields", "-e", "arp.opcod", "-e", "frame.number", "-e", "tcp.prot")
    assert (result.status, result.out) == (1, "")
    first, second = result.err.splitlines()
    assert "arp.opcod" in first
    assert "did you mean arp.opcode" in first
    assert "tcp.prot" in second
    assert all(line.startswith("wireproof: ") for line in (first, second))


def test_a_subcommand_is_one_module(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "greet.py").write_text("""
HELP = "Greet somebody."

def add_arguments(parser):
    parser.add_argument("name")

def run(options):
    print("hello", options.name)
    return 0
""")
    monkeypatch.setattr(wireproof.cli, "__path__", [*wireproof.cli.__path__, str(tmp_path)])
    assert run("greet", "you") == Result(0, "hello you\n", "")
    assert "Greet somebody." in run("--help").out


def test_arrange_refuses_what_getopt_refuses() -> None:
    with pytest.raises(UsageError, match="requires argument"):
        arrange(["-r"])


def test_a_network_is_an_address_and_a_prefix(run: Run, capture: Path) -> None:
    result = run("-r", capture, "--net", "192.0.2.0/33")
    assert result.status != 0
    assert "expected a network such as 192.0.2.0/24" in result.err

"""``wireproof conform parser`` and ``wireproof vectors`` as users run them."""

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from wireproof.capture import open_reader
from wireproof.cli import main
from wireproof.conformance.runner import MOST_DEATHS
from wireproof.vectors import load, load_requirements

PARSER = f"{sys.executable} {Path(__file__).with_name('parser.py')}"


def conform(*words: str) -> int:
    return main(["conform", "parser", *words])


def test_a_right_parser(capsys: pytest.CaptureFixture[str]) -> None:
    assert conform("--adapter", f"mine={PARSER}", "--select", "arp", "--select", "udp") == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert said[0].startswith("mine: ")
    assert "failed" not in said[0]


def test_a_faulty_parser_is_told_the_vector_the_fault_and_the_requirement(capsys: pytest.CaptureFixture[str]) -> None:
    assert conform("--adapter", f"{PARSER} length-trusted", "--select", "udp") == 3
    said = capsys.readouterr().out
    assert "udp-parse-0010  fail" in said
    assert "accepted, expected to be rejected by udp, malformed" in said
    assert "UDP-002 (RFC 768, Fields; in part derived from the text): The length counts" in said


def test_the_table_has_a_row_for_each_requirement_that_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    adapters = ["--adapter", f"right={PARSER}", "--adapter", f"wrong={PARSER} length-trusted"]
    assert conform(*adapters, "--select", "udp-parse*") == 3
    said = capsys.readouterr().out.splitlines()
    head = next(line for line in said if line.startswith("breaks"))
    assert head.split() == ["breaks", "right", "wrong"]
    counts = {row.split()[0]: row.split()[1:3] for row in said[said.index(head) + 1 :]}
    assert counts["UDP-003"] == ["0/4", "2/4"]
    assert "UDP-010" not in counts


def test_expected_failures_hold_both_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = tmp_path / "known.txt"
    known.write_text("udp-parse-0009  # shorter than its header\nudp-parse-0010\nudp-parse-0011\nudp-parse-0012\n")
    words = ("--select", "udp", "--expected-failures", str(known))
    assert conform("--adapter", f"{PARSER} length-trusted", *words) == 0
    assert "4 failed as expected" in capsys.readouterr().out
    assert conform("--adapter", PARSER, *words) == 3
    assert "4 passed against expectation" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--select", "nothing"], "'nothing' is no id"),
        (["--policy", "checksum-wrong"], "is not FLAG=accept or FLAG=reject"),
        (["--policy", "address-length=accept"], "is no flag that leaves a choice"),
        (["--expected-failures", "/nowhere"], "cannot read '/nowhere'"),
        (["--select", "arp", "--exclude", "arp"], "no vector is left"),
        (["--timeout", "0"], "--timeout"),
        (["--timeout", "nan"], "--timeout"),
        (["--adapter", "scapi"], "'scapi' is no program; the adapters that ship are reference, "),
        (["--json", "-", "--html", "-"], "one report goes to the standard output"),
        (["--html", "/nowhere/page.html"], "cannot write '/nowhere/page.html'"),
    ],
)
def test_wrong_usage_is_said_in_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert conform("--adapter", PARSER, *words) in (1, 2)
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1


def test_an_adapter_that_cannot_be_started(capsys: pytest.CaptureFixture[str]) -> None:
    assert conform("--adapter", "/no/such/adapter") == 2
    assert capsys.readouterr().err == "wireproof: cannot start '/no/such/adapter': No such file or directory\n"


def test_a_program_of_this_folder_is_called_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").touch()
    assert conform("--adapter", "mine --fast") == 2
    assert "'mine' is no program; the one in this folder is ./mine;" in capsys.readouterr().err


def test_an_adapter_ends_with_the_command_that_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    adapter = tmp_path / "adapter.py"
    adapter.write_text(
        f"import os, time\nopen({str(pid)!r} + '.new', 'w').write(str(os.getpid()))\n"
        f"os.rename({str(pid)!r} + '.new', {str(pid)!r})\ntime.sleep(600)\n",
        encoding="utf-8",
    )
    command = ["-m", "wireproof", "conform", "parser", "--adapter", f"{sys.executable} {adapter}", "--timeout", "600"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen([sys.executable, *command], stderr=subprocess.PIPE, env=env) as run:
        wait_until(pid.exists)
        run.terminate()
        run.communicate(timeout=30)
    status = Path(f"/proc/{pid.read_text()}/stat")
    wait_until(lambda: not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z")


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for something that comes soon."""
    for _ in range(600):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it does not come")


def test_what_an_adapter_was_not_asked_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert conform("--adapter", f"{sys.executable} /no/such/file", "--select", "udp", "--select", "vlan") == 3
    said = capsys.readouterr().out.splitlines()
    assert sum(" error: " in line for line in said) == MOST_DEATHS
    (line,) = [line for line in said if "not asked" in line]
    assert line.startswith("udp-parse-0003 to vlan-parse-0017")


def test_what_an_adapter_says_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    code = "import sys\nfor line in sys.stdin: print('\\x1b[2J', flush=True)"
    assert conform("--adapter", f"{sys.executable} -c {json.dumps(code)}", "--select", "udp-parse-0001") == 3
    assert "\x1b" not in capsys.readouterr().out


def test_half_a_character_from_an_adapter_spoils_no_report(tmp_path: Path) -> None:
    answer = '{"id": "udp-parse-0001", "accept": true, "fields": {"udp.length": ["\\ud800"]}}'
    adapter = tmp_path / "adapter.py"
    adapter.write_text(f"input()\nprint({answer!r}, flush=True)\ninput()", encoding="utf-8")
    paths = [word for kind in ("json", "junit", "html") for word in (f"--{kind}", str(tmp_path / kind))]
    assert conform("--adapter", f"{sys.executable} {adapter}", "--select", "udp-parse-0001", *paths) == 3
    assert "udp.length is \\ud800" in (tmp_path / "html").read_text(encoding="utf-8")
    ElementTree.parse(tmp_path / "junit")


def test_what_is_provisional_is_told_and_can_be_left_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An adapter that rejects everything."""
    adapter = tmp_path / "adapter.py"
    adapter.write_text(
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    print(json.dumps({'id': json.loads(line)['id'], 'accept': False}), flush=True)\n",
        encoding="utf-8",
    )
    command = f"all={sys.executable} {adapter}"
    paths = {kind: tmp_path / f"report.{kind}" for kind in ("json", "junit", "html")}
    words = [word for kind, path in paths.items() for word in (f"--{kind}", str(path))]
    assert conform("--adapter", command, "--select", "vlan-parse*", *words) == 3
    said = capsys.readouterr().out
    assert "vlan-parse-0001  fail, provisional: A tag of VLAN 1." in said
    assert "IEEE 802.1Q, 9.3-9.6; known from a description, as its text was not read" in said
    (told,) = json.loads(paths["json"].read_text())
    assert all(each["provisional"] for each in told["results"])
    assert "provisional" in paths["junit"].read_text()
    assert "provisional: known from a description" in paths["html"].read_text(encoding="utf-8")
    assert conform("--adapter", command, "--exclude", "provisional", "--select", "eth-parse*") == 3
    assert "provisional" not in capsys.readouterr().out
    assert main(["vectors", "show", "vlan-parse-0001"]) == 0
    assert "provisional: the text of a requirement was not read" in capsys.readouterr().out


class Page(HTMLParser):
    """What a page refers to, and its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "img", "link", "iframe"):
            self.loaded.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_reports(tmp_path: Path) -> None:
    paths = {kind: tmp_path / f"report.{kind}" for kind in ("json", "junit", "html")}
    words = [word for kind, path in paths.items() for word in (f"--{kind}", str(path))]
    assert conform("--adapter", f"<mine>={PARSER} fixed-offsets", "--select", "arp", *words) == 3
    (told,) = json.loads(paths["json"].read_text())
    assert told["parser"] == "<mine>"
    failed = {each["id"] for each in told["results"] if each["verdict"] == "fail"}
    assert failed
    suite = ElementTree.parse(paths["junit"]).getroot()
    assert {case.get("name") for case in suite if case.find("failure") is not None} == failed
    assert int(suite.get("failures", "")) == len(failed)
    page = Page()
    page.feed(paths["html"].read_text(encoding="utf-8"))
    assert not page.loaded  # it is whole in itself
    assert "<mine>" in page.texts
    assert load_requirements()["ARP-003"].statement in page.texts


def test_a_vector_is_shown_with_all_that_is_known_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", "show", "arp-parse-0004"]) == 0
    said = capsys.readouterr().out
    for word in ("arp.isprobe = true", "no arp.isgratuitous", "RFC 5227, 2.1.1", "ACD-008 MUST", "conflict-detection"):
        assert word in said


def test_the_list_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", "list", "--select", "udp"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(load("udp"))


def test_export_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "vectors.jsonl"
    assert main(["vectors", "export", str(path)]) == 0
    told = [json.loads(line) for line in path.read_text().splitlines()]
    assert [each["id"] for each in told] == [vector.id for vector in load()]
    assert all(bytes.fromhex(each.get("hex", "")) == vector.data for each, vector in zip(told, load(), strict=True))


def test_export_as_captures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", "export", "--pcapng", str(tmp_path), "--select", "arp"]) == 0
    with open_reader(tmp_path / "arp-ethernet.pcapng") as reader:
        records = list(reader)
    assert [record.data for record in records] == [vector.data for vector in load("arp")]
    assert all(record.comments[0].startswith("arp-") for record in records)


@pytest.mark.parametrize("words", [["show"], ["show", "nothing"], ["list", "x"], ["export"], ["export", "a", "b"]])
def test_vectors_used_wrongly(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vectors", *words]) == 1
    assert capsys.readouterr().err.startswith("wireproof: ")


def as_plugin(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A run of pytest in a folder with a test of its own, with the plugin."""
    (tmp_path / "test_own.py").write_text("def test_own(): pass\n")
    is_installed = any(each.name == "wireproof" for each in entry_points(group="pytest11"))
    plugin = [] if is_installed else ["-p", "wireproof.conformance.plugin"]
    command = [sys.executable, "-m", "pytest", *plugin, *words, "-p", "no:cacheprovider", "-q", "-rf", str(tmp_path)]
    # Where wireproof is not installed, this process has found it elsewhere.
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=env)


def test_as_a_plugin_of_pytest(tmp_path: Path) -> None:
    words = ["--wireproof-adapter", f"{PARSER} length-trusted", "--wireproof-select", "udp-parse*"]
    done = as_plugin(tmp_path, *words)
    assert done.returncode == 1
    assert "UDP-002 (RFC 768, Fields; in part derived from the text): The length counts" in done.stdout
    assert "wireproof::udp-parse-0010" in done.stdout
    passed = sum("udp-parse" in vector.id for vector in load("udp")) - 4 + 1
    assert f"4 failed, {passed} passed" in done.stdout


def test_the_plugin_holds_expected_failures_both_ways(tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("udp-parse-0009\nudp-parse-0010\nudp-parse-0011\nudp-parse-0012\n")
    words = ("--wireproof-select", "udp-parse*", "--wireproof-expected-failures", str(known))
    done = as_plugin(tmp_path, "--wireproof-adapter", f"{PARSER} length-trusted", *words)
    assert done.returncode == 0
    assert "4 xfailed" in done.stdout
    done = as_plugin(tmp_path, "--wireproof-adapter", PARSER, *words)
    assert done.returncode == 1
    assert "udp-parse-0010  passed against expectation" in done.stdout


def test_the_plugin_collects_one_test_a_vector(tmp_path: Path) -> None:
    done = as_plugin(tmp_path, "--wireproof-adapter", PARSER, "--wireproof-select", "udp", "--collect-only")
    names = [line for line in done.stdout.splitlines() if line.startswith("wireproof::")]
    assert names == [f"wireproof::{vector.id}" for vector in load("udp")]
    assert f"{len(names) + 1} tests collected" in done.stdout


def test_the_plugin_without_an_adapter_that_starts(tmp_path: Path) -> None:
    done = as_plugin(tmp_path, "--wireproof-adapter", "/no/such/adapter")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "cannot start '/no/such/adapter'" in done.stdout + done.stderr

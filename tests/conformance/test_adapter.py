"""Programs that do not do what an adapter should: each is told of, and the run goes on."""

import sys
import time
from pathlib import Path

import pytest

from wireproof.conformance.adapter import LONGEST_LINE, Adapter, AdapterError, StartError
from wireproof.conformance.judge import Verdict
from wireproof.conformance.runner import MOST_DEATHS, Report, run
from wireproof.vectors import Parse, load

VECTORS = [vector for vector in load("udp") if isinstance(vector.task, Parse)][:12]
RIGHT = 'print(json.dumps({"id": q["id"], "unsupported": True}), flush=True)'


def program(tmp_path: Path, body: str) -> list[str]:
    """A program that runs `body` for each question `q`, the `n`-th from 0 of this process."""
    lines = "\n    ".join(body.splitlines())
    path = tmp_path / "adapter.py"
    path.write_text(
        f"import json, os, sys, time\nfor n, line in enumerate(sys.stdin):\n    q = json.loads(line)\n    {lines}\n",
        encoding="utf-8",
    )
    return [sys.executable, str(path)]


def report(command: list[str], timeout: float = 5.0, count: int = len(VECTORS)) -> Report:
    with Adapter(command, timeout) as adapter:
        return run(VECTORS[:count], adapter, name="odd")


def faults(found: Report) -> list[str]:
    return [" ".join(each.faults) for each in found.results]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("print('garbage', flush=True)", "not JSON: Expecting value at column 1"),
        ('print(\'{"id": 1 "accept": true}\', flush=True)', "not JSON: Expecting ',' delimiter at column 10"),
        ("print('[1]', flush=True)", "not a JSON object"),
        ('print(\'{"id": "other"}\', flush=True)', "an answer to 'other'"),
        ("print('[' * 100000, flush=True)", "not JSON"),
        ("sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()", "not JSON"),
        ("print(json.dumps({'id': q['id'], 'accept': 1}), flush=True)", '"accept" is neither'),
        ("print(json.dumps({'id': q['id'], 'hex': 'zz', 'accept': True, 'fields': [1]}), flush=True)", '"'),
        (f"{RIGHT}\nprint('and more', flush=True)\ntime.sleep(0.05)", ""),
    ],
)
def test_what_is_no_answer_is_told_with_what_was_said(tmp_path: Path, said: str, expected: str) -> None:
    found = report(program(tmp_path, said), count=3)
    assert {each.verdict for each in found.results} <= {Verdict.ERROR, Verdict.UNSUPPORTED}
    assert Verdict.ERROR in {each.verdict for each in found.results}
    assert any(expected in fault for fault in faults(found))
    assert all(each.said for each in found.results if each.verdict is Verdict.ERROR)


def test_the_runner_asks_five_thousand_vectors_a_second(tmp_path: Path) -> None:
    """It takes ten times less: the best of some runs, as others work on this machine too."""
    vectors = load()
    with Adapter(program(tmp_path, RIGHT)) as adapter:
        adapter.ask(b'{"id": ""}\n')  # it has started
        taken = []
        for _ in range(5):
            begin = time.perf_counter()
            assert len(run(vectors, adapter, name="quick").results) == len(vectors)
            taken.append(time.perf_counter() - begin)
    assert len(vectors) / min(taken) > 5000


def test_an_empty_line_is_called_so(tmp_path: Path) -> None:
    assert faults(report(program(tmp_path, "print(flush=True)"), count=1)) == ["no answer: an empty line"]


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_time_that_never_ends_is_none(seconds: float) -> None:
    with pytest.raises(StartError, match="no time for an answer"):
        Adapter("true", seconds)


def test_one_that_dies_is_started_again(tmp_path: Path) -> None:
    found = report(program(tmp_path, f"if n == 2:\n    sys.exit('no\\x1b[31m more')\n{RIGHT}"))
    verdicts = [each.verdict for each in found.results]
    assert verdicts == [Verdict.UNSUPPORTED, Verdict.UNSUPPORTED, Verdict.ERROR] * 4
    assert faults(found)[2] == "it ended with status 1: no\x1b[31m more"


def test_one_that_is_killed_says_by_what(tmp_path: Path) -> None:
    found = report(program(tmp_path, "os.kill(os.getpid(), 9)"), count=1)
    assert faults(found) == ["it was ended by signal 9"]


def test_one_that_hangs_is_given_up_in_time(tmp_path: Path) -> None:
    start = time.monotonic()
    found = report(program(tmp_path, f"if n == 1:\n    time.sleep(600)\n{RIGHT}"), timeout=0.5, count=4)
    assert [each.verdict for each in found.results] == [Verdict.UNSUPPORTED, Verdict.ERROR] * 2
    assert "no answer within 0.5 s" in faults(found)
    assert time.monotonic() - start < 20


def test_one_that_never_answers_is_not_asked_for_ever(tmp_path: Path) -> None:
    found = report(program(tmp_path, "sys.exit()"))
    assert faults(found)[MOST_DEATHS:] == [f"not asked: no answer to the {MOST_DEATHS} before it"] * (
        len(VECTORS) - MOST_DEATHS
    )


def test_one_that_dies_of_some_vectors_is_asked_the_others(tmp_path: Path) -> None:
    vectors = [vector for vector in load() if vector.protocol in ("icmp", "udp", "vlan")]
    body = f"if q['id'].startswith('udp'):\n    sys.exit()\n{RIGHT}"
    with Adapter(program(tmp_path, body)) as adapter:
        found = run(vectors, adapter, name="odd")
    bad = {each.vector.protocol for each in found.results if each.verdict is Verdict.ERROR}
    good = {each.vector.protocol for each in found.results if each.verdict is Verdict.UNSUPPORTED}
    assert (bad, good) == ({"udp"}, {"icmp", "vlan"})


def test_a_line_without_an_end_is_cut_off(tmp_path: Path) -> None:
    body = f"sys.stdout.write('x' * {LONGEST_LINE + 10})\nsys.stdout.flush()\ntime.sleep(600)"
    found = report(program(tmp_path, body), count=1)
    assert "without an end of the line" in faults(found)[0]
    assert len(found.results[0].said or "") <= 500


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    started = f"import subprocess\nopen({str(pid)!r}, 'w').write(str(subprocess.Popen(['sleep', '600']).pid))\n{RIGHT}"
    report(program(tmp_path, started), count=1)
    stat = Path(f"/proc/{pid.read_text()}/stat")
    for _ in range(100):
        # One that nobody has asked about yet is there as a name alone: "Z".
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    raise AssertionError("it is still running")


@pytest.mark.parametrize("command", ["", "no-such-program-anywhere", "'unclosed", "/"])
def test_what_cannot_be_started(command: str) -> None:
    with pytest.raises(StartError):
        Adapter(command).ask(b"{}\n")


def test_a_question_larger_than_a_pipe_is_read_and_answered() -> None:
    with Adapter([sys.executable, "-c", "import sys; print(len(sys.stdin.readline()), flush=True)"]) as adapter:
        assert adapter.ask(b"x" * 300_000 + b"\n") == b"300001"


def test_an_adapter_that_closes_its_output_is_told() -> None:
    command = [sys.executable, "-c", "import os, time; os.close(1); time.sleep(60)"]
    with Adapter(command) as adapter, pytest.raises(AdapterError, match="closed its output"):
        adapter.ask(b"{}\n")

"""Side by side with tcpdump, tshark and Python libraries, in one run; see benchmarks/README.md."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path

from benchmarks import filters, others
from benchmarks.answers import WrongAnswerError
from benchmarks.kept import Tshark
from benchmarks.machine import system, versions
from benchmarks.programs import Bench, Place
from benchmarks.rows import BEGIN, END, Row, between_marks, details, summary
from benchmarks.running import CommandError

RESULTS = Path(__file__).resolve().with_name("results.md")
HEADING = """\
Captures of {options.small:,} and {options.large:,} packets, medians of {options.runs} interleaved runs; tshark once,
with its defaults and `-n`. Filters write what matches to a file. A loop is what the larger capture takes more than the
smaller one; the rest are whole processes: filters on the larger capture, `-T fields` on the smaller one."""
MEASURED: Mapping[str, Callable[[Bench], Iterator[Row]]] = {
    "filters": filters.measure,
    "fields": others.fields,
    "analysis": others.analysis,
    "printed": others.printed,
    "hundred": others.hundred,
    "compiling": others.compiling,
    "libraries": others.libraries,
    "records": others.records,
}


def arguments() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks/run", description="Compare wireproof with its peers.")
    parser.add_argument("measured", nargs="*", metavar="WHAT", help=f"of {', '.join(MEASURED)}; without any, all")
    parser.add_argument("--small", type=int, default=1_000_000, help="packets of the smaller capture")
    parser.add_argument("--large", type=int, default=4_000_000, help="packets of the larger capture")
    parser.add_argument("--runs", type=int, default=7, help="runs of each command on these; more of what is short")
    parser.add_argument("--folder", type=Path, help="for captures, which are used again, and output")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="where tshark's times are kept, and taken from")
    parser.add_argument("--no-tshark", action="store_true", help="leave tshark out")
    parser.add_argument("--output", type=Path, metavar="FILE", help="for the tables (of all: benchmarks/results.md)")
    parser.add_argument("--readme", type=Path, metavar="FILE", help="measure nothing: copy the table there")
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print the tables and write them; or copy what was written."""
    parser = arguments()
    options = parser.parse_args(words)
    if options.readme is not None:
        copy_table(options.output or RESULTS, options.readme)
        return 0
    if unknown := set(options.measured) - MEASURED.keys():
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(MEASURED)}")
    if not 0 < options.small < options.large or options.runs < 1:
        parser.error("there are packets in each capture, more in the larger one, and runs")
    if shutil.which("tcpdump") is None:
        parser.error("tcpdump is not installed")
    try:
        text = document(options, measure(options))
    except (CommandError, WrongAnswerError) as error:
        print(f"benchmarks/run: {error}", file=sys.stderr)
        return 1
    print(text, end="")
    # What is only a part does not take the place of the whole.
    output = options.output or (None if options.measured else RESULTS)
    if output is not None:
        output.write_text(text, encoding="utf-8")
    return 0


def measure(options: argparse.Namespace) -> list[Row]:
    """Return the rows of what is asked for."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() if options.folder is None else nullcontext(options.folder) as name:
        folder = Path(name).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        tshark = Tshark(options.keep) if has_tshark(options) else None
        bench = Bench(Place(folder), options.small, options.large, options.runs, tshark)
        for what in options.measured or MEASURED:
            rows += MEASURED[what](bench)
        rows += others.memory(bench)
    return rows


def has_tshark(options: argparse.Namespace) -> bool:
    """Whether tshark is compared."""
    return not options.no_tshark and shutil.which("tshark") is not None


def document(options: argparse.Namespace, rows: Sequence[Row]) -> str:
    """Return the text of the results: what the README shows, between marks, and all rows."""
    missing = [] if has_tshark(options) else ["tshark"]
    missing += [name for name in ("llvmlite", *others.LIBRARIES) if find_spec(name) is None]
    filters_used = [f"| {job.name} | `{job.filter}` | {f'`{job.bpf}`' if job.bpf else '-'} |" for job in filters.JOBS]
    lines = [
        *("# Results", "", BEGIN),
        HEADING.format(options=options),
        *("", f"{versions()}; {system()}." + (f" Left out: {', '.join(missing)}." if missing else "")),
        *("", *summary(rows), END, "", "## Every comparison", "", *details(rows)),
        *("", "## The filters", "", "| | display filter | BPF |", "| --- | --- | --- |", *filters_used),
    ]
    return "\n".join(lines) + "\n"


def copy_table(results: Path, page: Path) -> None:
    """Put the table of the results in the place of the one in a page, between the same marks."""
    old = page.read_text(encoding="utf-8")
    new = old.replace(between_marks(old), between_marks(results.read_text(encoding="utf-8")))
    page.write_text(new, encoding="utf-8")

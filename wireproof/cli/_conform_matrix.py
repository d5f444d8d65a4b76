"""``wireproof conform matrix REPORT...``: reports of stacks side by side."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from wireproof.cli._conform_reports import check_paths, encoded, lines_of, save
from wireproof.cli._failures import CommandError, UsageError

HELP = "put reports on stacks side by side, on one page"
EXAMPLES = """\
examples:
  wireproof conform matrix linux/report.json bridge/report.json --html matrix.html
  wireproof conform matrix linux/report.json --notes linux=known.txt --html matrix.html
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    parser.add_argument("reports", nargs="+", metavar="REPORT", help="a report of `conform live`, as JSON")
    parser.add_argument("--html", required=True, metavar="FILE", help="the page (- for the standard output)")
    parser.add_argument(
        "--notes",
        action="append",
        default=[],
        metavar="STACK=FILE",
        help="a list of expected failures, whose comments say why",
    )


def run(options: argparse.Namespace) -> int:
    """Write the page."""
    from wireproof.conformance.live.page import page
    from wireproof.conformance.live.stored import ReportError, notes_of, report_of
    from wireproof.vectors import load_marks, load_requirements

    check_paths(options.html)
    notes = {}
    for word in options.notes:
        name, equals, path = word.partition("=")
        if not equals:
            raise UsageError(f"--notes is STACK=FILE, not {word!r}")
        notes[name] = notes_of(lines_of(path))
    reports = []
    for path in options.reports:
        try:
            reports.append(report_of(json.loads(Path(path).read_text(encoding="utf-8"))))
        except (OSError, ValueError, ReportError) as error:
            raise CommandError(f"cannot read {path!r}: {getattr(error, 'strerror', None) or error}") from None
    save(options.html, encoded(page(reports, load_requirements(), load_marks(), notes)))
    return 0

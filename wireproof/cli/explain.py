"""``wireproof explain FILTER``: a filter in words, why a frame passes it or does not, and what it becomes elsewhere."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wireproof.cli._completion import complete_filter
from wireproof.cli._failures import CommandError, UsageError
from wireproof.cli._frames import add_reference, frame_number, packet_at

if TYPE_CHECKING:
    from wireproof.dissectors.schema import Catalogue
    from wireproof.grammar import Diagnosis
    from wireproof.grammar.explain import Explanation
    from wireproof.interface import Filter
    from wireproof.packet import Packet

HELP = "Say in words what a filter asks, why a frame passes it or not, and how it runs."
EXAMPLES = """\
examples:
  wireproof explain 'arp.opcode == 1 && arp.spa == 0.0.0.0'
  wireproof explain -r lan.pcapng 'ip.addr != 10.0.0.1' 17     why frame 17 passes or does not
  wireproof explain --json 'tcp.port == 80 and tcp.flags.syn'  for an editor, with errors and warnings
  wireproof explain --complete 'arp.opcode == r'               what may follow, for an editor
  wireproof explain --plan vlan                                the steps of the machine code
"""
_MOST = 50  # completions without --json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    filters = parser.add_argument("filter", metavar="FILTER", help="a display filter")
    parser.add_argument("frame", nargs="?", type=frame_number, metavar="FRAME", help="with -r, the number of a frame")
    parser.add_argument("-r", "--read-file", metavar="FILE", help="a capture with a frame that the filter is asked of")
    add_reference(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--complete", action="store_true", help="list what may stand at the end of FILTER")
    parser.add_argument("--plan", action="store_true", help="print the intermediate form that the machine code is of")
    filters.completer = complete_filter  # type: ignore[attr-defined] # argcomplete's way


def run(options: argparse.Namespace) -> int:
    """Print the explanation."""
    if options.read_file is None and (options.frame is not None or options.reference_frame is not None):
        raise UsageError("a frame is chosen by both a file and its number: wireproof explain -r FILE FILTER FRAME")
    if options.read_file is not None and options.frame is None and options.reference_frame is None:
        raise UsageError("which frame of the file? wireproof explain -r FILE FILTER FRAME")
    if options.complete:
        return _complete(options.filter, as_json=options.json)
    from wireproof.cli._macros import macros_for
    from wireproof.grammar import FilterError
    from wireproof.interface import Filter

    try:
        reference = packet_at(options.read_file, options.reference_frame)
        chosen = Filter(options.filter, macros=macros_for(options.filter), reference=reference)
    except FilterError as error:
        if options.json:
            _print_json({"filter": options.filter, "diagnoses": [_as_object(each) for each in error.diagnoses]})
            return CommandError.status
        raise CommandError(str(error), in_lines=True) from error
    if options.plan:
        return _plan(chosen)
    packet = packet_at(options.read_file, options.frame)
    if options.json:
        _print_json(_told(chosen, packet))
    else:
        print("\n".join(_lines(chosen, packet)))
    return 0


def _explanation(chosen: Filter, packet: Packet | None) -> Explanation:
    from wireproof.grammar.explain import explain

    return explain(chosen.typed, packet)


def _lines(chosen: Filter, packet: Packet | None) -> Iterator[str]:
    """Yield the explanation of a filter as lines."""
    from wireproof.grammar.diagnosis import printable

    explanation = _explanation(chosen, packet)
    yield from map(printable, explanation.lines())
    if packet is not None:
        yield ""
        yield f"frame {packet.number} {'passes' if explanation.holds else 'does not pass'}"
        return
    for found in chosen.warnings:
        yield ""
        yield f"{found.severity}: {found.render(chosen.text)}"
    yield ""
    yield f"in full: {printable(_in_full(chosen)) or '(empty)'}"
    releases, demands = _releases(chosen)
    yield f"Wireshark: {releases}"
    yield from (f"    {printable(demand)}" for demand in demands)
    translated, reason = _capture_filter(chosen)
    yield f"capture filter: {reason if translated is None else translated or '(empty)'}"
    if translated is not None:
        yield f"    {reason}"
    yield ""
    yield from _engine(chosen)


def _told(chosen: Filter, packet: Packet | None) -> dict[str, Any]:
    """Return the explanation of a filter for a program."""
    told: dict[str, Any] = {"filter": chosen.text, "diagnoses": [_as_object(each) for each in chosen.warnings]}
    explanation = _explanation(chosen, packet)
    if packet is not None:
        told["frame"] = packet.number
        told["passes"] = explanation.holds
    told["explanation"] = explanation.as_object()
    told["in_full"] = _in_full(chosen)
    from wireproof.grammar.releases import accepted_by

    releases, demands = accepted_by(chosen.typed, _catalogue())
    told["releases"] = list(releases)
    told["demands"] = [{"form": each.form, "since": each.since, "until": each.until} for each in demands]
    told["capture_filter"] = _capture_filter(chosen)[0]
    return told


def _as_object(found: Diagnosis) -> dict[str, Any]:
    return {
        "severity": found.severity,
        "message": found.message,
        "column": found.column,
        "length": found.length,
        "suggestion": found.suggestion,
        "expected": list(found.expected),
    }


def _catalogue() -> Catalogue:
    from wireproof.dissectors.schema import catalogue

    return catalogue()


def _in_full(chosen: Filter) -> str:
    from wireproof.grammar.printer import print_test

    return print_test(chosen.typed.tree)


def _releases(chosen: Filter) -> tuple[str, list[str]]:
    from wireproof.grammar.releases import NONE, accepted_by, in_words

    releases, demands = accepted_by(chosen.typed, _catalogue())
    reasons = []
    for each in demands:
        since = "only here" if each.since == NONE else f"up to {each.until}" if each.until else f"since {each.since}"
        reasons.append(f"{each.form}: {since}")
    return in_words(releases), reasons


def _capture_filter(chosen: Filter) -> tuple[str | None, str]:
    """Return the capture filter with what is to be said of it, or None with the reason why there is none."""
    from wireproof.grammar.capture_filter import CAVEAT, NoCaptureFilterError, capture_filter

    try:
        return capture_filter(chosen.typed.tree), CAVEAT
    except NoCaptureFilterError as error:
        return None, f"there is none, because of {error}"


def _engine(chosen: Filter) -> Iterator[str]:
    """Yield which part of a filter runs as machine code, and which frame by frame."""
    try:
        from wireproof.engine import NotLowerableError, compile_query
        from wireproof.interface.across import rules_for
    except ImportError:
        yield "llvmlite is not installed: every filter runs frame by frame"
        return
    try:
        from wireproof.grammar.diagnosis import printable

        query = compile_query(chosen.typed, _catalogue(), rules=rules_for(chosen.typed))
        yield from map(printable, query.explain().splitlines())
    except NotLowerableError as error:
        yield f"every frame is dissected, in order:\n  {error}"


def _plan(chosen: Filter) -> int:
    try:
        from wireproof.engine import NotLowerableError, compile_query
        from wireproof.interface.across import rules_for
    except ImportError as error:
        raise UsageError("llvmlite is not installed: every filter runs frame by frame") from error
    try:
        print(compile_query(chosen.typed, _catalogue(), rules=rules_for(chosen.typed)).plan())
    except NotLowerableError as error:
        print(f"every frame is dissected, in order:\n  {error}")
    return 0


def _complete(text: str, *, as_json: bool) -> int:
    from wireproof.cli._macros import macros_for
    from wireproof.grammar import complete

    found = complete(text, _catalogue(), macros_for(text, begun=True))
    if as_json:
        _print_json(
            {
                "filter": text,
                "completions": [
                    {"text": each.text, "column": each.column, "kind": each.kind, "help": each.help} for each in found
                ],
            }
        )
        return 0
    width = max((len(each.text) for each in found[:_MOST]), default=0)
    for each in found[:_MOST]:
        print(f"{each.text.ljust(width)}  {each.help}".rstrip())
    if len(found) > _MOST:
        print(f"… and {len(found) - _MOST} more")
    return 0


def _print_json(told: dict[str, Any]) -> None:
    import json

    print(json.dumps(told, indent=2, ensure_ascii=True))

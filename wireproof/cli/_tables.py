"""What the commands that follow a capture as a whole have in common: their input, and how they end."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from wireproof.cli._completion import complete_filter
from wireproof.cli._failures import FAILED, CommandError, complain, unreadable

if TYPE_CHECKING:
    from wireproof.capture import CaptureError
    from wireproof.interface import Capture, Engine, Filter

T = TypeVar("T")
SECOND = 10**9


def add_input(parser: argparse.ArgumentParser, age: str) -> None:
    """Declare the capture and the filter, and how long entries stay: `age` says what becomes of them."""
    parser.add_argument("file", metavar="FILE", help="capture to read: pcap or pcapng, compressed or not, - for stdin")
    chosen = parser.add_argument(
        "-Y", "--display-filter", metavar="FILTER", default="", help="follow the packets that match only"
    )
    chosen.completer = complete_filter  # type: ignore[attr-defined] # argcomplete's way
    parser.add_argument("-c", dest="count", type=_positive, metavar="N", help="read the first N packets only")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(
        "--engine", choices=("auto", "compiled", "reference"), default="auto", help="how the capture is read"
    )
    parser.add_argument("--age", type=_seconds, metavar="SECONDS", help=age)


def _positive(text: str) -> int:
    from wireproof.cli._options import count

    return count(text)


def _seconds(text: str) -> int:
    """The value of ``--age``: seconds as nanoseconds."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return round(number * SECOND)


def follow(
    options: argparse.Namespace,
    events: Callable[[Capture, Filter | None, int | None, Engine], Iterable[T]],
    see: Callable[[T], object],
) -> CaptureError | None:
    """Feed what the capture holds to an analysis; return the damage that ended it, if any did."""
    from wireproof.capture import CaptureError
    from wireproof.interface import EngineError, open_capture

    chosen = _filter(options.display_filter)
    try:
        capture = open_capture(options.file)
    except CaptureError as error:
        raise CommandError(unreadable(options.file, error)) from error
    with capture:
        try:
            for event in events(capture, chosen, options.count, options.engine):
                see(event)
        except EngineError as error:
            raise CommandError(str(error)) from error
        except CaptureError as error:
            return error
    return None


def _filter(text: str) -> Filter | None:
    from wireproof.cli._macros import macros_for
    from wireproof.grammar import FilterError
    from wireproof.interface import Filter

    if not text:
        return None
    try:
        return Filter(text, macros=macros_for(text))
    except FilterError as error:
        raise CommandError(*(diagnosis.render(error.text) for diagnosis in error.diagnoses), in_lines=True) from error


def finish(
    options: argparse.Namespace, damage: CaptureError | None, lines: Iterable[str], told: Callable[[], Any]
) -> int:
    """Print what there is to tell, and say what was wrong with the capture."""
    if options.json:
        print(json.dumps(told(), indent=2))
    else:
        for line in lines:
            print(line)
    if damage is None:
        return 0
    complain(unreadable(options.file, damage))
    return FAILED

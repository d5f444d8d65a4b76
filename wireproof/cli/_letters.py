"""tshark's option letters, read as getopt reads them: ``-nr file``, ``-c5``, ``-Tfields``, ``-Y -x==1``.

getopt ends at the first word that is no option, and all that follows is the display filter. argparse has neither
rule, so the words are put in a form that it cannot take in two ways.
"""

from __future__ import annotations

import getopt
from collections.abc import Sequence

from wireproof.cli._failures import UsageError

# All of tshark 4.0's; a colon marks a letter that takes a value.
LETTERS = "2a:A:b:B:c:C:d:De:E:f:F:gG:hH:i:Ij:J:K:lLM:nN:o:O:pPqQr:R:s:S:t:T:u:U:vVw:W:xX:y:Y:z:"
LONG = [
    "autostop=",
    "buffer-size=",
    "capture-comment=",
    "color",
    "disable-heuristic=",
    "disable-protocol=",
    "display-filter=",
    "elastic-mapping-filter=",
    "enable-heuristic=",
    "enable-protocol=",
    "export-objects=",
    "export-tls-session-keys=",
    "help",
    "hexdump=",
    "interface=",
    "linktype=",
    "list-data-link-types",
    "list-interfaces",
    "list-time-stamp-types",
    "log-debug=",
    "log-domains=",
    "log-fatal=",
    "log-file=",
    "log-level=",
    "log-noisy=",
    "monitor-mode",
    "no-duplicate-keys",
    "no-promiscuous-mode",
    "print",
    "read-file=",
    "read-filter=",
    "ring-buffer=",
    "snapshot-length=",
    "temp-dir=",
    "time-stamp-type=",
    "version",
]
OURS = ["count", "engine=", "jobs=", "net=", "reference-frame="]
"""Options that tshark does not have."""
_LONG_HERE = (
    "autostop",
    "display-filter",
    "help",
    "interface",
    "list-interfaces",
    "no-duplicate-keys",
    "no-promiscuous-mode",
    "print",
    "read-file",
    "snapshot-length",
    "version",
)
HERE = frozenset(f"-{letter}" for letter in "2acefhijlnopqrstvwxzDEFJNOPTVY") | {
    f"--{name.rstrip('=')}" for name in (*_LONG_HERE, *OURS)
}
READS = ("-r", "--read-file")
CAPTURES = ("-i", "--interface", "-D", "--list-interfaces")


def arrange(words: Sequence[str]) -> list[str]:
    """Return tshark's words with each value on its option, then ``--``, the file if no option has it, and the filter.

    Raises UsageError on an option that tshark does not have, and, by its name, on one that is not there yet.
    """
    options, rest = _parse(words)
    file: list[str] = []
    if rest and not any(name in (*READS, *CAPTURES) for name, _ in options):
        # Only a file that stands alone, without -r, may have options behind it.
        file, (more, rest) = rest[:1], _parse(rest[1:])
        options += more
        if any(name in READS for name, _ in more):
            raise UsageError(f"two capture files: {file[0]!r} and the one of -r")
        if any(name in CAPTURES for name, _ in more):
            raise UsageError(f"a file to read, {file[0]!r}, and an interface to capture on: give one of them")
    missing = dict.fromkeys(name for name, _ in options if name not in HERE)
    if missing:
        are, them = ("is", "it") if len(missing) == 1 else ("are", "them")
        raise UsageError(f"{', '.join(missing)} {are} not there yet (tshark has {them})")
    return [*(part for option in options for part in _attached(*option)), "--", *(file or [""]), *rest]


def _parse(words: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    try:
        return getopt.getopt(list(words), LETTERS, LONG + OURS)
    except getopt.GetoptError as error:
        raise UsageError(f"{error.msg} (try: wireproof dissect --help)") from error


def _attached(name: str, value: str) -> tuple[str, ...]:
    """Return an option as argparse takes it: apart from its value, unless that looks like an option itself."""
    if not _takes_value(name):
        return (name,)
    if not value.startswith("-"):
        return (name, value)
    return (f"{name}={value}",) if name.startswith("--") else (f"{name}{value}",)


def _takes_value(name: str) -> bool:
    return f"{name[2:]}=" in LONG + OURS if name.startswith("--") else f"{name[1]}:" in LETTERS

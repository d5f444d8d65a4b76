"""Completion of display filters in a shell."""

from __future__ import annotations

import re

_QUOTED_WORD = re.compile(r'"[A-Za-z][A-Za-z0-9_-]*"')


def complete_filter(prefix: str, **_: object) -> dict[str, str]:
    """Return filters that begin with a text, each with a line of help; `argcomplete` calls this."""
    from wireproof.cli._failures import UsageError
    from wireproof.cli._macros import macros_for
    from wireproof.dissectors.schema import catalogue
    from wireproof.grammar import complete

    found = {}
    try:
        macros = macros_for(prefix, begun=True)
    except UsageError:  # there is nobody to tell
        macros = None
    for each in complete(prefix, catalogue(), macros):
        before, added = prefix[: each.column], each.text
        if _QUOTED_WORD.fullmatch(added) and not f"{before}{added}".startswith(prefix):
            added = added.strip('"')  # a label of one word, where it was begun without quotation marks
        text = f"{before}{added}"
        if text.startswith(prefix):
            found[text] = each.help
    return found

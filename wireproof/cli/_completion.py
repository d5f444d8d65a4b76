"""Completion of display filters in a shell."""

from __future__ import annotations


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
        text = f"{prefix[: each.column]}{each.text}"
        if not text.startswith(prefix):  # the quotation marks of a label, where a word was begun without
            text = text.replace('"', "")
        if text.startswith(prefix):
            found[text] = each.help
    return found

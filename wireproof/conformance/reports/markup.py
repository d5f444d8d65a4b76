"""What the pages on parsers and on stacks are made of: each whole in itself, and readable without a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from wireproof.conformance.reports.citing import level, where
from wireproof.vectors import Requirement

STYLE = """
:root { color-scheme: light dark; --line: #8885; --pass: #23682f; --fail: #b3261e; --other: #7a5200; --none: #666; }
@media (prefers-color-scheme: dark) {
  :root { --pass: #7fd48f; --fail: #ff8a80; --other: #f0b955; --none: #a5a5a5; }
}
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead th { position: sticky; top: 0; background: Canvas; }
.statement { min-width: 22rem; }
.pass { color: var(--pass); } .fail, .error, .mended { color: var(--fail); font-weight: 600; }
.known { color: var(--other); } .unsupported, .none { color: var(--none); }
details { margin: .3rem 0; } summary { cursor: pointer; }
code { font-size: .9em; overflow-wrap: anywhere; }
ul { margin: .2rem 0; padding-left: 1.2rem; }
small { color: var(--none); }
"""


def beginning(names: Iterable[str], style: str = "") -> Iterator[str]:
    """Yield what stands before the heading of a page on parsers or stacks with these names."""
    yield "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n"
    yield "<meta name=viewport content='width=device-width, initial-scale=1'>\n"
    yield f"<title>wireproof: {escape(', '.join(names))}</title>\n<style>{STYLE}{style}</style>\n"


def table(heads: Iterable[str]) -> Iterator[str]:
    """Yield the beginning of a table, its columns' heads given as text."""
    yield "<table>\n<thead><tr>" + "".join(f"<th scope=col>{escape(head)}" for head in heads) + "</thead>\n<tbody>\n"


TABLE_END = "</tbody>\n</table>\n"


def counts(what: str, columns: Sequence[str], rows: Iterable[tuple[str, Sequence[tuple[str, int]]]]) -> Iterator[str]:
    """Yield a table of how many there are: for each name a count a column, with the class that it is shown in."""
    yield from table((what, *columns))
    for name, cells in rows:
        yield f"<tr><th scope=row>{escape(name)}"
        yield "".join(f"<td class={style if count else 'none'}>{count}" for style, count in cells)
        yield "\n"
    yield TABLE_END


def row_head(requirement: Requirement) -> str:
    """Return the beginning of a requirement's row: what it is, where it stands, and what it says."""
    text = f"<tr id={escape(requirement.id)}><th scope=row>{escape(requirement.id)}<br>"
    text += f"<small>{escape(level(requirement))}<br>{escape(where(requirement))}</small>"
    text += f"<td class=statement>{escape(requirement.statement)}"
    text += f"<br><small>provisional: {escape(requirement.doubt)}</small>" if requirement.doubt is not None else ""
    return text

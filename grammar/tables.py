"""The parser's tables: what Lark makes of filter.lark, as data.

Making them takes nearly a tenth of a second, half of the time in which a small capture is to be read, filtered and
printed. So a wheel brings them along: setup.py runs this file by itself, which is why nothing of wireproof is imported
here. Tables of another grammar or of another Lark are not used but made anew, as in a checkout, which has none. They
are JSON, so that reading them runs nothing.
"""

from __future__ import annotations

import json
import pkgutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark import Lark, Transformer

GRAMMAR = "filter.lark"
TABLES = "filter.json"
_OPTIONS: dict[str, Any] = {"parser": "lalr"}


def parser(transformer: Transformer[Any, Any]) -> Lark:
    """Return the parser of filters, which hands what it finds to a transformer."""
    grammar = _data(GRAMMAR).decode()
    try:
        kept = _data(TABLES)
    except OSError:  # a checkout
        kept = b""
    return load(kept, grammar, transformer) or build(grammar, transformer)


def build(grammar: str, transformer: Transformer[Any, Any] | None = None) -> Lark:
    """Return the parser of a grammar, its tables made now."""
    from lark import Lark

    return Lark(grammar, transformer=transformer, **_OPTIONS)


def generate(grammar: str) -> str:
    """Return the tables of a grammar as the text that `load` takes."""
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    data, shared = build(grammar).memo_serialize([TerminalDef, Rule])
    return json.dumps({"of": _origin(grammar), "data": data, "shared": shared}, separators=(",", ":"))


def load(text: bytes, grammar: str, transformer: Transformer[Any, Any]) -> Lark | None:
    """Return the parser that the tables in a text make, or None where they are not those of this grammar."""
    try:
        kept = json.loads(text)
    except ValueError:
        return None
    if kept["of"] != _origin(grammar):
        return None
    from lark import Lark

    data = kept["data"]
    data["options"]["transformer"] = transformer
    table = data["parser"]["parser"]
    table["tokens"] = _numbered(table["tokens"])
    table["states"] = {int(state): _numbered(actions) for state, actions in table["states"].items()}
    return Lark.load({"data": data, "memo": _numbered(kept["shared"])})


def _numbered(table: dict[str, Any]) -> dict[int, Any]:
    """Return a table with the numbers as keys that JSON has made texts of."""
    return {int(number): entry for number, entry in table.items()}


def _origin(grammar: str) -> dict[str, Any]:
    """Return all that the tables depend on."""
    from hashlib import sha256

    from lark import __version__

    return {"grammar": sha256(grammar.encode()).hexdigest(), "lark": __version__, "options": _OPTIONS}


def _data(name: str) -> bytes:
    """Return a file of this package, wherever it is installed. Raises OSError where it is not there."""
    found = pkgutil.get_data("wireproof.grammar", name)
    assert found is not None
    return found

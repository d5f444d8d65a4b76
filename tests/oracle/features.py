"""Which features of the filter language a filter uses, by simple rules over its text."""

from __future__ import annotations

import re

QUOTED = re.compile(r"[rR]?\"(?:\\.|[^\"\\])*\"?|'(?:\\.|[^'\\])*'?")
NAME = r"[a-z_][\w-]*(?:\.[\w-]+)*"
COMPARISON = r"(?:[=!]==?|~=|[<>]=?|\b(?:eq|ne|gt|ge|lt|le|any_eq|any_ne|all_eq|all_ne)\b)"
LOGIC = r"(?:\b(?:and|or|not)\b|&&|\|\|)"
WORD = r"(?:\"\"|[A-Za-z]{3,}\b(?!\.|\())"

# Text in quotes is left as "" before these look at it.
RULES = {
    "presence": rf"(?:^|{LOGIC}|!)[\s(!]*{NAME}[\s)]*(?:$|{LOGIC})",
    "comparison": COMPARISON,
    "logic": rf"{LOGIC}|!(?!=)",
    "sets": r"\bin\s*\{",
    "set ranges": r"\bin\s*\{.*\.\.",
    "slices": r"(?<!#)\[",
    "contains": r"\bcontains\b",
    "matches": r"\bmatches\b|(?<![!=<>~])~(?!=)",
    "arithmetic": rf"\s[-+*/%]\s|[\s({{]-\s*{NAME}|(?<!&)&(?!&)|\bbit(?:wise_)?and\b",
    "functions": r"\b(?!(?:and|or|not|in|any|all)\b)[a-z_]\w*\s*\(",
    "layers": r"#",
    "macros and references": r"\$\{|\$\w",
    "times": r"\btime|\btcp\.options\.timestamp|_rtt|\d{4}-\d\d-\d\d|[a-z]\.time",
    "labels": rf"(?:arp\.|proto|type|opcode|status|flags|dscp|code).*(?:{COMPARISON}|[{{,])\s*{WORD}",
    "CIDR": r"\d\.\d+/\d+|[a-z]\s*/\d",
    "addresses": r"\d+\.\d+\.\d+\.\d+|(?:[0-9a-fA-F]{2}[:.-]){5}[0-9a-fA-F]{2}",
    "byte strings": rf"(?:[0-9a-fA-F]{{2}}[:.-])+[0-9a-fA-F]{{2}}\b|\]\s*{COMPARISON}",
    "any and all": r"\b(?:any|all)\s|[=!]==|~=|\b(?:any|all)_(?:eq|ne)\b",
    "two fields": rf"{NAME}\.[\w.-]+\s*{COMPARISON}\s*{NAME}\.[\w.-]+",
}
_COMPILED = {name: re.compile(rule) for name, rule in RULES.items()}


def features(text: str) -> list[str]:
    """Return the features that a filter uses; one at least."""
    bare = QUOTED.sub('""', text)
    found = [name for name, rule in _COMPILED.items() if rule.search(bare)]
    if QUOTED.search(text):
        found.append("quoted text")
    return found or ["other"]

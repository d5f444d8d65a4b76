"""JUnit's XML, which continuous integration reads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# XML 1.0 section 2.2: characters that no document may hold.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a suite: its class and name, what became of it, and why in a line and in full.

    Of one that passed, `element` is None and the words are left out.
    """

    group: str
    name: str
    element: Literal["failure", "error", "skipped"] | None
    message: str
    text: str
    seconds: float | None = None


def as_junit(name: str, cases: Sequence[Case]) -> bytes:
    """Return a suite of cases."""
    elements = [case.element for case in cases]
    suite = ElementTree.Element(
        "testsuite",
        name=_clean(name),
        tests=str(len(cases)),
        failures=str(elements.count("failure")),
        errors=str(elements.count("error")),
        skipped=str(elements.count("skipped")),
    )
    for each in cases:
        case = ElementTree.SubElement(suite, "testcase", classname=f"wireproof.{each.group}", name=each.name)
        if each.seconds is not None:
            case.set("time", f"{each.seconds:.3f}")
        if each.element is not None:
            child = ElementTree.SubElement(case, each.element, message=_clean(each.message))
            child.text = _clean(each.text)
    ElementTree.indent(suite)
    octets: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return octets


def _clean(text: str) -> str:
    """Return text without the characters that XML may not hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)

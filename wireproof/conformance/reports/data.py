"""A report as JSON, and as JUnit's XML, which continuous integration reads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

from wireproof.conformance.judge import Result, Verdict
from wireproof.conformance.runner import Report

FORMAT = 1
# XML 1.0 section 2.2: characters that no document may hold.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON has it."""
    counts = {verdict.value: count for verdict, count in report.counts().items()}
    return {
        "format": FORMAT,
        "parser": report.name,
        "counts": counts,
        "results": [_result(result) for result in report.results],
    }


def _result(result: Result) -> dict[str, Any]:
    vector = result.vector
    told: dict[str, Any] = {
        "id": vector.id,
        "verdict": result.verdict.value,
        "requirements": list(vector.requirements),
        "flags": sorted(vector.flags),
        "sentence": vector.sentence,
    }
    told |= {"faults": list(result.faults)} if result.faults else {}
    told |= {"remarks": list(result.remarks)} if result.remarks else {}
    return told | ({"said": result.said} if result.said is not None else {})


def as_junit(report: Report) -> bytes:
    """Return a report as JUnit's XML: a case for each vector, in classes by protocol."""
    counts = report.counts()
    suite = ElementTree.Element(
        "testsuite",
        name=clean(report.name),
        tests=str(len(report.results)),
        failures=str(counts[Verdict.FAIL] + counts[Verdict.MENDED]),
        errors=str(counts[Verdict.ERROR]),
        skipped=str(counts[Verdict.UNSUPPORTED] + counts[Verdict.KNOWN]),
    )
    for result in report.results:
        vector = result.vector
        case = ElementTree.SubElement(suite, "testcase", classname=f"wireproof.{vector.protocol}", name=vector.id)
        element = _ELEMENTS.get(result.verdict)
        if element is not None:
            message = "; ".join(result.faults) or result.verdict.value
            child = ElementTree.SubElement(case, element, message=clean(message))
            child.text = clean(f"{vector.sentence}\nrequirements: {', '.join(vector.requirements)}")
            if result.said is not None:
                child.text += clean(f"\nit said: {result.said}")
    ElementTree.indent(suite)
    octets: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return octets


_ELEMENTS = {
    Verdict.FAIL: "failure",
    Verdict.MENDED: "failure",
    Verdict.ERROR: "error",
    Verdict.UNSUPPORTED: "skipped",
    Verdict.KNOWN: "skipped",
}


def clean(text: str) -> str:
    """Return text without the characters that XML may not hold."""
    """Return text without the characters that XML may not hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)

"""NUnit XML, versions 2 and 3 -> test cases.

Source: NUnit's "Test Result XML Format"; the agent's `NUnitResultReader`.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from simulator.azure_devops.pipelines.test_formats.case import TestCase, parse, seconds, text_of

_OUTCOMES = {
    "passed": "Passed",
    "success": "Passed",
    "failed": "Failed",
    "failure": "Failed",
    "error": "Failed",
    "inconclusive": "Inconclusive",
}


def read(document: bytes) -> list[TestCase]:
    """The cases of a `test-run` (3) or `test-results` (2) document. Raises ResultsInvalid."""
    root = parse(document, "test-run", "test-results")
    return [_case(element) for element in root.iter("test-case")]


def _case(element: ET.Element) -> TestCase:
    failure = element.find("failure")
    said = element.get("result", "").lower()
    full = element.get("fullname") or element.get("name") or ""
    return TestCase(
        element.get("name", ""),
        element.get("classname") or full.rpartition(".")[0],
        _OUTCOMES.get(said, "NotExecuted"),
        seconds(element.get("duration") or element.get("time")),
        text_of(failure.find("message")) if failure is not None else "",
        text_of(failure.find("stack-trace")) if failure is not None else "",
    )

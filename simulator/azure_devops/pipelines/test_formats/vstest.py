"""VSTest's trx files -> test cases.

Source: the schema vstst.xsd; the agent's `TrxResultReader`.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from simulator.azure_devops.pipelines.test_formats.case import TestCase, parse, seconds, text_of

_OUTCOMES = {
    "passed": "Passed",
    "failed": "Failed",
    "error": "Failed",
    "timeout": "Failed",
    "aborted": "Failed",
    "inconclusive": "Inconclusive",
}


def read(document: bytes) -> list[TestCase]:
    """The cases of a `TestRun` document. Raises ResultsInvalid."""
    root = parse(document, "TestRun")
    classes = {
        unit.get("id", ""): method.get("className", "").split(",")[0]
        for unit in root.iter("UnitTest")
        if (method := unit.find("TestMethod")) is not None
    }
    return [_case(element, classes) for element in root.iter("UnitTestResult")]


def _case(element: ET.Element, classes: dict[str, str]) -> TestCase:
    error = element.find("Output/ErrorInfo")
    return TestCase(
        element.get("testName", ""),
        classes.get(element.get("testId", ""), ""),
        _OUTCOMES.get(element.get("outcome", "passed").lower(), "NotExecuted"),
        _duration(element.get("duration", "")),
        text_of(error.find("Message")) if error is not None else "",
        text_of(error.find("StackTrace")) if error is not None else "",
    )


def _duration(text: str) -> float:
    """`hh:mm:ss.fffffff` in seconds."""
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + seconds(part)
    return total

"""JUnit XML -> test cases.

Source: the agent's `JUnitResultReader`.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from simulator.azure_devops.pipelines.test_formats.case import TestCase, parse, seconds


def read(document: bytes) -> list[TestCase]:
    """The cases of a `testsuite` or `testsuites` document. Raises ResultsInvalid."""
    return [_case(element) for element in parse(document, "testsuite", "testsuites").iter("testcase")]


def _case(element: ET.Element) -> TestCase:
    broken = element.find("failure")
    broken = element.find("error") if broken is None else broken
    outcome = "Passed"
    if broken is not None:
        outcome = "Failed"
    elif element.find("skipped") is not None:
        outcome = "NotExecuted"
    return TestCase(
        element.get("name", ""),
        element.get("classname", ""),
        outcome,
        seconds(element.get("time")),
        broken.get("message", "") if broken is not None else "",
        (broken.text or "") if broken is not None else "",
    )

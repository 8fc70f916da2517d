"""xUnit.net v2 XML -> test cases.

Source: xunit.net "Format of XML results"; the agent's `XUnitResultReader`.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from simulator.azure_devops.pipelines.test_formats.case import TestCase, parse, seconds, text_of

_OUTCOMES = {"pass": "Passed", "fail": "Failed"}


def read(document: bytes) -> list[TestCase]:
    """The cases of an `assemblies` or `assembly` document. Raises ResultsInvalid."""
    return [_case(element) for element in parse(document, "assemblies", "assembly").iter("test")]


def _case(element: ET.Element) -> TestCase:
    failure = element.find("failure")
    return TestCase(
        element.get("name", ""),
        element.get("type", ""),
        _OUTCOMES.get(element.get("result", "").lower(), "NotExecuted"),
        seconds(element.get("time")),
        text_of(failure.find("message")) if failure is not None else "",
        text_of(failure.find("stack-trace")) if failure is not None else "",
    )

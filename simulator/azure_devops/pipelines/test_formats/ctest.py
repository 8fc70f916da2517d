"""CTest XML -> test cases.

Source: the agent's `CTestResultReader`; CMake's "ctest(1)" dashboard files.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from simulator.azure_devops.pipelines.test_formats.case import TestCase, parse, seconds, text_of


def read(document: bytes) -> list[TestCase]:
    """The cases of a `Site` document. Raises ResultsInvalid."""
    return [_case(element) for element in parse(document, "Site").findall("Testing/Test")]


def _case(element: ET.Element) -> TestCase:
    status = element.get("Status", "").lower()
    outcome = {"passed": "Passed", "failed": "Failed"}.get(status, "NotExecuted")
    took = element.find("Results/NamedMeasurement[@name='Execution Time']/Value")
    output = text_of(element.find("Results/Measurement/Value"))
    path = text_of(element.find("Path"))
    return TestCase(
        text_of(element.find("Name")),
        path,
        outcome,
        seconds(text_of(took)),
        output if outcome == "Failed" else "",
    )

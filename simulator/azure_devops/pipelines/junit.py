"""JUnit XML -> test cases. Pure; documents with entities of their own are refused."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET


class JUnitInvalid(ValueError):
    """The text is no JUnit result."""


@dataclass(frozen=True)
class TestCase:
    """One test: `outcome` is Passed, Failed or NotExecuted; `seconds` it took."""

    __test__ = False  # pytest would take the name for a class of tests

    name: str
    storage: str
    outcome: str
    seconds: float
    message: str = ""
    stack_trace: str = ""


def read_junit(document: bytes) -> list[TestCase]:
    """The cases of a `testsuite` or `testsuites` document. Raises JUnitInvalid."""
    if b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        raise JUnitInvalid("document type declarations are not accepted")
    try:
        root = ET.fromstring(document)
    except ET.ParseError as error:
        raise JUnitInvalid(str(error)) from error
    if root.tag not in ("testsuite", "testsuites"):
        raise JUnitInvalid(f"the root element is <{root.tag}>, expected <testsuite> or <testsuites>")
    return [_case(element) for element in root.iter("testcase")]


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
        _seconds(element.get("time", "0")),
        broken.get("message", "") if broken is not None else "",
        (broken.text or "") if broken is not None else "",
    )


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0

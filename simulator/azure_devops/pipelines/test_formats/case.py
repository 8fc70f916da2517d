"""One test case as every format gives it, and the reading of an XML document that nobody vouches for."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET


class ResultsInvalid(ValueError):
    """The text is no result of the format."""


@dataclass(frozen=True)
class TestCase:
    """One test: `outcome` is Passed, Failed, NotExecuted or Inconclusive; `seconds` it took."""

    __test__ = False  # pytest would take the name for a class of tests

    name: str
    storage: str
    outcome: str
    seconds: float
    message: str = ""
    stack_trace: str = ""


def parse(document: bytes, *roots: str) -> ET.Element:
    """The root of a document with one of these root elements, namespaces dropped. Raises ResultsInvalid.

    Documents with entities of their own are refused; a bare DOCTYPE (as PHPUnit's) is let pass.
    """
    if b"<!ENTITY" in document:
        raise ResultsInvalid("entity declarations are not accepted")
    try:
        root = ET.fromstring(document)
    except ET.ParseError as error:
        raise ResultsInvalid(str(error)) from error
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    if root.tag not in roots:
        expected = " or ".join(f"<{name}>" for name in roots)
        raise ResultsInvalid(f"the root element is <{root.tag}>, expected {expected}")
    return root


def text_of(element: ET.Element | None) -> str:
    """The text of an element, "" of none."""
    return (element.text or "").strip() if element is not None else ""


def seconds(text: str | None) -> float:
    """A number of seconds; what is no number is 0."""
    try:
        return float((text or "0").replace(",", ""))
    except ValueError:
        return 0.0

"""Test results of every format become the same cases; coverage files are counted."""

from __future__ import annotations

import pytest

from simulator.azure_devops.pipelines.code_coverage import read_coverage
from simulator.azure_devops.pipelines.test_formats.case import ResultsInvalid
from simulator.azure_devops.pipelines.test_formats.formats import FORMATS

NUNIT = b"""<test-run><test-suite><test-case name="good" classname="a.T" result="Passed" duration="0.5"/>
<test-case name="bad" fullname="a.T.bad" result="Failed"><failure><message>boom</message>
<stack-trace>at T</stack-trace></failure></test-case>
<test-case name="off" result="Skipped"/></test-suite></test-run>"""
TRX = b"""<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
<UnitTestResult testId="1" testName="good" outcome="Passed" duration="00:00:00.5000000"/>
<UnitTestResult testId="2" testName="bad" outcome="Failed"><Output><ErrorInfo><Message>boom</Message>
<StackTrace>at T</StackTrace></ErrorInfo></Output></UnitTestResult>
<UnitTestResult testId="3" testName="off" outcome="NotExecuted"/></Results></TestRun>"""
XUNIT = b"""<assemblies><assembly><collection><test name="good" type="a.T" result="Pass" time="0.5"/>
<test name="bad" type="a.T" result="Fail"><failure><message>boom</message>
<stack-trace>at T</stack-trace></failure></test>
<test name="off" result="Skip"/></collection></assembly></assemblies>"""


@pytest.mark.parametrize(("kind", "document"), [("nunit", NUNIT), ("vstest", TRX), ("xunit", XUNIT)])
def test_a_format_tells_what_passed_failed_and_was_left_out(kind, document):
    cases = FORMATS[kind](document)
    assert [(case.name, case.outcome, case.message, case.stack_trace) for case in cases] == [
        ("good", "Passed", "", ""),
        ("bad", "Failed", "boom", "at T"),
        ("off", "NotExecuted", "", ""),
    ]
    assert cases[0].seconds == 0.5


@pytest.mark.parametrize("kind", FORMATS)
def test_another_document_is_refused(kind):
    with pytest.raises(ResultsInvalid):
        FORMATS[kind](b"<other/>")


def test_coverage_is_counted_from_cobertura_and_from_jacoco():
    cobertura = b'<coverage lines-covered="8" lines-valid="10" branches-covered="1" branches-valid="4"/>'
    assert read_coverage(cobertura) == [
        {"label": "Lines", "covered": 8, "total": 10},
        {"label": "Branches", "covered": 1, "total": 4},
    ]
    jacoco = b'<report><package/><counter type="LINE" missed="2" covered="8"/></report>'
    assert read_coverage(jacoco) == [{"label": "Lines", "covered": 8, "total": 10}]

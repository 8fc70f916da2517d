"""Test runs over the wire, by the SDK: made, filled, changed, with attachments and what a build's come to."""

from __future__ import annotations

import base64

import pytest
from azure.devops.v7_1.test.models import (
    RunCreateModel,
    RunUpdateModel,
    TestAttachmentRequestModel,
    TestCaseResult,
)

from simulator.azure_devops.pipelines.test_formats.case import TestCase
from tests.azure_devops.scripted import SIMPLE

TestCase.__test__ = TestCaseResult.__test__ = TestAttachmentRequestModel.__test__ = False


@pytest.fixture
def tests(connect):
    return connect("operator").clients_v7_1.get_test_client()


def result(name, outcome, **more):
    return TestCaseResult(test_case_title=name, automated_test_name=f"suite.{name}", outcome=outcome, **more)


def test_a_client_writes_a_run_with_results_and_completes_it(tests, served):
    run = tests.create_test_run(RunCreateModel(name="mine", automated=True), "ml")
    assert run.state == "InProgress"
    added = tests.add_test_results_to_test_run(
        [result("a", "Passed", duration_in_ms=12), result("b", "Failed", error_message="boom")], "ml", run.id
    )
    assert [one.id for one in added] == [100000, 100001]
    changed = result("b", "Passed", id=100001)
    assert tests.update_test_results([changed], "ml", run.id)[0].outcome == "Passed"
    one = tests.get_test_result_by_id("ml", run.id, 100001)
    assert (one.outcome, one.error_message, one.automated_test_name) == ("Passed", "boom", "suite.b")
    done = tests.update_test_run(RunUpdateModel(state="Completed", comment="done"), "ml", run.id)
    assert (done.state, done.passed_tests, done.total_tests) == ("Completed", 2, 2)
    counted = tests.get_test_run_statistics("ml", run.id).run_statistics
    assert [(each.outcome, each.count) for each in counted] == [("Passed", 2)]
    assert [each.id for each in tests.get_test_runs("ml")] == [run.id]
    with served.client() as client:
        assert client.delete(f"ml/_apis/test/runs/{run.id}").status_code == 204
        assert client.get(f"ml/_apis/test/runs/{run.id}").status_code == 404


def test_runs_and_results_have_attachments(tests, served):
    run = tests.create_test_run(RunCreateModel(name="mine", automated=True), "ml")
    tests.add_test_results_to_test_run([result("a", "Passed")], "ml", run.id)
    stream = base64.b64encode(b"\x00\x01log").decode()
    model = TestAttachmentRequestModel(
        file_name="a.log", stream=stream, comment="c", attachment_type="ConsoleLog"
    )
    made = tests.create_test_run_attachment(model, "ml", run.id)
    of_result = tests.create_test_result_attachment(model, "ml", run.id, 100000)
    tests.create_test_sub_result_attachment(model, "ml", run.id, 100000, 1)
    assert [(one.id, one.file_name, one.size) for one in tests.get_test_run_attachments("ml", run.id)] == [
        (made.id, "a.log", 5)
    ]
    assert [one.id for one in tests.get_test_result_attachments("ml", run.id, 100000)] == [of_result.id]
    content = b"".join(tests.get_test_result_attachment_content("ml", run.id, 100000, of_result.id))
    assert content == b"\x00\x01log"
    with served.client() as client:
        wrong = client.post(f"ml/_apis/test/runs/{run.id}/attachments", json={"fileName": "x", "stream": "%"})
        assert wrong.status_code == 400
        assert client.get(f"ml/_apis/test/runs/{run.id}/attachments/999").status_code == 404


def test_a_build_has_a_summary_of_what_its_job_published(queued, served, tests):
    build = queued(SIMPLE)
    row = served.call(lambda: served.azure.runs.get(build["id"]))
    cases = [TestCase("a", "suite", "Passed", 1.5), TestCase("b", "suite", "Failed", 0.5, "boom", "at b")]
    served.call(lambda: served.azure.test_runs.add(row, "published", cases))
    with served.client() as client:
        query = {"buildId": build["id"]}
        found = client.get("ml/_apis/test/resultsummarybybuild", params=query).json()[
            "aggregatedResultsAnalysis"
        ]
        assert (found["totalTests"], found["duration"]) == (2, "00:00:02.0000000")
        assert found["resultsByOutcome"]["Failed"]["count"] == 1
        short = client.get("ml/_apis/test/resultsbybuild", params={**query, "outcomes": "Failed"}).json()[
            "value"
        ]
        assert [one["automatedTestName"] for one in short] == ["b"]
        groups = client.get("ml/_apis/test/resultdetailsbybuild", params=query).json()["resultsForGroup"]
        assert [len(one["results"]) for one in groups] == [2]
        missing = client.get("ml/_apis/test/resultsummarybybuild", params={"buildId": 999})
        assert missing.status_code == 404
    (run,) = tests.get_test_runs("ml", build_uri=f"vstfs:///Build/Build/{build['id']}")
    listed = tests.get_test_results("ml", run.id, outcomes=["Failed"])
    assert [(one.automated_test_name, one.error_message) for one in listed] == [("suite.b", "boom")]


def test_the_coverage_of_a_build_is_counted(queued, served):
    from simulator.azure_devops.pipelines.code_coverage import keep_coverage

    build = queued(SIMPLE)
    counts = [{"label": "Lines", "covered": 3, "total": 4}]
    served.call(lambda: keep_coverage(served.kernel.store, build["id"], counts))
    with served.client() as client:
        address = "ml/_apis/test/codecoverage"
        found = client.get(address, params={"buildId": build["id"], "flags": 7}).json()
        summary = client.get(address, params={"buildId": build["id"]}).json()
        assert client.get(address, params={"buildId": "", "flags": 7}).status_code == 404
    assert found["value"][0]["modules"][0]["statistics"]["linesCovered"] == 3
    assert summary["coverageData"][0]["coverageStats"][0]["covered"] == 3


def test_what_is_no_outcome_or_state_is_refused(served):
    with served.client() as client:
        run = client.post("ml/_apis/test/runs", json={"name": "r"}).json()
        url = f"ml/_apis/test/runs/{run['id']}"
        odd = client.post(f"{url}/results", json=[{"testCaseTitle": "a", "outcome": "Odd"}])
        assert (odd.status_code, "Odd" in odd.json()["message"]) == (400, True)
        assert client.patch(url, json={"state": "Odd"}).status_code == 400
        assert client.post("ml/_apis/test/runs", json={"name": "r", "build": {"id": "99"}}).status_code == 404
        unknown = client.patch(f"{url}/results", json=[{"id": 100000, "outcome": "Passed"}])
        assert unknown.status_code == 404

"""Test runs and their results, as builds published them."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row

RUNS = "cadb3810-d47d-4a3c-a234-fe5f3be50138"
RESULTS = "4637d869-3a76-4468-8057-0bb02aa385cf"


def _view(call: Call, row: Row) -> Row:
    counts = row["counts"]
    skipped = counts.get("NotExecuted", 0)
    return {
        "id": row["id"],
        "name": row["name"],
        "url": f"{call.url}/{row['project']}/_apis/test/Runs/{row['id']}",
        "build": {"id": str(row["build"]), "url": f"{call.url}/_apis/build/Builds/{row['build']}"},
        "isAutomated": True,
        "state": "Completed",
        "totalTests": row["total"],
        "passedTests": counts.get("Passed", 0),
        "unanalyzedTests": counts.get("Failed", 0),
        "notApplicableTests": skipped,
        "incompleteTests": 0,
        "startedDate": iso(row["created"]),
        "completedDate": iso(row["created"]),
        "runStatistics": [
            {"state": "Completed", "outcome": name, "count": count} for name, count in counts.items()
        ],
    }


def _found(call: Call) -> Row:
    project = call.project()
    row = call.azure.test_runs.find(project["id"], call.route["runid"])
    if row is None:
        raise failure("TestObjectNotFoundException", id=call.route["runid"])
    return row


@endpoint("GET", RUNS, "vso.test")
async def runs(call: Call) -> object:
    """One test run, or those of the project (of `buildUri` or `buildIds`)."""
    if "runid" in call.route:
        return _view(call, _found(call))
    build = call.query.get("builduri", "").rpartition("/")[2] or call.query.get("buildids", "")
    rows = call.azure.test_runs.of(call.project()["id"], int(build) if build.isdigit() else None)
    return collection([_view(call, row) for row in rows])


@endpoint("GET", RESULTS, "vso.test")
async def results(call: Call) -> object:
    """The results of a test run (of some `outcomes`), or one by its number."""
    row = _found(call)
    listed = [
        _result(call, row, number, case)
        for number, case in enumerate(call.azure.test_runs.results(row), 100000)
    ]
    if wanted := call.route.get("testcaseresultid"):
        return next((case for case in listed if str(case["id"]) == wanted), None)
    if outcomes := call.query.get("outcomes", "").lower():
        listed = [case for case in listed if case["outcome"].lower() in outcomes.split(",")]
    return collection(listed)


def _result(call: Call, row: Row, number: int, case: Row) -> Row:
    return {
        "id": number,
        "url": f"{call.url}/{row['project']}/_apis/test/Runs/{row['id']}/Results/{number}",
        "testCaseTitle": case["name"],
        "automatedTestName": f"{case['storage']}.{case['name']}" if case["storage"] else case["name"],
        "automatedTestStorage": case["storage"],
        "outcome": case["outcome"],
        "state": "Completed",
        "durationInMs": case["seconds"] * 1000,
        "errorMessage": case["message"],
        "stackTrace": case["stack_trace"],
        "testRun": {"id": str(row["id"]), "name": row["name"]},
    }

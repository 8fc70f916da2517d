"""What the test runs of a build come to: its summary and its results."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.test_runs import FIRST_RESULT

SUMMARY = "000ef77b-fea2-498d-a10d-ad1a037f559f"
DETAILS = "efb387b0-10d5-42e7-be40-95e06ee9430f"
RESULTS = "3c191b88-615b-4be2-b7d9-5ff9141e91d4"


@endpoint("GET", SUMMARY, "vso.test")
async def summary(call: Call) -> object:
    """How many results of the build (`buildId`) ended how, and how long they took."""
    project, build = _build(call)
    runs = call.azure.test_runs.of(project["id"], build["id"])
    cases = [case for row in runs for case in call.azure.test_runs.results(row)]
    by_outcome: dict[str, dict[str, Any]] = {}
    for case in cases:
        one = by_outcome.setdefault(case["outcome"], {"outcome": case["outcome"], "count": 0, "seconds": 0.0})
        one["count"] += 1
        one["seconds"] += case["seconds"]
    outcomes = {
        name: {"outcome": name, "count": one["count"], "duration": _span(one["seconds"])}
        for name, one in by_outcome.items()
    }
    counts = {"totalTests": len(cases), "resultsByOutcome": outcomes}
    return {
        "aggregatedResultsAnalysis": {
            "duration": _span(sum(case["seconds"] for case in cases)),
            **counts,
            "runSummaryByState": _states(runs),
        },
        "noConfigRunsCount": 0,
        "totalRunsCount": len(runs),
        "teamProject": {"id": project["id"], "name": project["name"]},
    }


@endpoint("GET", DETAILS, "vso.test")
async def details(call: Call) -> object:
    """The results of the build by the run that they are of, with the outcomes counted."""
    project, build = _build(call)
    groups = []
    for row in call.azure.test_runs.of(project["id"], build["id"]):
        cases = list(enumerate(call.azure.test_runs.results(row), FIRST_RESULT))
        results = [
            {"id": number, "outcome": case["outcome"], "testRun": {"id": str(row["id"])}}
            for number, case in cases
        ]
        outcomes = {name: {"outcome": name, "count": count} for name, count in row["counts"].items()}
        value = {"id": str(row["id"]), "name": row["name"]}
        groups.append({"groupByValue": value, "resultsCountByOutcome": outcomes, "results": results})
    return {"groupByField": "TestRun", "resultsForGroup": groups}


@endpoint("GET", RESULTS, "vso.test")
async def results(call: Call) -> object:
    """The results of the build (`buildId`, `outcomes`, `$top`) in short."""
    project, build = _build(call)
    wanted = [text for text in call.query.get("outcomes", "").lower().split(",") if text]
    shown = [
        {
            "id": number,
            "runId": row["id"],
            "automatedTestName": case["name"],
            "automatedTestStorage": case["storage"],
            "testCaseTitle": case.get("title") or case["name"],
            "outcome": case["outcome"],
            "durationInMs": case["seconds"] * 1000,
        }
        for row in call.azure.test_runs.of(project["id"], build["id"])
        for number, case in enumerate(call.azure.test_runs.results(row), FIRST_RESULT)
        if not wanted or case["outcome"].lower() in wanted
    ]
    return collection(shown[: call.number("$top", len(shown))])


def _build(call: Call) -> tuple[Row, Row]:
    project, text = call.project(), call.query.get("buildid", "")
    build = call.azure.runs.find(text)
    if build is None or build["project"] != project["id"]:
        raise failure("BuildNotFoundException", id=text or "(none)")
    return project, build


def _states(runs: list[Row]) -> Row:
    counted: dict[str, int] = {}
    for row in runs:
        state = str(row.get("state", "Completed"))
        counted[state] = counted.get(state, 0) + 1
    return {
        name: {"state": name, "runsCount": count, "resultsByOutcome": {}} for name, count in counted.items()
    }


def _span(seconds: float) -> str:
    """A .NET time span, `hh:mm:ss.fffffff`."""
    whole, fraction = divmod(round(seconds * 10_000_000), 10_000_000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{fraction:07}"

"""Results of test runs: read, added and changed; with their sub-results where they have any."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.test import test_runs
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.test_runs import FIRST_RESULT
from simulator.azure_devops.shapes import as_mappings, mappings

RESULTS = "4637d869-3a76-4468-8057-0bb02aa385cf"
QUERY = "6711da49-8e6f-4d35-9f73-cef7a3c81a5b"
OUTCOMES = (
    "Unspecified", "None", "Passed", "Failed", "Inconclusive", "Timeout", "Aborted", "Blocked", "NotExecuted",
    "Warning", "Error", "NotApplicable", "Paused", "InProgress", "NotImpacted",
)  # fmt: skip
_KEPT = ("comment", "computerName", "priority", "automatedTestType", "automatedTestId", "failureType", "startedDate",
         "completedDate", "resultGroupType", "state")  # fmt: skip


@endpoint("GET", RESULTS, "vso.test")
async def results(call: Call) -> object:
    """The results of a run (`outcomes`, `$skip`, `$top`; `detailsToInclude=SubResults`), or one by its number."""
    row = test_runs.found(call)
    cases = call.azure.test_runs.results(row)
    details = "subresults" in call.query.get("detailstoinclude", "").lower()
    if wanted := call.route.get("testcaseresultid"):
        case = _at(cases, wanted)
        return view(call, row, int(wanted), case, True)
    listed = list(enumerate(cases, FIRST_RESULT))
    if outcomes := call.query.get("outcomes", "").lower():
        listed = [one for one in listed if one[1]["outcome"].lower() in outcomes.split(",")]
    listed = listed[call.number("$skip", 0) :]
    chosen = listed[: call.number("$top", 1000)]
    return collection([view(call, row, number, case, details) for number, case in chosen])


@endpoint("POST", RESULTS, "vso.test_write")
async def add(call: Call) -> object:
    """More results for a run that is open."""
    row = test_runs.found(call)
    given = as_mappings(call.body, "the request body")
    cases = call.azure.test_runs.results(row)
    first = FIRST_RESULT + len(cases)
    added = [_case(one, {}) for one in given]
    call.azure.test_runs.write_results(row, [*cases, *added])
    return collection([view(call, row, number, case, True) for number, case in enumerate(added, first)])


@endpoint("PATCH", RESULTS, "vso.test_write")
async def change(call: Call) -> object:
    """Other members for results, each by its `id`."""
    row = test_runs.found(call)
    cases = call.azure.test_runs.results(row)
    numbers = []
    for one in as_mappings(call.body, "the request body"):
        text = str(one.get("id") or "")
        place = int(text) - FIRST_RESULT if _at(cases, text) else 0
        cases[place] = _case(one, cases[place])
        numbers.append(FIRST_RESULT + place)
    call.azure.test_runs.write_results(row, cases)
    shown = [view(call, row, number, cases[number - FIRST_RESULT], True) for number in numbers]
    return collection(shown)


def _at(cases: list[Row], text: str) -> Row:
    place = int(text) - FIRST_RESULT if text.isdecimal() else -1
    if not 0 <= place < len(cases):
        raise failure("TestResultNotFoundException", id=text)
    return cases[place]


def view(call: Call, row: Row, number: int, case: Row, details: bool) -> Row:
    """The TestCaseResult of the wire."""
    told = case.get("told", {})
    name = f"{case['storage']}.{case['name']}" if case["storage"] and not told else case["name"]
    value: dict[str, Any] = {
        "id": number,
        "project": {"id": row["project"], "name": call.organization.project(row["project"])["name"]},
        "url": f"{call.url}/{row['project']}/_apis/test/Runs/{row['id']}/Results/{number}",
        "testCaseTitle": case.get("title") or case["name"],
        "automatedTestName": name,
        "automatedTestStorage": case["storage"],
        "outcome": case["outcome"],
        "state": "Completed",
        "durationInMs": case["seconds"] * 1000,
        "errorMessage": case["message"],
        "stackTrace": case["stack_trace"],
        "startedDate": iso(row["created"]),
        "completedDate": iso(row.get("completed") or row["created"]),
        "revision": 1,
        "testRun": {"id": str(row["id"]), "name": row["name"]},
        **told,
    }
    if row["build"] is not None:
        value["build"] = {"id": str(row["build"])}
    if details and case.get("sub"):
        value["subResults"] = [
            {**one, "id": place, "testResult": {"id": str(number)}}
            for place, one in enumerate(case["sub"], 1)
        ]
    return value


def _case(given: Row, before: Row) -> Row:
    """A result as a row: what is given over what was there."""
    outcome = str(given.get("outcome") or before.get("outcome") or "Unspecified")
    known = next((one for one in OUTCOMES if one.lower() == outcome.lower()), None)
    if known is None:
        raise invalid(f"The outcome {outcome} is not valid. Expected one of {', '.join(OUTCOMES)}.")
    title = given.get("testCaseTitle") or before.get("title") or given.get("automatedTestName")
    name = given.get("automatedTestName") or before.get("name") or title
    if not name:
        raise failure("VssPropertyValidationException", parameter="testCaseTitle")
    milliseconds = given.get("durationInMs")
    if milliseconds is not None and not isinstance(milliseconds, int | float):
        raise invalid("The value of durationInMs must be a number.")
    told = {member: given[member] for member in _KEPT if given.get(member) is not None}
    return {
        "name": str(name),
        "title": str(title or name),
        "storage": str(given.get("automatedTestStorage") or before.get("storage") or ""),
        "outcome": known,
        "seconds": before.get("seconds", 0.0) if milliseconds is None else milliseconds / 1000,
        "message": str(given.get("errorMessage") or before.get("message") or ""),
        "stack_trace": str(given.get("stackTrace") or before.get("stack_trace") or ""),
        "sub": mappings(given, "subResults") or before.get("sub", []),
        "told": {**before.get("told", {}), **told, "state": "Completed"},
    }

"""The code coverage of a build: its summary, more of it, and the modules that it counts.

Source: Learn "Test - Code Coverage" (one address: with `flags` it answers the modules, without the summary).
"""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.test import test_runs
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.code_coverage import coverage_of, keep_coverage
from simulator.azure_devops.shapes import as_mappings

COVERAGE = "77560e8a-4e8c-4d59-894e-a5f264c24444"
COVERAGE_OF_RUN = "9629116f-3b89-4ed8-b358-d4694efda160"
_ORDER = ("class", "complexity", "method", "line", "instruction")
"""What comes first where the counts are shown; the rest after them."""


@endpoint("GET", COVERAGE, "vso.test")
async def coverage(call: Call) -> object:
    """The summary of the build (`buildId`, beside that of `deltaBuildId`), or with `flags` its modules."""
    build = _build(call, "buildid")
    counts = coverage_of(call.kernel.store, build["id"])
    if call.query.get("flags"):
        return collection([_modules(build, counts)] if counts else [])
    other = _build(call, "deltabuildid") if call.query.get("deltabuildid") else None
    before = {one["label"]: one for one in coverage_of(call.kernel.store, other["id"])} if other else {}
    stats = [_statistics(one, before.get(one["label"])) for one in counts]
    data = [{"buildPlatform": "", "buildFlavor": "", "coverageStats": stats}] if stats else []
    return {
        "build": _reference(call, build),
        "deltaBuild": _reference(call, other) if other else None,
        "coverageData": data,
    }


@endpoint("POST", COVERAGE, "vso.test_write")
async def add_coverage(call: Call) -> object:
    """More of the build's coverage: `coverageStats` of label, covered and total."""
    build = _build(call, "buildid")
    counts = []
    for one in as_mappings(call.object_body().get("coverageStats") or [], "coverageStats"):
        covered, total = one.get("covered", 0), one.get("total", 0)
        if not (isinstance(covered, int) and isinstance(total, int) and 0 <= covered <= total):
            raise invalid(f"The coverage of {one.get('label')} is not a part of its total.")
        counts.append({"label": str(one.get("label") or ""), "covered": covered, "total": total})
    keep_coverage(call.kernel.store, build["id"], counts)
    return Answer(200)


@endpoint("GET", COVERAGE_OF_RUN, "vso.test")
async def coverage_of_run(call: Call) -> object:
    """The coverage of a test run: what is published here belongs to builds, so there is none."""
    test_runs.found(call)
    return collection([])


def _build(call: Call, name: str) -> Row:
    text = call.query.get(name, "")
    build = call.azure.runs.find(text)
    if build is None or build["project"] != call.project()["id"]:
        raise failure("BuildNotFoundException", id=text or "(none)")
    return build


def _reference(call: Call, build: Row) -> Row:
    number = str(build["id"])
    return {"id": number, "url": f"{call.url}/{build['project']}/_apis/build/Builds/{number}"}


def _statistics(one: Row, before: Row | None) -> Row:
    """A thing that is counted; its difference is in points of the part that is covered."""
    label = str(one["label"])
    delta = _percent(one) - _percent(before) if before else 0.0
    return {
        "label": label,
        "position": next((at for at, name in enumerate(_ORDER, 1) if label.lower().startswith(name)), 6),
        "total": one["total"],
        "covered": one["covered"],
        "isDeltaAvailable": before is not None,
        "delta": round(delta, 2),
    }


def _percent(one: Row) -> float:
    return float(100 * one["covered"] / one["total"]) if one["total"] else 0.0


def _modules(build: Row, counts: list[Row]) -> Row:
    known = {str(one["label"]).lower(): one for one in counts}
    none = {"covered": 0, "total": 0}
    lines = known.get("lines") or known.get("line") or none
    blocks = known.get("branches") or known.get("branch") or none
    module = {
        "name": "all",
        "blockCount": blocks["total"],
        "statistics": {
            "linesCovered": lines["covered"],
            "linesNotCovered": lines["total"] - lines["covered"],
            "linesPartiallyCovered": 0,
            "blocksCovered": blocks["covered"],
            "blocksNotCovered": blocks["total"] - blocks["covered"],
        },
    }
    configuration = {"id": 1, "flavor": "", "platform": "", "project": {"id": build["project"]}}
    return {"configuration": configuration, "modules": [module], "state": "0", "lastError": ""}

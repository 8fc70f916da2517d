"""Statuses that services post on commits."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git.pull_requests.statuses import checked
from simulator.azure_devops.errors import failure
from simulator.azure_devops.git import objects
from simulator.azure_devops.organization import Row, number_key

STATUSES = "428dd4fb-fda5-4722-af02-9313b80305da"
_KIND = "azure_devops.commit_status"


def of_commit(call: Call, row: Row, commit: str, latest: bool = False) -> list[Row]:
    """The statuses of a commit, the newest first; with `latest` only the newest of each context."""
    found = [each for _, each in call.kernel.store.scan(_KIND, f"{row['id']}/{commit}/")][::-1]
    if latest:
        newest: dict[tuple[str, str], Row] = {}
        for each in found:
            newest.setdefault((each["context"]["name"], each["context"]["genre"] or ""), each)
        found = list(newest.values())
    return [_view(call, row, commit, each) for each in found]


@endpoint("GET", STATUSES, "vso.code")
async def statuses(call: Call) -> object:
    """The statuses of a commit."""
    row, commit = call.repository(), call.route["commitid"]
    await _existing(call, row, commit)
    found = of_commit(call, row, commit, call.query.get("latestonly", "").lower() == "true")
    skip, top = call.number("skip", call.number("$skip", 0)), call.number("top", call.number("$top", 1000))
    return collection(found[skip:][:top])


@endpoint("POST", STATUSES, "vso.code_status")
async def post(call: Call) -> object:
    """One more status."""
    row, commit = call.repository(), call.route["commitid"]
    await _existing(call, row, commit)
    status = checked(call, call.object_body())
    number = call.kernel.store.count(_KIND, f"{row['id']}/{commit}/") + 1
    status["id"] = number
    with call.kernel.store.transaction():
        call.kernel.store.put(_KIND, f"{row['id']}/{commit}/{number_key(number)}", status)
        told = {"repositoryId": row["id"], "commit": commit, "state": status["state"]}
        call.kernel.log.record("CommitStatusPosted", status["context"]["name"], told)
    return Answer(201, _view(call, row, commit, status))


async def _existing(call: Call, row: Row, commit: str) -> None:
    if await objects.resolve(call.azure.refs.path(row), commit) is None:
        raise failure("GitCommitDoesNotExistException", commit=commit)


def _view(call: Call, row: Row, commit: str, status: Row) -> Row:
    base = f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}"
    links = {
        "self": {"href": f"{base}/commits/{commit}/statuses/{status['id']}"},
        "commit": {"href": f"{base}/commits/{commit}"},
    }
    value = {**status, "createdBy": call.person_reference(status["createdBy"]), "_links": links}
    return {name: given for name, given in value.items() if given is not None}

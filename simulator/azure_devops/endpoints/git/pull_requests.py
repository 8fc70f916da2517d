"""Pull requests: create, get, list, change, complete."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git import commits, repositories
from simulator.azure_devops.errors import invalid
from simulator.azure_devops.git.pull_requests import commits_between
from simulator.azure_devops.organization import REPOSITORY, Row

OF_REPOSITORY = "9946fd70-0d40-406e-b686-b4744cbbcc37"
BY_ID = "01a46dea-7d46-4d40-bc84-319e7c260d99"
OF_PROJECT = "a5d28130-9cd2-40fa-9f08-902e7daa9efb"
COMMITS = "52823034-34a8-4576-922c-8d8b77e9e4c4"


async def _view(call: Call, row: Row) -> Row:
    repository = call.organization.repository(row["repository"])
    requests = call.azure.pull_requests
    source, target = await requests.tips(row, repository)
    url = f"{call.url}/{repository['project']}/_apis/git/repositories/{repository['id']}/pullRequests/{row['id']}"
    value: dict[str, Any] = {
        "repository": await repositories.view(call, repository),
        "pullRequestId": row["id"],
        "codeReviewId": row["id"],
        "status": row["status"],
        "createdBy": call.organization.person_reference(row["createdBy"]),
        "creationDate": row["created"],
        "title": row["title"],
        "description": row["description"],
        "sourceRefName": row["source"],
        "targetRefName": row["target"],
        "isDraft": row["isDraft"],
        "reviewers": [],
        "lastMergeSourceCommit": {"commitId": row.get("sourceCommit", source)},
        "lastMergeTargetCommit": {"commitId": row.get("targetCommit", target)},
        "supportsIterations": True,
        "completionOptions": row["completionOptions"],
        "url": url,
    }
    if row["status"] == "completed":
        closed = {
            "closedBy": call.organization.person_reference(row["closedBy"]),
            "closedDate": row["closed"],
            "lastMergeCommit": {"commitId": row["mergeCommit"]},
        }
        return {**value, **closed, "mergeStatus": "succeeded"}
    merged = await requests.attempt(row, repository)
    return {**value, "mergeStatus": "conflicts" if merged.conflicts else "succeeded"}


@endpoint("GET", OF_REPOSITORY, "vso.code")
async def of_repository(call: Call) -> object:
    """One pull request of the repository, or those that fit `searchCriteria.*`."""
    repository = call.repository()
    if "pullrequestid" in call.route:
        return await _view(call, _own(call, repository))
    return await _list(call, [repository])


@endpoint("GET", BY_ID, "vso.code")
async def by_id(call: Call) -> object:
    """One pull request."""
    row = call.azure.pull_requests.find(call.route["pullrequestid"])
    repository = call.organization.repository(row["repository"])
    call.visible(call.organization.project(repository["project"]), repository["project"])
    return await _view(call, row)


@endpoint("GET", OF_PROJECT, "vso.code")
async def of_project(call: Call) -> object:
    """The pull requests of a project."""
    return await _list(call, call.organization.rows(REPOSITORY, call.project()["id"]))


async def _list(call: Call, repositories_shown: list[Row]) -> object:
    criteria = {name.removeprefix("searchcriteria."): value for name, value in call.query.items()}
    found = call.azure.pull_requests.of(
        {row["id"] for row in repositories_shown}, criteria.get("status", "active")
    )
    for name, own in (("sourcerefname", "source"), ("targetrefname", "target")):
        if name in criteria:
            found = [row for row in found if row[own] == criteria[name]]
    skip, top = call.number("$skip", 0), call.number("$top", 100)
    return collection([await _view(call, row) for row in found[skip:][:top]])


@endpoint("GET", COMMITS, "vso.code")
async def pull_request_commits(call: Call) -> object:
    """The commits that a pull request brings."""
    repository = call.repository()
    row = _own(call, repository)
    source, target = await call.azure.pull_requests.tips(row, repository)
    found = await commits_between(
        call.azure.refs, repository, row.get("sourceCommit", source), row.get("targetCommit", target)
    )
    return collection([commits.view(call, repository, commit) for commit in found])


@endpoint("POST", OF_REPOSITORY, "vso.code_write")
async def create(call: Call) -> object:
    """A new pull request."""
    for name in ("sourceRefName", "targetRefName", "title"):
        call.member(name)
    row = await call.azure.pull_requests.create(call.repository(), call.caller.identity, call.object_body())
    return Answer(201, await _view(call, row))


@endpoint("PATCH", OF_REPOSITORY, "vso.code_write")
async def update(call: Call) -> object:
    """Change a pull request; `status: completed` merges it."""
    repository = call.repository()
    row, given = _own(call, repository), call.object_body()
    status = given.get("status")
    if status not in (None, "active", "abandoned", "completed"):
        raise invalid(
            f"The pull request status '{status}' is not valid. Expected active, abandoned or completed."
        )
    if status == "completed":
        done = await call.azure.pull_requests.complete(row, repository, call.caller.identity, given)
    else:
        done = call.azure.pull_requests.edit(row, given)
    return await _view(call, done)


def _own(call: Call, repository: Row) -> Row:
    row = call.azure.pull_requests.find(call.route["pullrequestid"])
    if row["repository"] != repository["id"]:
        return call.azure.pull_requests.find("0")
    return row

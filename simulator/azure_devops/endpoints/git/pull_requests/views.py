"""A pull request in the form of the wire (GitPullRequest), as recorded from the real service."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints.git import commits, repositories
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pull_requests import forks, reviewers
from simulator.azure_devops.pull_requests.rows import newest
from simulator.azure_devops.pull_requests.settling import settle


def found(call: Call) -> Row:
    """The pull request of the route, which must be one of its repository; TF401180 when it is not."""
    repository = call.repository()
    row = call.azure.pull_requests.find(call.route["pullrequestid"])
    return row if row["repository"] == repository["id"] else call.azure.pull_requests.find("0")


async def settled(call: Call) -> Row:
    """The same, up to date with its branches."""
    return await settle(call.azure.pull_requests, found(call))


def url(call: Call, row: Row) -> str:
    """Where a pull request is."""
    return f"{call.url}/{row['project']}/_apis/git/repositories/{row['repository']}/pullRequests/{row['id']}"


def artifact(row: Row) -> str:
    """The artifact id of a pull request."""
    return f"vstfs:///Git/PullRequestId/{row['project']}%2f{row['repository']}%2f{row['id']}"


async def view(call: Call, row: Row) -> Row:
    """The whole."""
    repository = call.organization.repository(row["repository"])
    value = {**_facts(call, row), "repository": await repositories.view(call, repository)}
    commit = row.get("mergeCommit")
    if commit and row["status"] != "abandoned" and row["mergeStatus"] == "succeeded":
        path = call.azure.refs.path(repository)
        value["lastMergeCommit"] = commits.reference(call, repository, await objects.commit(path, commit))
    return {**value, "_links": _links(call, row), "supportsIterations": True, "artifactId": artifact(row)}


def listed(call: Call, row: Row) -> Row:
    """What a list shows: the repository in short, no links."""
    repository = call.organization.repository(row["repository"])
    project = call.organization.project(row["project"])
    value = {**_facts(call, row), "repository": short_repository(call, repository, project)}
    if row.get("mergeCommit") and row["mergeStatus"] == "succeeded":
        value["lastMergeCommit"] = _commit(call, row, row["mergeCommit"])
    return {**value, "supportsIterations": True}


def short_repository(call: Call, repository: Row, project: Row) -> Row:
    """A repository in lists: nothing of its contents."""
    return {
        "id": repository["id"],
        "name": repository["name"],
        "url": f"{call.url}/{project['id']}/_apis/git/repositories/{repository['id']}",
        "project": {
            "id": project["id"],
            "name": project["name"],
            "state": "unchanged",
            "visibility": "unchanged",
        },
    }


def _facts(call: Call, row: Row) -> dict[str, Any]:
    value: dict[str, Any] = {
        "pullRequestId": row["id"],
        "codeReviewId": row["id"],
        "status": row["status"],
        "createdBy": person(call, row["createdBy"]),
        "creationDate": row["created"],
        "title": row["title"],
        "sourceRefName": row["source"],
        "targetRefName": row["target"],
        "isDraft": row["isDraft"],
        "mergeId": row["mergeId"],
        "lastMergeSourceCommit": _commit(call, row, newest(row["iterations"])["source"]),
        "lastMergeTargetCommit": _commit(call, row, row["mergeTarget"]),
        "reviewers": [reviewer(call, row, each) for each in row["reviewers"]],
        "labels": [label(call, row, each) for each in row["labels"]],
        "url": url(call, row),
    }
    if row["status"] != "abandoned":
        value["mergeStatus"] = row["mergeStatus"]
    if row.get("mergeFailure") and row["mergeStatus"] == "failure":
        value |= {"mergeFailureType": "unknown", "mergeFailureMessage": row["mergeFailure"]}
    return {**value, **_optional(call, row)}


def _optional(call: Call, row: Row) -> dict[str, Any]:
    value: dict[str, Any] = {
        "description": row["description"],
        "closedDate": row.get("closed"),
        "completionOptions": row["completionOptions"],
        "completionQueueTime": row.get("completionQueued"),
    }
    if row.get("fork"):
        value["forkSource"] = _fork(call, row)
    for member, name in (("closedBy", "closedBy"), ("autoCompleteSetBy", "autoCompleteSetBy")):
        value[member] = person(call, row[name]) if row.get(name) else None
    return {name: given for name, given in value.items() if given}


def _fork(call: Call, row: Row) -> Row | None:
    """The GitForkRef of a source branch in a fork; nothing where the fork is gone."""
    fork = forks.source_repository(call.organization, row)
    if fork is None:
        return None
    return {
        "name": row["source"],
        "objectId": newest(row["iterations"])["source"],
        "creator": person(call, row["createdBy"]),
        "url": _branch_url(call, row),
        "repository": short_repository(call, fork, call.organization.project(fork["project"])),
    }


def _branch_url(call: Call, row: Row) -> str:
    fork = forks.source_repository(call.organization, row)
    project, repository = (fork["project"], fork["id"]) if fork else (row["project"], row["repository"])
    ref = quote(row["source"].removeprefix("refs/"))
    return f"{call.url}/{project}/_apis/git/repositories/{repository}/refs/{ref}"


def person(call: Call, name: str) -> Row:
    """The IdentityRef of a person or a team."""
    return reviewers.identity(call.organization, name).reference(call.url)


def reviewer(call: Call, row: Row, entry: Row) -> Row:
    """The IdentityRefWithVote of a reviewer; a team shows the votes of its members."""
    who = person(call, entry["name"])
    value = {
        **who,
        "reviewerUrl": f"{url(call, row)}/reviewers/{who['id']}",
        "vote": entry["vote"],
        "hasDeclined": entry["hasDeclined"],
        "isFlagged": entry["isFlagged"],
    }
    if entry["isRequired"]:
        value["isRequired"] = True
    if reviewers.is_team(entry["name"]):
        value["isContainer"] = True
    teams = [
        each
        for each in row["reviewers"]
        if entry["vote"] and reviewers.votes_for(call.organization, entry["name"], each["name"])
    ]
    if teams:
        value["votedFor"] = [
            {**person(call, each["name"]), "vote": each["vote"], "isContainer": True} for each in teams
        ]
    return value


def label(call: Call, row: Row, entry: Row) -> Row:
    """The WebApiTagDefinition of a label."""
    return {**entry, "url": f"{url(call, row)}/labels/{entry['id']}"}


def _commit(call: Call, row: Row, commit: str) -> Row | None:
    if not commit or commit == NO_OBJECT:
        return None
    base = f"{call.url}/{row['project']}/_apis/git/repositories/{row['repository']}"
    return {"commitId": commit, "url": f"{base}/commits/{commit}"}


def _links(call: Call, row: Row) -> Row:
    base = f"{call.url}/{row['project']}/_apis/git/repositories/{row['repository']}"
    own = url(call, row)
    source, target = newest(row["iterations"])["source"], row["mergeTarget"]
    links = {
        "self": own,
        "repository": base,
        "workItems": f"{own}/workitems",
        "sourceBranch": _branch_url(call, row),
        "targetBranch": f"{base}/refs/{quote(row['target'].removeprefix('refs/'))}",
        "statuses": f"{own}/statuses",
        "sourceCommit": f"{base}/commits/{source}",
        "targetCommit": f"{base}/commits/{target}",
        "createdBy": person(call, row["createdBy"])["url"],
        "iterations": f"{own}/iterations",
    }
    return {name: {"href": href} for name, href in links.items()}

"""Payloads of the events of repositories: pushes and pull requests.

Source: Learn "Service hooks events" (samples), as noted in reference/azure-devops.md 6.
"""

from __future__ import annotations

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT, RefWatch
from simulator.azure_devops.hooks.envelopes import Payload
from simulator.azure_devops.hooks.occurrences import PULL_REQUEST, Occurrence, project_row
from simulator.azure_devops.organization import REPOSITORY, Organization, Row

_MOST_COMMITS = 25


async def push(organization: Organization, refs: RefWatch, occurrence: Occurrence) -> Payload:
    """`git.push`."""
    told = occurrence.told
    repository = _repository(organization, str(told["repositoryId"]))
    url = f"{_base(organization, repository)}/pushes/{told['pushId']}"
    person = organization.person_reference(str(told["pushedBy"]))
    old, new, ref = str(told["oldObjectId"]), str(told["newObjectId"]), str(told["name"])
    commits = []
    if new != NO_OBJECT:
        exclude = "" if old == NO_OBJECT else old
        commits = await objects.log(refs.path(repository), new, _MOST_COMMITS, exclude=exclude)
    found = next((one for one in refs.pushes(repository) if one["pushId"] == told["pushId"]), None)
    branch = ref.removeprefix("refs/heads/")
    text = f"{person['displayName']} pushed updates to branch {branch} of repository {repository['name']}."
    listed = "\n".join(
        f"* {one.message.splitlines()[0] if one.message else ''} {one.id[:8]}" for one in commits
    )
    resource = {
        "commits": [_commit(organization, repository, one) for one in commits],
        "refUpdates": [{"name": ref, "oldObjectId": old, "newObjectId": new}],
        "repository": _shown(organization, repository),
        "pushedBy": person,
        "pushId": told["pushId"],
        "date": found["date"] if found else None,
        "url": url,
        "_links": {"self": {"href": url}},
    }
    detail = f"{person['displayName']} pushed {len(commits)} commit(s) to branch {branch}.\n{listed}".strip()
    return Payload(text, resource, detail)


async def pull_request(organization: Organization, refs: RefWatch, occurrence: Occurrence) -> Payload:
    """`git.pullrequest.created`, `.updated` and `.merged`."""
    told = occurrence.told
    row = organization.numbered(PULL_REQUEST, str(told["pullRequest"])) or {}
    repository = _repository(organization, row["repository"])
    known = await refs.read(repository)
    url = f"{_base(organization, repository)}/pullRequests/{row['id']}"
    author = organization.person_reference(row["createdBy"])
    person = organization.person_reference(str(told["by"]))
    status = "completed" if told["kind"] == "PullRequestCompleted" else str(row["status"])
    source = row.get("sourceCommit") or known.get(row["source"], NO_OBJECT)
    target = row.get("targetCommit") or known.get(row["target"], NO_OBJECT)
    resource: Row = {
        "repository": _shown(organization, repository),
        "pullRequestId": row["id"],
        "status": status,
        "createdBy": author,
        "creationDate": row.get("created"),
        "title": row["title"],
        "description": row["description"],
        "sourceRefName": row["source"],
        "targetRefName": row["target"],
        "mergeStatus": "succeeded",
        "lastMergeSourceCommit": _reference(organization, repository, source),
        "lastMergeTargetCommit": _reference(organization, repository, target),
        "reviewers": [],
        "url": url,
        "_links": {
            "self": {"href": url},
            "web": {"href": f"{_remote(organization, repository)}/pullrequest/{row['id']}"},
        },
    }
    if row.get("mergeCommit"):
        resource["lastMergeCommit"] = _reference(organization, repository, row["mergeCommit"])
    if row.get("closed"):
        resource["closedDate"] = row["closed"]
    verb = {"PullRequestCreated": "created", "PullRequestCompleted": "completed"}.get(
        str(told["kind"]), "updated"
    )
    text = f"{person['displayName']} {verb} pull request {row['id']} ({row['title']})"
    return Payload(f"{text} in {repository['name']}", resource)


def _repository(organization: Organization, identifier: str) -> Row:
    row = organization.kernel.store.get(REPOSITORY, identifier)
    assert row is not None, f"there is no repository {identifier}"
    return row


def _shown(organization: Organization, repository: Row) -> Row:
    project = project_row(organization, repository["project"])
    return {
        "id": repository["id"],
        "name": repository["name"],
        "url": _base(organization, repository),
        "project": {
            "id": project["id"],
            "name": project["name"],
            "url": f"{organization.url}/_apis/projects/{project['id']}",
            "state": "wellFormed",
        },
        "defaultBranch": repository["defaultBranch"],
        "remoteUrl": _remote(organization, repository),
    }


def _commit(organization: Organization, repository: Row, commit: objects.Commit) -> Row:
    people = {"author": commit.author, "committer": commit.committer}
    value: Row = {"commitId": commit.id}
    for role, one in people.items():
        value[role] = {"name": one.name, "email": one.email, "date": one.date}
    return {
        **value,
        "comment": commit.message,
        "url": f"{_base(organization, repository)}/commits/{commit.id}",
    }


def _reference(organization: Organization, repository: Row, commit: str) -> Row:
    return {"commitId": commit, "url": f"{_base(organization, repository)}/commits/{commit}"}


def _base(organization: Organization, repository: Row) -> str:
    return f"{organization.url}/{repository['project']}/_apis/git/repositories/{repository['id']}"


def _remote(organization: Organization, repository: Row) -> str:
    project = project_row(organization, repository["project"])
    return f"{organization.url}/{project['name']}/_git/{repository['name']}"

"""Pull requests: create, get, list, change, complete; their commits and work items; which one a commit came by."""

from __future__ import annotations

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git import commits
from simulator.azure_devops.endpoints.git.pull_requests import views
from simulator.azure_devops.enumerations import PULL_REQUEST_STATUS, named
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.organization import REPOSITORY, Row
from simulator.azure_devops.pull_requests import editing, opening, reviewers
from simulator.azure_devops.pull_requests.rows import newest
from simulator.azure_devops.pull_requests.settling import settle
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import GIT
from simulator.azure_devops.shapes import mappings, texts

OF_REPOSITORY = "9946fd70-0d40-406e-b686-b4744cbbcc37"
BY_ID = "01a46dea-7d46-4d40-bc84-319e7c260d99"
OF_PROJECT = "a5d28130-9cd2-40fa-9f08-902e7daa9efb"
COMMITS = "52823034-34a8-4576-922c-8d8b77e9e4c4"
WORK_ITEMS = "0a637fcc-5370-4ce8-b0e8-98091f5f9482"
SHARE = "696f3a82-47c9-487f-9117-b9d00972ca84"
QUERY = "b3a6eebe-9cf0-49ea-b6cb-1a4c5f5007b0"


@endpoint("GET", OF_REPOSITORY, "vso.code")
async def of_repository(call: Call) -> object:
    """One pull request of the repository, or those that fit `searchCriteria.*`."""
    repository = call.repository()
    if "pullrequestid" not in call.route:
        return await _list(call, [repository])
    value = await views.view(call, row := await views.settled(call))
    if call.query.get("includecommits", "").lower() == "true":
        value["commits"] = await _commits(call, repository, row)
    if call.query.get("includeworkitemrefs", "").lower() == "true":
        value["workItemRefs"] = _work_items(call, row)
    return value


@endpoint("GET", BY_ID, "vso.code")
async def by_id(call: Call) -> object:
    """One pull request, whatever its repository."""
    row = call.azure.pull_requests.find(call.route["pullrequestid"])
    repository = call.organization.repository(row["repository"])
    call.visible(call.organization.project(repository["project"]), repository["project"])
    if not call.allowed(GIT, tokens.of_repository(repository), "GenericRead"):
        raise failure("GitPullRequestNotFoundException")
    return await views.view(call, await settle(call.azure.pull_requests, row))


@endpoint("GET", OF_PROJECT, "vso.code")
async def of_project(call: Call) -> object:
    """The pull requests of a project, or of all that the caller sees."""
    project = call.project_or_none()
    if project is not None:
        rows = call.organization.rows(REPOSITORY, project["id"])
        return await _list(call, call.permitted(GIT, "GenericRead", rows, tokens.of_repository))
    names = {row["id"]: row["name"] for row in call.organization.projects()}
    seen = [
        row for row in call.organization.rows(REPOSITORY) if names[row["project"]] in call.caller.projects
    ]
    return await _list(call, call.permitted(GIT, "GenericRead", seen, tokens.of_repository))


async def _list(call: Call, shown: list[Row]) -> object:
    criteria = {name.removeprefix("searchcriteria."): value for name, value in call.query.items()}
    given = criteria.get("status", "active")
    status = named(given, PULL_REQUEST_STATUS)
    if status is None:
        raise invalid(f"The value '{given}' of searchCriteria.status is not valid.")
    status = "active" if status == "notSet" else status
    identifiers = {row["id"] for row in shown}
    if wanted := criteria.get("repositoryid"):
        identifiers &= {wanted.lower()}
    rows = [
        row
        for row in call.azure.pull_requests.all()
        if row["repository"] in identifiers
        and status in ("all", row["status"])
        and _fits(call, row, criteria)
    ]
    skip, top = call.number("$skip", 0), call.number("$top", 101)
    taken = [await settle(call.azure.pull_requests, row) for row in rows[skip:][:top]]
    return collection([views.listed(call, row) for row in taken])


def _fits(call: Call, row: Row, criteria: dict[str, str]) -> bool:
    for name, own in (("sourcerefname", "source"), ("targetrefname", "target")):
        if criteria.get(name) and row[own].lower() != criteria[name].lower():
            return False
    if (creator := criteria.get("creatorid")) and row["createdBy"] != _name(call, creator):
        return False
    if reviewer := criteria.get("reviewerid"):
        if reviewers.named(call.organization, reviewer) not in [each["name"] for each in row["reviewers"]]:
            return False
    if title := criteria.get("title"):
        if title.lower() not in row["title"].lower():
            return False
    when = row.get("closed") if criteria.get("querytimerangetype", "").lower() == "closed" else row["created"]
    if criteria.get("mintime") or criteria.get("maxtime"):
        return bool(when and criteria.get("mintime", "") <= when <= criteria.get("maxtime", "9999"))
    return True


def _name(call: Call, reference: str) -> str:
    known = identities.find(call.organization.topology, reference)
    return known.name if known else ""


@endpoint("POST", OF_REPOSITORY, "vso.code_write")
async def create(call: Call) -> object:
    """A new pull request; its merge is attempted after the answer."""
    repository = call.repository()
    for name in ("sourceRefName", "targetRefName", "title"):
        call.member(name)
    row = await opening.create(call.azure.pull_requests, repository, call.caller.identity, call.object_body())
    return Answer(201, await views.view(call, row))


@endpoint("PATCH", OF_REPOSITORY, "vso.code_write")
async def update(call: Call) -> object:
    """Change a pull request; `status: completed` queues its completion."""
    row, given = await views.settled(call), call.object_body()
    done = await editing.edit(call.azure.pull_requests, row, call.caller.identity, given)
    return await views.view(call, done)


@endpoint("GET", COMMITS, "vso.code")
async def pull_request_commits(call: Call) -> object:
    """The commits that a pull request brings."""
    row = await views.settled(call)
    found = await _commits(call, call.repository(), row)
    return collection(found[call.number("$skip", 0) :][: call.number("$top", 100)])


async def _commits(call: Call, repository: Row, row: Row) -> list[Row]:
    source, target = newest(row["iterations"])["source"], row["mergeTarget"]
    if NO_OBJECT in (source, target):
        return []
    found = await objects.log(call.azure.refs.path(repository), source, exclude=target)
    return [commits.reference(call, repository, commit) for commit in found]


@endpoint("GET", WORK_ITEMS, "vso.code")
async def work_items(call: Call) -> object:
    """The work items that were linked when it was opened."""
    return collection(_work_items(call, views.found(call)))


def _work_items(call: Call, row: Row) -> list[Row]:
    return [{"id": each, "url": f"{call.url}/_apis/wit/workItems/{each}"} for each in row["workItems"]]


@endpoint("POST", SHARE, "vso.code_write")
async def share(call: Call) -> object:
    """Tell people of a pull request: kept as a fact; no mail leaves the simulator."""
    row = views.found(call)
    receivers = [str(each.get("id", "")) for each in mappings(call.object_body(), "receivers")]
    told = {**call.azure.pull_requests.told(row, call.caller.identity.name), "receivers": receivers}
    call.kernel.log.record("PullRequestShared", str(row["id"]), told)
    return Answer(200, None)


@endpoint("POST", QUERY, "vso.code")
async def query(call: Call) -> object:
    """The pull requests that made or hold commits: `queries` of type lastMergeCommit or commit."""
    repository = call.repository()
    asked = mappings(call.object_body(), "queries")
    results = []
    for each in asked:
        kind = str(each.get("type", "")).lower()
        if kind not in ("lastmergecommit", "commit", "1", "2"):
            raise invalid("Invalid argument value.\r\nParameter name: queries.type")
        whole = kind in ("commit", "2")
        results.append({item: await _with(call, repository, item, whole) for item in texts(each, "items")})
    return {"queries": asked, "results": [{k: v for k, v in each.items() if v} for each in results]}


async def _with(call: Call, repository: Row, commit: str, whole: bool) -> list[Row]:
    rows = [row for row in call.azure.pull_requests.all() if row["repository"] == repository["id"]]
    found = []
    for row in rows:
        held = [each["commitId"] for each in await _commits(call, repository, row)] if whole else []
        if commit in (row.get("mergeCommit"), *held):
            found.append(views.listed(call, row))
    return found

"""Policy types and configurations; the git area lists the same configurations by repository and branch."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.policies.configurations import in_scope, scopes
from simulator.azure_devops.policies.types import TYPES, PolicyType

TYPES_LOCATION = "44096322-2d3d-466a-bb30-d1b7de69f61f"
CONFIGURATIONS = "dad91cbe-d183-45f8-9c6e-9c1164472121"
REVISIONS = "fe1e68a2-60d3-43cb-855b-85e41ae97c95"
OF_GIT = "2c420070-a0a2-49cc-9639-c9f271c5ff07"


@endpoint("GET", TYPES_LOCATION, "vso.code")
async def types(call: Call) -> object:
    """The policy types, or one."""
    project = call.project()
    if "typeid" not in call.route:
        return collection([_type(call, project, each) for each in TYPES.values()])
    found = TYPES.get(call.route["typeid"].lower())
    if found is None:
        raise failure("PolicyTypeNotFoundException", id=call.route["typeid"])
    return _type(call, project, found)


@endpoint("GET", CONFIGURATIONS, "vso.code")
async def configurations(call: Call) -> object:
    """The configurations of a project (of one `policyType`, in one `scope`), or one."""
    project = call.project()
    if "configurationid" in call.route:
        return view(call, call.azure.policies.find(project["id"], call.route["configurationid"]))
    found = call.azure.policies.of(project["id"])
    if kind := call.query.get("policytype"):
        found = [row for row in found if row["type"] == kind.lower()]
    if scope := call.query.get("scope"):
        found = [row for row in found if scope.lower() in map(_written, scopes(row))]
    return _page(call, found)


@endpoint("GET", OF_GIT, "vso.code")
async def of_git(call: Call) -> object:
    """The configurations that a `repositoryId` and `refName` (both may be left out) fall under."""
    project = call.project()
    found = call.azure.policies.of(project["id"])
    if kind := call.query.get("policytype"):
        found = [row for row in found if row["type"] == kind.lower()]
    if identifier := call.query.get("repositoryid"):
        repository = call.organization.repository(identifier, project["id"])
        ref = call.query.get("refname", "")
        found = [row for row in found if any(_under(each, repository, ref) for each in scopes(row))]
    return _page(call, found)


def _under(scope: Row, repository: Row, ref: str) -> bool:
    return in_scope(scope, repository, ref) if ref else scope.get("repositoryId") in (None, repository["id"])


def _page(call: Call, found: list[Row]) -> object:
    start, top = call.number("continuationtoken", 0), call.number("$top", 1000)
    shown = [view(call, row) for row in found[start:][:top]]
    headers = {"x-ms-continuationtoken": str(start + top)} if len(found) > start + top else {}
    return Answer(200, collection(shown), headers=headers)


def _written(scope: Row) -> str:
    """A scope as the query writes it: `repository:ref`, hexadecimal id."""
    repository = str(scope.get("repositoryId") or "").replace("-", "")
    return ":".join(part for part in (repository, scope.get("refName") or "") if part).lower()


@endpoint("POST", CONFIGURATIONS, "vso.code_write")
async def create(call: Call) -> object:
    """A new configuration (200, as recorded)."""
    project = call.project()
    row = call.azure.policies.save(project["id"], call.object_body(), call.caller.identity.name)
    return view(call, row)


@endpoint("PUT", CONFIGURATIONS, "vso.code_write")
async def update(call: Call) -> object:
    """The next revision of a configuration."""
    project = call.project()
    known = call.azure.policies.find(project["id"], call.route["configurationid"])
    row = call.azure.policies.save(project["id"], call.object_body(), call.caller.identity.name, known)
    return view(call, row)


@endpoint("DELETE", CONFIGURATIONS, "vso.code_write")
async def delete(call: Call) -> object:
    """Take a configuration away."""
    known = call.azure.policies.find(call.project()["id"], call.route["configurationid"])
    call.azure.policies.delete(known, call.caller.identity.name)
    return Answer(204)


@endpoint("GET", REVISIONS, "vso.code")
async def revisions(call: Call) -> object:
    """The revisions of a configuration, the newest first, or one."""
    row = call.azure.policies.find(call.project()["id"], call.route["configurationid"])
    found = [view(call, each) for each in reversed(call.azure.policies.revisions(row))]
    if "revisionid" not in call.route:
        return collection(found[call.number("$skip", 0) :][: call.number("$top", 1000)])
    for each in found:
        if str(each["revision"]) == call.route["revisionid"]:
            return each
    raise failure("PolicyConfigurationNotFoundException", id=row["id"])


def view(call: Call, row: Row) -> Row:
    """The PolicyConfiguration of the wire."""
    base = f"{call.url}/{row['project']}/_apis/policy"
    kind = TYPES[row["type"]]
    return {
        "createdBy": call.person_reference(row["createdBy"]),
        "createdDate": row["created"],
        "isEnabled": row["isEnabled"],
        "isBlocking": row["isBlocking"],
        "isDeleted": row["isDeleted"],
        "settings": row["settings"],
        "isEnterpriseManaged": False,
        "_links": {
            "self": {"href": f"{base}/configurations/{row['id']}"},
            "policyType": {"href": f"{base}/types/{kind.id}"},
        },
        "revision": row["revision"],
        "id": row["id"],
        "url": f"{base}/configurations/{row['id']}",
        "type": {"id": kind.id, "url": f"{base}/types/{kind.id}", "displayName": kind.name},
    }


def _type(call: Call, project: Row, kind: PolicyType) -> Row:
    url = f"{call.url}/{project['id']}/_apis/policy/types/{kind.id}"
    return {
        "description": kind.description,
        "_links": {"self": {"href": url}},
        "id": kind.id,
        "url": url,
        "displayName": kind.name,
    }

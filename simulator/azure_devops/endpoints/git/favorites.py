"""A person's favorite branches."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row, number_key

FAVORITES = "876f70af-5792-485a-a1c7-d0a7b2f42bbb"
_KIND = "azure_devops.ref_favorite"


@endpoint("GET", FAVORITES, "vso.code")
async def favorites(call: Call) -> object:
    """The caller's favorites in a project (of one `repositoryId`), or one."""
    project = call.project()
    if "favoriteid" in call.route:
        return _view(call, _found(call, project))
    wanted = call.query.get("repositoryid", "").lower()
    found = [each for each in _own(call, project) if wanted in ("", each["repository"])]
    return collection([_view(call, each) for each in found])


@endpoint("POST", FAVORITES, "vso.code")
async def create(call: Call) -> object:
    """One more favorite: a ref or a folder of refs."""
    project, name = call.project(), str(call.member("name"))
    repository = call.organization.repository(str(call.member("repositoryId")), project["id"])
    kind = str(call.object_body().get("type", "ref")).lower()
    if kind not in ("ref", "folder"):
        raise invalid("Invalid argument value.\r\nParameter name: type")
    if any((each["name"], each["repository"]) == (name, repository["id"]) for each in _own(call, project)):
        raise failure("GitDuplicateRefFavoriteException", name=name)
    row = {
        "id": call.organization.next_number("ref_favorite"),
        "project": project["id"],
        "repository": repository["id"],
        "name": name,
        "type": kind,
        "owner": call.caller.identity.name,
    }
    call.kernel.store.put(_KIND, number_key(row["id"]), row)
    return _view(call, row)


@endpoint("DELETE", FAVORITES, "vso.code")
async def delete(call: Call) -> object:
    """A favorite no more."""
    row = _found(call, call.project())
    call.kernel.store.delete(_KIND, number_key(row["id"]))
    return Answer(200, None)


def _own(call: Call, project: Row) -> list[Row]:
    by = call.caller.identity.name
    found = [each for _, each in call.kernel.store.scan(_KIND)]
    return [each for each in found if (each["owner"], each["project"]) == (by, project["id"])]


def _found(call: Call, project: Row) -> Row:
    for each in _own(call, project):
        if str(each["id"]) == call.route["favoriteid"]:
            return each
    raise failure("GitRefFavoriteNotFoundException", id=call.route["favoriteid"])


def _view(call: Call, row: Row) -> Row:
    url = f"{call.url}/{row['project']}/_apis/git/favorites/refs/{row['id']}"
    return {
        "id": row["id"],
        "name": row["name"],
        "repositoryId": row["repository"],
        "type": row["type"],
        "identityId": call.organization.identity(row["owner"]).id,
        "url": url,
        "_links": {"self": {"href": url}},
    }

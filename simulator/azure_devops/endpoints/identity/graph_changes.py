"""The graph as it is changed: groups made, renamed and deleted, members put in and taken out; rights follow at once."""

from __future__ import annotations

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.endpoints.identity import graph, subjects
from simulator.azure_devops.endpoints.identity.subjects import Subject
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import as_mappings
from simulator.kernel.errors import NotSimulated

_MANAGE = "vso.graph_manage"
_EDITED = {"displayname": "name", "description": "description"}


@endpoint("POST", graph.GROUPS, _MANAGE)
async def create_group(call: Call) -> object:
    """A group of the project with `scopeDescriptor`, or of the organization; it joins `groupDescriptors`."""
    given = call.object_body()
    if not given.get("displayName"):
        raise NotSimulated("groups of a directory", "Only groups of the service itself: give displayName.")
    scope, name = call.query.get("scopedescriptor", ""), str(given["displayName"])
    project = graph.scope_of(call, scope) if scope else ""
    _check_name(call, project, name)
    identifier = identities.stable_id("group", project, name, call.kernel.ids.uuid())
    row = {
        "id": identifier,
        "project": project,
        "name": name,
        "description": str(given.get("description") or ""),
    }
    joined = _joined(call)
    valid_users = identities.stable_id("group", project or "organization", _valid_users(project))
    with call.kernel.store.transaction():
        groups = call.organization.rights.groups
        groups.save(row)
        for container in (*joined, valid_users):
            groups.add(identifier, container)
        call.kernel.log.record("GroupCreated", name, {"id": identifier, "project": project})
    return Answer(201, graph.view(call, _by_id(call, identifier)))


def _valid_users(project: str) -> str:
    return "Project Valid Users" if project else "Project Collection Valid Users"


def _check_name(call: Call, project: str, name: str, but: str = "") -> None:
    for group in subjects.groups(call):
        if (group.project, group.name.lower()) == (project, name.lower()) and group.id != but:
            raise failure("GraphGroupExistsException", name=group.display)


def _joined(call: Call) -> list[str]:
    every = subjects.groups(call)
    listed = call.query.get("groupdescriptors", "").split(",")
    return [graph.named(one, every).id for one in listed if one]


def _by_id(call: Call, identifier: str) -> Subject:
    return next(one for one in subjects.everyone(call) if one.id == identifier)


def _own(call: Call) -> Row:
    """The group of the route, which must be one that somebody made."""
    found = graph.named(call.route["groupdescriptor"], subjects.groups(call))
    row = call.organization.rights.groups.find(found.id)
    if row is None:
        raise NotSimulated("changes of a team by the graph", "Teams are changed by their own endpoints.")
    if row.get("ours"):
        raise failure("GroupIsWellKnownException", name=found.display)
    return row


@endpoint("PATCH", graph.GROUPS, _MANAGE)
async def change_group(call: Call) -> object:
    """Another name or description, by a JSON Patch."""
    row = _own(call)
    for change in as_mappings(call.body, "the request body"):
        member = _EDITED.get(str(change.get("path", "")).strip("/").lower())
        if member is None or str(change.get("op", "")).lower() not in ("add", "replace"):
            raise invalid(f"The operation at '{change.get('path')}' is not a valid change of a group.")
        row = {**row, member: str(change.get("value") or "")}
    _check_name(call, row["project"], row["name"], but=row["id"])
    with call.kernel.store.transaction():
        call.organization.rights.groups.save(row)
        call.kernel.log.record("GroupUpdated", row["name"], {"id": row["id"]})
    return graph.view(call, _by_id(call, row["id"]))


@endpoint("DELETE", graph.GROUPS, _MANAGE)
async def delete_group(call: Call) -> object:
    """Delete a group that somebody made; its members lose what it gave them."""
    row = _own(call)
    with call.kernel.store.transaction():
        call.organization.rights.groups.delete(row["id"])
        call.kernel.log.record("GroupDeleted", row["name"], {"id": row["id"]})
    return Answer(204)


@endpoint("POST", graph.USERS, _MANAGE)
async def create_user(call: Call) -> object:
    """Bring somebody of the directory (a person of the topology) in, and into `groupDescriptors`."""
    given = call.object_body()
    wanted = str(
        given.get("principalName") or given.get("mailAddress") or given.get("originId") or ""
    ).lower()
    found = next((one for one in subjects.directory(call) if wanted and wanted in one.names), None)
    if found is None:
        raise NotSimulated(f"a directory that knows '{wanted}'", "People are those of the topology file.")
    joined = _joined(call)
    with call.kernel.store.transaction():
        entitlements = call.organization.entitlements
        entitlements.give(found.id, entitlements.licence(found.id))
        for container in joined:
            call.organization.rights.groups.add(found.id, container)
            _told(call, "MembershipAdded", found.display, container)
    return Answer(201, graph.view(call, found))


@endpoint("PUT", graph.MEMBERSHIP, _MANAGE)
async def add_membership(call: Call) -> object:
    """Put somebody, or a group, into a group or team."""
    member, container = _changeable(call)
    groups = call.organization.rights.groups
    if member.id == container.id or member.id in groups.around(container.id):
        raise failure("AddMemberCyclicMembershipException", member=member.display, group=container.display)
    with call.kernel.store.transaction():
        groups.add(member.id, container.id)
        _told(call, "MembershipAdded", member.display, container.display)
    return Answer(201, graph.membership_view(call, member, container))


@endpoint("DELETE", graph.MEMBERSHIP, _MANAGE)
async def remove_membership(call: Call) -> object:
    """Take somebody, or a group, out of a group or team."""
    member, container = _changeable(call)
    if member.id not in container.members:
        raise failure("GraphMembershipNotFoundException", subject=member.display, container=container.display)
    with call.kernel.store.transaction():
        call.organization.rights.groups.remove(member.id, container.id)
        _told(call, "MembershipRemoved", member.display, container.display)
    return Answer(200, None)


def _changeable(call: Call) -> tuple[Subject, Subject]:
    member, container = graph.pair(call)
    if not container.is_group:
        raise invalid(f"{container.display} is not a group.")
    if container.ours and container.name.endswith("Valid Users"):
        raise failure("GroupIsWellKnownException", name=container.display)
    return member, container


def _told(call: Call, fact: str, member: str, container: str) -> None:
    told: dict[str, object] = {"member": member, "container": container, "by": call.caller.identity.name}
    call.kernel.log.record(fact, f"{member} in {container}", told)

"""The graph as it is read: users, groups, memberships, descriptors, storage keys, lookups and searches."""

from __future__ import annotations

import base64

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint, paged
from simulator.azure_devops.endpoints.identity import subjects
from simulator.azure_devops.endpoints.identity.subjects import Subject
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import mappings, texts

USERS = "005e26ec-6b77-4e4f-a986-b3827bf241f5"
GROUPS = "ebbe6af8-0b91-4c13-8cf1-777c14858188"
MEMBERSHIP = "3fd2e6ca-fb30-443a-b579-95b19ed0934c"
MEMBERSHIPS = "e34b6394-6b30-4435-94a9-409a5eef3e31"
MEMBERSHIP_STATES = "1ffe5c94-1144-4191-907b-d0211cad36a8"
DESCRIPTORS = "048aee0a-7072-4cde-ab73-7af77b1e0b4e"
STORAGE_KEYS = "eb85f8cc-f0f6-4264-a5b1-ffe2e4d4801f"
LOOKUP = "4dd4d168-11f2-48c4-83e8-756fa0de027c"
QUERY = "05942c89-006a-48ce-bb79-baeb8abf99c6"


_SCOPE = "scp."


def scope_descriptor(project: str) -> str:
    """The descriptor of a project as a scope of groups."""
    return _SCOPE + base64.urlsafe_b64encode(project.encode()).decode().rstrip("=")


def scope_of(call: Call, descriptor: str) -> str:
    """The id of the project that a scope's descriptor means."""
    for project in subjects.seen(call):
        if scope_descriptor(project["id"]) == descriptor:
            return str(project["id"])
    raise failure("GraphSubjectNotFoundException", id=descriptor)


def view(call: Call, subject: Subject) -> Row:
    """The GraphUser or GraphGroup of the wire."""
    kind, place = ("group", "Groups") if subject.is_group else ("user", "Users")
    root, descriptor = f"{call.url}/_apis/Graph", subject.subject_descriptor
    links = {
        "self": {"href": f"{root}/{place}/{descriptor}"},
        "memberships": {"href": f"{root}/Memberships/{descriptor}"},
        "membershipState": {"href": f"{root}/MembershipStates/{descriptor}"},
        "storageKey": {"href": f"{root}/StorageKeys/{descriptor}"},
    }
    value: Row = {
        "subjectKind": kind,
        "domain": subject.domain,
        "principalName": subject.unique_name,
        "mailAddress": None if subject.is_group else subject.unique_name,
        "origin": "vsts" if subject.is_group else "aad",
        "originId": subject.id,
        "displayName": subject.name if subject.is_group else subject.display,
        "_links": links,
        "url": f"{root}/{place}/{descriptor}",
        "descriptor": descriptor,
    }
    more = (
        {"description": subject.description}
        if subject.is_group
        else {"directoryAlias": subject.unique_name.partition("@")[0]}
    )
    return value | more


def named(name: str, among: list[Subject]) -> Subject:
    """The subject with that descriptor; 404 when there is none."""
    for subject in among:
        if subject.subject_descriptor.lower() == name.lower():
            return subject
    raise failure("GraphSubjectNotFoundException", id=name)


@endpoint("GET", USERS, "vso.graph")
async def users(call: Call) -> object:
    """The people, or one."""
    every = subjects.people(call)
    if name := call.route.get("userdescriptor"):
        return view(call, named(name, every))
    return paged(call, every, lambda subject: view(call, subject), default=500)


@endpoint("GET", GROUPS, "vso.graph")
async def groups(call: Call) -> object:
    """The teams and groups (of the project with `scopeDescriptor`, of `subjectTypes`), or one."""
    every = subjects.groups(call)
    if name := call.route.get("groupdescriptor"):
        return view(call, named(name, every))
    if scope := call.query.get("scopedescriptor"):
        project = scope_of(call, scope)
        every = [group for group in every if group.project == project]
    if kinds := call.query.get("subjecttypes", "").lower():
        every = every if "vssgp" in kinds.split(",") else []
    return paged(call, every, lambda subject: view(call, subject), default=500)


@endpoint("GET", MEMBERSHIPS, "vso.graph")
async def memberships(call: Call) -> object:
    """Up: the teams and groups that the subject is in; down: who and what is in the group."""
    every = subjects.everyone(call)
    subject = named(call.route["subjectdescriptor"], every)
    if call.query.get("direction", "up").lower() in ("down", "2"):
        inside = [one for one in every if one.id in subject.members]
        return collection([membership_view(call, one, subject) for one in inside])
    return collection([membership_view(call, subject, group) for group in _owners(call, subject)])


def _owners(call: Call, subject: Subject) -> list[Subject]:
    return [group for group in subjects.groups(call) if subject.id in group.members]


def membership_view(call: Call, member: Subject, container: Subject) -> Row:
    """The GraphMembership of the wire."""
    root = f"{call.url}/_apis/Graph"
    pair = f"{member.subject_descriptor}/{container.subject_descriptor}"
    return {
        "_links": {"self": {"href": f"{root}/Memberships/{pair}"}},
        "containerDescriptor": container.subject_descriptor,
        "memberDescriptor": member.subject_descriptor,
    }


def pair(call: Call) -> tuple[Subject, Subject]:
    """Member and container of the route."""
    every = subjects.everyone(call)
    member = named(call.route["subjectdescriptor"], every)
    return member, named(call.route["containerdescriptor"], every)


def _pair(call: Call) -> Row:
    member, container = pair(call)
    if member.id not in container.members:
        raise failure("GraphMembershipNotFoundException", subject=member.display, container=container.display)
    return membership_view(call, member, container)


@endpoint("GET", MEMBERSHIP, "vso.graph")
async def membership(call: Call) -> object:
    """Whether a subject is in a team: the membership, or 404."""
    return _pair(call)


@endpoint("HEAD", MEMBERSHIP, "vso.graph")
async def membership_exists(call: Call) -> object:
    """The same without a body."""
    _pair(call)
    return Answer(200)


@endpoint("GET", MEMBERSHIP_STATES, "vso.graph")
async def membership_state(call: Call) -> object:
    """Everyone whom the organization knows is active."""
    named(call.route["subjectdescriptor"], subjects.everyone(call))
    return {"active": True}


@endpoint("GET", DESCRIPTORS, "vso.graph")
async def descriptor(call: Call) -> object:
    """The descriptor of an id; that of a project is one of a scope."""
    if project := call.organization.find_project(call.route["storagekey"]):
        return {"value": scope_descriptor(project["id"])}
    found = subjects.find(call, call.route["storagekey"])
    if found is None:
        raise failure("GraphSubjectNotFoundException", id=call.route["storagekey"])
    return {"value": found.subject_descriptor}


@endpoint("GET", STORAGE_KEYS, "vso.graph")
async def storage_key(call: Call) -> object:
    """The id of a descriptor."""
    name = call.route["subjectdescriptor"]
    if name.startswith(_SCOPE):
        return {"value": scope_of(call, name)}
    found = subjects.find(call, name)
    if found is None:
        raise failure("StorageKeyNotFoundException", id=name)
    return {"value": found.id}


@endpoint("POST", LOOKUP, "vso.graph")
async def lookup(call: Call) -> object:
    """The subjects of descriptors, by descriptor; those that are not there are left out."""
    asked = [str(key.get("descriptor", "")).lower() for key in mappings(call.object_body(), "lookupKeys")]
    found = [one for one in subjects.everyone(call) if one.subject_descriptor.lower() in asked]
    return {"count": len(found), "value": {one.subject_descriptor: view(call, one) for one in found}}


@endpoint("POST", QUERY, "vso.graph")
async def query(call: Call) -> object:
    """The subjects of `subjectKind` whose names contain the query."""
    wanted = str(call.member("query")).lower()
    kinds = [kind.lower() for kind in texts(call.object_body(), "subjectKind")]
    every = [
        one
        for one in subjects.everyone(call)
        if ("group" if one.is_group else "user") in (kinds or ("user",))
    ]
    return collection([view(call, one) for one in every if any(wanted in name for name in one.names)][:100])

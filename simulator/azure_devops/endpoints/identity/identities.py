"""Identities: read by ids, descriptors or a search, and the caller's own."""

from __future__ import annotations

from simulator.azure_devops.endpoint import NULL, Call, collection, endpoint
from simulator.azure_devops.endpoints.identity import subjects
from simulator.azure_devops.endpoints.identity.subjects import Subject
from simulator.azure_devops.errors import invalid
from simulator.azure_devops.organization import Row

IDENTITIES = "28010c54-d0c0-4c89-a5b0-1c9e188b9fb7"
SELF = "4bb02b5b-c120-4be2-b68e-21f7c50a4b82"
_PART_OF = ("general", "displayname")
_WHOLE = (
    "accountname",
    "mailaddress",
    "directoryalias",
    "identifier",
    "localgroupname",
    "administratorsgroup",
)


def view(call: Call, subject: Subject) -> Row:
    """The Identity of the wire; members and member-of with `queryMembership`."""
    account, special = subject.unique_name, "Generic"
    properties = {
        "SchemaClassName": "Group" if subject.is_group else "User",
        "Description": "",
        "Domain": subject.domain,
        "Account": subject.name if subject.is_group else account,
        "DN": "",
        "Mail": "" if subject.is_group else account,
        "SpecialType": special,
    }
    membership = call.query.get("querymembership", "none").lower() != "none"
    owners = [group for group in subjects.groups(call) if subject.id in group.members] if membership else []
    by_id = {one.id: one for one in subjects.everyone(call)} if membership else {}
    value: Row = {
        "id": subject.id,
        "descriptor": subject.descriptor,
        "subjectDescriptor": subject.subject_descriptor,
        "providerDisplayName": subject.display,
        "isActive": True,
        "members": [by_id[member].descriptor for member in subject.members if member in by_id],
        "memberOf": [group.descriptor for group in owners],
        "memberIds": [member for member in subject.members if member in by_id],
        "properties": {name: {"$type": "System.String", "$value": text} for name, text in properties.items()},
        "resourceVersion": 2,
        "metaTypeId": 255 if subject.is_group else 0,
    }
    return value | ({"isContainer": True} if subject.is_group else {})


@endpoint("GET", IDENTITIES, "vso.identity")
async def identities(call: Call) -> object:
    """One identity, those of `identityIds`, `descriptors` or `subjectDescriptors` (null for none), or a search's."""
    if name := call.route.get("identityid"):
        found = subjects.find(call, name)
        return view(call, found) if found else NULL
    for parameter in ("identityids", "descriptors", "subjectdescriptors"):
        if text := call.query.get(parameter):
            asked = [subjects.find(call, name.strip()) for name in text.split(",")]
            return collection([view(call, subject) if subject else None for subject in asked])
    return collection([view(call, subject) for subject in _searched(call)])


def _searched(call: Call) -> list[Subject]:
    kind, wanted = call.query.get("searchfilter", "").lower(), call.query.get("filtervalue", "").lower()
    if not kind or not wanted:
        raise invalid(
            "Identities are asked for by identityIds, descriptors, or searchFilter with filterValue."
        )
    if kind not in (*_PART_OF, *_WHOLE):
        raise invalid(f"The search filter '{kind}' is not valid.")
    everyone = subjects.everyone(call)
    if kind in _WHOLE:
        return [one for one in everyone if wanted in (*one.names, one.unique_name.lower().partition("@")[0])]
    return [one for one in everyone if any(name.startswith(wanted) for name in _searchable(one))]


def _searchable(subject: Subject) -> tuple[str, ...]:
    """What a search by the beginning of a name looks at: whole names and the words of the display name."""
    return (
        subject.display.lower(),
        subject.unique_name.lower(),
        *subject.display.lower().split(),
        subject.id,
    )


@endpoint("GET", SELF, None)
async def own(call: Call) -> object:
    """The caller's own identity, shortly."""
    who = call.caller.identity
    return {"id": who.id, "displayName": who.display, "accountName": who.unique_name, "origin": "aad"}

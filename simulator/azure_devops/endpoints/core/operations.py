"""Operations to poll, the processes of the organization and the organization as a project collection."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, endpoint, paged
from simulator.azure_devops.errors import failure
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import Row
from simulator.azure_devops.projects.lifecycle import DEFAULT_PROCESS, PROCESSES

OPERATIONS = "9a1b74b4-2ca8-4a9f-8470-c2f2e6fdc949"
PROCESS = "93878975-88c5-4e6a-8abb-7ddd77a8a7d8"
COLLECTIONS = "8031090f-ef1d-4af6-85fc-698cd75d42bf"
# Recorded.
_ABOUT = {
    "Scrum": "This template is for teams who follow the Scrum framework.",
    "Basic": (
        "This template is flexible for any process and great for teams getting started with Azure DevOps."
    ),
    "Agile": (
        "This template is flexible and will work great for most teams using Agile planning methods, including those"
        " practicing Scrum."
    ),
    "CMMI": (
        "This template is for more formal projects requiring a framework for process improvement and an auditable"
        " record of decisions."
    ),
}


def collection_id(call: Call) -> str:
    """The organization's own id."""
    return stable_id("organization", call.organization.name)


def reference(call: Call, row: Row, status: str) -> Row:
    """The OperationReference of an operation."""
    return {"id": row["id"], "status": status, "url": f"{call.url}/_apis/operations/{row['id']}"}


@endpoint("GET", OPERATIONS, None)
async def operation(call: Call) -> object:
    """How far an operation is."""
    row = call.azure.operations.find(call.route["operationid"])
    if row is None:
        raise failure("OperationNotFoundException", id=call.route["operationid"])
    value = reference(call, row, row["status"])
    value["_links"] = {"self": {"href": value["url"]}}
    if row["message"]:
        value |= {"resultMessage": row["message"], "detailedMessage": row["message"]}
    return value


@endpoint("GET", PROCESS, "vso.project")
async def processes(call: Call) -> object:
    """The four processes that every organization has, or one."""
    if wanted := call.route.get("processid", "").lower():
        if wanted not in PROCESSES:
            raise failure("ProcessNotFoundByTypeIdException", id=wanted)
        return _process(call, wanted)
    return paged(call, list(PROCESSES), lambda identifier: _process(call, identifier))


def _process(call: Call, identifier: str) -> Row:
    return {
        "id": identifier,
        "description": _ABOUT[PROCESSES[identifier]],
        "isDefault": identifier == DEFAULT_PROCESS,
        "type": "system",
        "url": f"{call.url}/_apis/process/processes/{identifier}",
        "name": PROCESSES[identifier],
    }


@endpoint("GET", COLLECTIONS, "vso.project")
async def collections(call: Call) -> object:
    """The organization, which is its only collection."""
    own = collection_id(call)
    url = f"{call.url}/_apis/projectCollections/{own}"
    value = {"id": own, "name": call.organization.name, "url": url}
    wanted = call.route.get("collectionid", "").lower()
    if not wanted:
        return paged(call, [value], lambda row: row)
    if wanted not in (own, call.organization.name.lower()):
        raise failure("ProjectCollectionNotFoundException", id=wanted)
    return {
        **value,
        "state": "Started",
        "processCustomizationType": "inherited",
        "_links": {"self": {"href": url}, "web": {"href": call.url}},
    }

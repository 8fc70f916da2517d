"""Kubernetes resources of environments: kept and returned; nothing is deployed to them (pipelines/limits.py).

Source: the public REST specification, `environments` (`KubernetesResource`). One table, two areas.
"""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.endpoints.distributed_task import environments
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import ENVIRONMENT, Row
from simulator.azure_devops.shapes import texts

LOCATIONS = ("73fba52f-33ab-42b3-a538-ce67a9223b15", "73fba52f-15ab-42b3-a538-ce67a9223a04")
TYPE = "kubernetes"


async def create(call: Call) -> object:
    """A new resource with the namespace and the service connection of its cluster."""
    environment, given, now = environments.found(call), call.object_body(), call.kernel.clock.iso()
    name, namespace = str(call.member("name")), str(given.get("namespace") or "")
    connection = str(given.get("serviceEndpointId") or "")
    if not namespace:
        raise invalid("A Kubernetes resource needs a namespace.")
    if call.organization.service_endpoint_named(environment["project"], connection) is None:
        raise failure("ServiceEndpointNotFoundException", id=connection)
    if any(one["name"].lower() == name.lower() for one in environment.get("resources", [])):
        raise invalid(f"The environment {environment['name']} already has a resource {name}.")
    row: Row = {
        "id": call.organization.next_number("environment_resource"),
        "type": TYPE,
        "name": name,
        "namespace": namespace,
        "clusterName": str(given.get("clusterName") or ""),
        "serviceEndpointId": connection,
        "tags": list(texts(given, "tags")),
        "createdBy": call.caller.identity.name,
        "createdOn": now,
    }
    _save(call, environment, [*environment.get("resources", []), row])
    return _view(call, environment, row)


async def show(call: Call) -> object:
    """The resource of that number."""
    environment = environments.found(call)
    return _view(call, environment, _found(call, environment))


async def change(call: Call) -> object:
    """Other settings: accepted; `resourceId` says which, where the address does not."""
    environment = environments.found(call)
    call.route.setdefault("resourceid", str(call.object_body().get("resourceId") or ""))
    return _view(call, environment, _found(call, environment))


async def delete(call: Call) -> object:
    """Remove the resource."""
    environment = environments.found(call)
    gone = _found(call, environment)["id"]
    _save(call, environment, [one for one in environment["resources"] if one["id"] != gone])
    return Answer(204)


def _found(call: Call, environment: Row) -> Row:
    wanted = call.route.get("resourceid", "")
    for one in environment.get("resources", []):
        if (str(one["id"]), one["type"]) == (wanted, TYPE):
            return dict(one)
    raise failure("EnvironmentResourceNotFoundException", id=wanted)


def _save(call: Call, environment: Row, resources: list[Row]) -> None:
    call.organization.save(ENVIRONMENT, {**environment, "resources": resources})


def _view(call: Call, environment: Row, row: Row) -> Row:
    person = call.organization.person_reference(row["createdBy"])
    when = {"createdOn": row["createdOn"], "lastModifiedOn": row["createdOn"]}
    names = ("id", "type", "name", "namespace", "clusterName", "serviceEndpointId", "tags")
    told = {"createdBy": person, "lastModifiedBy": person, **when}
    reference = {"id": environment["id"], "name": environment["name"]}
    return {"environmentReference": reference, **{name: row[name] for name in names}, **told}


for _location in LOCATIONS:
    endpoint("GET", _location, "vso.build")(show)
    endpoint("POST", _location, "vso.environment_manage")(create)
    endpoint("PATCH", _location, "vso.environment_manage")(change)
    endpoint("DELETE", _location, "vso.environment_manage")(delete)

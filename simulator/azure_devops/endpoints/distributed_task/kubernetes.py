"""Kubernetes resources of environments: kept and returned; nothing is deployed to them (pipelines/limits.py).

Source: the public REST specification, `environments` (`KubernetesResource`). One table, two areas.
"""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.endpoints.distributed_task import environment_resources as resources
from simulator.azure_devops.endpoints.distributed_task import environments
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import texts

LOCATIONS = ("73fba52f-33ab-42b3-a538-ce67a9223b15", "73fba52f-15ab-42b3-a538-ce67a9223a04")
TYPE = "kubernetes"


async def create(call: Call) -> object:
    """A new resource with the namespace and the service connection of its cluster."""
    environment, given = environments.found(call), call.object_body()
    name, namespace = str(call.member("name")), str(given.get("namespace") or "")
    connection = str(given.get("serviceEndpointId") or "")
    if not namespace:
        raise invalid("A Kubernetes resource needs a namespace.")
    if call.organization.service_endpoint_named(environment["project"], connection) is None:
        raise failure("ServiceEndpointNotFoundException", id=connection)
    if resources.named(environment, name):
        raise invalid(f"The environment {environment['name']} already has a resource {name}.")
    row = resources.row_of(call, TYPE, name, list(texts(given, "tags")))
    row |= {
        "namespace": namespace,
        "clusterName": str(given.get("clusterName") or ""),
        "serviceEndpointId": connection,
    }
    resources.kept(call, environment, row)
    return _view(call, environment, row)


async def show(call: Call) -> object:
    """The resource of that number."""
    environment = environments.found(call)
    return _view(call, environment, resources.found(environment, TYPE, call.route.get("resourceid", "")))


async def change(call: Call) -> object:
    """Other settings: accepted; `resourceId` says which, where the address does not."""
    environment = environments.found(call)
    number = call.route.get("resourceid") or str(call.object_body().get("resourceId") or "")
    return _view(call, environment, resources.found(environment, TYPE, number))


async def delete(call: Call) -> object:
    """Remove the resource."""
    environment = environments.found(call)
    gone = resources.found(environment, TYPE, call.route.get("resourceid", ""))
    resources.removed(call, environment, gone)
    return Answer(204)


def _view(call: Call, environment: Row, row: Row) -> Row:
    own = ("namespace", "clusterName", "serviceEndpointId")
    return {**resources.view(call, environment, row), **{name: row[name] for name in own}}


for _location in LOCATIONS:
    endpoint("GET", _location, "vso.build")(show)
    endpoint("POST", _location, "vso.environment_manage")(create)
    endpoint("PATCH", _location, "vso.environment_manage")(change)
    endpoint("DELETE", _location, "vso.environment_manage")(delete)

"""What environments, the library, service connections, pools, queues and what guards them need: their roles."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.authorization.needs import Need, access_check, pipelines_denied, rule
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints.distributed_task import (
    agents,
    environments,
    kubernetes,
    pools,
    secure_files,
    variable_groups,
    virtual_machines,
)
from simulator.azure_devops.endpoints.pipelines import checks, pipeline_permissions
from simulator.azure_devops.endpoints.service_endpoint import proxy, service_endpoints
from simulator.azure_devops.organization import (
    CHECK,
    SERVICE_ENDPOINT,
    VARIABLE_GROUP,
    Row,
)
from simulator.azure_devops.security import resources, tokens
from simulator.azure_devops.security.namespaces import (
    DISTRIBUTED_TASK,
    ENVIRONMENT,
    LIBRARY,
    SERVICE_ENDPOINTS,
)
from simulator.azure_devops.shapes import as_mappings, mapping, mappings


def administering(call: Call, kind: str, identifier: str) -> Iterator[Need]:
    """To manage what guards a resource is to be its administrator."""
    project = call.project()["id"]
    place = resources.place(project, kind, identifier)
    if place is not None:
        refusal = access_check if kind in ("endpoint", "repository") else pipelines_denied
        yield Need(*place, refusal, f"{kind} {identifier}")


@rule("POST", environments.PIPELINES, environments.DISTRIBUTED_TASK)
def _new_environment(call: Call) -> Iterator[Need]:
    yield Need(ENVIRONMENT, tokens.environment(call.project()["id"]), "Create", pipelines_denied)


@rule("PATCH DELETE", environments.PIPELINES, environments.DISTRIBUTED_TASK)
@rule("GET", environments.PIPELINES, environments.DISTRIBUTED_TASK, *environments.RECORDS)
@rule("GET", virtual_machines.MACHINES, virtual_machines.POOL)
def _environment(call: Call) -> Iterator[Need]:
    number = call.route.get("environmentid", "")
    token = tokens.environment(call.project()["id"], number)
    permission = "View" if call.method in ("GET", "HEAD") else "Manage"
    if number or call.method not in ("GET", "HEAD"):
        yield Need(ENVIRONMENT, token, permission, pipelines_denied, f"environment {number}")


@rule("POST PATCH DELETE", *kubernetes.LOCATIONS)
@rule("POST DELETE", virtual_machines.MACHINES)
@rule("POST", virtual_machines.TOKEN)
def _environment_resource(call: Call) -> Iterator[Need]:
    number = call.route.get("environmentid", "")
    token = tokens.environment(call.project()["id"], number)
    yield Need(ENVIRONMENT, token, "Manage", pipelines_denied, f"environment {number}")


@rule("POST", variable_groups.OF_PROJECT, variable_groups.OF_ORGANIZATION)
def _new_group(call: Call) -> Iterator[Need]:
    for project in _projects(call, "variableGroupProjectReferences"):
        yield Need(LIBRARY, tokens.library(project), "Create", pipelines_denied)


@rule("PUT DELETE", variable_groups.OF_PROJECT, variable_groups.OF_ORGANIZATION)
@rule("PATCH", variable_groups.OF_ORGANIZATION)
def _group(call: Call) -> Iterator[Need]:
    number = call.route.get("groupid") or call.query.get("variablegroupid", "")
    row = call.organization.numbered(VARIABLE_GROUP, number)
    if row is not None:
        yield _on_group(row, "Administer")


@rule("GET", variable_groups.OF_PROJECT)
def _see_group(call: Call) -> Iterator[Need]:
    row = call.organization.numbered(VARIABLE_GROUP, call.route.get("groupid", ""))
    if row is not None:
        yield _on_group(row, "View")


def _on_group(row: Row, permission: str) -> Need:
    token = tokens.library(row["project"], "VariableGroup", row["id"])
    return Need(LIBRARY, token, permission, pipelines_denied, f"variable group {row['name']}")


@rule("POST", secure_files.SECURE_FILES)
def _new_file(call: Call) -> Iterator[Need]:
    yield Need(LIBRARY, tokens.library(call.project()["id"]), "Create", pipelines_denied)


@rule("GET PATCH DELETE", secure_files.SECURE_FILES)
def _file(call: Call) -> Iterator[Need]:
    identifier = call.route.get("securefileid", "")
    permission = "View" if call.method in ("GET", "HEAD") else "Administer"
    if identifier:
        token = tokens.library(call.project()["id"], "SecureFile", identifier)
        yield Need(LIBRARY, token, permission, pipelines_denied, f"secure file {identifier}")


@rule("POST", service_endpoints.OF_PROJECT, service_endpoints.OF_ORGANIZATION)
def _new_connection(call: Call) -> Iterator[Need]:
    for project in _projects(call, "serviceEndpointProjectReferences"):
        yield Need(SERVICE_ENDPOINTS, tokens.endpoint(project), "Create", access_check)


@rule("PUT DELETE", service_endpoints.OF_PROJECT, service_endpoints.OF_ORGANIZATION)
@rule("PATCH", service_endpoints.OF_ORGANIZATION)
@rule("GET", service_endpoints.OF_PROJECT)
def _connection(call: Call) -> Iterator[Need]:
    identifiers = [call.route.get("endpointid", "")]
    if call.method == "PUT" and not identifiers[0]:
        identifiers = [str(each.get("id") or "") for each in as_mappings(call.body, "the request body")]
    permission = "ViewEndpoint" if call.method in ("GET", "HEAD") else "Administer"
    for identifier in identifiers:
        row = call.kernel.store.get(SERVICE_ENDPOINT, identifier.lower())
        if row is not None:
            token = tokens.endpoint(row["project"], row["id"])
            yield Need(SERVICE_ENDPOINTS, token, permission, access_check, row["name"])


@rule("POST", proxy.PROXY)
def _through_connection(call: Call) -> Iterator[Need]:
    identifier = call.query.get("endpointid") or str(call.object_body().get("endpointId") or "")
    row = call.kernel.store.get(SERVICE_ENDPOINT, identifier.lower())
    if row is not None:
        yield Need(SERVICE_ENDPOINTS, tokens.endpoint(row["project"], row["id"]), "Use", access_check)


@rule("POST", pools.POOLS)
def _new_pool(call: Call) -> Iterator[Need]:
    yield Need(DISTRIBUTED_TASK, tokens.POOLS, "Create", pipelines_denied)


@rule("PATCH DELETE", pools.POOLS)
@rule("POST PUT PATCH DELETE", agents.AGENTS)
@rule("PUT", agents.CAPABILITIES)
def _pool(call: Call) -> Iterator[Need]:
    row = pools.found_pool(call, call.route["poolid"])
    yield Need(DISTRIBUTED_TASK, tokens.pool(row["id"]), "Manage", pipelines_denied, f"pool {row['name']}")


@rule("POST", pools.QUEUES)
def _new_queue(call: Call) -> Iterator[Need]:
    yield Need(DISTRIBUTED_TASK, tokens.queue(call.project()["id"]), "Create", pipelines_denied)


@rule("DELETE", pools.QUEUES)
def _queue(call: Call) -> Iterator[Need]:
    number = call.route["queueid"]
    token = tokens.queue(call.project()["id"], number)
    yield Need(DISTRIBUTED_TASK, token, "Manage", pipelines_denied, f"queue {number}")


@rule("POST PATCH DELETE", checks.CONFIGURATIONS)
def _check(call: Call) -> Iterator[Need]:
    named = [mapping(call.object_body(), "resource")] if call.method != "DELETE" else []
    row = call.organization.numbered(CHECK, call.route.get("id", ""))
    named += [row["resource"]] if row else []
    for one in named:
        yield from administering(call, str(one.get("type", "")), str(one.get("id") or ""))


@rule("PATCH", pipeline_permissions.PERMISSIONS)
def _permit(call: Call) -> Iterator[Need]:
    if "resourcetype" in call.route:
        yield from administering(call, call.route["resourcetype"], call.route["resourceid"])
        return
    for one in as_mappings(call.body, "the request body"):
        resource = mapping(one, "resource")
        yield from administering(call, str(resource.get("type", "")), str(resource.get("id") or ""))


def _projects(call: Call, member: str) -> list[str]:
    """The projects that a body names, or that of the address."""
    listed = [mapping(one, "projectReference") for one in mappings(call.object_body(), member)]
    named = [str(one.get("id") or one.get("name") or "") for one in listed]
    # A body that names none where the address does not either is the endpoint's to refuse.
    wanted = [name for name in named or [call.route.get("project", "")] if name]
    return [call.visible(call.organization.project(name), name)["id"] for name in wanted]

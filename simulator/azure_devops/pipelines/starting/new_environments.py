"""Environments that a run makes: a person who may create them queues a run of a deployment to one that is not there.

Source: Learn "Create and target environments": made when the person is known (who only pushed is not) and may create
environments; project administrators and contributors administer it. That the pipeline may use it at once is ours.
"""

from __future__ import annotations

from simulator.azure_devops.identities import group_descriptor
from simulator.azure_devops.language.plan import Plan
from simulator.azure_devops.organization import ENVIRONMENT, Organization, Row
from simulator.azure_devops.pipelines.gates.permissions import Permissions
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.azure_devops.security import namespaces, tokens
from simulator.azure_devops.security.groups import group_id

_REASON = "Manual"
_ADMINISTRATORS = ("Project Administrators", "Contributors")


def may_be_made(organization: Organization, request: RunRequest) -> bool:
    """Whether the one who asks for the run is a known person who may create environments."""
    rights, who = organization.rights, organization.identity(request.requested_for)
    token = tokens.environment(request.definition["project"])
    held = rights.groups.descriptors(who)
    return request.reason == _REASON and rights.allows(held, namespaces.ENVIRONMENT, token, "Create")


def missing(organization: Organization, project: str, makes: bool, name: str, resource: str) -> str:
    """What does not exist of an environment (which a run may make) and of one of its resources."""
    row = organization.environment_named(project, name)
    if row is None and not makes:
        return "environment"
    known = {one["name"].lower() for one in (row or {}).get("resources", [])}
    return "resource" if resource and resource.lower() not in known else ""


def make(organization: Organization, request: RunRequest, plan: Plan) -> None:
    """Make what the plan deploys to and is not there; in the caller's transaction."""
    if not may_be_made(organization, request):
        return
    project = request.definition["project"]
    for job in (job for stage in plan.stages for job in stage.jobs):
        name = job.environment.name if job.environment is not None else ""
        if name and "$(" not in name and organization.environment_named(project, name) is None:
            _make(organization, request, row_of(organization, project, name, "", request.requested_for))


def row_of(organization: Organization, project: str, name: str, description: str, creator: str) -> Row:
    """The row of an environment with the next number."""
    return {
        "id": organization.next_number("environment"),
        "project": project,
        "name": name,
        "description": description,
        "createdBy": creator,
        "created": organization.kernel.clock.iso(),
    }


def _make(organization: Organization, request: RunRequest, row: Row) -> None:
    organization.save(ENVIRONMENT, row)
    space = namespaces.known(namespaces.ENVIRONMENT)
    token = tokens.environment(row["project"], row["id"])
    for group in _ADMINISTRATORS:
        descriptor = group_descriptor(group_id(row["project"], group))
        organization.rights.lists.grant(space, token, descriptor, space.mask("*"))
    permissions = Permissions(organization)
    open_to = permissions.of("environment", str(row["id"]), row["project"])
    permissions.change(open_to, None, {int(request.definition["id"]): True}, request.requested_for)

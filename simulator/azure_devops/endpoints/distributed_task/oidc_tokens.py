"""OpenID Connect tokens for the job that asks with its own token."""

from __future__ import annotations

from simulator.azure_devops import id_tokens
from simulator.azure_devops.endpoint import Call, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.language.plan import Plan
from simulator.azure_devops.organization import DEFINITION, RUN, Row

OIDC_TOKEN = "69a319f4-28c1-4bfd-93e6-ea0ff5c6f1a2"


@endpoint("POST", OIDC_TOKEN, None)
async def create(call: Call) -> object:
    """A token for the connection `serviceConnectionId`, which a step of the run must name, or else for the pipeline.

    Claims in the body change nothing: the audience is fixed. Only the job itself may ask; anybody else is not
    authorized (the code is the service's, that it is the one of this case is ours).
    """
    project, run = call.project(), _run(call)
    identifier = call.query.get("serviceconnectionid", "").lower()
    if identifier:
        connection = call.organization.service_endpoint_named(project["id"], identifier)
        if connection is None or not _named(call.azure.runs.plan(run["id"]), connection):
            raise failure("ServiceEndpointNotFoundException", id=identifier)
        claims = id_tokens.of_connection(call.organization, project, connection)
    else:
        definition = call.organization.numbered(DEFINITION, run["definition"])
        name = definition["name"] if definition else run["facts"]["definition"]
        claims = id_tokens.of_pipeline(call.organization, project, name, run)
    return {"oidcToken": await id_tokens.issue(call.organization, claims)}


def _named(plan: Plan, connection: Row) -> bool:
    """Whether a step of the run may use the connection: an input says its name or id, or is only known at run time."""
    jobs = [job for stage in plan.stages for job in stage.jobs]
    hooks = [hook for job in jobs for hook in job.hooks.values()]
    steps = [
        step for each in (*(job.steps for job in jobs), *(hook.steps for hook in hooks)) for step in each
    ]
    wanted = (connection["name"].lower(), connection["id"].lower())
    return any("$(" in text or text.lower() in wanted for step in steps for text in step.inputs.values())


def _run(call: Call) -> Row:
    """The run of the job that asks, if the route names them both."""
    claim = call.caller.job
    run = call.organization.numbered(RUN, claim.run) if claim else None
    named = (call.route["planid"].lower(), call.route["jobid"].lower())
    if claim is None or run is None or named != (run["planId"].lower(), claim.job.lower()):
        raise failure("UnauthorizedRequestException", user=call.caller.identity.id)
    return run

"""CreateApplication, GetApplication, BatchGetApplications, ListApplications and DeleteApplication."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.codedeploy.rows import (
    APPLICATION,
    GROUP,
    SERVER,
    Row,
    application_of,
    arn,
    page,
    shown,
    wrong,
)


@behaviour("codedeploy", "CreateApplication")
async def create_application(call: Call) -> Answer:
    """A new application of a compute platform."""
    name, kernel = call.params["applicationName"], call.kernel
    if kernel.store.get(APPLICATION, call.key(name)) is not None:
        raise wrong("ApplicationAlreadyExistsException", "Application already exists")
    row: Row = {
        "applicationId": kernel.ids.uuid(),
        "applicationName": name,
        "createTime": kernel.clock.now(),
        "linkedToGitHub": False,
        "computePlatform": call.params.get("computePlatform", SERVER),
        "_tags": call.params.get("tags", []),
    }
    with kernel.store.transaction():
        kernel.store.put(APPLICATION, call.key(name), row)
        _record(call, "DeploymentApplicationCreated", name)
    return {"applicationId": row["applicationId"]}


@behaviour("codedeploy", "GetApplication")
async def get_application(call: Call) -> Answer:
    """One application."""
    return {"application": shown(application_of(call, call.params["applicationName"]))}


@behaviour("codedeploy", "BatchGetApplications")
async def batch_get_applications(call: Call) -> Answer:
    """Those applications; one that is not there is an error."""
    found = [application_of(call, name) for name in call.params["applicationNames"]]
    return {"applicationsInfo": [shown(row) for row in found]}


@behaviour("codedeploy", "ListApplications")
async def list_applications(call: Call) -> Answer:
    """A page of names."""
    rows = call.kernel.store.scan(APPLICATION, call.key(""))
    return page(call, "applications", [row["applicationName"] for _, row in rows])


@behaviour("codedeploy", "DeleteApplication")
async def delete_application(call: Call) -> Answer:
    """Forget an application and its groups; one that is not there is no error. Deployments stay on record."""
    name, store = call.params["applicationName"], call.kernel.store
    if store.get(APPLICATION, call.key(name)) is not None:
        with store.transaction():
            for key, _ in list(store.scan(GROUP, call.key(f"{name}/"))):
                store.delete(GROUP, key)
            store.delete(APPLICATION, call.key(name))
            _record(call, "DeploymentApplicationDeleted", name)
    return {}


def _record(call: Call, kind: str, name: str) -> None:
    subject = arn(call, "application", name)
    call.kernel.log.record(kind, subject, {}, account=call.account, region=call.region)

"""CreateDeployment, GetDeployment, BatchGetDeployments, ListDeployments, StopDeployment and their instances.

A deployment to servers begins, looks for the instances of its group and, as there are none here, fails as it does in
AWS for a group that means none. Other compute platforms are refused by name.
"""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.codedeploy.beginning import BEGIN
from simulator.aws.codedeploy.configurations import configuration
from simulator.aws.codedeploy.rows import (
    DEPLOYMENT,
    SERVER,
    Row,
    application_of,
    arn,
    deployment_of,
    group_of,
    page,
    shown,
    wrong,
)
from simulator.kernel.errors import NotSimulated

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_GIVEN = (
    *("description", "autoRollbackConfiguration", "targetInstances", "fileExistsBehavior"),
    *("deploymentMode", "overrideAlarmConfiguration", "ec2DeploymentOptions"),
)
_OVER = ("Succeeded", "Failed", "Stopped")
_NONE = {"Pending": 0, "InProgress": 0, "Succeeded": 0, "Failed": 0, "Skipped": 0, "Ready": 0}


@behaviour("codedeploy", "CreateDeployment")
async def create_deployment(call: Call) -> Answer:
    """A new deployment of a revision to a group."""
    params, kernel = call.params, call.kernel
    application = params["applicationName"]
    application_of(call, application)
    if "deploymentGroupName" not in params:
        raise wrong("DeploymentGroupNameRequiredException", "The deployment group name was not specified.")
    group = group_of(call, application, params["deploymentGroupName"])
    if group["computePlatform"] != SERVER:
        what = f"a CodeDeploy deployment to {group['computePlatform']}"
        raise NotSimulated(what, "Shift the function's alias in a stack or by UpdateAlias.")
    _check_revision(params.get("revision"))
    name = params.get("deploymentConfigName", group["deploymentConfigName"])
    identifier = "d-" + "".join(_LETTERS[int(kernel.ids.fraction() * len(_LETTERS))] for _ in range(9))
    row: Row = {
        "applicationName": application,
        "deploymentGroupName": group["deploymentGroupName"],
        "deploymentConfigName": configuration(name, group["computePlatform"]),
        "deploymentId": identifier,
        "revision": params["revision"],
        "status": "Created",
        "createTime": kernel.clock.now(),
        "deploymentOverview": _NONE,
        "creator": "user",
        "ignoreApplicationStopFailures": params.get("ignoreApplicationStopFailures", False),
        "updateOutdatedInstancesOnly": params.get("updateOutdatedInstancesOnly", False),
        "deploymentStyle": group["deploymentStyle"],
        "instanceTerminationWaitTimeStarted": False,
        "fileExistsBehavior": "DISALLOW",
        "deploymentStatusMessages": [],
        "computePlatform": group["computePlatform"],
        **{member: params[member] for member in _GIVEN if member in params},
    }
    key = call.key(identifier)
    with kernel.store.transaction():
        kernel.store.put(DEPLOYMENT, key, row)
        told: dict[str, object] = {"application": application, "group": row["deploymentGroupName"]}
        kernel.log.record(
            "DeploymentCreated", arn(call, "deployment", identifier), told,
            account=call.account, region=call.region,
        )  # fmt: skip
        kernel.scheduler.at(kernel.clock.now(), BEGIN, {"deployment": key}, f"{BEGIN}/{key}")
    return {"deploymentId": identifier}


def _check_revision(revision: dict[str, Any] | None) -> None:
    if revision is None:
        raise wrong("RevisionRequiredException", "The revision ID was not specified.")
    place = {"S3": "s3Location", "GitHub": "gitHubLocation"}.get(revision.get("revisionType", ""))
    if place is None or place not in revision:
        raise wrong("InvalidRevisionException", "The revision was specified in an invalid format.")


@behaviour("codedeploy", "GetDeployment")
async def get_deployment(call: Call) -> Answer:
    """One deployment."""
    return {"deploymentInfo": shown(deployment_of(call, call.params["deploymentId"]))}


@behaviour("codedeploy", "BatchGetDeployments")
async def batch_get_deployments(call: Call) -> Answer:
    """Those deployments that are there."""
    keys = [call.key(identifier) for identifier in call.params["deploymentIds"]]
    rows = [call.kernel.store.get(DEPLOYMENT, key) for key in keys]
    return {"deploymentsInfo": [shown(row) for row in rows if row is not None]}


@behaviour("codedeploy", "ListDeployments")
async def list_deployments(call: Call) -> Answer:
    """A page of identifiers, newest first, of an application's group, of some states, of a time."""
    params = call.params
    application, group = params.get("applicationName"), params.get("deploymentGroupName")
    if application and group:
        group_of(call, application, group)
    elif application:
        raise wrong("DeploymentGroupNameRequiredException", "The deployment group name was not specified.")
    elif group:
        text = "The minimum number of required application names was not specified."
        raise wrong("ApplicationNameRequiredException", text)
    states, range_ = params.get("includeOnlyStatuses"), params.get("createTimeRange", {})
    rows = [
        row
        for _, row in call.kernel.store.scan(DEPLOYMENT, call.key(""))
        if (not application or (row["applicationName"], row["deploymentGroupName"]) == (application, group))
        and (not states or row["status"] in states)
        and range_.get("start", 0) <= row["createTime"] <= range_.get("end", row["createTime"])
    ]
    rows.sort(key=lambda row: -float(row["createTime"]))
    return page(call, "deployments", [row["deploymentId"] for row in rows])


@behaviour("codedeploy", "StopDeployment")
async def stop_deployment(call: Call) -> Answer:
    """Raises DeploymentAlreadyCompletedException; one that has not begun ends as stopped."""
    row, kernel = deployment_of(call, call.params["deploymentId"]), call.kernel
    if row["status"] in _OVER:
        raise wrong("DeploymentAlreadyCompletedException", "The deployment is already complete.")
    key = call.key(row["deploymentId"])
    with kernel.store.transaction():
        kernel.scheduler.cancel(f"{BEGIN}/{key}")
        error = {"code": "MANUAL_STOP", "message": "The deployment was stopped by the user."}
        ended = {"status": "Stopped", "completeTime": kernel.clock.now(), "errorInformation": error}
        kernel.store.put(DEPLOYMENT, key, {**row, **ended})
        subject = arn(call, "deployment", row["deploymentId"])
        kernel.log.record("DeploymentStopped", subject, {}, account=call.account, region=call.region)
    said = "No more commands will be scheduled for execution in the deployment instances"
    return {"status": "Succeeded", "statusMessage": said}


@behaviour("codedeploy", "ListDeploymentInstances")
async def list_deployment_instances(call: Call) -> Answer:
    """None: there are no instances."""
    deployment_of(call, call.params["deploymentId"])
    return {"instancesList": []}


@behaviour("codedeploy", "ListDeploymentTargets")
async def list_deployment_targets(call: Call) -> Answer:
    """None: there are no instances."""
    deployment_of(call, call.params["deploymentId"])
    return {"targetIds": []}

"""CreateDeploymentGroup, GetDeploymentGroup, BatchGet-, List-, Update- and DeleteDeploymentGroup.

Which instances a group means is decided when a deployment begins, as in AWS; its role is asked for at once.
"""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.codedeploy.configurations import configuration
from simulator.aws.codedeploy.rows import (
    GROUP,
    SERVER,
    SERVICE,
    Row,
    application_of,
    arn,
    group_of,
    page,
    shown,
    wrong,
)
from simulator.kernel.errors import CallerError

_LISTS = ("ec2TagFilters", "onPremisesInstanceTagFilters", "autoScalingGroups", "triggerConfigurations")
_GIVEN = (
    *_LISTS,
    *("serviceRoleArn", "alarmConfiguration", "autoRollbackConfiguration", "outdatedInstancesStrategy"),
    *("deploymentStyle", "blueGreenDeploymentConfiguration", "loadBalancerInfo", "ec2TagSet", "ecsServices"),
    *("onPremisesTagSet", "ec2DeploymentOptions", "terminationHookEnabled"),
)
_IN_PLACE = {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}
_SHIFTED = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
_NOT_DONE = {
    "triggerConfigurations": "notifications of a CodeDeploy deployment group",
    "alarmConfiguration": "alarms of a CodeDeploy deployment group",
    "autoRollbackConfiguration": "automatic rollback of a CodeDeploy deployment group",
}


@behaviour("codedeploy", "CreateDeploymentGroup")
async def create_deployment_group(call: Call) -> Answer:
    """A new group of an application."""
    params = call.params
    application, name = params["applicationName"], params["deploymentGroupName"]
    platform = application_of(call, application)["computePlatform"]
    if call.kernel.store.get(GROUP, call.key(f"{application}/{name}")) is not None:
        text = f"Deployment group already exists with the name: {name}"
        raise wrong("DeploymentGroupAlreadyExistsException", text)
    row: Row = {
        "applicationName": application,
        "deploymentGroupId": call.kernel.ids.uuid(),
        "deploymentGroupName": name,
        "deploymentConfigName": configuration(None, platform),
        **{member: [] for member in _LISTS},
        "deploymentStyle": _IN_PLACE if platform == SERVER else _SHIFTED,
        "outdatedInstancesStrategy": "UPDATE",
        "computePlatform": platform,
        "_tags": params.get("tags", []),
    }
    made = _write(call, row, "DeploymentGroupCreated")
    return {"deploymentGroupId": made["deploymentGroupId"]}


@behaviour("codedeploy", "UpdateDeploymentGroup")
async def update_deployment_group(call: Call) -> Answer:
    """Change what is given, its name too."""
    params, store = call.params, call.kernel.store
    row = group_of(call, params["applicationName"], params["currentDeploymentGroupName"])
    new = params.get("newDeploymentGroupName", row["deploymentGroupName"])
    if new != row["deploymentGroupName"]:
        if store.get(GROUP, call.key(f"{row['applicationName']}/{new}")) is not None:
            text = f"Deployment group already exists with the name: {new}"
            raise wrong("DeploymentGroupAlreadyExistsException", text)
        with store.transaction():
            store.delete(GROUP, call.key(f"{row['applicationName']}/{row['deploymentGroupName']}"))
            _write(call, {**row, "deploymentGroupName": new}, "DeploymentGroupChanged")
    else:
        _write(call, row, "DeploymentGroupChanged")
    return {"hooksNotCleanedUp": []}


def _write(call: Call, row: Row, fact: str) -> Row:
    params, kernel = call.params, call.kernel
    row = {**row, **{member: params[member] for member in _GIVEN if member in params}}
    if "deploymentConfigName" in params:
        row["deploymentConfigName"] = configuration(params["deploymentConfigName"], row["computePlatform"])
    _check_role(call, row["serviceRoleArn"])
    name = f"{row['applicationName']}/{row['deploymentGroupName']}"
    with kernel.store.transaction():
        kernel.store.put(GROUP, call.key(name), row)
        subject = arn(call, "deploymentgroup", name)
        kernel.log.record(fact, subject, {}, account=call.account, region=call.region)
        for member, what in _NOT_DONE.items():
            if params.get(member):
                told: dict[str, object] = {"group": name}
                kernel.log.record(
                    "AcceptedNotSimulated", what, told, account=call.account, region=call.region
                )
    return row


def _check_role(call: Call, role: str) -> None:
    try:
        call.cloud.session(role, "codedeploy", SERVICE)
    except CallerError as error:
        text = f"AWS CodeDeploy does not have the permissions required to assume the role {role}."
        raise wrong("InvalidRoleException", text) from error


@behaviour("codedeploy", "GetDeploymentGroup")
async def get_deployment_group(call: Call) -> Answer:
    """One group."""
    row = group_of(call, call.params["applicationName"], call.params["deploymentGroupName"])
    return {"deploymentGroupInfo": shown(row)}


@behaviour("codedeploy", "BatchGetDeploymentGroups")
async def batch_get_deployment_groups(call: Call) -> Answer:
    """Those groups; what is said of ones that are not there is their error's text."""
    application, found, missing = call.params["applicationName"], [], []
    application_of(call, application)
    for name in call.params["deploymentGroupNames"]:
        try:
            found.append(shown(group_of(call, application, name)))
        except CallerError as error:
            missing.append(error.message)
    return {"deploymentGroupsInfo": found, **({"errorMessage": "; ".join(missing)} if missing else {})}


@behaviour("codedeploy", "ListDeploymentGroups")
async def list_deployment_groups(call: Call) -> Answer:
    """A page of an application's groups."""
    application = call.params["applicationName"]
    application_of(call, application)
    rows = call.kernel.store.scan(GROUP, call.key(f"{application}/"))
    answer = page(call, "deploymentGroups", [row["deploymentGroupName"] for _, row in rows])
    return {"applicationName": application, **answer}


@behaviour("codedeploy", "DeleteDeploymentGroup")
async def delete_deployment_group(call: Call) -> Answer:
    """Forget a group; one that is not there is no error."""
    name = f"{call.params['applicationName']}/{call.params['deploymentGroupName']}"
    store = call.kernel.store
    if store.get(GROUP, call.key(name)) is not None:
        with store.transaction():
            store.delete(GROUP, call.key(name))
            subject = arn(call, "deploymentgroup", name)
            call.kernel.log.record(
                "DeploymentGroupDeleted", subject, {}, account=call.account, region=call.region
            )
    return {"hooksNotCleanedUp": []}

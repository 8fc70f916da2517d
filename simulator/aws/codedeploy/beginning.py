"""The timer at which a deployment begins: it looks for its group's instances, and fails where there are none.

Source: the error NO_INSTANCES and its text as CodeDeploy gives them; EventBridge's "CodeDeploy Deployment State-change
Notification".
"""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.codedeploy.rows import DEPLOYMENT, GROUP, Row
from simulator.kernel.world import Kernel

BEGIN = "codedeploy.begin"
NO_INSTANCES = (
    "The deployment failed because no instances were found for your deployment group. Check your deployment group"
    " settings to make sure the tags for your Amazon EC2 instances or Auto Scaling groups correctly identify the"
    " instances you want to deploy to, and then try again."
)


def attach(cloud: Cloud) -> None:
    """Let deployments begin; before `kernel.start()`."""

    async def begin(payload: dict[str, Any]) -> None:
        _begin(cloud.kernel, str(payload["deployment"]))

    cloud.kernel.scheduler.on(BEGIN, begin)


def _begin(kernel: Kernel, key: str) -> None:
    row = kernel.store.get(DEPLOYMENT, key)
    if row is None or row["status"] != "Created":
        return
    account, region, _ = key.split("/")
    error = {"code": "NO_INSTANCES", "message": NO_INSTANCES}
    ended = {**row, "status": "Failed", "completeTime": kernel.clock.now(), "errorInformation": error}
    place = f"{account}/{region}/{row['applicationName']}/{row['deploymentGroupName']}"
    group = kernel.store.get(GROUP, place)
    with kernel.store.transaction():
        kernel.store.put(DEPLOYMENT, key, ended)
        if group is not None:
            kernel.store.put(GROUP, place, {**group, "lastAttemptedDeployment": _last(ended)})
        detail: dict[str, object] = {"code": error["code"], "event": _event(ended, group, account, region)}
        subject = f"arn:aws:codedeploy:{region}:{account}:deployment:{row['deploymentId']}"
        kernel.log.record("DeploymentFailed", subject, detail, account=account, region=region)


def _last(row: Row) -> Row:
    times = {"createTime": row["createTime"], "endTime": row["completeTime"]}
    return {"deploymentId": row["deploymentId"], "status": row["status"], **times}


def _event(row: Row, group: Row | None, account: str, region: str) -> dict[str, Any]:
    application, name = row["applicationName"], row["deploymentGroupName"]
    prefix = f"arn:aws:codedeploy:{region}:{account}"
    return {
        "source": "aws.codedeploy",
        "detail-type": "CodeDeploy Deployment State-change Notification",
        "resources": [
            f"{prefix}:application:{application}",
            f"{prefix}:deploymentgroup:{application}/{name}",
        ],
        "detail": {
            "instanceGroupId": group["deploymentGroupId"] if group else "",
            "region": region,
            "application": application,
            "deploymentId": row["deploymentId"],
            "state": "FAILURE",
            "deploymentGroup": name,
        },
    }

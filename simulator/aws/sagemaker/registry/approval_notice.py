"""A notice for model packages that wait too long for approval, published to SNS on the virtual clock.

AWS has no such notice of its own: the pattern builds it, and `simulator up` stands in for that building block.
"""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker.acting import as_service
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.kernel.errors import CallerError, NotSimulated

TIMER = "sagemaker.pending_approval"
TOPIC_TAG = "simulator:pending-approval-topic"
"""A tag of the model package group that names the topic's ARN; without it the default topic is used."""
DEFAULT_TOPIC = "model-approval-pending"


def remind(cloud: Cloud, row: Row) -> None:
    """Set the timer of a package that begins to wait."""
    arn, kernel = row["ModelPackageArn"], cloud.kernel
    when = kernel.clock.now() + cloud.settings.pending_approval_notice_seconds
    kernel.scheduler.at(when, TIMER, {"arn": arn}, key=f"{TIMER}/{arn}")


def settle(cloud: Cloud, row: Row) -> None:
    """Forget the timer of a package that waits no more."""
    cloud.kernel.scheduler.cancel(f"{TIMER}/{row['ModelPackageArn']}")


def register(cloud: Cloud) -> None:
    """Say what the timer does."""

    async def notify(payload: dict[str, Any]) -> None:
        await _notify(cloud, str(payload["arn"]))

    cloud.kernel.scheduler.on(TIMER, notify)


async def _notify(cloud: Cloud, arn: str) -> None:
    _, _, _, region, account, resource = arn.split(":", 5)
    name = resource.split("/", 1)[1]
    row = cloud.kernel.store.get("sagemaker.model_package", f"{account}/{region}/{name}")
    if row is None or row.get("ModelApprovalStatus") != "PendingManualApproval":
        return
    group_arn = f"arn:aws:sagemaker:{region}:{account}:model-package-group/{row['ModelPackageGroupName']}"
    tags = (cloud.kernel.store.get("sagemaker.tags", group_arn) or {"tags": {}})["tags"]
    topic = tags.get(TOPIC_TAG) or f"arn:aws:sns:{region}:{account}:{DEFAULT_TOPIC}"
    days = (cloud.kernel.clock.now() - row["CreationTime"]) / 86400
    message = {
        "modelPackageArn": arn,
        "modelApprovalStatus": row["ModelApprovalStatus"],
        "waitingDays": round(days, 2),
    }
    subject = f"Model {name} waits for approval"[:100]
    params = {"TopicArn": topic, "Subject": subject, "Message": json.dumps(message)}
    detail: dict[str, object] = {"topic": topic}
    try:
        await as_service(cloud, account, region).call("sns", "Publish", params)
    except (CallerError, NotSimulated) as error:
        detail["error"] = str(error)
    cloud.kernel.log.record("ApprovalOverdue", arn, detail, account=account, region=region)

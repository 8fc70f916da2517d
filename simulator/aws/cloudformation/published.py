"""The events that CloudFormation publishes to EventBridge, made from stack events: pure.

Source: CloudFormation User Guide, "Stack Status Change event detail" and "Resource Status Change event detail".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STACK_TYPE = "AWS::CloudFormation::Stack"


def event(row: Mapping[str, Any]) -> dict[str, Any]:
    """What EventBridge needs of a stack event's row; it adds id, account, region and time."""
    of_stack = row["ResourceType"] == STACK_TYPE
    detail: dict[str, Any] = {
        "stack-id": row["StackId"],
        "status-details": {
            "status": row["ResourceStatus"],
            "status-reason": row.get("ResourceStatusReason", ""),
        },
        "client-request-token": row.get("ClientRequestToken", ""),
    }
    if not of_stack:
        detail |= {
            "logical-resource-id": row["LogicalResourceId"],
            "physical-resource-id": row["PhysicalResourceId"],
            "resource-type": row["ResourceType"],
        }
    return {
        "source": "aws.cloudformation",
        "detail-type": f"CloudFormation {'Stack' if of_stack else 'Resource'} Status Change",
        "resources": [row["StackId"]],
        "detail": detail,
    }

"""SecondaryStatus and its transitions: pure.

Source: API reference, DescribeTrainingJob and SecondaryStatusTransition (the messages).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Stopping": "Stopping the training job",
    "Completed": "Training job completed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "Failed": "Training job failed",
}


def secondary(row: Mapping[str, Any], status: str, now: float) -> dict[str, Any]:
    """The members that a new secondary status sets: the transition before it ends now."""
    transitions = [dict(each) for each in row.get("SecondaryStatusTransitions", [])]
    if transitions and transitions[-1]["Status"] == status:
        return {"SecondaryStatus": status}
    if transitions:
        transitions[-1].setdefault("EndTime", now)
    transitions.append({"Status": status, "StartTime": now, "StatusMessage": MESSAGES[status]})
    return {"SecondaryStatus": status, "SecondaryStatusTransitions": transitions}


def concluded(row: Mapping[str, Any], status: str, now: float) -> dict[str, Any]:
    """The members of the last secondary status, whose transition ends as it begins."""
    members = secondary(row, status, now)
    transitions = [
        dict(each) for each in members.get("SecondaryStatusTransitions", row["SecondaryStatusTransitions"])
    ]
    transitions[-1]["EndTime"] = now
    return {**members, "SecondaryStatusTransitions": transitions}

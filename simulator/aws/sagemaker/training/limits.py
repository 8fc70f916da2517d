"""The quotas that a training job is held to: its instances and its run time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker.quotas.check import hold
from simulator.aws.sagemaker.quotas.table import RUN_TIME, TRAINING_INSTANCES
from simulator.kernel.world import Kernel

USUAL_RUN_TIME_SECONDS = 86_400
"""MaxRuntimeInSeconds where the request says none (API reference, StoppingCondition)."""


def within(kernel: Kernel, scope: str, params: Mapping[str, Any]) -> None:
    """Raises ResourceLimitExceeded; `scope` is account/region, `params` those of CreateTrainingJob."""
    resources = params["ResourceConfig"]
    groups = resources.get("InstanceGroups") or [resources]
    hold(kernel, scope, TRAINING_INSTANCES, 0, sum(each["InstanceCount"] for each in groups))
    asked = params.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", USUAL_RUN_TIME_SECONDS)
    hold(kernel, scope, RUN_TIME, 0, asked)

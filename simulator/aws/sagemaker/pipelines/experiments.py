"""PipelineExperimentConfig: the experiment and the trial to which the jobs of an execution belong.

Source: SageMaker developer guide, "Amazon SageMaker Experiments integration" of pipelines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker.acting import Actor, as_service
from simulator.aws.sagemaker.pipelines.definition.references import resolve
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.pipelines.scope import scope_of
from simulator.aws.sagemaker.resources import place
from simulator.kernel.errors import CallerError, NotSimulated


async def prepare(execution: Execution) -> None:
    """Make the experiment and the trial where they are not there, once an execution."""
    config = execution.definition.raw.get("PipelineExperimentConfig")
    if not config or "PipelineExperimentConfig" in execution.row:
        return
    found = resolve(config, await scope_of(execution, config))
    names = {name: str(found[name]) for name in ("ExperimentName", "TrialName") if found.get(name)}
    names.setdefault("TrialName", execution.id)
    execution.change({"PipelineExperimentConfig": names}, quiet=True)
    if "ExperimentName" not in names:
        return
    service = as_service(execution.cloud, *place(execution.key)[:2])
    made = await _make(service, "CreateExperiment", {"ExperimentName": names["ExperimentName"]})
    made = made and await _make(service, "CreateTrial", names)
    if made:
        execution.change({"_experiment": True}, quiet=True)


async def _make(service: Actor, operation: str, params: Mapping[str, Any]) -> bool:
    """Whether it is there now."""
    try:
        await service.call("sagemaker", operation, params)
    except CallerError as error:
        return "exist" in error.message or "unique" in error.message
    except NotSimulated:
        service.cloud.kernel.log.record("AcceptedNotSimulated", "pipeline PipelineExperimentConfig", {})
        return False
    return True


def config_of(execution: Execution, step: str, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """ExperimentConfig of a step's job: the trial of the execution, unless the step names its own."""
    row = execution.row
    if not row.get("_experiment"):
        return dict(given or {})
    shown = step.replace("_", "-").strip("-")  # a component's name has no underscore, a step's may
    return {**row["PipelineExperimentConfig"], "TrialComponentDisplayName": shown, **(given or {})}

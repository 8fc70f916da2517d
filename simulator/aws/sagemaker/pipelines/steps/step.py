"""What a step type is given when it runs and what it leaves: attempts, results, failures, calls as its role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.pipelines.definition.model import Step
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.kernel.errors import CallerError, NotSimulated


class StepFailed(Exception):
    """The step has failed; the text is its FailureReason, `kind` the exception type that retry policies name."""

    def __init__(self, text: str, kind: str = "") -> None:
        super().__init__(text)
        self.kind = kind


class StepStopped(Exception):
    """The step was stopped."""


@dataclass(frozen=True)
class Done:
    """What a step leaves: properties for references, Metadata for ListPipelineExecutionSteps, a condition's outcome."""

    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]
    outcome: bool | None = None
    cached_from: str = ""


@dataclass(frozen=True)
class Attempt:
    """One run of a step. `resolved` has its Arguments and the members beside them; `name` is for what it makes."""

    execution: Execution
    step: Step
    resolved: Mapping[str, Any]
    suffix: str
    name: str

    @property
    def arguments(self) -> dict[str, Any]:
        """The step's Arguments, references replaced."""
        return dict(self.resolved.get("Arguments") or {})

    @property
    def actor(self) -> Actor:
        """The pipeline's role."""
        return self.execution.actor

    @property
    def row(self) -> Row:
        """The step's row as it is now."""
        row = self.execution.step(self.step.name)
        assert row is not None
        return row

    def executing(self, metadata: Mapping[str, Any]) -> None:
        """What the step does has begun; its Metadata can be seen."""
        members = {"Metadata": dict(metadata)}
        if self.row["StepStatus"] == "Starting":
            members["StepStatus"] = "Executing"  # type: ignore[assignment]
        self.execution.change_step(self.step.name, members)

    def chosen_name(self, member: str, most: int = 63) -> str:
        """The name for what the step makes, at most so long: by a prefix where the definition gives one.

        Source: SageMaker Python SDK, PipelineDefinitionConfig(use_custom_job_prefix). Names of 32 characters are
        `<execution>-<start of the step's name>-<suffix>`.
        """
        prefix, tail = self.arguments.get(member), f"{self.execution.id}-{self.suffix}"
        if prefix and most >= 63:
            return f"{str(prefix)[: most - len(tail) - 1].rstrip('-')}-{tail}"
        if most >= 63:
            return self.name
        short = str(prefix or self.step.name).replace("_", "-")[: most - len(tail) - 1].rstrip("-")
        return f"{self.execution.id}-{short}-{self.suffix}"


@dataclass(frozen=True)
class Runner:
    """A step type at work; `halt` asks one that runs to stop, given its row; without it the step runs to its end."""

    run: Callable[[Attempt], Awaitable[Done]]
    halt: Callable[[Execution, Row], Awaitable[None]] | None = None


def job_name(execution_id: str, step: str, suffix: str) -> str:
    """`pipelines-<execution>-<step>-<suffix>`, within the 63 characters of a job name."""
    room = 63 - len(f"pipelines-{execution_id}--{suffix}")
    return f"pipelines-{execution_id}-{step.replace('_', '-')[:room]}-{suffix}"


async def invoke(
    actor: Actor, operation: str, params: Mapping[str, Any], service: str = "sagemaker"
) -> dict[str, Any]:
    """One operation as the pipeline's role; a refusal is the step's failure, in AWS's words."""
    what = f"ClientError: Failed to invoke {service}:{operation}. Error Details: "
    try:
        return await actor.call(service, operation, params)
    except CallerError as error:
        raise StepFailed(what + error.message, _kind(error)) from error
    except NotSimulated as error:
        raise StepFailed(what + str(error)) from error


def _kind(error: CallerError) -> str:
    """The exception type of a retry policy that an error of a called service is."""
    if "Throttl" in error.code or error.code == "TooManyRequestsException":
        return "Step.THROTTLING"
    if error.code == "ResourceLimitExceeded":
        return "SageMaker.RESOURCE_LIMIT"
    return "Step.SERVICE_FAULT" if error.status >= 500 else ""

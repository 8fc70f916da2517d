"""What is done to an execution while or after it runs: stopped, retried, its callbacks answered."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker.pipelines import executor
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.pipelines.operations.requests import execution_of
from simulator.aws.sagemaker.pipelines.steps.callback import deliver, owner
from simulator.aws.sagemaker.remembering.once import once
from simulator.kernel.errors import CallerError


def _refused(execution: Execution, what: str) -> CallerError:
    status = execution.row["PipelineExecutionStatus"]
    return CallerError(
        "ValidationException", f"Pipeline execution {execution.arn} in status {status} cannot be {what}."
    )


@behaviour("sagemaker", "StopPipelineExecution")
@once
async def stop_pipeline_execution(call: Call) -> Answer:
    """Start no more steps and stop those that run, each in the way of its type."""
    execution = execution_of(call)
    status = execution.row["PipelineExecutionStatus"]
    if status not in ("Executing", "Stopping"):
        raise _refused(execution, "stopped")
    if status == "Executing":
        executor.stop(execution)
    return {"PipelineExecutionArn": execution.arn}


@behaviour("sagemaker", "RetryPipelineExecution")
@once
async def retry_pipeline_execution(call: Call) -> Answer:
    """Go on with an execution that failed or was stopped: steps that succeeded are kept, the others start anew."""
    execution = execution_of(call)
    if execution.row["PipelineExecutionStatus"] not in ("Failed", "Stopped"):
        raise _refused(execution, "retried")
    executor.admit(execution)
    members = {"FailureReason": None, "PipelineExecutionFailureReason": None, "_ended": None}
    if parallelism := call.params.get("ParallelismConfiguration"):
        members["ParallelismConfiguration"] = parallelism
    with call.kernel.store.transaction():
        for row in execution.steps():
            if row["StepStatus"] != "Succeeded":
                execution.forget_step(row["StepName"])
        execution.change({**members, "PipelineExecutionStatus": "Executing"})
    executor.launch(execution)
    return {"PipelineExecutionArn": execution.arn}


@behaviour("sagemaker", "SendPipelineExecutionStepSuccess")
@once
async def send_pipeline_execution_step_success(call: Call) -> Answer:
    """The work of a callback step is done."""
    outputs = {each["Name"]: each["Value"] for each in call.params.get("OutputParameters", ())}
    key, step = owner(call.kernel, call.params["CallbackToken"])
    execution = Execution(call.cloud, key)
    deliver(execution, step, {"outputs": outputs})
    return {"PipelineExecutionArn": execution.arn}


@behaviour("sagemaker", "SendPipelineExecutionStepFailure")
@once
async def send_pipeline_execution_step_failure(call: Call) -> Answer:
    """The work of a callback step has failed."""
    key, step = owner(call.kernel, call.params["CallbackToken"])
    execution = Execution(call.cloud, key)
    deliver(execution, step, {"reason": call.params.get("FailureReason", "")})
    return {"PipelineExecutionArn": execution.arn}

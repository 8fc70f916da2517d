"""One step from its start, or from where an earlier process left it, to its end: cache, attempts, retries, stop."""

from __future__ import annotations

import asyncio
import string

from simulator.aws.sagemaker.pipelines import caching, pauses
from simulator.aws.sagemaker.pipelines.definition.model import Step, own_part
from simulator.aws.sagemaker.pipelines.definition.references import InvalidReference, resolve
from simulator.aws.sagemaker.pipelines.definition.retries import next_retry
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.pipelines.scope import scope_of
from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed, StepStopped, job_name
from simulator.aws.sagemaker.pipelines.steps.table import RUNNERS

_SUFFIX = string.ascii_letters + string.digits


async def perform(execution: Execution, step: Step) -> None:
    """Run the step, again where its retry policies say so, and write how it ended."""
    while True:
        try:
            await _wait_for_turn(execution, step)
            done = await _done(execution, step)
        except StepStopped:
            execution.change_step(step.name, {"StepStatus": "Stopped"})
        except (StepFailed, InvalidReference) as failure:
            if _again(execution, step, failure):
                continue
            text = str(failure) if isinstance(failure, StepFailed) else f"ClientError: {failure}"
            reason = {"FailureReason": text[:1024]} if text else {}
            execution.change_step(step.name, {"StepStatus": "Failed", **reason})
        except Exception:
            text = "InternalServerError: We encountered an internal error. Please try again."
            execution.change_step(step.name, {"StepStatus": "Failed", "FailureReason": text})
            raise
        else:
            _succeed(execution, step, done)
        return


def _succeed(execution: Execution, step: Step, done: Done) -> None:
    members = {
        "StepStatus": "Succeeded",
        "Metadata": dict(done.metadata),
        "_properties": dict(done.properties),
    }
    if done.cached_from:
        members["CacheHitResult"] = {"SourcePipelineExecutionArn": done.cached_from}
    with execution.kernel.store.transaction():
        row = execution.change_step(step.name, {**members, "_outcome": done.outcome})
        if not done.cached_from:
            caching.keep(execution, row)


async def _done(execution: Execution, step: Step) -> Done:
    row = execution.step(step.name)
    assert row is not None
    suffix = row["_suffix"]
    name = job_name(execution.id, step.name, suffix)
    part = own_part(step)
    resolved = resolve(part, await scope_of(execution, part, name))
    if row["StepStatus"] == "Starting" and (hit := caching.find(execution, step, resolved)):
        return hit
    if execution.stopping and row["StepStatus"] == "Starting":
        raise StepStopped
    return await RUNNERS[step.type].run(Attempt(execution, step, resolved, suffix, name))


async def _wait_for_turn(execution: Execution, step: Step) -> None:
    """Wait, in virtual time, until the attempt that a retry policy has put off may begin."""
    row = execution.step(step.name)
    until = (row or {}).get("_not_before")
    if until is None:
        return
    await pauses.until(execution, step.name, until, lambda: execution.stopping)
    if execution.stopping:
        raise StepStopped
    execution.change_step(step.name, {"_not_before": None})


def _again(execution: Execution, step: Step, failure: Exception) -> bool:
    """Whether the step is tried again; if so its row says when."""
    row, kind = execution.step(step.name), getattr(failure, "kind", "")
    assert row is not None
    if not kind or execution.stopping or row["StepStatus"] == "Stopping":
        return False
    now, counts = execution.kernel.clock.now(), dict(row.get("_retries", {}))
    policies = step.body.get("RetryPolicies") or []
    found = next_retry(policies, kind, counts, now - float(row.get("_failing_since", now)))
    if found is None:
        return False
    number, delay = found
    counts[str(number)] = counts.get(str(number), 0) + 1
    execution.change_step(
        step.name,
        {
            "StepStatus": "Starting",
            "AttemptCount": row["AttemptCount"] + 1,
            "Metadata": {},
            "_retries": counts,
            "_failing_since": row.get("_failing_since", now),
            "_not_before": now + delay,
            "_suffix": execution.kernel.ids.token(_SUFFIX, 10),
        },
    )
    return True


async def stop_step(execution: Execution, name: str) -> None:
    """Ask a running step to stop, in the way of its type; one that waits for its turn wakes up and stops."""
    row = execution.step(name)
    if row is None or row["StepStatus"] not in ("Starting", "Executing"):
        return
    if row.get("_not_before") is not None:
        pauses.wake(execution, name)
        return
    halt = RUNNERS[row["_type"]].halt
    if halt is not None and row["StepStatus"] == "Executing":
        execution.change_step(name, {"StepStatus": "Stopping"})
        await halt(execution, row)
    await asyncio.sleep(0)

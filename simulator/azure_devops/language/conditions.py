"""Whether a stage, job or step runs, and what a `$[ ]` value comes to: expressions over what has happened so far.

Source: measured truth tables, `shared/reference/azure-devops.md` 4.3 (run 527), and Learn "Conditions".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from simulator.azure_devops.language.expressions.evaluate import evaluate_text
from simulator.azure_devops.language.expressions.failure import EvaluationFailure, not_convertible
from simulator.azure_devops.language.expressions.formatting import Arguments
from simulator.azure_devops.language.expressions.functions import Function
from simulator.azure_devops.language.expressions.values import (
    ObjectValue,
    Value,
    kind,
    of,
    shown,
    to_number,
    to_text,
    truth,
)
from simulator.azure_devops.language.reading.conditions import runtime_expression
from simulator.azure_devops.language.slots import COUNTER, JOB_STATUS, STEP_STATUS

DEFAULT_CONDITION = "succeeded()"
_SUCCEEDED = ("Succeeded", "SucceededWithIssues")
_RAN = (*_SUCCEEDED, "Failed")


@dataclass(frozen=True)
class Outcome:
    """How a stage or job ended: `result` Succeeded, SucceededWithIssues, Failed, Canceled, Skipped or Abandoned.

    `outputs`: `step.variable` of a job, `job.step.variable` of a stage. `details` are further members of the context
    object (`identifier`, `name`, `attempt`, `startTime`, `finishTime`, `state`).
    """

    result: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ConditionContext:
    """What a condition or a `$[ ]` value can see.

    `dependencies`: the stages (for a stage) or jobs (for a job) it depends on, by name; these alone decide the status
    functions. `stage_dependencies`: jobs of earlier stages, stage -> job. `job_status` is `Agent.JobStatus`, for steps.
    `resources` and `pipeline` as plain JSON (`pipeline` may hold a datetime). `counter(prefix, seed)` gives the next
    number.
    """

    level: Literal["stage", "job", "step"]
    variables: Mapping[str, str]
    dependencies: Mapping[str, Outcome] = field(default_factory=dict)
    stage_dependencies: Mapping[str, Mapping[str, Outcome]] = field(default_factory=dict)
    job_status: str = "Succeeded"
    canceled: bool = False
    pipeline: Mapping[str, str | datetime] = field(default_factory=dict)
    resources: Mapping[str, object] = field(default_factory=dict)
    counter: Callable[[str, int], int] | None = None


def evaluate_condition(text: str, context: ConditionContext) -> bool:
    """Whether the condition holds; "" is `succeeded()`.

    Raises ExpressionFailure: a stage or job is then Abandoned, a step Failed.
    """
    functions = _step_status(context) if context.level == "step" else _job_status(context)
    return truth(evaluate_text(text.strip() or DEFAULT_CONDITION, _contexts(context), functions))


def evaluate_runtime_expression(text: str, context: ConditionContext) -> str:
    """A variable's value: what `$[ ]` comes to where it is the whole text, else the text. Raises ExpressionFailure."""
    expression = runtime_expression(text)
    if expression is None:
        return text
    contexts = {**_contexts(context), "resources": _folding(context.resources)}
    functions = {"counter": Function(COUNTER["counter"], lambda arguments: _counter(arguments, context))}
    return to_text(evaluate_text(expression, contexts, functions))


def _contexts(context: ConditionContext) -> dict[str, Value]:
    variables: dict[str, Value] = dict(context.variables)
    contexts: dict[str, Value] = {"variables": ObjectValue(variables, folds_case=True)}
    if context.level == "step":
        status: dict[str, Value] = {"JobStatus": context.job_status}
        return {**contexts, "agent": ObjectValue(status, folds_case=True)}
    stages = {stage: _outcomes(jobs) for stage, jobs in context.stage_dependencies.items()}
    return {
        **contexts,
        "dependencies": _outcomes(context.dependencies),
        "stagedependencies": ObjectValue(stages, folds_case=True),
        "pipeline": _folding(context.pipeline),
    }


def _outcomes(outcomes: Mapping[str, Outcome]) -> ObjectValue:
    return ObjectValue({name: _outcome(each) for name, each in outcomes.items()}, folds_case=True)


def _outcome(outcome: Outcome) -> ObjectValue:
    members: dict[str, Value] = {**outcome.details}
    members["result"] = outcome.result
    members["outputs"] = ObjectValue(dict(outcome.outputs), folds_case=True)
    return ObjectValue(members, folds_case=True)


def _folding(plain: Mapping[str, object]) -> ObjectValue:
    """A plain mapping whose names fold case at every level."""
    items = {name: _folding(item) if isinstance(item, Mapping) else of(item) for name, item in plain.items()}
    return ObjectValue(items, folds_case=True)


def _job_status(context: ConditionContext) -> Mapping[str, Function]:
    """The status functions of a stage or job; without names they look at every dependency."""

    def results(arguments: Arguments) -> list[str]:
        if not arguments:
            return [outcome.result for outcome in context.dependencies.values()]
        known = {name.lower(): outcome.result for name, outcome in context.dependencies.items()}
        names = [to_text(arguments[index]).lower() for index in range(len(arguments))]
        return [known.get(name, "unknown") for name in names]

    def succeeded(arguments: Arguments) -> Value:
        return not context.canceled and all(result in _SUCCEEDED for result in results(arguments))

    def failed(arguments: Arguments) -> Value:
        return any(result == "Failed" for result in results(arguments))

    def succeeded_or_failed(arguments: Arguments) -> Value:
        found = results(arguments)
        return not context.canceled and (not found or any(result in _RAN for result in found))

    calls: dict[str, Callable[[Arguments], Value]] = {
        "always": lambda _: True,
        "canceled": lambda _: context.canceled,
        "succeeded": succeeded,
        "failed": failed,
        "succeededorfailed": succeeded_or_failed,
    }
    return {name: Function(JOB_STATUS[name], call) for name, call in calls.items()}


def _step_status(context: ConditionContext) -> Mapping[str, Function]:
    """The status functions of a step, which read `Agent.JobStatus` and nothing else."""
    status = context.job_status
    values = {
        "always": True,
        "canceled": status == "Canceled",
        "succeeded": status in _SUCCEEDED,
        "failed": status == "Failed",
        "succeededorfailed": status != "Canceled",
    }

    def answer(value: bool) -> Callable[[Arguments], Value]:
        return lambda _: value

    return {name: Function(STEP_STATUS[name], answer(value)) for name, value in values.items()}


def _counter(arguments: Arguments, context: ConditionContext) -> Value:
    if context.counter is None:
        raise EvaluationFailure("counter is not allowed here: only a variable may use it")
    seed = to_number(arguments[1]) if len(arguments) > 1 else Decimal(0)
    if seed is None:
        raise not_convertible(kind(arguments[1]), "Number", shown(arguments[1]))
    return Decimal(context.counter(to_text(arguments[0]), int(seed.to_integral_value(ROUND_HALF_EVEN))))

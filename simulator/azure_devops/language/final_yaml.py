"""A plan as canonical YAML, as `preview` answers it and as the first log of a run shows it.

The service's canonical forms: everything under `stages`, every step a task, variables as a list. The order of keys
is the schema's, not the author's. Source: recorded expansions, `shared/reference/azure-devops.md` 4.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import yaml

from simulator.azure_devops.language.plan import (
    DEFAULT_RUN_NAME,
    DEFAULT_STAGE,
    Environment,
    Filter,
    Hook,
    Job,
    Matrix,
    Parallel,
    Plan,
    Pool,
    Stage,
    Step,
    Trigger,
    VariableEntry,
    VariableGroup,
)
from simulator.azure_devops.language.reading.jobs import (
    DEFAULT_CANCEL_TIMEOUT_MINUTES,
    DEFAULT_TIMEOUT_MINUTES,
)

Tree = dict[str, Any]
# The keyword steps have no task name of their own on the service, only an id.
_BY_ID = ("checkout", "download", "publish")


def final_yaml(plan: Plan) -> str:
    """The YAML text of a compiled plan."""
    wrapped = [stage.name for stage in plan.stages] == [DEFAULT_STAGE]
    tree = _said(
        name=plan.run_name if plan.run_name != DEFAULT_RUN_NAME else "",
        trigger=None if plan.trigger.implied else _trigger(plan.trigger),
        variables=_variables(plan.variables),
        pool={} if wrapped else _pool(plan.pool),
        lockBehavior=plan.lock_behavior,
        stages=_stages(plan, wrapped),
    )
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 20)


class _Dumper(yaml.SafeDumper):
    """Block scalars for text over several lines, which is how scripts stay readable."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _said(**keys: Any) -> Tree:
    """The keys that say something."""
    return {name: value for name, value in keys.items() if value not in (None, "", [], {}, ())}


def _stages(plan: Plan, wrapped: bool) -> list[Tree]:
    """The stages; around root jobs the root's pool moves into each job that names none."""
    stages = plan.stages
    if wrapped and plan.pool is not None:
        jobs = tuple(replace(job, pool=job.pool or plan.pool) for job in stages[0].jobs)
        stages = (replace(stages[0], jobs=jobs),)
    befores = ("", *(stage.name for stage in stages))
    return [_stage(stage, before) for stage, before in zip(stages, befores, strict=False)]


def _stage(stage: Stage, before: str) -> Tree:
    """`dependsOn` is written where it says something else than the stage before."""
    unsaid = stage.depends_on == ((before,) if before else ())
    tree = {} if unsaid else {"dependsOn": list(stage.depends_on)}
    tree |= _said(
        displayName=stage.display_name,
        condition=stage.condition,
        pool=_pool(stage.pool),
        variables=_variables(stage.variables),
        lockBehavior=stage.lock_behavior,
        trigger=stage.trigger if stage.trigger != "automatic" else "",
        isSkippable=None if stage.is_skippable else False,
        jobs=[_job(job) for job in stage.jobs],
    )
    return {"stage": stage.name, **tree}


def _job(job: Job) -> Tree:
    minutes, cancel = job.timeout_minutes, job.cancel_timeout_minutes
    tree = _said(
        displayName=job.display_name,
        dependsOn=list(job.depends_on),
        condition=job.condition,
        continueOnError=job.continue_on_error or None,
        timeoutInMinutes=minutes if minutes != DEFAULT_TIMEOUT_MINUTES else None,
        cancelTimeoutInMinutes=cancel if cancel != DEFAULT_CANCEL_TIMEOUT_MINUTES else None,
        pool=_pool(job.pool),
        variables=_variables(job.variables),
        environment=_environment(job.environment),
        strategy=_hooks(job) or _strategy(job.strategy),
        workspace=_said(clean=job.workspace_clean),
        steps=[_step(step) for step in job.steps],
    )
    return {job.kind: job.name, **tree}


def _step(step: Step) -> Tree:
    name = step.task_id if step.keyword in _BY_ID else step.task
    tree = _said(
        name=step.name,
        displayName=step.display_name,
        condition=False if step.condition == "false" else step.condition,
        continueOnError=step.continue_on_error or None,
        enabled=None if step.enabled else False,
        timeoutInMinutes=step.timeout_minutes or None,
        retryCountOnTaskFailure=step.retry_count or None,
        inputs=dict(step.inputs),
        env=dict(step.env),
    )
    return {"task": f"{name}@{step.version}", **tree}


def _hooks(job: Job) -> Tree:
    plain = {name: _hook(hook) for name, hook in job.hooks.items() if not name.startswith("on.")}
    outcomes = {
        name.removeprefix("on."): _hook(hook) for name, hook in job.hooks.items() if name not in plain
    }
    return {"runOnce": {**plain, **_said(on=outcomes)}} if job.kind == "deployment" else {}


def _hook(hook: Hook) -> Tree:
    return {**_said(pool=_pool(hook.pool)), "steps": [_step(step) for step in hook.steps]}


def _strategy(strategy: Matrix | Parallel | None) -> Tree:
    if strategy is None:
        return {}
    most = strategy.max_parallel or None
    if isinstance(strategy, Parallel):
        return _said(parallel=strategy.count, maxParallel=most)
    legs = {name: dict(variables) for name, variables in strategy.legs}
    return _said(matrix=strategy.expression or legs, maxParallel=most)


def _variables(entries: Iterable[VariableEntry]) -> list[Tree]:
    return [
        {"group": entry.name}
        if isinstance(entry, VariableGroup)
        else {"name": entry.name, "value": entry.value, **_said(readonly=entry.read_only or None)}
        for entry in entries
    ]


def _pool(pool: Pool | None) -> Tree:
    return {} if pool is None else _said(name=pool.name, vmImage=pool.vm_image, demands=list(pool.demands))


def _environment(environment: Environment | None) -> Tree:
    return {} if environment is None else {"name": environment.name}


def _trigger(trigger: Trigger) -> Tree:
    if not trigger.enabled:
        return {"enabled": False}
    return _said(
        batch=trigger.batch or None,
        branches=_filter(trigger.branches),
        paths=_filter(trigger.paths),
        tags=_filter(trigger.tags),
    )


def _filter(names: Filter) -> Tree:
    return _said(include=list(names.include), exclude=list(names.exclude))

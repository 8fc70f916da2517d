"""The variables of a stage and of a job: layers from the run request up to what is predefined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from simulator.azure_devops import job_tokens
from simulator.azure_devops.job_tokens import JobClaim
from simulator.azure_devops.language.conditions import ConditionContext, evaluate_runtime_expression
from simulator.azure_devops.language.plan import Stage, Variable, VariableEntry, VariableGroup
from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.macros import recalculate, values_of
from simulator.azure_devops.pipelines.agent.predefined import JobNames, RunFacts
from simulator.azure_devops.pipelines.room import INSIDE_URL, RunContext

EVALUATED = "evaluated"
"""The member of a record that keeps what `$[ ]` values of a stage or a job came to when it began."""


def stage_variables(context: RunContext, stage: Stage) -> list[Variable]:
    """What a stage sees: predefined of the run, the request's, the definition's, root and stage (later ones win)."""
    row = context.row
    definition = context.room.organization.definition(row["project"], row["definition"]) or {"variables": {}}
    given = [_from_wire(name, item) for name, item in {**definition["variables"], **row["variables"]}.items()]
    root = [
        Variable(v.name, row["evaluated"].get(v.name, v.value), v.secret, v.read_only)
        for v in entries(context, context.plan.variables)
    ]
    known = (context.timeline.find(context.timeline.record_id(stage.name)) or {}).get(EVALUATED, {})
    own = settled(entries(context, stage.variables), known)
    return [*given, *root, *own, *run_variables(context)]


def run_variables(context: RunContext) -> list[Variable]:
    """The predefined variables of the run; nothing overrides them. URLs are those that a job can reach."""
    row, outside = context.row, context.room.organization.url
    facts = RunFacts(**{**row["facts"], "requested_for": tuple(row["facts"]["requested_for"])})
    values = predefined.of_run(facts, row["id"], row["name"], row["planId"])
    values.update(row.get("resourceVariables", {}))
    begun = datetime.fromtimestamp(row["created"], UTC)
    values["System.PipelineStartTime"] = f"{begun:%Y-%m-%d %H:%M:%S}+00:00"
    values["System.TimelineId"] = context.timeline.id
    inside = f"{INSIDE_URL}/{context.room.organization.name}"
    return _fixed({name: value.replace(outside, inside) for name, value in values.items()})


def job_own(
    context: RunContext, names: JobNames, cause: int | None, more: Iterable[Mapping[str, str]] = ()
) -> list[Variable]:
    """The predefined variables of one job, its token among them."""
    kernel, project = context.room.kernel, context.project
    claim = JobClaim(context.run, names.record, project["name"], cause)
    token = Variable("System.AccessToken", job_tokens.issue(kernel.store, kernel.ids, claim), True, True)
    fixed = {**predefined.of_job(names), "System.OidcRequestUri": _oidc_request_uri(context, names)}
    for values in more:
        fixed.update(values)
    return [*_fixed(fixed), token]


def _oidc_request_uri(context: RunContext, names: JobNames) -> str:
    """Where the job asks for an OpenID Connect token of its own."""
    organization, project = context.room.organization.name, context.project["id"]
    hub = f"_apis/distributedtask/hubs/build/plans/{context.row['planId']}/jobs/{names.record}"
    return f"{INSIDE_URL}/{organization}/{project}/{hub}/oidctoken"


def entries(context: RunContext, listed: Iterable[VariableEntry]) -> list[Variable]:
    """The entries with each group replaced by its variables, in order."""
    found: list[Variable] = []
    for entry in listed:
        if isinstance(entry, VariableGroup):
            row = context.room.organization.variable_group_named(context.project["id"], entry.name)
            found += [_from_wire(name, item) for name, item in (row["variables"] if row else {}).items()]
        else:
            found.append(entry)
    return found


def runtime_values(variables: Iterable[Variable], around: ConditionContext) -> dict[str, str]:
    """What each `$[ ]` value comes to, in their order, each seeing those before. Raises ExpressionFailure."""
    found: dict[str, str] = {}
    for each in variables:
        if each.value.strip().startswith("$["):
            context = replace(around, variables={**around.variables, **found})
            found[each.name] = evaluate_runtime_expression(each.value, context)
    return found


def settled(variables: Iterable[Variable], known: Mapping[str, str]) -> list[Variable]:
    """The variables with the values that were found for them."""
    return [Variable(v.name, known.get(v.name, v.value), v.secret, v.read_only) for v in variables]


def plain_values(variables: Iterable[Variable]) -> dict[str, str]:
    """Names to values, macros resolved."""
    return values_of(recalculate(variables))


def _fixed(values: Mapping[str, str]) -> list[Variable]:
    return [Variable(name, value, read_only=True) for name, value in values.items()]


def _from_wire(name: str, item: Mapping[str, object]) -> Variable:
    return Variable(name, str(item.get("value") or ""), bool(item.get("isSecret")))

"""Queueing a run: compile the YAML at the commit, freeze the plan, write run and timeline in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from simulator.azure_devops.errors import failure
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.language.conditions import ConditionContext, evaluate_runtime_expression
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.outline import Outline
from simulator.azure_devops.language.plan import Plan, Variable
from simulator.azure_devops.organization import DEFINITION, Organization, Row
from simulator.azure_devops.pipelines.agent.predefined import at_template_time, of_run
from simulator.azure_devops.pipelines.counters import counter
from simulator.azure_devops.pipelines.run_name import run_name
from simulator.azure_devops.pipelines.runs import RunRequest, Runs
from simulator.azure_devops.pipelines.starting import (
    environment_names,
    new_environments,
    package_resources,
    pipeline_resources,
    run_rows,
)
from simulator.azure_devops.pipelines.starting.compiling import Compiled, Compiler
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.runtime.job_containers.containers import JobContainers

_KEYS = "azure_devops.request_key"


class Queue:
    """Turns requests into runs; `begin` is called with the number of each new run once it is durable."""

    def __init__(
        self,
        organization: Organization,
        refs: RefWatch,
        runs: Runs,
        begin: Callable[[int], None],
        containers: JobContainers | None = None,
    ) -> None:
        self._organization, self._runs, self._begin = organization, runs, begin
        self._kernel = organization.kernel
        self._compiler = Compiler(organization, refs, containers)

    async def queue(self, request: RunRequest) -> Row:
        """The run of the request: a new one, or the one that this request's key made before.

        Raises CallerError: 400 PipelineValidationException with every error of the YAML and of the request.
        """
        if (known := self._by_key(request.key)) is not None:
            return known
        makes = new_environments.may_be_made(self._organization, request)
        compiled = await self.compile(request, makes=makes)
        project = request.definition["project"]
        missing = partial(new_environments.missing, self._organization, project, makes)
        given = {
            name: str(item.get("value") or "")
            for name, item in {**request.definition["variables"], **request.variables}.items()
            if not item.get("isSecret")
        }
        plan = environment_names.settled(compiled.plan, at_template_time(compiled.facts) | given, missing)
        return self.enqueue(request, replace(compiled, plan=plan))

    def enqueue(self, request: RunRequest, compiled: Compiled) -> Row:
        """Write the run that was compiled, and begin it."""
        with self._kernel.store.transaction():
            if (known := self._by_key(request.key)) is not None:
                return known
            row = self._write(request, compiled)
            if request.key:
                self._kernel.store.put(_KEYS, request.key, {"run": row["id"]})
            number = int(row["id"])
            self._kernel.store.after_commit(lambda: self._begin(number))
        return self._runs.get(number)

    async def compile(
        self, request: RunRequest, override: str | None = None, makes: bool = False
    ) -> Compiled:
        """See `Compiler.compile`."""
        compiled = await self._compiler.compile(request, override, makes)
        pipeline_resources.resolve(self._runs, self._organization, request, compiled.plan)
        packages = await package_resources.resolve(self._organization, request, compiled.plan)
        return replace(compiled, packages=packages)

    async def outline(self, request: RunRequest) -> Outline:
        """See `Compiler.outline`."""
        return await self._compiler.outline(request)

    def group(self, project: str, name: str) -> Mapping[str, Variable] | None:
        """The variables of a group, None where there is no such group."""
        return self._compiler.group(project, name)

    async def refuse(self, request: RunRequest, message: str) -> Row:
        """The run of a trigger whose YAML does not compile: completed at once, failed, with what is wrong."""
        facts = await self._compiler.facts(request)
        with self._kernel.store.transaction():
            if (known := self._by_key(request.key)) is not None:
                return known
            row = run_rows.refused(self._organization, request, facts, message)
            self._runs.create(row, Plan(()))
            if request.key:
                self._kernel.store.put(_KEYS, request.key, {"run": row["id"]})
            told = {"run": row["id"], "pipelineId": request.definition["id"], "commit": request.commit}
            self._runs.move(row["id"], "completed", result="failed")
            detail = {**told, "result": "failed", "error": message}
            self._kernel.log.record("RunCompleted", f"run {row['name']} failed", detail)
        return self._runs.get(row["id"])

    def _write(self, request: RunRequest, compiled: Compiled) -> Row:
        definition, plan = request.definition, compiled.plan
        number = self._organization.next_number("run")
        plan_id = stable_id("plan", str(number))
        variables = of_run(compiled.facts, number, "", plan_id)
        evaluated = self._evaluated(definition, plan, variables)
        name = run_name(
            plan.run_name,
            self._kernel.clock.datetime(),
            {
                **{v.name: v.value for v in plan.variables if isinstance(v, Variable)},
                **evaluated,
                **variables,
            },
            lambda rest: self._organization.next_number(f"revision/{definition['id']}/{rest}"),
        )
        row = run_rows.queued(request, compiled, number, name, evaluated, self._kernel.clock.now())
        found = pipeline_resources.resolve(self._runs, self._organization, request, plan)
        row["pipelines"], row["packages"] = found, dict(compiled.packages)
        row["resourceVariables"] = pipeline_resources.variables(self._organization, found)
        self._runs.create(row, plan)
        _draw_timeline(Timeline(self._kernel, number), plan)
        new_environments.make(self._organization, request, plan)
        package_resources.tell(self._organization, plan)
        fact = self._kernel.log.record(
            "RunQueued", f"{definition['name']} {name}", run_rows.told(row, definition, compiled)
        )
        return self._runs.update(number, cause=fact.sequence)

    def _evaluated(self, definition: Row, plan: Plan, variables: Mapping[str, str]) -> dict[str, str]:
        """What the `$[ ]` values of the root come to: once a run, for `counter` counts."""
        known = {**{v.name: v.value for v in plan.variables if isinstance(v, Variable)}, **variables}

        count = counter(self._organization, definition["id"])
        found: dict[str, str] = {}
        try:
            for entry in plan.variables:
                if isinstance(entry, Variable) and entry.value.strip().startswith("$["):
                    context = ConditionContext("job", {**known, **found}, counter=count)
                    found[entry.name] = evaluate_runtime_expression(entry.value, context)
        except ExpressionFailure as wrong:
            told = f"An error occurred while loading the YAML build pipeline. {wrong}"
            raise failure("PipelineValidationException", message=told) from wrong
        return found

    def _by_key(self, key: str) -> Row | None:
        row = self._kernel.store.get(_KEYS, key) if key else None
        return self._runs.find(row["run"]) if row else None


def _draw_timeline(timeline: Timeline, plan: Plan) -> None:
    for place, stage in enumerate(plan.stages, start=1):
        identifier = timeline.record_id(stage.name)
        timeline.add(
            identifier,
            "Stage",
            stage.display_name or stage.name,
            None,
            place,
            identifier=stage.name,
            refName=stage.name,
        )
        for number, job in enumerate(stage.jobs, start=1):
            timeline.add(
                timeline.record_id(stage.name, job.name),
                "Phase",
                job.display_name or job.name,
                identifier,
                number,
                identifier=f"{stage.name}.{job.name}",
                refName=job.name,
            )


def definition_named(organization: Organization, project: str, name: str) -> Row | None:
    """The pipeline of that name."""
    wanted = name.lower()
    return next(
        (row for row in organization.rows(DEFINITION, project) if row["name"].lower() == wanted), None
    )

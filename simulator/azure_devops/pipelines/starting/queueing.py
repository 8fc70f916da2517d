"""Queueing a run: compile the YAML at the commit, freeze the plan, write run and timeline in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.language.compile import Origin, compile_pipeline
from simulator.azure_devops.language.conditions import ConditionContext, evaluate_runtime_expression
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.invalid import PipelineInvalid
from simulator.azure_devops.language.outline import Outline, read_outline
from simulator.azure_devops.language.plan import Plan, Variable
from simulator.azure_devops.organization import DEFINITION, Organization, Row
from simulator.azure_devops.pipelines import yaml_files
from simulator.azure_devops.pipelines.agent.predefined import RunFacts, at_template_time, of_run
from simulator.azure_devops.pipelines.limits import refuse_not_simulated
from simulator.azure_devops.pipelines.run_name import run_name
from simulator.azure_devops.pipelines.runs import RunRequest, Runs
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.azure_devops.pipelines.yaml_files import YamlFiles

_KEYS = "azure_devops.request_key"


@dataclass(frozen=True)
class Compiled:
    """A plan, the files it came from and the facts of the run that it would be."""

    plan: Plan
    files: YamlFiles
    facts: RunFacts


class Queue:
    """Turns requests into runs; `begin` is called with the number of each new run once it is durable."""

    def __init__(
        self, organization: Organization, refs: RefWatch, runs: Runs, begin: Callable[[int], None]
    ) -> None:
        self._organization, self._refs, self._runs, self._begin = organization, refs, runs, begin
        self._kernel = organization.kernel

    async def queue(self, request: RunRequest) -> Row:
        """The run of the request: a new one, or the one that this request's key made before.

        Raises CallerError: 400 PipelineValidationException with every error of the YAML and of the request.
        """
        if (known := self._by_key(request.key)) is not None:
            return known
        compiled = await self.compile(request)
        return self.enqueue(request, compiled)

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

    async def compile(self, request: RunRequest, override: str | None = None) -> Compiled:
        """Compile the request's pipeline at its commit; see `queue` for the errors."""
        definition = request.definition
        repository = self._organization.repository(definition["repository"])
        facts = await self._facts(request, repository)
        files = await yaml_files.load(
            self._organization,
            self._refs,
            repository,
            definition["path"],
            request.ref,
            request.commit,
            override,
        )
        self._check_variables(request)
        try:
            plan = compile_pipeline(
                definition["path"],
                files.reader(),
                request.parameters,
                at_template_time(facts),
                groups=lambda name: self.group(definition["project"], name),
                environments=lambda name: (
                    self._organization.environment_named(definition["project"], name) is not None
                ),
                connections=lambda name: self._connection(definition["project"], name),
                origin=Origin(repository["name"], request.ref, request.commit),
                payloads=request.payloads,
            )
        except PipelineInvalid as wrong:
            raise failure("PipelineValidationException", message=wrong.message) from wrong
        self._check_stages(request, plan)
        return Compiled(plan, files, facts)

    async def outline(self, request: RunRequest) -> Outline:
        """The head of the request's pipeline: what starts it. The same error as `queue` where it cannot be read."""
        definition = request.definition
        repository = self._organization.repository(definition["repository"])
        files = await yaml_files.load(
            self._organization, self._refs, repository, definition["path"], request.ref, request.commit, None
        )
        try:
            return read_outline(definition["path"], files.reader())
        except PipelineInvalid as wrong:
            raise failure("PipelineValidationException", message=wrong.message) from wrong

    def group(self, project: str, name: str) -> Mapping[str, Variable] | None:
        """The variables of a group, None where there is no such group."""
        row = self._organization.variable_group_named(project, name)
        if row is None:
            return None
        return {
            key: Variable(key, item["value"] or "", bool(item.get("isSecret")))
            for key, item in row["variables"].items()
        }

    def _connection(self, project: str, name: str) -> str | None:
        row = self._organization.service_endpoint_named(project, name)
        return str(row["type"]) if row else None

    async def _facts(self, request: RunRequest, repository: Row) -> RunFacts:
        definition = request.definition
        project = self._organization.project(definition["project"])
        person = self._organization.identity(request.requested_for)
        commit = await objects.commit(self._refs.path(repository), request.commit)
        return RunFacts(
            collection_url=f"{self._organization.url}/",
            collection_id=stable_id("organization", self._organization.name),
            project=project["name"],
            project_id=project["id"],
            definition=definition["name"],
            definition_id=definition["id"],
            revision=definition["revision"],
            repository=repository["name"],
            repository_id=repository["id"],
            repository_url=f"{self._organization.url}/{project['name']}/_git/{repository['name']}",
            branch=request.ref,
            commit=request.commit,
            message=commit.message,
            reason=request.reason,
            requested_for=(person.id, person.display, person.unique_name),
        )

    def _check_variables(self, request: RunRequest) -> None:
        settable = {
            name.lower()
            for name, item in request.definition["variables"].items()
            if item.get("allowOverride")
        }
        refused = [name for name in request.variables if name.lower() not in {*settable, "system.debug"}]
        if refused:
            raise failure(
                "PipelineValidationException",
                message=f"You can't set the following variables ({', '.join(refused)}). If you want to be able to set"
                " these variables, then edit the pipeline and select Settable at queue time on the variables tab of the"
                " pipeline editor.",
            )

    def _check_stages(self, request: RunRequest, plan: Plan) -> None:
        known = {stage.name for stage in plan.stages}
        refuse_not_simulated(plan)
        unknown = [name for name in request.stages_to_skip if name not in known]
        if unknown:
            raise invalid(
                f"The pipeline has no stage {', '.join(unknown)}; it has {', '.join(sorted(known))}."
            )
        fixed = [s.name for s in plan.stages if s.name in request.stages_to_skip and not s.is_skippable]
        if fixed:
            raise failure(
                "PipelineValidationException",
                message=f"The following stages cannot be skipped: {', '.join(fixed)}.",
            )

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
        text = compiled.files.texts.get(definition["path"], "")
        row = {
            "id": number,
            "definition": definition["id"],
            "project": definition["project"],
            "name": name,
            "facts": compiled.facts.__dict__,
            "planId": plan_id,
            "reason": request.reason,
            "requestedFor": request.requested_for,
            "sourceBranch": request.ref,
            "sourceVersion": request.commit,
            "repositories": {alias: one.__dict__ for alias, one in compiled.files.repositories.items()},
            "parameters": {parameter.name: parameter.value for parameter in plan.parameters},
            "variables": request.variables,
            "evaluated": evaluated,
            "stagesToSkip": list(request.stages_to_skip),
            "yaml": text,
            "tags": [],
            "created": self._kernel.clock.now(),
            "started": None,
            "finished": None,
        }
        self._runs.create(row, plan)
        _draw_timeline(Timeline(self._kernel, number), plan)
        fact = self._kernel.log.record(
            "RunQueued", f"{definition['name']} {name}", _told(row, definition, compiled)
        )
        return self._runs.update(number, cause=fact.sequence)

    def _evaluated(self, definition: Row, plan: Plan, variables: Mapping[str, str]) -> dict[str, str]:
        """What the `$[ ]` values of the root come to: once a run, for `counter` counts."""
        known = {**{v.name: v.value for v in plan.variables if isinstance(v, Variable)}, **variables}

        def counter(prefix: str, seed: int) -> int:
            return seed + self._organization.next_number(f"counter/{definition['id']}/{prefix}") - 1

        found: dict[str, str] = {}
        try:
            for entry in plan.variables:
                if isinstance(entry, Variable) and entry.value.strip().startswith("$["):
                    context = ConditionContext("job", {**known, **found}, counter=counter)
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


def _told(row: Row, definition: Row, compiled: Compiled) -> dict[str, Any]:
    facts = compiled.facts
    return {
        "run": row["id"],
        "pipeline": definition["name"],
        "pipelineId": definition["id"],
        "project": facts.project,
        "repository": facts.repository,
        "branch": row["sourceBranch"],
        "commit": row["sourceVersion"],
        "reason": row["reason"],
        "requestedFor": row["requestedFor"],
        "stages": [stage.name for stage in compiled.plan.stages],
    }


def definition_named(organization: Organization, project: str, name: str) -> Row | None:
    """The pipeline of that name."""
    wanted = name.lower()
    return next(
        (row for row in organization.rows(DEFINITION, project) if row["name"].lower() == wanted), None
    )

"""Compiling a run's pipeline at its commit: what the front end asks of the project, answered from the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.language.compile import Origin, compile_pipeline
from simulator.azure_devops.language.invalid import PipelineInvalid
from simulator.azure_devops.language.outline import Outline, read_outline
from simulator.azure_devops.language.plan import Plan, Variable
from simulator.azure_devops.organization import SECURE_FILE, Organization
from simulator.azure_devops.pipelines import yaml_files
from simulator.azure_devops.pipelines.agent.predefined import RunFacts, at_template_time
from simulator.azure_devops.pipelines.limits import (
    refuse_kubernetes,
    refuse_not_simulated,
    refuse_without_docker,
)
from simulator.azure_devops.pipelines.project_settings import general
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.azure_devops.pipelines.starting import named_in_place
from simulator.azure_devops.pipelines.starting.new_environments import missing
from simulator.azure_devops.pipelines.yaml_files import YamlFiles
from simulator.runtime.job_containers.containers import JobContainers

_MOST_OUTLINES = 512


@dataclass(frozen=True)
class Compiled:
    """A plan, the files it came from and the facts of the run that it would be; package versions by alias."""

    plan: Plan
    files: YamlFiles
    facts: RunFacts
    packages: Mapping[str, str] = field(default_factory=dict)


class Compiler:
    """Turns a request into a plan; outlines are kept, for every push and every completed run asks for them."""

    def __init__(
        self, organization: Organization, refs: RefWatch, containers: JobContainers | None = None
    ) -> None:
        self._organization, self._refs, self._containers = organization, refs, containers
        self._outlines: dict[tuple[int, str, str], Outline] = {}

    async def compile(
        self, request: RunRequest, override: str | None = None, makes: bool = False
    ) -> Compiled:
        """The plan of the request; where the run `makes` environments, those that are not there are no error.

        Raises CallerError: 400 PipelineValidationException with every error of the YAML and of the request.
        """
        definition = request.definition
        repository = self._organization.repository(definition["repository"])
        facts = await self.facts(request)
        files = await yaml_files.load(
            self._organization,
            self._refs,
            repository,
            definition["path"],
            request.ref,
            request.commit,
            override,
            request.repositories,
        )
        self._check_variables(request)
        try:
            plan = compile_pipeline(
                definition["path"],
                files.reader(),
                request.parameters,
                at_template_time(facts),
                groups=lambda name: self.group(definition["project"], name),
                environments=partial(missing, self._organization, definition["project"], makes),
                connections=lambda name: self._connection(definition["project"], name),
                origin=Origin(repository["name"], request.ref, request.commit),
                payloads=request.payloads,
                tasks=self._organization.tasks,
                secure_files=lambda name: (
                    self._organization.named(SECURE_FILE, definition["project"], name) is not None
                ),
            )
        except PipelineInvalid as wrong:
            raise failure("PipelineValidationException", message=wrong.message) from wrong
        self._check_stages(request, plan)
        await refuse_without_docker(plan, self._containers)
        more = await named_in_place.found(self._organization, self._refs, repository, plan)
        return Compiled(plan, replace(files, repositories={**files.repositories, **more}), facts)

    async def outline(self, request: RunRequest) -> Outline:
        """The head of the request's pipeline: what starts it. The same error as `queue` where it cannot be read."""
        definition = request.definition
        key = (int(definition["id"]), str(definition["path"]), request.commit)
        if (known := self._outlines.get(key)) is not None:
            return known
        repository = self._organization.repository(definition["repository"])
        files = await yaml_files.load(
            self._organization, self._refs, repository, definition["path"], request.ref, request.commit, None
        )
        try:
            found = read_outline(definition["path"], files.reader())
        except PipelineInvalid as wrong:
            raise failure("PipelineValidationException", message=wrong.message) from wrong
        if len(self._outlines) >= _MOST_OUTLINES:
            self._outlines.clear()
        self._outlines[key] = found
        return found

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

    async def facts(self, request: RunRequest) -> RunFacts:
        """What the predefined variables of the run are made of."""
        definition = request.definition
        repository = self._organization.repository(definition["repository"])
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
            more=dict(request.predefined),
            author=commit.author.name,
        )

    def _check_variables(self, request: RunRequest) -> None:
        if not general(self._organization.kernel.store, request.definition["project"])["enforceSettableVar"]:
            return
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
        project = request.definition["project"]
        refuse_kubernetes(plan, lambda name: self._organization.environment_named(project, name))
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

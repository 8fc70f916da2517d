"""YAML files, parameters and surroundings -> a frozen plan, or every error at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from simulator.azure_devops.language.expansion import Expanded, expand_pipeline
from simulator.azure_devops.language.graph import check_graphs
from simulator.azure_devops.language.invalid import ErrorList, Position
from simulator.azure_devops.language.plain_values import plain
from simulator.azure_devops.language.plan import DEFAULT_RUN_NAME, Parameter, Plan, Variable
from simulator.azure_devops.language.reading.fields import Fields
from simulator.azure_devops.language.reading.jobs import ROOT_JOB_KEYS
from simulator.azure_devops.language.reading.phases import in_words_of_today
from simulator.azure_devops.language.reading.resources import read_resources
from simulator.azure_devops.language.reading.stages import read_stages
from simulator.azure_devops.language.reading.surroundings import Surroundings
from simulator.azure_devops.language.reading.triggers import check_pull_request, read_schedules, read_trigger
from simulator.azure_devops.language.reading.variables import read_pool, read_variables
from simulator.azure_devops.language.template_paths import split_alias
from simulator.azure_devops.task_definitions.catalogue import BUILT_IN, Catalogue

_ROOT = (
    "name",
    "appendCommitMessageToRunName",
    "trigger",
    "pr",
    "schedules",
    "parameters",
    "resources",
    "variables",
    "pool",
    "lockBehavior",
    "stages",
    "jobs",
    *ROOT_JOB_KEYS,
)


@dataclass(frozen=True)
class Origin:
    """Where the files come from, as the sentence about a missing file names it."""

    repository: str = "self"
    branch: str = ""
    version: str = ""


def compile_pipeline(
    path: str,
    read_file: Callable[[str], str | None],
    parameters: Mapping[str, object] | None,
    variables: Mapping[str, str],
    *,
    groups: Callable[[str], Mapping[str, Variable] | None],
    environments: Callable[[str, str], str] | None = None,
    connections: Callable[[str], str | None] | None = None,
    origin: Origin | None = None,
    payloads: Mapping[str, object] | None = None,
    tasks: Catalogue = BUILT_IN,
    secure_files: Callable[[str], bool] | None = None,
) -> Plan:
    """Compiles the pipeline at `path` (relative to the repository's root).

    `read_file(path)` gives a file's text by its path from the root, `path@alias` for another repository, None where it
    does not exist. `parameters` are those of the run request; `variables` the predefined ones known at template time.
    `groups`, `environments`, `connections`, `secure_files` answer for what exists and is authorised (see Surroundings).
    `payloads`: bodies of the webhooks that start the run, by alias, seen as `${{ parameters.<alias>.<path> }}`.
    `tasks`: those that steps may name.
    Raises PipelineInvalid with every error found.
    """
    errors = ErrorList()
    file = "/" + path.lstrip("/")
    reader = _reader(read_file, origin or Origin(), errors)
    expanded = expand_pipeline(file, reader, parameters or {}, variables, errors, payloads or {})
    plan = _plan(
        expanded,
        Surroundings(groups, environments, connections, tasks=tasks, secure_files=secure_files),
        errors,
    )
    errors.in_document_order()
    errors.raise_if_any()
    return plan


def _reader(
    read_file: Callable[[str], str | None], origin: Origin, errors: ErrorList
) -> Callable[[str, Position | None], str | None]:
    def read(file: str, called_at: Position | None) -> str | None:
        text = read_file(file.removeprefix("/"))
        if text is None:
            path, alias = split_alias(file)
            message = (
                f"File {path} not found in repository {alias or origin.repository} "
                f"branch {origin.branch} version {origin.version}."
            )
            errors.add_in_file(message, called_at.file if called_at else "")
        return text

    return read


def _plan(expanded: Expanded, around: Surroundings, errors: ErrorList) -> Plan:
    tree = in_words_of_today(expanded.root, errors)
    root = Fields(tree, _ROOT, errors)
    check_pull_request(root.get("pr"), errors)
    resources = read_resources(root.get("resources"), errors)
    containers = {container.alias.lower(): container for container in resources.containers}
    repositories = frozenset(repository.alias.lower() for repository in resources.repositories)
    stages = read_stages(root, replace(around, containers=containers, repositories=repositories))
    plan = Plan(
        stages,
        read_variables(root.get("variables"), around, errors, root=True),
        _parameters(expanded),
        read_trigger(root.get("trigger"), errors),
        read_schedules(root.get("schedules"), errors),
        resources,
        read_pool(root),
        root.text("name") or DEFAULT_RUN_NAME,
        root.boolean("appendCommitMessageToRunName", default=True),
        root.choice("lockBehavior", ("sequential", "runLatest")),
        expanded.files,
        errors.warnings,
        tree,
    )
    check_graphs(stages, errors)
    return plan


def _parameters(expanded: Expanded) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            declaration.name,
            declaration.type,
            declaration.display_name,
            declaration.values,
            plain(expanded.parameters.items.get(declaration.name)),
        )
        for declaration in expanded.declarations
    )

"""The plan of a pipeline: what a run will do, frozen.

Names are the YAML schema's. Conditions and `$[ ]` values stay text, checked at compile time, evaluated at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from simulator.azure_devops.language.invalid import Position
from simulator.azure_devops.language.source import MappingNode

DEFAULT_STAGE = "__default"
DEFAULT_JOB = "Job"
DEFAULT_RUN_NAME = "$(Date:yyyyMMdd).$(Rev:r)"
HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "on.success", "on.failure")


@dataclass(frozen=True)
class Variable:
    """A variable; its value may hold macros or be one `$[ ]` expression."""

    name: str
    value: str
    secret: bool = False
    read_only: bool = False


@dataclass(frozen=True)
class VariableGroup:
    """A reference to a variable group, read when the run needs it."""

    name: str


VariableEntry: TypeAlias = Variable | VariableGroup


@dataclass(frozen=True)
class Filter:
    """Patterns that include and exclude. Nothing included means everything, where nothing else is said."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude)


@dataclass(frozen=True)
class Trigger:
    """The continuous integration trigger; `implied` when the YAML says nothing (every branch)."""

    enabled: bool = True
    batch: bool = False
    branches: Filter = Filter()
    paths: Filter = Filter()
    tags: Filter = Filter()
    implied: bool = False


@dataclass(frozen=True)
class Schedule:
    """A cron schedule, UTC; without `always` it runs only if the branch changed since."""

    cron: str
    display_name: str
    branches: Filter
    batch: bool
    always: bool


@dataclass(frozen=True)
class RepositoryResource:
    """A repository under an alias."""

    alias: str
    type: str
    name: str
    ref: str
    endpoint: str
    trigger: Trigger


@dataclass(frozen=True)
class PipelineTrigger:
    """When a completed run of another pipeline starts this one."""

    branches: Filter = Filter()
    stages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class PipelineResource:
    """Another pipeline, whose runs are consumed; `trigger` None starts nothing."""

    alias: str
    source: str
    project: str
    version: str
    branch: str
    tags: tuple[str, ...]
    trigger: PipelineTrigger | None


@dataclass(frozen=True)
class WebhookResource:
    """An incoming webhook; all `filters` (JSON path, value) must hold for a payload to start a run.

    `type` names the webhook extension, "" for a plain incoming webhook.
    """

    alias: str
    connection: str
    filters: tuple[tuple[str, str], ...]
    type: str = ""


@dataclass(frozen=True)
class Container:
    """A container image a job, a service or a step target runs in; `alias` "" when it is written in place.

    `image` may hold a macro or a `$[ ]` expression, which may then name an alias. `trigger` holds the tags that start a
    run, None starts none. `registry` has the keys of `type: ACR` (azureSubscription, resourceGroup, registry,
    repository). `map_docker_socket` None is unsaid. `mount_read_only` names what is mounted so: work, externals, tools,
    tasks.
    """

    alias: str
    image: str
    type: str = ""
    endpoint: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    options: str = ""
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    map_docker_socket: bool | None = None
    mount_read_only: tuple[str, ...] = ()
    local_image: bool = False
    registry: Mapping[str, str] = field(default_factory=dict)
    trigger: Filter | None = None


@dataclass(frozen=True)
class PackageResource:
    """A package of GitHub Packages (`type` NuGet or npm); `trigger`: a new version starts a run."""

    alias: str
    type: str
    connection: str
    name: str
    version: str = ""
    tag: str = ""
    trigger: bool = False


@dataclass(frozen=True)
class BuildResource:
    """A build of another system (`type` such as Jenkins); `trigger`: a completed build starts a run."""

    alias: str
    type: str
    connection: str
    source: str
    version: str = ""
    branch: str = ""
    trigger: bool = False


@dataclass(frozen=True)
class Resources:
    """What the pipeline consumes and is triggered by."""

    repositories: tuple[RepositoryResource, ...] = ()
    pipelines: tuple[PipelineResource, ...] = ()
    webhooks: tuple[WebhookResource, ...] = ()
    containers: tuple[Container, ...] = ()
    packages: tuple[PackageResource, ...] = ()
    builds: tuple[BuildResource, ...] = ()


@dataclass(frozen=True)
class Pool:
    """The agents a job asks for; `server` means none (an agentless job). A demand: `name` or `name -equals value`."""

    name: str = ""
    vm_image: str = ""
    demands: tuple[str, ...] = ()
    server: bool = False


@dataclass(frozen=True)
class StepTarget:
    """Where a step runs: `host`, a container's alias, or "" for where its job runs.

    `commands` "restricted" forbids most logging commands. `settable_variables` None allows all.
    """

    container: str = ""
    commands: str = "any"
    settable_variables: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Step:
    """One task. `keyword` is how the author wrote it (`script`, `checkout`, `task`...); `inputs` are as authored.

    `condition` "" means `succeeded()`. `timeout_minutes` 0 means none of its own. `known` is False for a task outside
    the catalogue, which no run can honour. `runtime`: keys whose value only the run knows (macros), as written.
    """

    task: str
    version: int
    task_id: str
    keyword: str
    inputs: Mapping[str, str]
    env: Mapping[str, str]
    name: str
    display_name: str
    condition: str
    continue_on_error: bool
    enabled: bool
    timeout_minutes: int
    retry_count: int
    where: Position | None = None
    target: StepTarget | None = None
    known: bool = True
    runtime: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Environment:
    """The environment a deployment job targets, where approvals and checks hang; `tags` separated by commas."""

    name: str
    resource_name: str = ""
    resource_id: str = ""
    resource_type: str = ""
    tags: str = ""


@dataclass(frozen=True)
class Hook:
    """One lifecycle hook of a deployment; without a pool it runs where the job runs."""

    steps: tuple[Step, ...]
    pool: Pool | None = None


@dataclass(frozen=True)
class Matrix:
    """Copies of a job by configuration; `expression` is a `$[ ]` that gives the legs as JSON at run time.

    `max_parallel` 0 means no limit.
    """

    legs: tuple[tuple[str, Mapping[str, str]], ...] = ()
    expression: str = ""
    max_parallel: int = 0


@dataclass(frozen=True)
class Parallel:
    """`count` equal copies of a job."""

    count: int
    max_parallel: int = 0


@dataclass(frozen=True)
class DeploymentStrategy:
    """How a deployment job goes over its targets; the hooks stand in the job.

    `max_parallel` (rolling): a number of machines or a percentage, as written. `increments` (canary): percentages.
    """

    kind: Literal["runOnce", "rolling", "canary"] = "runOnce"
    max_parallel: str = ""
    increments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Uses:
    """What a job needs authorised besides what it names: repositories by alias, pools by name."""

    repositories: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """A job, or a deployment job with its environment, strategy and hooks (`preDeploy`... `on.failure`).

    `depends_on` empty is unsaid (jobs: nothing). `condition` "" means `succeeded()`. `services`: the container of each
    name. `runtime`: keys such as `timeoutInMinutes` or `continueOnError` whose value only the run knows (a macro or
    `$[ ]`), as written; the field of the same meaning then holds its default.
    """

    name: str
    display_name: str
    kind: Literal["job", "deployment"]
    depends_on: tuple[str, ...]
    condition: str
    continue_on_error: bool
    timeout_minutes: int
    cancel_timeout_minutes: int
    variables: tuple[VariableEntry, ...]
    pool: Pool | None
    steps: tuple[Step, ...] = ()
    strategy: Matrix | Parallel | None = None
    environment: Environment | None = None
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    workspace_clean: str = ""
    where: Position | None = None
    deployment: DeploymentStrategy | None = None
    container: Container | None = None
    services: Mapping[str, Container] = field(default_factory=dict)
    uses: Uses = Uses()
    runtime: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """A stage; `depends_on` holds the stage before it when the YAML says nothing."""

    name: str
    display_name: str
    depends_on: tuple[str, ...]
    condition: str
    variables: tuple[VariableEntry, ...]
    jobs: tuple[Job, ...]
    pool: Pool | None = None
    lock_behavior: str = ""
    trigger: str = "automatic"
    is_skippable: bool = True
    where: Position | None = None
    group: str = ""


@dataclass(frozen=True)
class Parameter:
    """A run-time parameter as the queue dialog shows it, and its value in this run (plain JSON)."""

    name: str
    type: str
    display_name: str
    values: tuple[str, ...]
    value: object


@dataclass(frozen=True)
class Plan:
    """A whole pipeline, compiled with its parameters; `document` is the expanded YAML it was read from."""

    stages: tuple[Stage, ...]
    variables: tuple[VariableEntry, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    trigger: Trigger = Trigger(implied=True)
    schedules: tuple[Schedule, ...] = ()
    resources: Resources = Resources()
    pool: Pool | None = None
    run_name: str = DEFAULT_RUN_NAME
    append_commit_message_to_run_name: bool = True
    lock_behavior: str = ""
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    document: MappingNode | None = field(default=None, repr=False, compare=False)

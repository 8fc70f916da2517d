"""The plan of a pipeline: what a run will do, frozen.

Names are the YAML schema's. Conditions and `$[ ]` values stay text, checked at compile time, evaluated at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from simulator.azure_devops.language.invalid import Position

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
    """An incoming webhook; all `filters` (JSON path, value) must hold for a payload to start a run."""

    alias: str
    connection: str
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Resources:
    """What the pipeline consumes and is triggered by."""

    repositories: tuple[RepositoryResource, ...] = ()
    pipelines: tuple[PipelineResource, ...] = ()
    webhooks: tuple[WebhookResource, ...] = ()


@dataclass(frozen=True)
class Pool:
    """The agents a job asks for."""

    name: str = ""
    vm_image: str = ""
    demands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One task. `keyword` is how the author wrote it (`script`, `checkout`, `task`...); `inputs` are as authored.

    `condition` "" means `succeeded()`. `timeout_minutes` 0 means none of its own.
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


@dataclass(frozen=True)
class Environment:
    """The environment a deployment job targets, where approvals and checks hang."""

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
    """Copies of a job by configuration; `expression` is a `$[ ]` that gives the legs as JSON at run time."""

    legs: tuple[tuple[str, Mapping[str, str]], ...] = ()
    expression: str = ""
    max_parallel: int = 0


@dataclass(frozen=True)
class Parallel:
    """`count` equal copies of a job."""

    count: int
    max_parallel: int = 0


@dataclass(frozen=True)
class Job:
    """A job, or a deployment job with its environment and the hooks of `runOnce`.

    `depends_on` None is unsaid (jobs: nothing). `condition` "" means `succeeded()`.
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
    """A whole pipeline, compiled with its parameters."""

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

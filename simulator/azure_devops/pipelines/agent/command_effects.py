"""What logging commands ask for, as values; and the two ways in which one is refused.

Source: the agent's `TaskCommandExtension` and its kin; `shared/reference/azure-devops.md` 4.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from simulator.azure_devops.pipelines.results import Result


class CommandFailed(Exception):
    """The command cannot be carried out: its text is logged as an error and the step's result merges with Failed."""


class CommandUnknown(Exception):
    """No extension of that name, or a command that this step may not use: a warning, no more."""


@dataclass(frozen=True)
class SetVariable:
    """A variable for the steps that follow; `output` makes it `$(step.name)` and readable by later jobs."""

    name: str
    value: str
    secret: bool = False
    output: bool = False
    read_only: bool = False


@dataclass(frozen=True)
class LogIssue:
    """An error or warning on the step's record; it does not fail the step. With a `sourcepath` it is about code."""

    kind: str
    message: str
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Complete:
    """Merges a result into the step's; `done` ends the task although its program runs."""

    result: Result
    message: str = ""
    done: bool = False


@dataclass(frozen=True)
class SetProgress:
    """Percent done, 0 to 100."""

    percent: int
    operation: str = ""


@dataclass(frozen=True)
class SetSecret:
    """A value to mask from now on."""

    value: str


@dataclass(frozen=True)
class PrependPath:
    """A folder to put before PATH in the steps that follow."""

    folder: str


@dataclass(frozen=True)
class Debug:
    """A line for the debug log."""

    message: str


@dataclass(frozen=True)
class Upload:
    """A file to keep: `what` is `artifact`, `log`, `file`, `summary` or `attachment`; `container` is a folder.

    `properties` are those that the command gives an artifact besides.
    """

    what: str
    path: str
    name: str = ""
    type: str = ""
    container: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class UpdateBuildNumber:
    """A new name for the run."""

    name: str


@dataclass(frozen=True)
class AddBuildTag:
    """A tag on the run."""

    tag: str


@dataclass(frozen=True)
class SetTaskVariable:
    """A variable that only this task sees, in its later handlers."""

    name: str
    value: str
    secret: bool = False


@dataclass(frozen=True)
class SetEndpoint:
    """Another URL, data or authorization of a service connection, for the steps that follow.

    `part` is `url`, `data` or `auth`.
    """

    endpoint: str
    part: str
    key: str
    value: str


@dataclass(frozen=True)
class LogDetail:
    """A timeline record of the task's own, made or changed; `changes` are members of the record as on the wire."""

    record: str
    parent: str
    changes: Mapping[str, object]


@dataclass(frozen=True)
class AssociateArtifact:
    """An artifact that lies elsewhere: `kind` such as FilePath or VersionControl, `data` its place."""

    name: str
    kind: str
    data: str
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PublishResults:
    """Test results or code coverage that the agent reads from files itself."""

    what: str
    properties: Mapping[str, str]
    files: str


@dataclass(frozen=True)
class Ignored:
    """Telemetry: nobody listens here, nor would the user see it."""


Effect: TypeAlias = (
    SetVariable
    | SetTaskVariable
    | SetEndpoint
    | LogIssue
    | LogDetail
    | Complete
    | SetProgress
    | SetSecret
    | PrependPath
    | Debug
    | Upload
    | AssociateArtifact
    | PublishResults
    | UpdateBuildNumber
    | AddBuildTag
    | Ignored
)

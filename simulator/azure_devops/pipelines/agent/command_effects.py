"""What a logging command asks for: commands -> typed effects, or the agent's complaint.

Source: the agent's `TaskCommandExtension` and its kin; `shared/reference/azure-devops.md` 4.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from simulator.azure_devops.pipelines.agent.logging_commands import Command
from simulator.azure_devops.pipelines.results import Result, parse_result


class CommandFailed(Exception):
    """The command cannot be carried out: its text is logged as an error and the step's result merges with Failed."""


class CommandUnknown(Exception):
    """Nothing by that name: a warning, no more."""


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
    """An error or warning on the step's record; it does not fail the step."""

    kind: str
    message: str
    source_path: str = ""
    line: int = 0
    column: int = 0
    code: str = ""


@dataclass(frozen=True)
class Complete:
    """Merges a result into the step's."""

    result: Result
    message: str = ""


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
    """A file to keep: `what` is `artifact`, `log`, `file`, `summary` or `attachment`; `container` is a folder."""

    what: str
    path: str
    name: str = ""
    type: str = ""
    container: str = ""


@dataclass(frozen=True)
class UpdateBuildNumber:
    """A new name for the run."""

    name: str


@dataclass(frozen=True)
class AddBuildTag:
    """A tag on the run."""

    tag: str


Effect: TypeAlias = (
    SetVariable
    | LogIssue
    | Complete
    | SetProgress
    | SetSecret
    | PrependPath
    | Debug
    | Upload
    | UpdateBuildNumber
    | AddBuildTag
)


def interpret(command: Command, *, multiline_secrets: bool = False) -> Effect:
    """The effect of a command. Raises CommandFailed with the agent's text, CommandUnknown for other names.

    `multiline_secrets`: SYSTEM_UNSAFEALLOWMULTILINESECRET is set.
    """
    reader = _READERS.get(f"{command.area}.{command.event}")
    if reader is None:
        raise CommandUnknown(
            f"Unable to process command '##vso[{command.area}.{command.event}]' successfully. "
            "Please reference documentation (http://go.microsoft.com/fwlink/?LinkId=817296)"
        )
    effect = reader(command)
    if isinstance(effect, SetVariable | SetSecret) and not multiline_secrets:
        secret = isinstance(effect, SetSecret) or effect.secret
        if secret and "\n" in effect.value.strip("\r\n").replace("\r", "\n"):
            raise CommandFailed("Secrets cannot contain multiple lines")
    return effect


def _flag(command: Command, name: str) -> bool:
    """A boolean property; what is not exactly a boolean is false."""
    return command.properties.get(name, "").strip().lower() == "true"


def _required(command: Command, name: str) -> str:
    value = command.properties.get(name, "")
    if not value:
        raise CommandFailed(
            f"Required field '{name}' is missing in ##vso[{command.area}.{command.event}] command."
        )
    return value


def _data(command: Command, what: str) -> str:
    if not command.data.strip():
        raise CommandFailed(f"{what} is missing in ##vso[{command.area}.{command.event}] command.")
    return command.data


def _number(text: str) -> int:
    return int(text) if text.strip().isdigit() else 0


def _set_variable(command: Command) -> Effect:
    return SetVariable(
        _required(command, "variable"),
        command.data,
        _flag(command, "issecret"),
        _flag(command, "isoutput"),
        _flag(command, "isreadonly"),
    )


def _log_issue(command: Command) -> Effect:
    kind = command.properties.get("type", "").lower()
    if kind not in ("error", "warning"):
        raise CommandFailed(f"Unknown issue type '{kind}' in ##vso[task.logissue] command.")
    properties = command.properties
    return LogIssue(
        kind,
        command.data,
        properties.get("sourcepath", ""),
        _number(properties.get("linenumber", "")),
        _number(properties.get("columnnumber", "")),
        properties.get("code", ""),
    )


def _complete(command: Command) -> Effect:
    text = command.properties.get("result", "")
    result = parse_result(text)
    if result is None:
        raise CommandFailed(
            f"Command doesn't have valid result value: '{text}'. Command: {command.area}.{command.event}"
        )
    return Complete(result, command.data)


def _progress(command: Command) -> Effect:
    text = command.properties.get("value", "")
    try:
        percent = int(text)
    except ValueError as failure:
        raise CommandFailed(f"Value of the progress is not a number: '{text}'") from failure
    return SetProgress(max(0, min(100, percent)), command.data)


def _artifact(command: Command) -> Effect:
    name = _required(command, "artifactname")
    container = command.properties.get("containerfolder", "") or name
    return Upload("artifact", _data(command, "Artifact location"), name, container=container)


def _attachment(command: Command) -> Effect:
    name, kind = _required(command, "name"), _required(command, "type")
    return Upload("attachment", _data(command, "Attachment file path"), name, kind)


def _upload(what: str) -> Callable[[Command], Effect]:
    return lambda command: Upload(what, _data(command, "File path"))


_READERS: Mapping[str, Callable[[Command], Effect]] = {
    "task.setvariable": _set_variable,
    "task.logissue": _log_issue,
    "task.issue": _log_issue,
    "task.complete": _complete,
    "task.setprogress": _progress,
    "task.setsecret": lambda command: SetSecret(command.data),
    "task.prependpath": lambda command: PrependPath(_data(command, "Path")),
    "task.debug": lambda command: Debug(command.data),
    "task.uploadsummary": _upload("summary"),
    "task.uploadfile": _upload("file"),
    "task.addattachment": _attachment,
    "artifact.upload": _artifact,
    "build.uploadlog": _upload("log"),
    "build.uploadsummary": _upload("summary"),
    "build.updatebuildnumber": lambda command: UpdateBuildNumber(_data(command, "Build number")),
    "build.addbuildtag": lambda command: AddBuildTag(_data(command, "Build tag")),
}

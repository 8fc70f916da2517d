"""A logging command -> what it asks for, or the agent's complaint in the agent's words.

Source: the agent's `TaskCommandExtension`, `BuildCommandExtension`, `ArtifactCommandExtension` and `strings.json`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from simulator.azure_devops.pipelines.agent.command_effects import (
    AddBuildTag,
    AssociateArtifact,
    CommandFailed,
    CommandUnknown,
    Complete,
    Debug,
    Effect,
    Ignored,
    LogIssue,
    PrependPath,
    PublishResults,
    SetEndpoint,
    SetProgress,
    SetSecret,
    SetTaskVariable,
    SetVariable,
    UpdateBuildNumber,
    Upload,
)
from simulator.azure_devops.pipelines.agent.detail_records import read_detail
from simulator.azure_devops.pipelines.agent.logging_commands import Command
from simulator.azure_devops.pipelines.results import Result

_LINK = "Please reference documentation (http://go.microsoft.com/fwlink/?LinkId=817296)"
_AREAS = ("task", "artifact", "build", "release", "codecoverage", "results", "telemetry")
_RESULTS = {result.value: result for result in Result}
_BAD_NAME = ("/", "\0")


def interpret(command: Command, *, multiline_secrets: bool = False) -> Effect:
    """The effect of a command. Raises CommandFailed or CommandUnknown with the agent's text.

    `multiline_secrets`: SYSTEM_UNSAFEALLOWMULTILINESECRET is set.
    """
    if command.area not in _AREAS:
        raise CommandUnknown(f"Cannot find command extension for ##vso[{command.area}.command]. {_LINK}")
    if command.area == "release":
        raise CommandFailed(f"release commands are not supported for Build flow. {_LINK}")
    reader = _READERS.get(f"{command.area}.{command.event}")
    if reader is None:
        name = f"##vso[{command.area}.{command.event}]"
        extension = command.area.capitalize()
        raise CommandFailed(f"{name} is not a recognized command for {extension} command extension. {_LINK}.")
    effect = reader(command)
    secret = isinstance(effect, SetVariable | SetTaskVariable) and effect.secret
    if secret and "\n" in command.data and not multiline_secrets:
        raise CommandFailed("Secrets cannot contain multiple lines")
    return effect


def _flag(command: Command, name: str) -> bool:
    """A boolean property; what is not exactly a boolean is false."""
    return command.properties.get(name, "").strip().lower() == "true"


def _null(text: str) -> CommandFailed:
    """How .NET says that a parameter is null; the agent gives its sentence as the parameter's name."""
    return CommandFailed(f"Value cannot be null. (Parameter '{text}')")


def _required(command: Command, name: str) -> str:
    value = command.properties.get(name, "")
    if not value:
        raise _null(f"Required field '{name}' is missing in ##vso[{command.area}.{command.event}] command.")
    return value


def _set_variable(command: Command) -> Effect:
    return SetVariable(
        _required(command, "variable"),
        command.data,
        _flag(command, "issecret"),
        _flag(command, "isoutput"),
        _flag(command, "isreadonly"),
    )


def _set_task_variable(command: Command) -> Effect:
    return SetTaskVariable(_required(command, "variable"), command.data, _flag(command, "issecret"))


def _set_endpoint(command: Command) -> Effect:
    if not command.data:
        raise _null("Enter a valid value for setendpoint.")
    field = _required(command, "field").lower()
    try:
        endpoint = str(uuid.UUID(_required(command, "id")))
    except ValueError as wrong:
        raise _null("Invalid endpoint id.") from wrong
    if field == "url":
        if "://" not in command.data:
            raise _null("Invalid endpoint Url.")
        return SetEndpoint(endpoint, "url", "", command.data)
    key = _required(command, "key")
    part = {"dataparameter": "data", "authparameter": "auth"}.get(field)
    if part is None:
        raise CommandFailed("Invalid endpoint field. Valid values are url, dataParameter and authParameter")
    return SetEndpoint(endpoint, part, key, command.data)


def _log_issue(command: Command) -> Effect:
    if "type" not in command.properties:
        raise CommandUnknown("Can't create TaskIssue from logging event.")
    kind = command.properties["type"]
    if kind.lower() not in ("error", "warning"):
        raise CommandFailed(f"issue type {kind} is not an expected issue type.")
    return LogIssue(kind.lower(), command.data, command.properties)


def _complete(command: Command) -> Effect:
    result = _RESULTS.get(command.properties.get("result", ""))
    if result is None:
        raise CommandFailed("Command doesn't have valid result value.")
    return Complete(
        result, command.data, command.properties.get("done", "").lower() in ("true", "1", "$true")
    )


def _progress(command: Command) -> Effect:
    text = command.properties.get("value", "").strip()
    percent = int(text) if text.lstrip("+-").isdecimal() else 0
    return SetProgress(max(0, min(100, percent)), command.data)


def _prepend(command: Command) -> Effect:
    if not command.data:
        raise _null("prependpath")
    return PrependPath(command.data)


def _associate(command: Command) -> Effect:
    name = command.properties.get("artifactname", "")
    if not name:
        raise CommandFailed("Artifact Name is required.")
    data = command.data
    # The agent reads artifacttype, its documentation says type.
    given = command.properties.get("artifacttype", "") or command.properties.get("type", "")
    kind = given or _inferred(data)
    if not kind:
        raise CommandFailed("Artifact Type is required.")
    if kind.lower() in ("container", "filepath", "versioncontrol") and not data:
        raise CommandFailed("Artifact location is required.")
    return AssociateArtifact(name, kind, data, _besides(command))


def _inferred(place: str) -> str:
    if not place:
        return ""
    if place.startswith("#/"):
        return "Container"
    if place.startswith("$/"):
        return "VersionControl"
    if place.startswith("\\\\"):
        return "FilePath"
    raise CommandFailed(f"Can't infer artifact type from artifact location: {place}.")


def _artifact(command: Command) -> Effect:
    name = command.properties.get("artifactname", "")
    if not name:
        raise CommandFailed("Artifact Name is required.")
    if not command.data:
        raise CommandFailed("Artifact location is required.")
    folder = command.properties.get("containerfolder") or name
    return Upload("artifact", command.data, name, container=folder, properties=_besides(command))


def _besides(command: Command) -> dict[str, str]:
    """The properties that an artifact gets: those that the command itself does not read."""
    own = ("artifactname", "containerfolder", "artifacttype", "type")
    return {name: value for name, value in command.properties.items() if name not in own}


def _attachment(command: Command) -> Effect:
    kind, name = command.properties.get("type", ""), command.properties.get("name", "")
    if not kind:
        raise _null("Can't add task attachment, attachment type is not provided.")
    if not name:
        raise _null("Can't add task attachment, attachment name is not provided.")
    for what, text in (("Type", kind), ("Name", name)):
        if any(bad in text for bad in _BAD_NAME):
            raise CommandFailed(f"{what} contains invalid characters. (\\0,/)")
    return Upload("attachment", command.data, name, kind)


def _file(what: str, kind: str, told: str) -> Callable[[Command], Effect]:
    def read(command: Command) -> Effect:
        if not command.data:
            raise CommandFailed(told)
        return Upload(what, command.data, command.data.rpartition("/")[2], kind)

    return read


def _build_number(command: Command) -> Effect:
    if not command.data:
        raise CommandFailed("Build number is required.")
    return UpdateBuildNumber(command.data)


def _tag(command: Command) -> Effect:
    if not command.data.strip():
        raise CommandFailed("Build tag is required.")
    return AddBuildTag(command.data.strip())


def _results(command: Command) -> Effect:
    return PublishResults("results", command.properties, command.properties.get("resultfiles", ""))


def _coverage(command: Command) -> Effect:
    return PublishResults("codecoverage", command.properties, command.properties.get("summaryfile", ""))


_NO_SUMMARY = "Cannot upload summary file, summary file location is not specified."
_NO_FILE = "Cannot upload file because file location is not specified."
_READERS: Mapping[str, Callable[[Command], Effect]] = {
    "task.setvariable": _set_variable,
    "task.settaskvariable": _set_task_variable,
    "task.setendpoint": _set_endpoint,
    "task.logissue": _log_issue,
    "task.issue": _log_issue,
    "task.logdetail": read_detail,
    "task.complete": _complete,
    "task.setprogress": _progress,
    "task.setsecret": lambda command: SetSecret(command.data),
    "task.prependpath": _prepend,
    "task.debug": lambda command: Debug(command.data),
    "task.uploadsummary": _file("summary", "Distributedtask.Core.Summary", _NO_SUMMARY),
    "task.uploadfile": _file("file", "Distributedtask.Core.FileAttachment", _NO_FILE),
    "task.addattachment": _attachment,
    "artifact.upload": _artifact,
    "artifact.associate": _associate,
    "build.uploadlog": _file(
        "log", "CustomToolLog", "Log file path is not provided or file doesn't exist: ''"
    ),
    "build.uploadsummary": _file("summary", "Distributedtask.Core.Summary", _NO_SUMMARY),
    "build.updatebuildnumber": _build_number,
    "build.addbuildtag": _tag,
    "results.publish": _results,
    "codecoverage.publish": _coverage,
    "telemetry.publish": lambda command: Ignored(),
}

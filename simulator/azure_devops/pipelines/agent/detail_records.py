"""task.logdetail: timeline records that a task keeps below its own.

Source: the agent's `TaskDetailCommand`.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.azure_devops.pipelines.agent.command_effects import CommandFailed, LogDetail
from simulator.azure_devops.pipelines.agent.logging_commands import Command

if TYPE_CHECKING:
    from simulator.azure_devops.pipelines.timeline import Timeline

_STATES = {"Pending": "pending", "InProgress": "inProgress", "Completed": "completed"}
_RESULTS = ("Succeeded", "SucceededWithIssues", "Failed", "Canceled", "Skipped", "Abandoned")
_EMPTY = str(uuid.UUID(int=0))


def read_detail(command: Command) -> LogDetail:
    """What a command says of a record. Raises CommandFailed."""
    said = command.properties
    record = _guid(said.get("id", ""))
    if record in ("", _EMPTY):
        raise _null("Can't update timeline record, timeline record id is not provided.")
    changes: dict[str, object] = {name: said[name] for name in ("name", "type") if said.get(name)}
    if said.get("order", "").isdecimal():
        changes["order"] = int(said["order"])
    if said.get("progress", "").lstrip("-").isdecimal():
        changes["percentComplete"] = max(0, min(100, int(said["progress"])))
    if command.data:
        changes["currentOperation"] = command.data
    if "result" in said:
        known = next((each for each in _RESULTS if each.lower() == said["result"].lower()), _RESULTS[0])
        changes["result"] = known[0].lower() + known[1:]
    if "state" in said:
        changes["state"] = _STATES.get(said["state"], "pending")
    for name, member in (("starttime", "startTime"), ("finishtime", "finishTime")):
        if name in said:
            changes[member] = _moment(said[name])
    return LogDetail(record, _guid(said.get("parentid", "")), changes)


def keep_detail(timeline: Timeline, step: str, wanted: LogDetail, now: float) -> None:
    """Make the record below the step's (or below another of the step's own), or change it. Raises CommandFailed."""
    changes = {name: now if value is None else value for name, value in wanted.changes.items()}
    known = timeline.find(wanted.record)
    if known is not None:
        if wanted.parent and wanted.parent != known["parentId"]:
            raise CommandFailed("Can't change parent timeline record of an existing timeline record.")
        if changes.get("state") == "completed":
            changes = {"percentComplete": 100, "finishTime": now, **changes}
        timeline.update(wanted.record, **changes)
        return
    for name, told in (("name", "Name"), ("type", "Type")):
        if not changes.get(name):
            raise _null(f"{told} is required for this new timeline record.")
    if wanted.parent not in ("", _EMPTY) and timeline.find(wanted.parent) is None:
        raise _null("Parent timeline record has not been created for this new timeline record.")
    parent = step if wanted.parent in ("", _EMPTY) else wanted.parent
    order = changes.get("order", 1)
    assert isinstance(order, int)
    timeline.add(wanted.record, str(changes["type"]), str(changes["name"]), parent, order)
    timeline.update(wanted.record, **{"startTime": now, "state": "inProgress", **changes})


def _moment(text: str) -> float | None:
    """Epoch seconds of an ISO 8601 text; None (which becomes now) of any other."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _guid(text: str) -> str:
    try:
        return str(uuid.UUID(text)) if text else ""
    except ValueError as wrong:
        raise CommandFailed(
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
        ) from wrong


def _null(text: str) -> CommandFailed:
    return CommandFailed(f"Value cannot be null. (Parameter '{text}')")

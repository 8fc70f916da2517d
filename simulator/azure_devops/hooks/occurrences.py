"""What happened, as subscriptions filter it: the inputs that a fact answers, and whether a subscription's fit. Pure.

A filter that a subscription leaves empty takes everything (Learn, "Service hooks events").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.azure_devops.inputs import value
from simulator.azure_devops.organization import PROJECT, REPOSITORY, RUN, Organization, Row
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.kernel.facts import Fact

PULL_REQUEST = "azure_devops.pull_request"
BUILD_STATUS = {
    "succeeded": "Succeeded",
    "partiallySucceeded": "PartiallySucceeded",
    "failed": "Failed",
    "canceled": "Canceled",
}
_RUN_RESULT = {
    "succeeded": "Succeeded",
    "partiallySucceeded": "Succeeded",
    "failed": "Failed",
    "canceled": "Canceled",
}
_STATES = {"pending": "NotStarted", "inProgress": "Running", "completed": "Completed"}


@dataclass(frozen=True)
class Occurrence:
    """What a fact says to a subscription: its project (id), the values of its filters, and what its payload needs."""

    project: str
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


def fits(occurrence: Occurrence, inputs: Mapping[str, Any]) -> bool:
    """Whether the inputs of a subscription take the occurrence: every one that it fills holds one of the values."""
    wanted = value(inputs, "projectId")
    if wanted and wanted.lower() != occurrence.project.lower():
        return False
    known = {name.lower(): tuple(one.lower() for one in found) for name, found in occurrence.values.items()}
    asked = {name.lower(): str(item or "").lower() for name, item in inputs.items()}
    return all(not asked.get(name) or asked[name] in found for name, found in known.items())


def occurrence(organization: Organization, fact: Fact) -> Occurrence | None:
    """What a fact says, None where it says nothing to anybody."""
    read = _READERS.get(fact.kind)
    return read(organization, fact) if read else None


def _run(organization: Organization, fact: Fact) -> Occurrence | None:
    run = organization.numbered(RUN, fact.detail["run"])
    definition = organization.definition(run["project"], run["definition"]) if run else None
    if run is None or definition is None:
        return None
    states = {"RunStarted": "InProgress", "RunCanceling": "Canceling", "RunCompleted": "Completed"}
    result = str(fact.detail.get("result") or "")
    values = {
        "definitionName": (definition["name"],),
        "buildStatus": (BUILD_STATUS.get(result, ""), "Stopped" if result == "canceled" else ""),
        "pipelineId": (str(definition["id"]),),
        "runStateId": (states[fact.kind],),
        "runResultId": (_RUN_RESULT.get(result, ""),),
    }
    return Occurrence(
        run["project"], values, {"run": run["id"], "state": states[fact.kind], "result": result}
    )


def _record(organization: Organization, fact: Fact) -> Occurrence | None:
    """A stage or a job that changed its state; a job names its stage by the first part of its identifier."""
    run = organization.numbered(RUN, fact.detail["run"])
    if run is None:
        return None
    record = Timeline(organization.kernel, run["id"]).find(fact.detail["record"]) or {}
    waits = fact.kind == "StageWaiting"
    state = "Waiting" if waits else _STATES[str(fact.detail["state"])]
    if fact.kind == "JobStateChanged" and state == "NotStarted":
        state = "Waiting"
    result = str(fact.detail.get("result") or "")
    shown = result[:1].upper() + result[1:]
    result = {"SucceededWithIssues": "Succeeded", "Abandoned": "Failed"}.get(shown, shown)
    names = str(record.get("identifier") or fact.detail.get("identifier", "")).split(".")
    values: dict[str, tuple[str, ...]] = {"pipelineId": (str(run["definition"]),), "stageNameId": (names[0],)}
    if fact.kind == "JobStateChanged":
        job = names[1] if len(names) > 1 else ""
        values |= {
            "jobNameId": (job, str(record.get("name", ""))),
            "jobStateId": (state,),
            "jobResultId": (result,),
        }
    else:
        values |= {"stageStateId": (state,), "stageResultId": (result,)}
    told = {"run": run["id"], "record": fact.detail["record"], "state": state, "result": result}
    return Occurrence(run["project"], values, told)


def _approval(organization: Organization, fact: Fact) -> Occurrence | None:
    run = organization.numbered(RUN, fact.detail["run"])
    if run is None:
        return None
    values = {
        "pipelineId": (str(run["definition"]),),
        "stageName": (str(fact.detail["stage"]),),
        "environmentName": (str(fact.detail["environment"]),),
    }
    told = {
        "run": run["id"],
        "approval": fact.detail["approval"],
        "status": fact.detail.get("status", "pending"),
    }
    return Occurrence(run["project"], values, told)


def _push(organization: Organization, fact: Fact) -> Occurrence | None:
    """One event a ref: a subscription's branch filter looks at one ref."""
    repository = organization.kernel.store.get(REPOSITORY, str(fact.detail["repositoryId"]))
    if repository is None:
        return None
    ref = str(fact.detail["name"])
    values = {
        "repository": (repository["id"], repository["name"]),
        "branch": (ref, ref.removeprefix("refs/heads/")),
    }
    return Occurrence(repository["project"], values, dict(fact.detail))


def _pull_request(organization: Organization, fact: Fact) -> Occurrence | None:
    row = organization.numbered(PULL_REQUEST, fact.subject)
    repository = organization.kernel.store.get(REPOSITORY, row["repository"]) if row else None
    if row is None or repository is None:
        return None
    target = str(row["target"])
    values = {
        "repository": (repository["id"], repository["name"]),
        "branch": (target, target.removeprefix("refs/heads/")),
        "mergeResult": ("Succeeded",),
        "notificationType": ("StatusUpdateNotification", "PushNotification", "ReviewersUpdateNotification",
                             "ReviewerVoteNotification")
        if fact.kind == "PullRequestUpdated"
        else ("StatusUpdateNotification",),
    }  # fmt: skip
    told = {"pullRequest": row["id"], "kind": fact.kind, "by": str(fact.detail.get("by") or row["createdBy"])}
    return Occurrence(repository["project"], values, told)


_READERS: dict[str, Callable[[Organization, Fact], Occurrence | None]] = {
    "RunStarted": _run,
    "RunCanceling": _run,
    "RunCompleted": _run,
    "StageStateChanged": _record,
    "StageWaiting": _record,
    "JobStateChanged": _record,
    "ApprovalPending": _approval,
    "ApprovalResolved": _approval,
    "RefUpdated": _push,
    "PullRequestCreated": _pull_request,
    "PullRequestUpdated": _pull_request,
    "PullRequestCompleted": _pull_request,
}


def project_row(organization: Organization, identifier: str) -> Row:
    """The row of the project that an occurrence names."""
    row = organization.kernel.store.get(PROJECT, identifier)
    assert row is not None, f"there is no project {identifier}"
    return row

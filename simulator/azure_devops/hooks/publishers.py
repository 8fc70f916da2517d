"""The publishers and their events: which inputs filter them, and which facts they come from. A table of facts.

Source: reference/azure-devops.md 6; Learn "Service hooks events"; vsts-rest-api-specs hooks 7.1. `facts` empty: the
real service has the event, nothing here could raise it, and a subscription is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.azure_devops.inputs import Input

TFS, PIPELINES = "tfs", "pipelines"


@dataclass(frozen=True)
class EventType:
    """One event that may be subscribed to."""

    id: str
    publisher: str
    name: str
    description: str
    inputs: tuple[Input, ...]
    facts: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The newest version of the resource in its payload."""
        return "1.0" if self.publisher == TFS else "5.1-preview.1"

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version that a subscription may ask for."""
        return ("1.0", "1.0-preview.1", "2.0") if self.publisher == TFS else ("5.1-preview.1",)


PROJECT = Input("projectId", "Project", mode="combo", dynamic=True)
_REPOSITORY = Input("repository", "Repository", mode="combo", dynamic=True, needs=("projectId",), kind="guid")
_BRANCH = Input("branch", "Branch", mode="combo", dynamic=True, needs=("projectId", "repository"))
_PUSHED_BY = Input("pushedBy", "Pushed by a member of group", mode="combo")
_PULL_REQUEST = (
    _REPOSITORY,
    _BRANCH,
    Input("pullrequestCreatedBy", "Requested by a member of group", mode="combo"),
    Input("pullrequestReviewersContains", "Reviewers include group", mode="combo"),
)
_CHANGE = Input(
    "notificationType",
    "Change",
    mode="combo",
    options=("", "PushNotification", "ReviewersUpdateNotification", "StatusUpdateNotification",
             "ReviewerVoteNotification"),
)  # fmt: skip
_MERGED = Input(
    "mergeResult", "Merge result", mode="combo",
    options=("", "Succeeded", "Unsuccessful", "Conflicts", "Failure", "RejectedByPolicy"),
)  # fmt: skip
_PIPELINE = Input("pipelineId", "Pipeline", mode="combo", dynamic=True, needs=("projectId",))
_STAGE = Input("stageNameId", "Stage", mode="combo", dynamic=True, needs=("projectId", "pipelineId"))
_RUN_RESULTS = ("", "Canceled", "Failed", "Succeeded")
_STAGE_RESULTS = ("", "Canceled", "Failed", "Rejected", "Skipped", "Succeeded")
_GATE = (
    _PIPELINE,
    Input("stageName", "Stage", dynamic=True),
    Input("environmentName", "Environment", dynamic=True),
)


def _choice(name: str, title: str, options: tuple[str, ...]) -> Input:
    return Input(name, title, mode="combo", options=options)


EVENTS: tuple[EventType, ...] = (
    EventType(
        "build.complete", TFS, "Build completed", "A build completes",
        (Input("definitionName", "Build pipeline", mode="combo", dynamic=True, needs=("projectId",)),
         _choice("buildStatus", "Build Status",
                 ("", "Succeeded", "PartiallySucceeded", "Failed", "Stopped", "Canceled"))),
        ("RunCompleted",),
    ),
    EventType("git.push", TFS, "Code pushed", "Code is pushed to a Git repository",
              (_REPOSITORY, _BRANCH, _PUSHED_BY), ("RefUpdated",)),
    EventType("git.pullrequest.created", TFS, "Pull request created",
              "A pull request is created in a Git repository", _PULL_REQUEST, ("PullRequestCreated",)),
    EventType("git.pullrequest.updated", TFS, "Pull request updated",
              "A pull request is updated; status, review list, reviewer vote changed or the source branch is updated"
              " with a push", (_CHANGE, *_PULL_REQUEST), ("PullRequestUpdated", "PullRequestCompleted")),
    EventType("git.pullrequest.merged", TFS, "Pull request merge attempted",
              "A merge commit was attempted on a pull request", (_MERGED, *_PULL_REQUEST), ("PullRequestCompleted",)),
    EventType("ms.vss-code.git-pullrequest-comment-event", TFS, "Pull request commented on",
              "Comment is added to a pull request", (_REPOSITORY, _BRANCH)),
    EventType("git.repo.created", TFS, "Repository created", "A Git repository is created", (PROJECT,)),
    EventType("git.repo.deleted", TFS, "Repository deleted", "A Git repository is deleted", (_REPOSITORY,)),
    EventType("git.repo.forked", TFS, "Repository forked", "A Git repository is forked", (_REPOSITORY,)),
    EventType("git.repo.renamed", TFS, "Repository renamed", "A Git repository is renamed", (_REPOSITORY,)),
    EventType("git.repo.statuschanged", TFS, "Repository status changed",
              "A Git repository is disabled or enabled", (_REPOSITORY,)),
    EventType("workitem.created", TFS, "Work item created", "A work item is newly created", ()),
    EventType("workitem.updated", TFS, "Work item updated", "A work item is changed", ()),
    EventType("workitem.commented", TFS, "Work item commented on", "A work item is commented on", ()),
    EventType("workitem.deleted", TFS, "Work item deleted", "A work item is newly deleted", ()),
    EventType("workitem.restored", TFS, "Work item restored", "A work item is newly restored", ()),
    EventType(
        "ms.vss-pipelines.run-state-changed-event", PIPELINES, "Run state changed", "Overall status of a pipeline"
        " run changed",
        (_PIPELINE, _choice("runStateId", "State", ("", "InProgress", "Canceling", "Completed")),
         _choice("runResultId", "Result", _RUN_RESULTS)),
        ("RunStarted", "RunCanceling", "RunCompleted"),
    ),
    EventType(
        "ms.vss-pipelines.stage-state-changed-event", PIPELINES, "Run stage state changed",
        "A stage of a run changed its state",
        (_PIPELINE, _STAGE, _choice("stageStateId", "State", ("", "NotStarted", "Waiting", "Running", "Completed")),
         _choice("stageResultId", "Result", _STAGE_RESULTS)),
        ("StageStateChanged", "StageWaiting"),
    ),
    EventType(
        "ms.vss-pipelines.job-state-changed-event", PIPELINES, "Run job state changed",
        "A job of a run changed its state",
        (_PIPELINE, _STAGE, Input("jobNameId", "Job"),
         _choice("jobStateId", "State", ("", "Waiting", "Running", "Completed")),
         _choice("jobResultId", "Result", ("", "Succeeded", "Skipped", "Rejected", "Failed", "Canceled"))),
        ("JobStateChanged",),
    ),
    EventType("ms.vss-pipelinechecks-events.approval-pending", PIPELINES, "Run stage waiting for approval",
              "Approval is requested for a stage of a run", _GATE, ("ApprovalPending",)),
    EventType("ms.vss-pipelinechecks-events.approval-completed", PIPELINES, "Run stage approval completed",
              "An approval of a stage of a run is completed", _GATE, ("ApprovalResolved",)),
)  # fmt: skip

PUBLISHERS = {
    TFS: ("Azure DevOps Services", "Publishes Azure DevOps Services events"),
    PIPELINES: ("Azure Pipelines", "Publishes Azure Pipelines events"),
}


def event_type(publisher: str, identifier: str) -> EventType | None:
    """The event of that publisher and id."""
    wanted = identifier.lower()
    fits = (one for one in EVENTS if one.publisher == publisher and one.id.lower() == wanted)
    return next(fits, None)

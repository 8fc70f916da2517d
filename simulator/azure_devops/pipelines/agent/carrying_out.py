"""What a logging command does to its job: variables, secrets, records, uploads, the run's name and tags."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.azure_devops.pipelines.agent import endpoints, uploads
from simulator.azure_devops.pipelines.agent.command_effects import (
    AddBuildTag,
    AssociateArtifact,
    CommandFailed,
    Complete,
    Debug,
    Effect,
    Ignored,
    LogDetail,
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
from simulator.azure_devops.pipelines.agent.detail_records import keep_detail
from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.agent.published_results import publish_results
from simulator.azure_devops.pipelines.agent.restrictions import check_variable

if TYPE_CHECKING:
    from simulator.azure_devops.pipelines.agent.attempt import Attempt


def carry_out(attempt: Attempt, effect: Effect) -> None:
    """Do what a command asks for. Raises CommandFailed or CommandUnknown with the agent's text."""
    match effect:
        case SetVariable() | SetTaskVariable() | SetSecret() | PrependPath() | SetEndpoint():
            _learn(attempt, effect)
        case LogIssue() | Complete() | SetProgress() | LogDetail() | Debug():
            _tell(attempt, effect)
        case Upload() | AssociateArtifact() | PublishResults():
            _publish(attempt, effect)
        case UpdateBuildNumber():
            _rename(attempt, effect.name)
        case AddBuildTag():
            _tag(attempt, effect.tag)
        case Ignored():
            pass


def _learn(
    attempt: Attempt, effect: SetVariable | SetTaskVariable | SetSecret | PrependPath | SetEndpoint
) -> None:
    job = attempt.job
    match effect:
        case SetVariable():
            if effect.secret:
                job.mask(effect.value)
            check_variable(attempt.restrictions, effect.name)
            if effect.name.lower() in attempt.outputs:
                effect = replace(effect, output=True)
            job.state.set(effect, attempt.step.name, job.setup.variables)
        case SetTaskVariable():
            if effect.secret:
                job.mask(effect.value)
            job.state.task_variables.setdefault(attempt.instance, {})[effect.name] = effect.value
        case SetSecret():
            job.mask(effect.value)
        case PrependPath():
            check_variable(attempt.restrictions, "PATH")
            job.state.paths[:] = [effect.folder, *(each for each in job.state.paths if each != effect.folder)]
        case SetEndpoint():
            endpoints.change(job, effect)


def _tell(attempt: Attempt, effect: LogIssue | Complete | SetProgress | LogDetail | Debug) -> None:
    timeline = attempt.job.context.timeline
    match effect:
        case LogIssue():
            _issue(attempt, effect)
        case Complete():
            attempt.complete(effect.result, done=effect.done)
            timeline.update(attempt.record, percentComplete=100, currentOperation=effect.message or None)
        case SetProgress():
            changes = {"percentComplete": effect.percent, "currentOperation": effect.operation}
            timeline.update(attempt.record, **changes)
        case LogDetail():
            keep_detail(timeline, attempt.record, effect, attempt.job.kernel.clock.now())
        case Debug():
            attempt.debug(effect.message)


def _issue(attempt: Attempt, effect: LogIssue) -> None:
    said, message, category = effect.properties, effect.message, "General"
    if "sourcepath" in said:
        category = "Code"
        place = f"{said['sourcepath']}({said.get('linenumber', '')},{said.get('columnnumber', '')})"
        message = f"{place}: {said['type']} {said.get('code', '')}: {message}"
    attempt.issue(effect.kind, message, category, {**said})


def _publish(attempt: Attempt, effect: Upload | AssociateArtifact | PublishResults) -> None:
    try:
        match effect:
            case Upload():
                uploads.keep(attempt, effect)
            case AssociateArtifact():
                uploads.associate(attempt, effect)
            case PublishResults():
                publish_results(attempt, effect)
    except OutsideOfJob as outside:
        raise CommandFailed(str(outside)) from outside


def _rename(attempt: Attempt, name: str) -> None:
    context = attempt.job.context
    context.room.runs.update(context.run, name=name)
    attempt.job.state.variables["build.buildnumber"] = {
        "name": "Build.BuildNumber",
        "value": name,
        "secret": False,
        "read_only": True,
        "step": attempt.step.name,
    }
    attempt.later("Update Build Number", f"Update build number to {name} for build {context.run}")


def _tag(attempt: Attempt, tag: str) -> None:
    context = attempt.job.context
    tags = [*context.row["tags"]]
    if tag.lower() not in [each.lower() for each in tags]:
        tags.append(tag)
        context.room.runs.update(context.run, tags=tags)
    attempt.later("Add Build Tag", f"Build '{context.run}' has following tags now: {', '.join(tags)}")

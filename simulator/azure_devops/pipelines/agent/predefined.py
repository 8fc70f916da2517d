"""The predefined variables of a run and of a job: pure.

Source: Learn "Predefined variables" (hosted agent, Linux); reference/azure-devops.md 4.4; environments of hosted jobs
that people have published, for what the page leaves out (`System.JobName` without a matrix is `__default`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.azure_devops.language.plan import DEFAULT_STAGE

HOME = "/home/vsts"
WORKSPACE = f"{HOME}/work/1"
SOURCES = f"{WORKSPACE}/s"
STAGING = f"{WORKSPACE}/a"
BINARIES = f"{WORKSPACE}/b"
TEST_RESULTS = f"{WORKSPACE}/TestResults"
TEMPORARY = f"{HOME}/work/_temp"
TOOLS = "/opt/hostedtoolcache"
AGENT, COMPUTER = "Azure Pipelines 1", "simulator"
VERSION = "4.275.1"
"""The release of the real agent whose behaviour is reproduced."""


@dataclass(frozen=True)
class RunFacts:
    """What the variables of a run are made of; identities as (id, display name, e-mail). `more` come on top."""

    collection_url: str
    collection_id: str
    project: str
    project_id: str
    definition: str
    definition_id: int
    revision: int
    repository: str
    repository_id: str
    repository_url: str
    branch: str
    commit: str
    message: str
    reason: str
    requested_for: tuple[str, str, str]
    more: Mapping[str, str] = field(default_factory=dict)
    author: str = ""


def short_branch(ref: str) -> str:
    """The last segment of a ref, as `Build.SourceBranchName` has it."""
    return ref.rpartition("/")[2]


def at_template_time(run: RunFacts) -> dict[str, str]:
    """What `${{ variables[...] }}` can see."""
    identifier, display, email = run.requested_for
    return {
        "Build.DefinitionName": run.definition,
        "Build.DefinitionVersion": str(run.revision),
        "Build.QueuedBy": display,
        "Build.QueuedById": identifier,
        "Build.Reason": run.reason,
        "Build.RequestedFor": display,
        "Build.RequestedForEmail": email,
        "Build.RequestedForId": identifier,
        "Build.SourceBranch": run.branch,
        "Build.SourceBranchName": short_branch(run.branch),
        "Build.SourceVersion": run.commit,
        "Build.Repository.Name": run.repository,
        "System.CollectionId": run.collection_id,
        "System.CollectionUri": run.collection_url,
        "System.DefinitionId": str(run.definition_id),
        "System.DefinitionName": run.definition,
        "System.HostType": "build",
        "System.IsScheduled": str(run.reason == "Schedule"),
        "System.PullRequest.IsFork": "False",
        "System.TeamFoundationServerUri": run.collection_url,
        "System.TeamFoundationCollectionUri": run.collection_url,
        "System.TeamProject": run.project,
        "System.TeamProjectId": run.project_id,
        **run.more,
    }


def of_run(run: RunFacts, number: int, name: str, plan_id: str) -> dict[str, str]:
    """What every job of a run sees."""
    return {
        **at_template_time(run),
        "Build.BuildId": str(number),
        "Build.BuildNumber": name,
        "Build.BuildUri": f"vstfs:///Build/Build/{number}",
        "Build.ContainerId": str(number),
        "Build.Repository.ID": run.repository_id,
        "Build.Repository.Provider": "TfsGit",
        "Build.Repository.Uri": run.repository_url,
        "Build.Repository.Git.SubmoduleCheckout": "False",
        "Build.SourceVersionAuthor": run.author,
        "Build.SourceVersionMessage": run.message.split("\n")[0][:200],
        "System.JobPositionInPhase": "1",
        "System.PlanId": plan_id,
        "System.TaskDefinitionsUri": run.collection_url,
        "System.TotalJobsInPhase": "1",
        **run.more,
    }


@dataclass(frozen=True)
class JobNames:
    """How a job, its phase and its stage are called; their records, and the minutes that the job may take.

    `job` is the copy's own name: the configuration of a matrix, `__default` where there is one copy only.
    """

    stage: str
    stage_display: str
    phase: str
    job: str
    display: str
    record: str
    attempt: int = 1
    stage_record: str = ""
    phase_record: str = ""
    timeout_minutes: int = 60
    clean: bool = False


def job_identifier(job: JobNames) -> str:
    """`stage.phase.job`, without a stage that nobody named."""
    names = (job.stage, job.phase, job.job)
    return ".".join(names[1:] if job.stage == DEFAULT_STAGE else names)


def of_job(job: JobNames) -> dict[str, str]:
    """What a job sees of itself and of its agent."""
    return {
        "Agent.BuildDirectory": WORKSPACE,
        "Agent.HomeDirectory": f"{HOME}/agents/{VERSION}",
        "Agent.Id": "1",
        "Agent.JobName": job.display,
        "Agent.MachineName": COMPUTER,
        "Agent.Name": AGENT,
        "Agent.OS": "Linux",
        "Agent.OSArchitecture": "X64",
        "Agent.ReadOnlyVariables": "true",
        "Agent.RootDirectory": f"{HOME}/work",
        "Agent.TempDirectory": TEMPORARY,
        "Agent.ToolsDirectory": TOOLS,
        "Agent.Version": VERSION,
        "Agent.WorkFolder": f"{HOME}/work",
        "Build.ArtifactStagingDirectory": STAGING,
        "Build.BinariesDirectory": BINARIES,
        "Build.Repository.Clean": str(job.clean),
        "Build.Repository.LocalPath": SOURCES,
        "Build.SourcesDirectory": SOURCES,
        "Build.StagingDirectory": STAGING,
        "Common.TestResultsDirectory": TEST_RESULTS,
        "Pipeline.Workspace": WORKSPACE,
        "System": "build",
        "System.ArtifactsDirectory": STAGING,
        "System.DefaultWorkingDirectory": SOURCES,
        "System.JobAttempt": str(job.attempt),
        "System.JobDisplayName": job.display,
        "System.JobId": job.record,
        "System.JobIdentifier": job_identifier(job),
        "System.JobName": job.job,
        "System.JobTimeout": str(job.timeout_minutes),
        "System.PhaseAttempt": str(job.attempt),
        "System.PhaseDisplayName": job.display,
        "System.PhaseId": job.phase_record,
        "System.PhaseName": job.phase,
        "System.StageAttempt": str(job.attempt),
        "System.StageDisplayName": job.stage_display,
        "System.StageId": job.stage_record,
        "System.StageName": job.stage,
        "System.Culture": "en-US",
        "System.EnableAccessToken": "SecretVariable",
        "System.ServerType": "Hosted",
        "System.WorkFolder": f"{HOME}/work",
        "TF_BUILD": "True",
    }


def of_deployment(environment: str, environment_id: int) -> Mapping[str, str]:
    """What a deployment job sees besides; what its strategy adds is in `deployment_turns`."""
    return {"Environment.Name": environment, "Environment.Id": str(environment_id)}


def of_machine(name: str, agent: int, computer: str) -> Mapping[str, str]:
    """What a job on a machine of an environment sees of its agent instead."""
    return {"Agent.Id": str(agent), "Agent.Name": name, "Agent.MachineName": computer}


def of_step(record: str, name: str, display: str) -> Mapping[str, str]:
    """What a step sees of itself, as environment variables."""
    return {
        "SYSTEM_TASKINSTANCEID": record,
        "SYSTEM_TASKINSTANCENAME": name,
        "SYSTEM_TASKDISPLAYNAME": display,
        "TASK_DISPLAYNAME": display,
    }


def of_triggering_run(
    number: int, name: str, definition: str, definition_id: int, project_id: str
) -> dict[str, str]:
    """What a run that another run has started sees of that one besides."""
    return {
        "Build.TriggeredBy.BuildId": str(number),
        "Build.TriggeredBy.BuildNumber": name,
        "Build.TriggeredBy.DefinitionId": str(definition_id),
        "Build.TriggeredBy.DefinitionName": definition,
        "Build.TriggeredBy.ProjectID": project_id,
    }


def of_pull_request(
    number: int, branches: tuple[str, str], commit: str, repository_url: str, is_fork: bool = False
) -> dict[str, str]:
    """What a run for a pull request sees of it besides; `branches` are source and target as refs,
    `repository_url` is where the source is."""
    source, target = branches
    return {
        "System.PullRequest.PullRequestId": str(number),
        "System.PullRequest.IsFork": str(is_fork),
        "System.PullRequest.SourceBranch": source,
        "System.PullRequest.SourceCommitId": commit,
        "System.PullRequest.SourceRepositoryURI": repository_url,
        "System.PullRequest.TargetBranch": target,
        "System.PullRequest.targetBranchName": short_branch(target),
    }

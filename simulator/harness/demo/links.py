"""The links of the loop in order: what each does, which component it shows, and what to try when it breaks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from simulator.harness.eventually import eventually
from simulator.harness.story import build, deploy, infrastructure, watch
from simulator.harness.world import World

STAGING, PRODUCTION = "abalone-staging", "abalone-production"
SAMPLE = 300
DRIFT = 1.6


@dataclass
class Demo:
    """What the links have produced so far."""

    world: World
    build_run: int = 0
    deploy_run: int = 0
    package: str = ""
    executions: int = 0
    drifted: bool = False
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """One link: `act` does it and gives a line of evidence; `remedy` says where to look when it fails."""

    name: str
    component: str
    act: Callable[[Demo], str]
    remedy: str


def accounts(demo: Demo) -> str:
    """Stacks of the three accounts, the rule of approvals, and the data."""
    stacks = infrastructure.deploy_accounts(demo.world)
    infrastructure.deploy_approval_rule(demo.world)
    rows = infrastructure.upload_data(demo.world)
    return f"{len(stacks) + 1} stacks in 3 accounts, {rows:,} rows of Abalone data"


def trial(demo: Demo) -> str:
    """A data scientist trains in the development account, by a script under `simulator run`."""
    world = demo.world
    _working_copy(world)
    data = world.fixtures / "data" / "abalone" / "abalone-dataset.csv"
    role = f"arn:aws:iam::{world.accounts['dev']}:role/SageMakerExecutionRole"
    words = f"simulator.cli run --console-url {world.console_url} --as ada --image agent -- python trial.py"
    command = [sys.executable, "-m", *words.split(), "--role-arn", role, "--data", str(data)]
    done = subprocess.run(
        command, cwd=world.git("ada", "model_build").directory, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(
            f"trial.py ended with {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
        )
    return ", ".join(line for line in done.stdout.splitlines() if line.startswith("validation"))


def push(demo: Demo) -> str:
    """A branch, a pull request, its merge: the Model Build run starts by itself."""
    world = demo.world
    _working_copy(world)
    before = max([int(r["id"]) for r in world.azure_devops("grace").runs(build.PIPELINE)], default=0)
    world.git("ada", "model_build").commit("Build, evaluate and register the abalone model")
    number = build.propose(world, "ada", "model_build", "model-build", "The Model Build pipeline")
    commit = build.merge(world, "grace", "model_build", number)
    demo.build_run = build.run_of(world, build.PIPELINE, before)
    return f"pull request {number} merged as {commit[:8]}; run {demo.build_run} started"


def _working_copy(world: World) -> None:
    """Ada's clone with the files of Model Build, made by the first link that needs it."""
    if not (world.git("ada", "model_build").directory / ".git").exists():
        build.begin(world, "ada", "model_build", world.fixtures / "repos" / "model_build")


def model_build(demo: Demo) -> str:
    """The run succeeds and its SageMaker pipeline registers a version."""
    build.succeed(demo.world, demo.build_run)
    newest = build.packages(demo.world)[0]
    demo.package = newest["ModelPackageArn"]
    sagemaker = demo.world.aws(account="automation").client("sagemaker")
    execution = build.executions(demo.world)[0]["PipelineExecutionArn"]
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=execution)["PipelineExecutionSteps"]
    demo.executions = len(build.executions(demo.world))
    names = ", ".join(step["StepName"] for step in reversed(steps))
    return f"{len(steps)} steps succeeded: {names}"


def registry(demo: Demo) -> str:
    """The version waits for approval, with its metrics and its lineage."""
    sagemaker = demo.world.aws(account="automation").client("sagemaker")
    found = sagemaker.describe_model_package(ModelPackageName=demo.package)
    status, version = found["ModelApprovalStatus"], found["ModelPackageVersion"]
    if status != "PendingManualApproval":
        raise AssertionError(f"version {version} is {status}, not PendingManualApproval")
    commit = found["CustomerMetadataProperties"]["CommitId"]
    return f"version {version} {status}, of commit {commit[:8]}"


def approve(demo: Demo) -> str:
    """An approval in the registry reaches Azure DevOps through EventBridge."""
    world = demo.world
    deploying = world.azure_devops("grace").runs(deploy.PIPELINE)
    before = max([int(run["id"]) for run in deploying], default=0)
    after = world.control.last()
    deploy.decide(world, demo.package, "Approved")
    demo.deploy_run = deploy.run_of_approval(world, before, after)
    return f"run {demo.deploy_run} of Model Deploy started"


def publish_deploy(demo: Demo) -> str:
    """The deployment's own repository."""
    world = demo.world
    commit = build.publish(
        world, "grace", "model_deploy", world.fixtures / "repos" / "model_deploy", "Model deploy"
    )
    return f"model_deploy at {commit[:8]}"


def quality(demo: Demo) -> str:
    """Checks on the model itself come before any deployment."""
    return _stage(demo, "Quality", "the model artefact passed its tests")


def staging(demo: Demo) -> str:
    """The staging stack, and an answer of its endpoint."""
    _stage(demo, "DeployStaging", "")
    answer = deploy.predict(demo.world, "staging", STAGING, watch.rows(demo.world, 1)[0])
    return f"{STAGING} predicts {answer:.2f} rings"


def integration(demo: Demo) -> str:
    """Tests against the staging endpoint, with published results."""
    _stage(demo, "IntegrationTests", "")
    runs = demo.world.azure_devops("grace").test_runs(demo.deploy_run)
    return ", ".join(f"{run['name']}: {run['passedTests']} of {run['totalTests']} passed" for run in runs)


def gate(demo: Demo) -> str:
    """The run waits; production is untouched; somebody with the right approves."""
    world = demo.world
    approval = deploy.gate(world, demo.deploy_run)
    if deploy.endpoint(world, "production", PRODUCTION):
        raise AssertionError("production has an endpoint before the gate was passed")
    world.azure_devops("edsger").decide(approval, "approved", "Tests are green")
    return "production untouched until edsger approved"


def production(demo: Demo) -> str:
    """The same template in production, and an answer of its endpoint."""
    _stage(demo, "DeployProduction", "")
    build.succeed(demo.world, demo.deploy_run)
    world, row = demo.world, watch.rows(demo.world, 1)[0]
    answer = deploy.predict(world, "production", PRODUCTION, row)
    found = deploy.endpoint(world, "production", PRODUCTION) or {}
    return f"{PRODUCTION} is {found.get('EndpointStatus')} and predicts {answer:.2f} rings"


def healthy(demo: Demo) -> str:
    """An hour of traffic like the training data: no violation of drift, no alarm."""
    world = demo.world
    sent = watch.rows(world, SAMPLE)
    watch.send(world, sent)
    execution = watch.next_execution(world, len(watch.monitoring_executions(world)))
    status, state = execution["MonitoringExecutionStatus"], watch.alarm(world)
    demo.metrics["healthy"] = [float(row.split(",")[0]) for row in sent]
    if status != "Completed":
        raise AssertionError(
            f"the monitor {status}: {execution.get('FailureReason') or watch.violations(world)}"
        )
    if state == "ALARM":
        raise AssertionError(f"the alarm is ALARM after healthy traffic: {watch.violations(world)}")
    return f"{SAMPLE} requests, monitor {status}, alarm {state}"


def drift(demo: Demo) -> str:
    """An hour of other traffic: violations, and the alarm."""
    world = demo.world
    sent = watch.rows(world, SAMPLE, drift=DRIFT, seed=8)
    watch.send(world, sent)
    execution = watch.next_execution(world, len(watch.monitoring_executions(world)))
    demo.metrics["drifted"] = [float(row.split(",")[0]) for row in sent]
    found = watch.violations(world)
    demo.metrics["violations"] = found
    eventually(
        lambda: watch.alarm(world) == "ALARM" or None,
        "the drift alarm",
        timeout_seconds=30,
        pause=world.pause,
    )
    mean = fmean(demo.metrics["drifted"]) / fmean(demo.metrics["healthy"])
    return (
        f"sizes {mean:.1f} times as large: {execution['MonitoringExecutionStatus']},"
        f" {len(found)} violations, alarm ALARM"
    )


def retraining(demo: Demo) -> str:
    """The alarm starts the SageMaker pipeline; the new version waits for approval."""
    world = demo.world

    def new() -> dict[str, Any] | None:
        found = build.packages(world)
        return found[0] if found[0]["ModelPackageArn"] != demo.package else None

    package = eventually(new, "a retrained version", timeout_seconds=120, pause=world.pause)
    status = package["ModelApprovalStatus"]
    if status != "PendingManualApproval":
        raise AssertionError(f"the retrained version is {status}")
    return f"version {package['ModelPackageVersion']} {status}"


def _stage(demo: Demo, name: str, evidence: str) -> str:
    result = deploy.stage_result(demo.world, demo.deploy_run, name)
    if result != "succeeded":
        raise build.RunFailed(
            f"stage {name} {result}\n{demo.world.azure_devops('grace').log_text(demo.deploy_run)}"
        )
    return evidence


LINKS = (
    Link(
        "accounts and data",
        "accounts",
        accounts,
        "see the stack's events: aws cloudformation describe-stack-events",
    ),
    Link(
        "deploy repository",
        "source",
        publish_deploy,
        "is git on PATH, and does grace's token have vso.code_full?",
    ),
    Link("trial in dev", "source", trial, "run it by hand: simulator run --as ada -- python trial.py"),
    Link(
        "push and merge",
        "source",
        push,
        "the repository's triggers: azure-pipelines.yml, and `simulator log`",
    ),
    Link(
        "model build",
        "build",
        model_build,
        "the failed task's log above; train.py and the threshold decide here",
    ),
    Link("registry", "registry", registry, "aws sagemaker describe-model-package shows what was registered"),
    Link(
        "approval",
        "events",
        approve,
        "the token of the connection, then the dead-letter queue of stack ml-approval",
    ),
    Link(
        "model quality", "deploy", quality, "the model artefact itself: tests/model_quality of model_deploy"
    ),
    Link(
        "staging",
        "staging",
        staging,
        "aws cloudformation describe-stack-events in staging says which resource failed",
    ),
    Link("integration tests", "staging", integration, "the published test results of the run"),
    Link("gate", "gate", gate, "the approval check of environment production in the topology"),
    Link("production", "gate", production, "aws cloudformation describe-stack-events in production"),
    Link(
        "healthy hour", "monitoring", healthy, "aws sagemaker list-monitoring-executions: its FailureReason"
    ),
    Link(
        "drift",
        "monitoring",
        drift,
        "the violations report under abalone/monitoring/reports, then the alarm's history",
    ),
    Link("retraining", "monitoring", retraining, "the rule RetrainOnDrift and its target's role"),
)

"""Real data of both clouds for the console's tests: versions, an execution, an endpoint, a monitor and runs."""

from __future__ import annotations

import json
from typing import Any

import httpx

from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
from simulator.runtime.work import Answer, Work
from tests.aws.sagemaker.fake_cloud import XGBOOST
from tests.aws.sagemaker.monitoring.test_monitor import HOURLY, definition
from tests.aws.sagemaker.pipelines.test_executions import definition as pipeline_definition
from tests.aws.sagemaker.pipelines.test_executions import process
from tests.aws.sagemaker.test_serving_over_the_wire import allow, deploy, production
from tests.wire import RunningSimulator

AUTOMATION_ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
COMMIT = "c0ffee11c0ffee11c0ffee11c0ffee11c0ffee11"
ATTACK = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\">"
RUN = """
trigger: none
parameters:
  - {name: held, type: string, default: ''}
variables:
  held: ${{ parameters.held }}
stages:
  - stage: Build
    displayName: Build it
    jobs:
      - job: Compile
        displayName: Compile the model
        steps:
          - checkout: none
          - script: echo built
            displayName: Say what was built
  - stage: Production
    displayName: Deploy to production
    dependsOn: Build
    jobs:
      - deployment: Deploy
        displayName: Deploy the model
        environment: production
        strategy:
          runOnce:
            deploy:
              steps:
                - script: echo deployed
                  displayName: Say that it is deployed
"""


def predicts(request: Request) -> Answer:
    """A container that always says 9.5."""
    return Answer(200, {"content-type": "text/csv"}, b"" if request.path == "/ping" else b"9.5")


def trains(work: Work) -> str:
    """A training container that writes a model and one line of log."""
    (work.mounts[0].source / "model/xgboost-model").write_text("trees")
    return f"[1]#011train-rmse:2.5\n{ATTACK}"


def builds(work: Work) -> str:
    """An agent's step whose output attacks its reader."""
    return f"built the model\n##[error]not really\n{ATTACK}"


def feature(name: str, low: float, high: float, *counts: float) -> dict[str, Any]:
    """One feature of statistics.json with buckets of equal width."""
    width = (high - low) / len(counts)
    buckets = [
        {"lower_bound": low + i * width, "upper_bound": low + (i + 1) * width, "count": count}
        for i, count in enumerate(counts)
    ]
    numbers = {"mean": (low + high) / 2, "distribution": {"kll": {"buckets": buckets}}}
    return {"name": name, "inferred_type": "Fractional", "numerical_statistics": numbers}


def monitors(work: Work) -> None:
    """The monitor's container: `length` has moved, `height` has not."""
    ml = work.mounts[0].source
    after = {"features": [feature("height", 0.0, 1.0, 5, 5), feature("length", 1.0, 2.0, 2, 8)]}
    (ml / "processing/output/statistics.json").write_text(json.dumps(after))
    violation = {
        "feature_name": "length",
        "constraint_check_type": "baseline_drift_check",
        "description": "Baseline drift distance: 0.4 exceeds threshold: 0.1",
    }
    (ml / "processing/output/constraint_violations.json").write_text(json.dumps({"violations": [violation]}))
    (ml / "output/message").write_text(
        "CompletedWithViolations: Job completed successfully with 1 violations."
    )


def engine() -> ScriptedEngine:
    """Works of every kind, scripted."""
    made = ScriptedEngine()
    made.script("xgboost", Script(effect=trains))
    made.script("xgboost", Script(answer=predicts), when=lambda work: work.serves)
    made.script("scikit_learn", Script(effect=process))
    made.script("model_monitor", Script(effect=monitors))
    made.script("agent", Script(effect=builds))
    # What is named so runs until the test ends it.
    made.script("agent", Script(lines=("the first line",), held=True), when=held)
    made.script("xgboost", Script(lines=("round 1",), held=True), when=held)
    return made


def held(work: Work) -> bool:
    """Whether a test ends this work: a step of a run with the parameter `held`, or a job named so."""
    return bool(work.environment.get("HELD")) or "held-job" in work.name


def artifacts(running: RunningSimulator) -> None:
    """The automation account's bucket with a model, its evaluation and a baseline."""
    from tests.aws.sagemaker.test_endpoints import archive

    s3 = running.client("s3")
    s3.create_bucket(Bucket="artifacts")
    evaluation = {"regression_metrics": {"rmse": {"value": 2.25, "standard_deviation": 0.5}}}
    before = {"features": [feature("height", 0.0, 1.0, 5, 5), feature("length", 0.0, 1.0, 5, 5)]}
    bodies: dict[str, bytes] = {
        "model.tar.gz": archive("xgboost-model", b"trees"),
        "evaluation.json": json.dumps(evaluation).encode(),
        "statistics.json": json.dumps(before).encode(),
        "constraints.json": b"{}",
        "pre.py": b"{}",
        "code/x.py": b"print()",
        "train/a.csv": b"1,2",
    }
    for key, body in bodies.items():
        s3.put_object(Bucket="artifacts", Key=key, Body=body)


def register(running: RunningSimulator, description: str = "", commit: str = COMMIT) -> str:
    """One more version of `abalone` in the automation account; its ARN."""
    sagemaker = running.client("sagemaker")
    names = [
        g["ModelPackageGroupName"]
        for g in sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    ]
    if "abalone" not in names:
        sagemaker.create_model_package_group(ModelPackageGroupName="abalone")
    statistics = {"ContentType": "application/json", "S3Uri": "s3://artifacts/evaluation.json"}
    more: dict[str, Any] = {"ModelPackageDescription": description} if description else {}
    made: str = sagemaker.create_model_package(
        ModelPackageGroupName="abalone",
        InferenceSpecification={
            "Containers": [{"Image": XGBOOST, "ModelDataUrl": "s3://artifacts/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelMetrics={"ModelQuality": {"Statistics": statistics}},
        MetadataProperties={"CommitId": commit, "Repository": "model_build"},
        **more,
    )["ModelPackageArn"]
    return made


def share(running: RunningSimulator) -> None:
    """Let production read the group and the bucket."""
    arn = "arn:aws:sagemaker:us-east-1:222222222222:model-package/abalone/*"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::444444444444:root"},
        "Action": ["sagemaker:DescribeModelPackage", "sagemaker:CreateModel"],
        "Resource": [arn],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    running.client("sagemaker").put_model_package_group_policy(
        ModelPackageGroupName="abalone", ResourcePolicy=policy
    )
    allow(running, running.client("s3"), "artifacts", "444444444444")


def execute(running: RunningSimulator, limit: float = 6.0) -> str:
    """An execution of the pipeline `abalone` that registers a version, or fails below the limit; its id."""
    sagemaker = running.client("sagemaker")
    text = (
        pipeline_definition(limit)
        .replace("s3://data", "s3://artifacts")
        .replace("s3://models", "s3://artifacts")
    )
    known = [p["PipelineName"] for p in sagemaker.list_pipelines()["PipelineSummaries"]]
    if "abalone" in known:
        sagemaker.update_pipeline(PipelineName="abalone", PipelineDefinition=text)
    else:
        sagemaker.create_pipeline(
            PipelineName="abalone",
            PipelineDefinition=text,
            RoleArn=AUTOMATION_ROLE,
            ClientRequestToken="c" * 32,
        )
    arn: str = sagemaker.start_pipeline_execution(PipelineName="abalone")["PipelineExecutionArn"]
    running.rest()
    return arn.rsplit("/", 1)[1]


def serve_and_watch(running: RunningSimulator, package: str) -> None:
    """The endpoint `abalone` in production with one captured request, and an hour of its monitor."""
    running.advance_into_the_hour()
    share(running)
    deploy(running, package)
    sagemaker = running.client("sagemaker")
    whole = json.loads(
        json.dumps(definition(batch=True))
        .replace("s3://c/x", "s3://workload/capture/abalone/AllTraffic")
        .replace("s3://b/", "s3://artifacts/")
        .replace("s3://code/", "s3://artifacts/")
        .replace("s3://reports", "s3://artifacts/reports")
    )
    sagemaker.create_data_quality_job_definition(**whole)
    config = {
        "ScheduleConfig": {"ScheduleExpression": HOURLY},
        "MonitoringJobDefinitionName": "quality",
        "MonitoringType": "DataQuality",
    }
    sagemaker.create_monitoring_schedule(MonitoringScheduleName="hourly", MonitoringScheduleConfig=config)
    running.client("cloudwatch").put_metric_alarm(
        AlarmName="drift-of-length",
        AlarmDescription="length has moved away",
        Namespace="ours",
        MetricName="drift",
        Dimensions=[{"Name": "MonitoringSchedule", "Value": "hourly"}],
        Statistic="Maximum",
        Period=3600,
        EvaluationPeriods=1,
        Threshold=0.1,
        ComparisonOperator="GreaterThanThreshold",
    )
    allow(running, production(running, "s3"), "workload", "222222222222")
    runtime = production(running, "sagemaker-runtime")
    runtime.invoke_endpoint(EndpointName="abalone", ContentType="text/csv", Body="1,2")
    running.rest()
    running.advance_into_the_hour()
    running.rest()


def azure(running: RunningSimulator, person: str, method: str, path: str, **more: Any) -> Any:
    """One call of Azure DevOps in project `ml`; its JSON."""
    answer = httpx.request(
        method,
        f"{running.azure_devops_url}/ml/_apis/{path}",
        auth=("", running.token(person)),
        params={"api-version": "7.1-preview.1", **more.pop("params", {})},
        timeout=60,
        **more,
    )
    assert answer.status_code < 300, answer.text
    return answer.json()


def begin_run(running: RunningSimulator, person: str = "ada", **parameters: str) -> int:
    """Start the pipeline of model_build, which is pushed there the first time; the run's id."""
    refs = azure(running, person, "GET", "git/repositories/model_build/refs")["value"]
    old = next((ref["objectId"] for ref in refs), "0" * 40)
    change = {
        "changeType": "add",
        "item": {"path": "/azure-pipelines.yml"},
        "newContent": {"content": RUN, "contentType": "rawtext"},
    }
    push = {
        "refUpdates": [{"name": "refs/heads/main", "oldObjectId": old}],
        "commits": [{"comment": "A pipeline", "changes": [change]}],
    }
    if not refs:
        azure(running, person, "POST", "git/repositories/model_build/pushes", json=push)
    body = {"templateParameters": parameters}
    return int(azure(running, person, "POST", "pipelines/1/runs", json=body)["id"])


def start_run(running: RunningSimulator, person: str = "ada") -> int:
    """A run that waits at its gate or has ended; its id."""
    run = begin_run(running, person)
    running.rest()
    return run


def log_path(running: RunningSimulator, run: int, step: str) -> str:
    """Where the console shows the log of a step."""
    records = azure(running, "grace", "GET", f"build/builds/{run}/timeline")["records"]
    number = next(record["log"]["id"] for record in records if record["name"] == step)
    return f"/runs/ml/{run}/logs/{number}"


def gate_of(running: RunningSimulator, run: int) -> dict[str, Any]:
    """The approval of a run, whatever its state."""
    found = azure(running, "grace", "GET", "pipelines/approvals", params={"$expand": "steps"})["value"]
    gate: dict[str, Any] = next(each for each in found if each["pipeline"]["owner"]["id"] == run)
    return gate

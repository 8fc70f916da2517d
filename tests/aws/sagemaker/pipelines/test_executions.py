"""Executions run their steps as a graph, as the pipeline's role, and end as AWS words it."""

import asyncio
import json

import pytest

from simulator.kernel.errors import CallerError
from simulator.runtime.engine_scripted import Script
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import (
    ROLE,
    FakeCloud,
    play,
    processing_request,
    training_request,
    until,
)


def definition(threshold: float = 6.0) -> str:
    """Process, train, evaluate, then register or fail."""
    process, train, evaluate = processing_request(), training_request(), processing_request()
    for request in (process, train, evaluate):
        request.pop("TrainingJobName", None)
        request.pop("ProcessingJobName", None)
    uri = {"Get": "Steps.Process.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}
    train["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = uri
    evaluate["ProcessingOutputConfig"]["Outputs"] = [
        {"OutputName": "report", "S3Output": {"S3Uri": {"Std:Join": {"On": "/", "Values": ["s3://data", {
            "Get": "Execution.PipelineExecutionId"}]}}, "LocalPath": "/opt/ml/processing/report",
            "S3UploadMode": "EndOfJob"}}
    ]  # fmt: skip
    report = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"}, "Path": "mse"}}
    register = {
        "ModelPackageGroupName": "abalone",
        "InferenceSpecification": {
            "Containers": [
                {"Image": "i", "ModelDataUrl": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}}
            ],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        "MetadataProperties": {"CommitId": {"Get": "Parameters.CommitId"}},
    }
    steps = [
        {"Name": "Process", "Type": "Processing", "Arguments": process},
        {"Name": "Train", "Type": "Training", "Arguments": train},
        {
            "Name": "Evaluate",
            "Type": "Processing",
            "Arguments": evaluate,
            "DependsOn": ["Train"],
            "PropertyFiles": [{"PropertyFileName": "Report", "OutputName": "report", "FilePath": "r.json"}],
        },
        {
            "Name": "Check",
            "Type": "Condition",
            "Arguments": {
                "Conditions": [
                    {"Type": "LessThan", "LeftValue": report, "RightValue": {"Get": "Parameters.Limit"}}
                ],
                "IfSteps": [{"Name": "Register", "Type": "RegisterModel", "Arguments": register}],
                "ElseSteps": [
                    {
                        "Name": "TooBad",
                        "Type": "Fail",
                        "Arguments": {"ErrorMessage": {"Std:Join": {"On": " ", "Values": ["mse", report]}}},
                    }
                ],
            },
        },
    ]
    parameters = [
        {"Name": "Limit", "Type": "Float", "DefaultValue": threshold},
        {"Name": "CommitId", "Type": "String", "DefaultValue": "abc"},
    ]
    return json.dumps({"Version": "2020-12-01", "Parameters": parameters, "Steps": steps})


def process(work: Work) -> None:
    ml = work.mounts[0].source / "processing"
    if (ml / "report").is_dir():
        (ml / "report/r.json").write_text('{"mse": 4.5}')
    else:
        (ml / "train/t.csv").write_text("1,2")


async def prepare(cloud: FakeCloud, text: str, **training) -> None:
    cloud.objects["s3://data/code/x.py"] = b"print()"
    cloud.engine.script("scikit_learn", Script(effect=process))
    cloud.engine.script("xgboost", Script(**training))
    await cloud.ask("CreatePipeline", PipelineName="abalone", PipelineDefinition=text, RoleArn=ROLE)


async def start(cloud: FakeCloud, **more):
    return (await cloud.ask("StartPipelineExecution", PipelineName="abalone", **more))["PipelineExecutionArn"]


def test_an_execution_trains_evaluates_and_registers():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, definition())
        arn = await start(cloud, PipelineParameters=[{"Name": "CommitId", "Value": "c0ffee"}])
        execution = await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn)
        steps = (await cloud.ask("ListPipelineExecutionSteps", PipelineExecutionArn=arn))[
            "PipelineExecutionSteps"
        ]
        assert execution["PipelineExecutionStatus"] == "Succeeded", steps
        assert [(s["StepName"], s["StepStatus"]) for s in reversed(steps)] == [
            (name, "Succeeded") for name in ("Process", "Train", "Evaluate", "Check", "Register")
        ]
        package_arn = steps[0]["Metadata"]["RegisterModel"]["Arn"]
        assert steps[1]["Metadata"]["Condition"]["Outcome"] == "True"
        package = await cloud.ask("DescribeModelPackage", ModelPackageName=package_arn)
        assert package["MetadataProperties"] == {"CommitId": "c0ffee", "GeneratedBy": arn}
        assert package["ModelApprovalStatus"] == "PendingManualApproval"
        job = arn.rsplit("/", 1)[-1]
        url = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
        assert url.startswith(f"s3://models/out/pipelines-{job}-Train-")
        assert f"s3://data/{job}/r.json" in cloud.objects

    play(story)


def test_events_tell_of_the_execution_and_each_step():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, definition())
        arn = await start(cloud)
        await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn)
        whole = cloud.events("SageMaker Model Building Pipeline Execution Status Change")
        assert [e["detail"]["currentPipelineExecutionStatus"] for e in whole] == ["Executing", "Succeeded"]
        assert whole[-1]["detail"]["previousPipelineExecutionStatus"] == "Executing"
        assert whole[-1]["resources"] == ["arn:aws:sagemaker:us-east-1:222222222222:pipeline/abalone", arn]
        steps = cloud.events("SageMaker Model Building Pipeline Execution Step Status Change")
        train = [e["detail"] for e in steps if e["detail"]["stepName"] == "Train"]
        assert [d["currentStepStatus"] for d in train] == ["Starting", "Executing", "Succeeded"]
        assert train[-1]["metadata"]["trainingJob"]["arn"].startswith("arn:aws:sagemaker")

    play(story)


def test_a_metric_over_the_limit_fails_and_registers_nothing():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, definition(threshold=1.0))
        arn = await start(cloud)
        execution = await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn)
        assert execution["PipelineExecutionStatus"] == "Failed"
        assert execution["FailureReason"] == "Step failure: One or multiple steps failed."
        steps = (await cloud.ask("ListPipelineExecutionSteps", PipelineExecutionArn=arn))[
            "PipelineExecutionSteps"
        ]
        assert (steps[0]["StepName"], steps[0]["FailureReason"]) == ("TooBad", "mse 4.5")
        with pytest.raises(CallerError, match="does not exist"):
            await cloud.ask("ListModelPackages", ModelPackageGroupName="abalone")

    play(story)


def test_a_failed_job_fails_its_step_with_the_jobs_reason():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, definition(), code=9)
        arn = await start(cloud)
        assert (await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn))[
            "PipelineExecutionStatus"
        ] == "Failed"
        steps = (await cloud.ask("ListPipelineExecutionSteps", PipelineExecutionArn=arn))[
            "PipelineExecutionSteps"
        ]
        assert [s["StepName"] for s in steps] == ["Train", "Process"]
        reason = "AlgorithmError: See job logs for more information, exit code: 9"
        assert steps[0]["FailureReason"] == f"ClientError: {reason}"

    play(story)


def test_the_same_token_starts_one_execution():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, definition())
        token = "t" * 32
        assert await start(cloud, ClientRequestToken=token) == await start(cloud, ClientRequestToken=token)
        listed = await cloud.ask("ListPipelineExecutions", PipelineName="abalone")
        assert len(listed["PipelineExecutionSummaries"]) == 1

    play(story)


def test_the_same_token_deletes_once():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, definition())
        gone = {"PipelineName": "abalone", "ClientRequestToken": "d" * 32}
        assert await cloud.ask("DeletePipeline", **gone) == await cloud.ask("DeletePipeline", **gone)
        with pytest.raises(CallerError, match="does not exist"):
            await cloud.ask("DeletePipeline", PipelineName="abalone", ClientRequestToken="e" * 32)

    play(story)


def test_stopping_stops_the_running_job_and_starts_nothing_more():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, definition(), held=True)
        arn = await start(cloud)
        await until(cloud, lambda: any(work.image == "xgboost" for work in cloud.engine.started))
        await cloud.ask("StopPipelineExecution", PipelineExecutionArn=arn)
        execution = await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn)
        assert execution["PipelineExecutionStatus"] == "Stopped"
        steps = (await cloud.ask("ListPipelineExecutionSteps", PipelineExecutionArn=arn))[
            "PipelineExecutionSteps"
        ]
        assert [(s["StepName"], s["StepStatus"]) for s in steps] == [
            ("Train", "Stopped"),
            ("Process", "Succeeded"),
        ]

    play(story)


def test_parameters_are_checked_before_anything_starts():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, definition())
        with pytest.raises(CallerError, match="much is not of type Float"):
            await start(cloud, PipelineParameters=[{"Name": "Limit", "Value": "much"}])
        arn = await start(cloud, PipelineParameters=[{"Name": "Limit", "Value": "7"}])
        values = await cloud.ask("ListPipelineParametersForExecution", PipelineExecutionArn=arn)
        assert {p["Name"]: p["Value"] for p in values["PipelineParameters"]} == {
            "Limit": "7.0",
            "CommitId": "abc",
        }
        kept = await cloud.ask("DescribePipelineDefinitionForExecution", PipelineExecutionArn=arn)
        assert kept["PipelineDefinition"] == definition()

    play(story)


def test_a_wrong_definition_is_refused_and_a_taken_name_says_already_exists():
    async def story(cloud: FakeCloud) -> None:
        with pytest.raises(CallerError, match="Unable to parse pipeline definition"):
            await cloud.ask("CreatePipeline", PipelineName="p", PipelineDefinition="no", RoleArn=ROLE)
        await prepare(cloud, definition())
        with pytest.raises(CallerError, match="already exists") as refused:
            await cloud.ask(
                "CreatePipeline", PipelineName="abalone", PipelineDefinition=definition(), RoleArn=ROLE
            )
        assert refused.value.code == "ValidationException"

    play(story)


def test_an_execution_goes_on_in_the_next_process(tmp_path):
    from simulator.aws.sagemaker import life
    from simulator.runtime.engine_scripted import ScriptedEngine

    async def story() -> None:
        engine = ScriptedEngine()
        first = FakeCloud(tmp_path, engine)
        await prepare(first, definition(), held=True)
        arn = await start(first)
        await until(first, lambda: any(work.image == "xgboost" for work in engine.started))
        await until(
            first, lambda: first.facts("TrainingJobStateChanged")[-1]["secondary_status"] == "Training"
        )
        await life.stop(first)
        await first.kernel.close()
        second = FakeCloud(tmp_path, engine)
        second.objects, second.logs = first.objects, first.logs
        life.resume(second)
        await engine.finish(next(work.name for work in engine.started if work.image == "xgboost"))
        execution = await second.ask("DescribePipelineExecution", PipelineExecutionArn=arn)
        assert execution["PipelineExecutionStatus"] == "Succeeded"
        assert len([work for work in engine.started if work.image == "xgboost"]) == 1
        await second.kernel.close()

    asyncio.run(story())

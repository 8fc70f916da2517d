"""Training jobs: the contract that the container sees, what comes back, and how jobs fail and stop."""

import asyncio
import io
import json
import tarfile

import pytest

from simulator.kernel.errors import CallerError, NotSimulated
from simulator.runtime.engine_scripted import Script
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import ROLE, FakeCloud, play, training_request, until

STREAM_GROUP = "/aws/sagemaker/TrainingJobs"


def ml(work: Work):
    return next(mount.source for mount in work.mounts if mount.target == "/opt/ml")


def train(work: Work) -> None:
    assert (ml(work) / "input/data/train/a.csv").read_bytes() == b"1,2"
    (ml(work) / "model" / "xgboost-model").write_text("trees")


def prepare(cloud: FakeCloud, script: Script) -> None:
    cloud.objects["s3://data/train/a.csv"] = b"1,2"
    cloud.engine.script("xgboost", script, when=lambda work: work.command[-1] == "train")


def test_a_job_trains_and_leaves_its_model_metrics_logs_and_events():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script(lines=("[1]#011train-rmse:2.5#011validation-rmse:3.5",), effect=train))
        created = await cloud.ask("CreateTrainingJob", **training_request())
        job = await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed"
        assert job["TrainingJobArn"] == created["TrainingJobArn"]
        assert job["ModelArtifacts"]["S3ModelArtifacts"] == "s3://models/out/train-1/output/model.tar.gz"
        with tarfile.open(
            fileobj=io.BytesIO(cloud.objects[job["ModelArtifacts"]["S3ModelArtifacts"]])
        ) as model:
            assert model.getnames() == ["xgboost-model"]
        values = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
        assert values == {"train:rmse": 2.5, "validation:rmse": 3.5}
        ((group, stream), lines) = next(iter(cloud.logs.items()))
        assert group == STREAM_GROUP
        assert stream.startswith("train-1/algo-1-")
        assert lines == ["[1]#011train-rmse:2.5#011validation-rmse:3.5"]
        events = [e["detail"]["SecondaryStatus"] for e in cloud.events("SageMaker Training Job State Change")]
        assert events == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
        assert [t["Status"] for t in job["SecondaryStatusTransitions"]] == events
        assert cloud.facts("ImageSubstituted")[0]["image"] == "xgboost"

    play(story)


def test_the_container_sees_the_contract_and_the_roles_credentials():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script(effect=train))
        await cloud.ask("CreateTrainingJob", **training_request(Environment={"COLOUR": "blue"}))
        await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        work = cloud.engine.started[0]
        assert work.environment["TRAINING_JOB_NAME"] == "train-1"
        assert work.environment["COLOUR"] == "blue"
        assert work.environment["AWS_SESSION_TOKEN"] == "token"
        assert (
            "PutObject",
            "arn:aws:sts::222222222222:assumed-role/SageMakerExecutionRole/SageMaker",
        ) in cloud.principals

    play(story)


def test_configuration_files_hold_hyperparameters_channels_and_hosts():
    async def story(cloud: FakeCloud) -> None:
        seen: dict[str, dict[str, object]] = {}

        def read(work: Work) -> None:
            for file in (ml(work) / "input/config").iterdir():
                seen[file.name] = json.loads(file.read_text())

        prepare(cloud, Script(effect=read))
        await cloud.ask("CreateTrainingJob", **training_request())
        await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert seen["hyperparameters.json"] == {"num_round": "2"}
        assert seen["inputdataconfig.json"]["train"] == {
            "ContentType": "text/csv",
            "TrainingInputMode": "File",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
        }
        assert seen["resourceconfig.json"]["current_host"] == "algo-1"

    play(story)


def test_what_the_container_leaves_as_output_comes_back_beside_the_model():
    async def story(cloud: FakeCloud) -> None:
        def leave(work: Work) -> None:
            (ml(work) / "output/data").mkdir(parents=True, exist_ok=True)
            (ml(work) / "output/data/plot.txt").write_text("a plot")

        prepare(cloud, Script(effect=leave))
        await cloud.ask("CreateTrainingJob", **training_request())
        await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        packed = cloud.objects["s3://models/out/train-1/output/output.tar.gz"]
        with tarfile.open(fileobj=io.BytesIO(packed)) as output:
            assert output.getnames() == ["plot.txt"]

    play(story)


def test_a_raising_script_fails_the_job_with_the_text_of_its_failure_file():
    async def story(cloud: FakeCloud) -> None:
        def fail(work: Work) -> None:
            (ml(work) / "output/failure").write_text("ValueError: rings are missing")

        prepare(cloud, Script(code=1, effect=fail))
        await cloud.ask("CreateTrainingJob", **training_request())
        job = await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert job["TrainingJobStatus"] == "Failed"
        assert job["FailureReason"] == "AlgorithmError: ValueError: rings are missing, exit code: 1"
        assert (
            cloud.events("SageMaker Training Job State Change")[-1]["detail"]["FailureReason"]
            == job["FailureReason"]
        )

    play(story)


def test_a_channel_without_objects_fails_in_the_words_of_aws():
    async def story(cloud: FakeCloud) -> None:
        cloud.engine.script("xgboost", Script())
        await cloud.ask("CreateTrainingJob", **training_request())
        job = await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert job["FailureReason"].startswith(
            'ClientError: No S3 objects found under S3 URL "s3://data/train"'
        )

    play(story)


def test_a_role_that_may_not_read_fails_the_job_naming_the_denial():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script())
        cloud.denied.add(("GetObject", "data"))
        await cloud.ask("CreateTrainingJob", **training_request())
        job = await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert job["FailureReason"] == "ClientError: Data download failed:AccessDenied (403): Access Denied"

    play(story)


def test_an_unknown_image_fails_the_job_and_is_noted():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script())
        request = training_request(
            AlgorithmSpecification={"TrainingImage": "1.dkr/own:1", "TrainingInputMode": "File"}
        )
        await cloud.ask("CreateTrainingJob", **request)
        job = await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert job["FailureReason"].startswith(
            "ClientError: Requested image 1.dkr/own:1 not found. (No reference"
        )
        assert cloud.facts("ImageUnknown")

    play(story)


def test_a_second_job_of_the_same_name_is_refused():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script(effect=train))
        await cloud.ask("CreateTrainingJob", **training_request())
        with pytest.raises(CallerError) as refused:
            await cloud.ask("CreateTrainingJob", **training_request())
        assert refused.value.code == "ResourceInUse"
        assert "Job name must be unique" in refused.value.message

    play(story)


def test_stop_ends_the_container_and_keeps_the_model():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script(effect=train, held=True))
        await cloud.ask("CreateTrainingJob", **training_request())
        await until(cloud, lambda: bool(cloud.engine.started))
        await cloud.ask("StopTrainingJob", TrainingJobName="train-1")
        job = await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Stopped"
        assert "s3://models/out/train-1/output/model.tar.gz" in cloud.objects
        with pytest.raises(CallerError, match="because the training job is in status Stopped"):
            await cloud.ask("StopTrainingJob", TrainingJobName="train-1")

    play(story)


def test_too_long_a_job_is_stopped_as_max_runtime_exceeded():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script(effect=train, held=True))
        await cloud.ask("CreateTrainingJob", **training_request(StoppingCondition={"MaxRuntimeInSeconds": 1}))
        job = await cloud.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")

    play(story)


def test_what_is_not_simulated_is_refused_by_name():
    async def story(cloud: FakeCloud) -> None:
        request = training_request()
        files = {"FileSystemId": "fs-0123abcd", "FileSystemAccessMode": "ro", "FileSystemType": "EFS"}
        request["InputDataConfig"][0]["DataSource"] = {
            "FileSystemDataSource": {**files, "DirectoryPath": "/"}
        }
        with pytest.raises(NotSimulated, match="channel train: the data source FileSystemDataSource"):
            await cloud.ask("CreateTrainingJob", **request)
        request = training_request(RoleArn=ROLE + "Missing")
        with pytest.raises(CallerError, match="Could not assume role"):
            await cloud.ask("CreateTrainingJob", **request)

    play(story)


def test_a_running_job_is_found_again_by_the_next_process(tmp_path):
    from simulator.aws.sagemaker import life
    from simulator.runtime.engine_scripted import ScriptedEngine

    async def story() -> None:
        engine = ScriptedEngine()
        first = FakeCloud(tmp_path, engine)
        prepare(first, Script(lines=("one",), effect=train, held=True))
        await first.ask("CreateTrainingJob", **training_request())
        await until(first, lambda: bool(engine.started))
        await until(
            first, lambda: first.facts("TrainingJobStateChanged")[-1]["secondary_status"] == "Training"
        )
        await life.stop(first)
        await first.kernel.close()
        second = FakeCloud(tmp_path, engine)
        second.objects, second.logs = first.objects, first.logs
        life.resume(second)
        await engine.finish(engine.started[0].name)
        job = await second.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert job["TrainingJobStatus"] == "Completed"
        assert len(engine.started) == 1
        assert [line for lines in second.logs.values() for line in lines] == ["one"]
        await second.kernel.close()

    asyncio.run(story())


def test_the_hosts_of_a_running_cluster_are_found_again_and_no_metric_is_counted_twice(tmp_path):
    from simulator.aws.sagemaker import life
    from simulator.runtime.engine_scripted import ScriptedEngine

    async def story() -> None:
        engine = ScriptedEngine()
        first = FakeCloud(tmp_path, engine)
        prepare(first, Script(lines=("[1]#011train-rmse:2.5",), effect=train, held=True))
        resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 10}
        await first.ask("CreateTrainingJob", **training_request(ResourceConfig=resources))
        await until(first, lambda: len(first.metrics.get(STREAM_GROUP, ())) == 2)
        await life.stop(first)
        await first.kernel.close()
        second = FakeCloud(tmp_path, engine)
        second.objects, second.logs, second.metrics = first.objects, first.logs, first.metrics
        life.resume(second)
        for work in list(engine.started):
            await engine.finish(work.name)
        job = await second.ask("DescribeTrainingJob", TrainingJobName="train-1")
        assert job["TrainingJobStatus"] == "Completed"
        assert [work.hostname for work in engine.started] == ["algo-1", "algo-2"]
        assert sorted(len(lines) for lines in second.logs.values()) == [1, 1]
        assert [each["Value"] for each in second.metrics[STREAM_GROUP]] == [2.5, 2.5]
        await second.kernel.close()

    asyncio.run(story())


def test_lists_filter_by_status_and_name_and_turn_pages():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script(effect=train))
        for number in range(3):
            await cloud.ask("CreateTrainingJob", **training_request(f"train-{number}"))
            await cloud.ask("DescribeTrainingJob", TrainingJobName=f"train-{number}")
        page = await cloud.ask("ListTrainingJobs", SortBy="Name", SortOrder="Ascending", MaxResults=2)
        assert [job["TrainingJobName"] for job in page["TrainingJobSummaries"]] == ["train-0", "train-1"]
        rest = await cloud.ask(
            "ListTrainingJobs",
            SortBy="Name",
            SortOrder="Ascending",
            MaxResults=2,
            NextToken=page["NextToken"],
        )
        assert [job["TrainingJobName"] for job in rest["TrainingJobSummaries"]] == ["train-2"]
        assert "NextToken" not in rest
        assert not (await cloud.ask("ListTrainingJobs", StatusEquals="Failed"))["TrainingJobSummaries"]
        assert len((await cloud.ask("ListTrainingJobs", NameContains="N-1"))["TrainingJobSummaries"]) == 1

    play(story)

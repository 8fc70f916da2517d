"""Processing jobs: inputs at their local paths, outputs at their prefixes, the exit message."""

import pytest

from simulator.kernel.errors import CallerError
from simulator.runtime.engine_scripted import Script
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import FakeCloud, play, processing_request
from tests.aws.sagemaker.processing.test_request import ATHENA


def processed(work: Work) -> None:
    ml = work.mounts[0].source
    assert (ml / "processing/input/x.py").read_text() == "print()"
    (ml / "processing/train/deep").mkdir()
    (ml / "processing/train/deep/train.csv").write_text("1")
    (ml / "output/message").write_text("Completed: all is well")


def test_a_job_runs_its_program_and_uploads_its_outputs():
    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b"print()"
        cloud.engine.script("scikit_learn", Script(effect=processed), command=("python3",))
        await cloud.ask("CreateProcessingJob", **processing_request())
        job = await cloud.ask("DescribeProcessingJob", ProcessingJobName="process-1")
        assert job["ProcessingJobStatus"] == "Completed"
        assert job["ExitMessage"] == "Completed: all is well"
        assert cloud.objects["s3://data/out/train/deep/train.csv"] == b"1"
        events = cloud.events("SageMaker Processing Job State Change")
        assert events[-1]["detail"]["ProcessingInputs"][0]["S3Input"]["S3InputMode"] == "FILE"
        assert [e["detail"]["ProcessingJobStatus"] for e in events] == [
            "InProgress",
            "InProgress",
            "Completed",
        ]

    play(story)


def test_a_program_that_fails_gives_its_exit_code():
    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b"print()"
        cloud.engine.script("scikit_learn", Script(code=3))
        await cloud.ask("CreateProcessingJob", **processing_request())
        job = await cloud.ask("DescribeProcessingJob", ProcessingJobName="process-1")
        assert job["ProcessingJobStatus"] == "Failed"
        assert job["FailureReason"] == "AlgorithmError: See job logs for more information, exit code: 3"

    play(story)


def test_a_role_that_may_not_write_fails_the_job():
    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b"print()"
        cloud.engine.script("scikit_learn", Script(effect=processed))
        cloud.denied.add(("PutObject", "data"))
        await cloud.ask("CreateProcessingJob", **processing_request())
        job = await cloud.ask("DescribeProcessingJob", ProcessingJobName="process-1")
        assert job["FailureReason"] == "ClientError: Failed to upload data. AccessDenied (403): Access Denied"

    play(story)


def test_a_dataset_that_the_platform_should_query_fails_the_job_by_name():
    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b"print()"
        request = processing_request()
        request["ProcessingInputs"].append({"InputName": "q", "DatasetDefinition": ATHENA})
        await cloud.ask("CreateProcessingJob", **request)
        job = await cloud.ask("DescribeProcessingJob", ProcessingJobName="process-1")
        assert job["ProcessingJobStatus"] == "Failed"
        assert "Athena of the DatasetDefinition (input q) is not simulated" in job["FailureReason"]

    play(story)


def test_paths_outside_processing_are_refused():
    async def story(cloud: FakeCloud) -> None:
        request = processing_request()
        request["ProcessingInputs"][0]["S3Input"]["LocalPath"] = "/opt/ml/processing/../model"
        with pytest.raises(CallerError, match="LocalPath"):
            await cloud.ask("CreateProcessingJob", **request)

    play(story)


def test_an_absent_job_is_named():
    async def story(cloud: FakeCloud) -> None:
        with pytest.raises(CallerError, match="Could not find requested job with name: nobody"):
            await cloud.ask("DescribeProcessingJob", ProcessingJobName="nobody")

    play(story)

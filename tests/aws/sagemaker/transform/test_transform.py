"""Batch transform: objects are cut, sent through the model's container and put together again."""

import pytest

from simulator.aws.sagemaker.transform.records import TooLarge, assemble, payloads
from simulator.kernel.errors import NotSimulated
from simulator.runtime.engine_scripted import Request, Script
from simulator.runtime.work import Answer
from tests.aws.sagemaker.fake_cloud import FakeCloud, play
from tests.aws.sagemaker.test_endpoints import configure


def request(**more):
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/batch/"}}
    return {
        "TransformJobName": "batch-1",
        "ModelName": "one",
        "TransformInput": {"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"},
        "TransformOutput": {"S3OutputPath": "s3://out/x", "Accept": "text/csv", "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **more,
    }


def doubles(asked: Request) -> Answer:
    if asked.path == "/ping":
        return Answer(200, {}, b"")
    if b"bad" in asked.body:
        return Answer(400, {}, b"no number")
    return Answer(200, {}, b"\n".join(str(2 * int(line)).encode() for line in asked.body.split(b"\n")))


async def prepare(cloud: FakeCloud) -> None:
    cloud.engine.script("xgboost", Script(answer=doubles))
    await configure(cloud, "one")


def test_every_object_gets_its_answers():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        cloud.objects["s3://data/batch/a.csv"] = b"1\n2\n"
        cloud.objects["s3://data/batch/deep/b.csv"] = b"3\n"
        await cloud.ask("CreateTransformJob", **request())
        job = await cloud.ask("DescribeTransformJob", TransformJobName="batch-1")
        assert job["TransformJobStatus"] == "Completed"
        assert cloud.objects["s3://out/x/a.csv.out"] == b"2\n4\n"
        assert cloud.objects["s3://out/x/deep/b.csv.out"] == b"6\n"
        assert cloud.engine.started[-1].environment["SAGEMAKER_BATCH"] == "true"
        statuses = [
            e["detail"]["TransformJobStatus"] for e in cloud.events("SageMaker Transform Job State Change")
        ]
        assert (statuses[0], statuses[-1]) == ("InProgress", "Completed")
        assert not await cloud.engine.known()

    play(story)


def test_an_error_of_the_model_fails_the_job():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        cloud.objects["s3://data/batch/a.csv"] = b"bad"
        await cloud.ask("CreateTransformJob", **request())
        job = await cloud.ask("DescribeTransformJob", TransformJobName="batch-1")
        assert job["FailureReason"] == "ClientError: See job logs for more information (400: no number)"

    play(story)


def test_filters_are_refused_by_name():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        with pytest.raises(NotSimulated, match="DataProcessing"):
            await cloud.ask("CreateTransformJob", **request(DataProcessing={"InputFilter": "$[1:]"}))

    play(story)


def test_lines_are_batched_up_to_the_limit():
    line = b"x" * 600_000
    assert [len(p) for p in payloads(b"\n".join([line] * 3), "Line", "MultiRecord", 1)] == [600_000] * 3
    assert list(payloads(b"a\n\nb\n", "Line", "MultiRecord", 6)) == [b"a\nb"]
    assert list(payloads(b"a\nb\n", "Line", "SingleRecord", 6)) == [b"a", b"b"]
    assert list(payloads(b"a\nb\n", "None", "MultiRecord", 0)) == [b"a\nb\n"]
    with pytest.raises(TooLarge):
        list(payloads(line * 2, "Line", "MultiRecord", 1))
    assert assemble([b"1\n", b"2"], "Line") == b"1\n2\n"
    assert assemble([b"1", b"2"], "None") == b"12"

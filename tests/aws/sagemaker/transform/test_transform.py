"""Batch transform: objects are cut, sent through the model's container and put together again."""

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from simulator.runtime.engine import WorkUnreachable
from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
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
    if b"bad" in asked.body:
        return Answer(400, {}, b"no number")
    return Answer(200, {}, b"\n".join(str(2 * int(line)).encode() for line in asked.body.split(b"\n")))


async def prepare(
    cloud: FakeCloud, invocations: Callable[[Request], Answer] = doubles, offered: bytes = b""
) -> list[Request]:
    """The model that batches are sent to; gives the list to which what it is asked is added."""
    seen: list[Request] = []

    def answer(asked: Request) -> Answer:
        if asked.path == "/invocations":
            seen.append(asked)
            return invocations(asked)
        if asked.path == "/execution-parameters":
            return Answer(200 if offered else 404, {}, offered)
        return Answer(200, {}, b"")

    cloud.engine.script("xgboost", Script(answer=answer))
    await configure(cloud, "one")
    return seen


async def described(cloud: FakeCloud, name: str = "batch-1") -> dict[str, Any]:
    return await cloud.ask("DescribeTransformJob", TransformJobName=name)


def data_log(cloud: FakeCloud, name: str = "batch-1") -> list[str]:
    return next(
        lines
        for (_, stream), lines in cloud.logs.items()
        if stream.startswith(f"{name}/") and stream.endswith("/data-log")
    )


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


def test_an_object_that_cannot_be_transformed_fails_the_job_and_the_others_have_their_outputs():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        cloud.objects["s3://data/batch/a.csv"] = b"1\nbad"
        cloud.objects["s3://data/batch/b.csv"] = b"2"
        await cloud.ask("CreateTransformJob", **request())
        job = await described(cloud)
        assert (job["TransformJobStatus"], job["FailureReason"]) == (
            "Failed",
            "ClientError: See job logs for more information",
        )
        assert "s3://out/x/a.csv.out" not in cloud.objects
        assert cloud.objects["s3://out/x/b.csv.out"] == b"4\n"
        said = [line.split("[sagemaker logs]: ")[1] for line in data_log(cloud)]
        assert said == [
            "MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD",
            "data/batch/a.csv: ClientError: 400",
            "data/batch/a.csv: ",
            "data/batch/a.csv: Message:",
            "data/batch/a.csv: no number",
        ]

    play(story)


def test_an_error_of_the_server_is_tried_again_as_often_as_the_client_configuration_says():
    async def story(cloud: FakeCloud) -> None:
        invocations = await prepare(cloud, lambda asked: Answer(500, {}, b"broken"))
        cloud.objects["s3://data/batch/a.csv"] = b"1"
        asked = request(ModelClientConfig={"InvocationsMaxRetries": 2, "InvocationsTimeoutInSeconds": 5})
        await cloud.ask("CreateTransformJob", **asked)
        job = await described(cloud)
        assert job["FailureReason"] == "AlgorithmError: See job logs for more information"
        assert job["ModelClientConfig"]["InvocationsMaxRetries"] == 2
        assert data_log(cloud)[1].endswith("a.csv: Bad HTTP status received from algorithm: 500")
        assert len(invocations) == 3

    play(story)


def test_the_container_says_how_much_it_can_bear_unless_the_request_does():
    offered = b'{"MaxConcurrentTransforms": 4, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 1}'

    async def story(cloud: FakeCloud) -> None:
        invocations = await prepare(cloud, doubles, offered)
        cloud.objects["s3://data/batch/a.csv"] = b"1\n2\n3"
        await cloud.ask("CreateTransformJob", **request())
        await described(cloud)
        assert [asked.body for asked in invocations] == [b"1", b"2", b"3"]
        await cloud.ask(
            "CreateTransformJob", **request(TransformJobName="batch-2", BatchStrategy="MultiRecord")
        )
        await described(cloud, "batch-2")
        assert invocations[-1].body == b"1\n2\n3"
        assert (
            "MaxConcurrentTransforms=4, MaxPayloadInMB=1, BatchStrategy=MULTI_RECORD"
            in data_log(cloud, "batch-2")[0]
        )
        assert cloud.objects["s3://out/x/a.csv.out"] == b"2\n4\n6\n"

    play(story)


def test_predictions_are_joined_with_the_columns_that_the_model_did_not_see():
    async def story(cloud: FakeCloud) -> None:
        invocations = await prepare(cloud)
        cloud.objects["s3://data/batch/a.csv"] = b'id-1,1\n"id,2",2\n'
        wanted = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"}
        await cloud.ask("CreateTransformJob", **request(DataProcessing=wanted))
        assert (await described(cloud))["DataProcessing"] == wanted
        assert invocations[-1].body == b"1\n2"
        assert cloud.objects["s3://out/x/a.csv.out"] == b'id-1,2\n"id,2",4\n'

    play(story)


def test_a_manifest_and_gzip_are_read():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        cloud.objects["s3://data/raw/deep/a.gz"] = gzip.compress(b"1\n2")
        cloud.objects["s3://data/raw/other.gz"] = b"not looked at"
        cloud.objects["s3://data/it.manifest"] = json.dumps(
            [{"prefix": "s3://data/raw/"}, "deep/a.gz"]
        ).encode()
        asked = request()
        asked["TransformInput"]["DataSource"]["S3DataSource"] = {
            "S3DataType": "ManifestFile",
            "S3Uri": "s3://data/it.manifest",
        }
        asked["TransformInput"]["CompressionType"] = "Gzip"
        await cloud.ask("CreateTransformJob", **asked)
        assert (await described(cloud))["TransformJobStatus"] == "Completed"
        assert cloud.objects["s3://out/x/deep/a.gz.out"] == b"2\n4\n"

    play(story)


def test_capture_leaves_manifests_by_the_hour_and_identifies_each_record():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        cloud.objects["s3://data/batch/a.csv"] = b"1\n2"
        capture = {"DestinationS3Uri": "s3://data/captured", "GenerateInferenceId": True}
        await cloud.ask("CreateTransformJob", **request(DataCaptureConfig=capture))
        assert (await described(cloud))["TransformJobStatus"] == "Completed"
        hour = cloud.kernel.clock.datetime().strftime("%Y/%m/%d/%H")
        read, written = (
            [uri for uri in cloud.objects if uri.startswith(f"s3://data/captured/{side}/{hour}/")]
            for side in ("input", "output")
        )
        assert json.loads(cloud.objects[read[0]]) == [{"prefix": "s3://data/batch/"}, "a.csv"]
        assert json.loads(cloud.objects[written[0]]) == [{"prefix": "s3://out/x/"}, "a.csv.out"]
        rows = [line.split(",") for line in cloud.objects["s3://out/x/a.csv.out"].decode().splitlines()]
        assert [row[0] for row in rows] == ["2", "4"]
        assert len({row[1] for row in rows}) == 2
        assert rows[0][2].endswith("Z")

    play(story)


class Hanging(ScriptedEngine):
    """A container that never answers an invocation."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def request(self, name: str, method: str, path: str, *rest: Any) -> Answer:
        if path != "/invocations":
            return await super().request(name, method, path, *rest)
        self.asked.set()
        await self.wait(name)
        raise WorkUnreachable("the container has ended")


def test_a_stopped_job_ends_its_container_and_writes_nothing():
    async def story(cloud: FakeCloud) -> None:
        cloud.engine = engine = Hanging()
        await prepare(cloud)
        cloud.objects["s3://data/batch/a.csv"] = b"1"
        await cloud.ask("CreateTransformJob", **request())
        await engine.asked.wait()
        await cloud.ask("StopTransformJob", TransformJobName="batch-1")
        assert (await described(cloud))["TransformJobStatus"] == "Stopped"
        assert not [uri for uri in cloud.objects if uri.startswith("s3://out/")]
        assert not await engine.known()

    play(story)


class Counting(ScriptedEngine):
    """Counts the payloads of each host."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    async def request(self, name: str, method: str, path: str, *rest: Any) -> Answer:
        self.asked[name.rsplit("/", 1)[-1]] += path == "/invocations"
        return await super().request(name, method, path, *rest)


def test_the_objects_are_dealt_out_to_the_instances_and_each_has_logs_of_its_own():
    async def story(cloud: FakeCloud) -> None:
        cloud.engine = engine = Counting()
        await prepare(cloud)
        for name in "abc":
            cloud.objects[f"s3://data/batch/{name}.csv"] = b"21"
        resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2}
        await cloud.ask("CreateTransformJob", **request(TransformResources=resources))
        assert (await described(cloud))["TransformJobStatus"] == "Completed"
        assert [cloud.objects[f"s3://out/x/{name}.csv.out"] for name in "abc"] == [b"42\n"] * 3
        assert engine.asked == {"algo-1": 2, "algo-2": 1}
        streams = [stream for _, stream in cloud.logs if stream.endswith("/data-log")]
        assert len(streams) == 2
        assert not await cloud.engine.known()

    play(story)


def test_outputs_are_encrypted_with_the_key_that_was_named(monkeypatch: pytest.MonkeyPatch):
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        cloud.objects["s3://data/batch/a.csv"] = b"1"
        puts: list[dict[str, Any]] = []
        monkeypatch.setattr(cloud, "_PutObject", puts.append)
        asked = request()
        asked["TransformOutput"]["KmsKeyId"] = "alias/mine"
        await cloud.ask("CreateTransformJob", **asked)
        await described(cloud)
        assert (puts[0]["ServerSideEncryption"], puts[0]["SSEKMSKeyId"]) == ("aws:kms", "alias/mine")

    play(story)

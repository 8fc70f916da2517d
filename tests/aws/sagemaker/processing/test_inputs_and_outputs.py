"""What a processing job finds before it starts, and what of it reaches S3 and the description."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.sagemaker import s3_objects
from simulator.kernel.errors import CallerError
from simulator.runtime.engine_scripted import Script
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import FakeCloud, play, processing_request, until

WORK = "processing-job-222222222222-us-east-1-process-1"


def ml(work: Work) -> Path:
    return work.mounts[0].source


async def job(cloud: FakeCloud) -> dict[str, Any]:
    return await cloud.ask("DescribeProcessingJob", ProcessingJobName="process-1")


def test_a_manifest_brings_what_it_lists():
    seen: list[str] = []

    def look(work: Work) -> None:
        root = ml(work) / "processing/input"
        seen.extend(str(each.relative_to(root)) for each in sorted(root.rglob("*")) if each.is_file())

    async def story(cloud: FakeCloud) -> None:
        for name in ("a.csv", "deep/b.csv", "c.csv"):
            cloud.objects[f"s3://data/raw/{name}"] = b"1"
        cloud.objects["s3://data/it.manifest"] = json.dumps(
            [{"prefix": "s3://data/raw/"}, "a.csv", "deep/b.csv"]
        ).encode()
        request = processing_request()
        request["ProcessingInputs"][0]["S3Input"] |= {
            "S3DataType": "ManifestFile",
            "S3Uri": "s3://data/it.manifest",
        }
        cloud.engine.script("scikit_learn", Script(effect=look))
        await cloud.ask("CreateProcessingJob", **request)
        assert (await job(cloud))["ProcessingJobStatus"] == "Completed"
        assert seen == ["a.csv", "deep/b.csv"]

    play(story)


def test_a_manifest_that_is_none_fails_the_job():
    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/it.manifest"] = b'["a.csv"]'
        request = processing_request()
        request["ProcessingInputs"][0]["S3Input"] |= {
            "S3DataType": "ManifestFile",
            "S3Uri": "s3://data/it.manifest",
        }
        await cloud.ask("CreateProcessingJob", **request)
        assert "must be an array that begins with a prefix" in (await job(cloud))["FailureReason"]

    play(story)


def test_shards_are_disjoint_and_complete():
    sources = [s3_objects.Source(f"s3://b/{number}", str(number)) for number in range(5)]
    shards = [s3_objects.share(sources, host, 2, "ShardedByS3Key") for host in range(2)]
    assert [len(shard) for shard in shards] == [3, 2]
    assert {each for shard in shards for each in shard} == set(sources)
    assert s3_objects.share(sources, 1, 2, "FullyReplicated") == sources


def test_the_configuration_is_the_documented_file_with_its_nulls():
    found: dict[str, Any] = {}

    def look(work: Work) -> None:
        for name in ("processingjobconfig", "resourceconfig"):
            found[name] = json.loads((ml(work) / "config" / f"{name}.json").read_text())

    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b""
        cloud.engine.script("scikit_learn", Script(effect=look))
        await cloud.ask("CreateProcessingJob", **processing_request(Environment={"KEY": "VALUE"}))
        await job(cloud)
        config = found["processingjobconfig"]
        assert list(config) == [
            "ProcessingJobArn", "ProcessingJobName", "AppSpecification", "Environment", "ProcessingInputs",
            "ProcessingOutputConfig", "ProcessingResources", "RoleArn", "StoppingCondition",
        ]  # fmt: skip
        assert config["AppSpecification"]["ContainerArguments"] is None
        assert config["ProcessingOutputConfig"]["KmsKeyId"] is None
        assert config["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] is None
        assert config["ProcessingInputs"][0]["S3Input"]["S3DownloadMode"] == "StartOfJob"
        assert config["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}
        assert found["resourceconfig"] == {"current_host": "algo-1", "hosts": ["algo-1"]}

    play(story)


def continuous() -> dict[str, Any]:
    request = processing_request()
    output = {
        "S3Uri": "s3://data/live",
        "LocalPath": "/opt/ml/processing/live",
        "S3UploadMode": "Continuous",
    }
    request["ProcessingOutputConfig"]["Outputs"].append({"OutputName": "live", "S3Output": output})
    return request


def test_a_continuous_output_is_in_s3_while_the_program_runs_and_others_are_not():
    def writes(work: Work) -> None:
        (ml(work) / "processing/live/part-0").write_text("0")
        (ml(work) / "processing/train/end").write_text("1")

    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b""
        cloud.engine.script("scikit_learn", Script(effect=writes, held=True))
        await cloud.ask("CreateProcessingJob", **continuous())
        await until(cloud, lambda: "s3://data/live/part-0" in cloud.objects)
        assert "s3://data/out/train/end" not in cloud.objects
        del cloud.objects["s3://data/live/part-0"]
        await cloud.engine.finish(WORK)
        assert (await job(cloud))["ProcessingJobStatus"] == "Completed"
        assert cloud.objects["s3://data/out/train/end"] == b"1"
        assert "s3://data/live/part-0" not in cloud.objects, "what S3 has is not put twice"

    play(story)


def test_a_stopped_job_keeps_its_continuous_outputs_only():
    started = asyncio.Event()

    def writes(work: Work) -> None:
        (ml(work) / "processing/live/part-0").write_text("0")
        (ml(work) / "processing/train/end").write_text("1")
        (ml(work) / "output/message").write_text("was stopped")
        started.set()

    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b""
        cloud.engine.script("scikit_learn", Script(effect=writes, held=True))
        await cloud.ask("CreateProcessingJob", **continuous())
        await started.wait()
        await cloud.ask("StopProcessingJob", ProcessingJobName="process-1")
        ended = await job(cloud)
        assert (ended["ProcessingJobStatus"], ended["ExitMessage"]) == ("Stopped", "was stopped")
        assert "FailureReason" not in ended
        assert "s3://data/live/part-0" in cloud.objects
        assert "s3://data/out/train/end" not in cloud.objects

    play(story)


@pytest.mark.parametrize(
    ("message", "shown"),
    [(b"x" * 2000, "x" * 1024), (b"x" * 1023 + "é".encode(), "x" * 1023), ("tschüß".encode(), "tschüß")],
)
def test_the_exit_message_is_the_first_kilobyte(message: bytes, shown: str):
    def writes(work: Work) -> None:
        (ml(work) / "output/message").write_bytes(message)

    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b""
        cloud.engine.script("scikit_learn", Script(effect=writes))
        await cloud.ask("CreateProcessingJob", **processing_request())
        assert (await job(cloud))["ExitMessage"] == shown

    play(story)


def test_an_exit_message_that_is_no_text_fails_the_job():
    def writes(work: Work) -> None:
        (ml(work) / "output/message").write_bytes(b"\xff\xfe")

    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b""
        cloud.engine.script("scikit_learn", Script(effect=writes))
        await cloud.ask("CreateProcessingJob", **processing_request())
        assert (await job(cloud))["FailureReason"].startswith("ClientError: The exit message")

    play(story)


def test_a_failed_program_may_say_why_in_its_exit_message():
    def writes(work: Work) -> None:
        (ml(work) / "output/message").write_text("no rows")

    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b""
        cloud.engine.script("scikit_learn", Script(effect=writes, code=1))
        await cloud.ask("CreateProcessingJob", **processing_request())
        failed = await job(cloud)
        assert failed["FailureReason"] == "AlgorithmError: no rows, exit code: 1"
        assert failed["ExitMessage"] == "no rows"

    play(story)


def test_outputs_are_encrypted_with_the_key_that_was_named(monkeypatch: pytest.MonkeyPatch):
    def writes(work: Work) -> None:
        (ml(work) / "processing/train/x").write_text("1")

    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b""
        cloud.engine.script("scikit_learn", Script(effect=writes))
        puts: list[dict[str, Any]] = []
        monkeypatch.setattr(cloud, "_PutObject", puts.append)
        request = processing_request()
        request["ProcessingOutputConfig"]["KmsKeyId"] = "alias/mine"
        await cloud.ask("CreateProcessingJob", **request)
        await job(cloud)
        assert (puts[0]["ServerSideEncryption"], puts[0]["SSEKMSKeyId"]) == ("aws:kms", "alias/mine")

    play(story)


def test_hosts_share_the_shards_a_network_and_the_outputs():
    seen: dict[str, list[str]] = {}

    def works(work: Work) -> None:
        root = ml(work) / "processing/input"
        seen[work.hostname] = sorted(each.name for each in root.iterdir())
        assert json.loads((ml(work) / "config/resourceconfig.json").read_text()) == {
            "current_host": work.hostname,
            "hosts": ["algo-1", "algo-2"],
        }
        assert work.network is not None
        assert work.network.hosts == ("algo-1", "algo-2")
        (ml(work) / f"processing/train/{work.hostname}").write_text("1")
        (ml(work) / "output/message").write_text(f"{work.hostname}.")

    async def story(cloud: FakeCloud) -> None:
        for name in "abc":
            cloud.objects[f"s3://data/raw/{name}.csv"] = b"1"
        request = processing_request()
        request["ProcessingInputs"][0]["S3Input"] |= {
            "S3Uri": "s3://data/raw/",
            "S3DataDistributionType": "ShardedByS3Key",
        }
        request["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = 2
        cloud.engine.script("scikit_learn", Script(effect=works))
        await cloud.ask("CreateProcessingJob", **request)
        ended = await job(cloud)
        assert (ended["ProcessingJobStatus"], ended["ExitMessage"]) == ("Completed", "algo-1.algo-2.")
        assert seen == {"algo-1": ["a.csv", "c.csv"], "algo-2": ["b.csv"]}
        assert {"s3://data/out/train/algo-1", "s3://data/out/train/algo-2"} <= set(cloud.objects)

    play(story)


def test_an_isolated_job_has_neither_network_nor_credentials():
    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b""
        cloud.engine.script("scikit_learn", Script())
        await cloud.ask(
            "CreateProcessingJob", **processing_request(NetworkConfig={"EnableNetworkIsolation": True})
        )
        assert (await job(cloud))["NetworkConfig"] == {"EnableNetworkIsolation": True}
        (work,) = cloud.engine.started
        assert work.isolated
        assert "AWS_ACCESS_KEY_ID" not in work.environment

    play(story)


def test_a_job_that_has_ended_can_be_deleted_and_its_name_used_again():
    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://data/code/x.py"] = b""
        cloud.engine.script("scikit_learn", Script(held=True))
        await cloud.ask("CreateProcessingJob", **processing_request())
        with pytest.raises(CallerError, match="cannot be deleted in status InProgress"):
            await cloud.ask("DeleteProcessingJob", ProcessingJobName="process-1")
        await until(cloud, lambda: bool(cloud.engine.started))
        await cloud.engine.finish(WORK)
        await job(cloud)
        await cloud.ask("DeleteProcessingJob", ProcessingJobName="process-1")
        with pytest.raises(CallerError, match="Could not find requested job with name: process-1"):
            await job(cloud)
        await cloud.ask("CreateProcessingJob", **processing_request())
        await until(cloud, lambda: len(cloud.engine.started) == 2)
        await cloud.engine.finish(WORK)

    play(story)

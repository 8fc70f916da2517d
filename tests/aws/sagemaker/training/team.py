"""A team that trains over the wire: boto3 against a simulator, its bucket, and what its containers saw."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulator.runtime.engine_scripted import Script, ScriptedEngine
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import ROLE, XGBOOST
from tests.wire import RunningSimulator

BUCKET = "training-team"


def ml(work: Work) -> Path:
    """Where the host has /opt/ml of a work."""
    return next(mount.source for mount in work.mounts if mount.target == "/opt/ml")


class Team:
    """One bucket and the training jobs that read from it and write to it."""

    def __init__(self, running: RunningSimulator, engine: ScriptedEngine | None = None) -> None:
        self.running, self.engine = running, engine
        self.sagemaker, self.s3 = running.client("sagemaker"), running.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)

    def put(self, **objects: bytes | str) -> None:
        """Objects by key; `__` in a name stands for a slash and `_csv` for the ending."""
        for name, body in objects.items():
            key = name.replace("__", "/").replace("_csv", ".csv")
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        """The bytes of an object."""
        body: bytes = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body

    def keys(self, prefix: str) -> list[str]:
        """The keys under a prefix, without it."""
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [each["Key"].removeprefix(prefix) for each in found]

    def packed(self, key: str) -> dict[str, bytes]:
        """The files of a tar.gz by name."""
        with tarfile.open(fileobj=io.BytesIO(self.get(key))) as archive:
            files = [member for member in archive.getmembers() if member.isfile()]
            return {member.name: archive.extractfile(member).read() for member in files}  # type: ignore[union-attr]

    def does(self, effect: Callable[[Work], str | None] | None = None, **script: Any) -> None:
        """What every container does from now on."""
        assert self.engine is not None
        self.engine.script("xgboost", Script(effect=effect, **script))

    def create(self, name: str = "train", **more: Any) -> str:
        """Ask for a job and give back its name; what is not given is ordinary."""
        request = {**ordinary(name), **more}
        self.sagemaker.create_training_job(
            **{key: value for key, value in request.items() if value is not None}
        )
        return name

    def job(self, name: str = "train") -> dict[str, Any]:
        """The job once it is at rest."""
        found: dict[str, Any] = self.sagemaker.describe_training_job(TrainingJobName=name)
        while found["TrainingJobStatus"] in ("InProgress", "Stopping"):
            found = self.sagemaker.describe_training_job(TrainingJobName=name)
        return found

    def train(self, name: str = "train", **more: Any) -> dict[str, Any]:
        """Ask for a job and wait for its end."""
        return self.job(self.create(name, **more))

    def started(self, name: str = "train") -> dict[str, Work]:
        """The works of a job by host."""
        assert self.engine is not None
        end = f"us-east-1-{name}"
        works = [work for work in self.engine.started if work.name.split("/")[0].endswith(end)]
        return {work.hostname: work for work in works}

    def until_training(self, name: str = "train") -> None:
        """Wait until the job's container runs."""
        arn = f"training-job/{name}"
        self.running.until(
            lambda fact: (
                fact["subject"].endswith(arn) and fact["detail"].get("secondary_status") == "Training"
            )
        )


def ordinary(name: str) -> dict[str, Any]:
    """A request with no channel."""
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }


def channel(
    name: str, key: str, kind: str = "S3Prefix", source: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A channel over a key of the bucket; `source` are further members of its S3DataSource."""
    where = {"S3DataType": kind, "S3Uri": f"s3://{BUCKET}/{key}", **(source or {})}
    return {"ChannelName": name, "DataSource": {"S3DataSource": where}, **more}


def cluster(count: int) -> dict[str, Any]:
    """The ResourceConfig of so many instances."""
    return {"InstanceType": "ml.m5.large", "InstanceCount": count, "VolumeSizeInGB": 10}


def config(work: Work, name: str) -> Any:
    """One file of /opt/ml/input/config."""
    return json.loads((ml(work) / "input" / "config" / f"{name}.json").read_text())


def seen(work: Work, name: str) -> dict[str, str]:
    """The files of a channel directory by relative path."""
    top = ml(work) / "input" / "data" / name
    return {file.relative_to(top).as_posix(): file.read_text() for file in top.rglob("*") if file.is_file()}


def noting(found: dict[str, Any], look: Callable[[Work], dict[str, Any]]) -> Callable[[Work], None]:
    """An effect that keeps what `look` finds."""

    def effect(work: Work) -> None:
        found.update(look(work))

    return effect

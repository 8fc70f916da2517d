"""What a job keeps (checkpoints, artefacts, reasons) and what its container has (variables, credentials, network)."""

from typing import Any

import pytest

from simulator.harness.eventually import eventually
from tests.aws.sagemaker.training.team import BUCKET, channel, ml, noting, ordinary, seen

CHECKPOINTS = {"S3Uri": f"s3://{BUCKET}/checkpoints/run"}


def kept(work):
    return next(mount for mount in work.mounts if "checkpoint" in mount.target)


def test_checkpoints_are_there_at_the_start_and_in_s3_at_the_end(team):
    team.put(checkpoints__run__epoch1="one", checkpoints__run__old="gone")
    found: dict[str, Any] = {}

    def go_on(work):
        place = kept(work).source
        found.update({file.name: file.read_text() for file in place.iterdir()})
        (place / "epoch2").write_text("two")
        (place / "old").unlink()

    team.does(go_on)
    job = team.train(CheckpointConfig=CHECKPOINTS)
    assert job["CheckpointConfig"] == CHECKPOINTS
    assert found == {"epoch1": "one", "old": "gone"}
    assert kept(team.started()["algo-1"]).target == "/opt/ml/checkpoints"
    assert team.keys("checkpoints/run/") == ["epoch1", "epoch2"]


def test_checkpoints_come_out_while_the_program_runs_and_of_a_job_that_fails(team):
    team.does(lambda work: (kept(work).source / "epoch1").write_text("one") and None, held=True)
    team.create(CheckpointConfig={**CHECKPOINTS, "LocalPath": "/opt/ml/own/checkpoints/"})
    team.until_training()
    eventually(lambda: team.keys("checkpoints/run/") == ["epoch1"] or None, "the checkpoint is in S3")
    (work,) = team.started().values()
    assert kept(work).target == "/opt/ml/own/checkpoints"
    (kept(work).source / "epoch2").write_text("two")

    async def fail(_):
        await team.engine.finish(work.name, 1)

    team.running.do(fail)
    assert team.job()["TrainingJobStatus"] == "Failed"
    assert team.keys("checkpoints/run/") == ["epoch1", "epoch2"]


def test_artefacts_may_be_left_uncompressed(team):
    def leave(work):
        (ml(work) / "model" / "weights.bin").write_text("w")
        (ml(work) / "output" / "data" / "plot.txt").write_text("p")

    team.does(leave)
    job = team.train(OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/out", "CompressionType": "NONE"})
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{BUCKET}/out/train/output/model"
    assert team.keys("out/train/output/") == ["data/plot.txt", "model/weights.bin"]


def test_variables_of_the_job_and_the_roles_credentials_are_in_the_container(team):
    team.train(Environment={"COLOUR": "blue"})
    variables = team.started()["algo-1"].environment
    assert variables["COLOUR"] == "blue"
    assert variables["TRAINING_JOB_NAME"] == "train"
    assert variables["TRAINING_JOB_ARN"].endswith(":training-job/train")
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} <= set(variables)


def test_an_isolated_container_has_neither_network_nor_credentials_but_its_channels(team):
    team.put(train__a_csv="a")
    found: dict[str, Any] = {}
    team.does(noting(found, lambda work: seen(work, "train")))
    job = team.train(EnableNetworkIsolation=True, InputDataConfig=[channel("train", "train/")])
    assert (job["EnableNetworkIsolation"], job["TrainingJobStatus"]) == (True, "Completed")
    (work,) = team.started().values()
    assert work.isolated
    assert sorted(name for name in work.environment if name.startswith("AWS")) == ["AWS_REGION"]
    assert found == {"a.csv": "a"}
    assert team.keys("out/train/output/") == ["model.tar.gz"]


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ({"ContainerEntrypoint": ["python3", "run.py"]}, ("python3", "run.py")),
        ({"ContainerEntrypoint": ["sh"], "ContainerArguments": ["-c", "true"]}, ("sh", "-c", "true")),
    ],
)
def test_an_entry_point_of_ones_own_takes_the_place_of_the_images(team, given, command):
    specification = {**ordinary("any")["AlgorithmSpecification"], **given}
    team.train(AlgorithmSpecification=specification)
    assert team.started()["algo-1"].command == command


def test_the_failure_file_gives_the_first_1024_characters_of_the_reason(team):
    team.does(lambda work: (ml(work) / "output" / "failure").write_text("x" * 3000) and None, code=1)
    reason = team.train()["FailureReason"]
    assert len(reason) == 1024
    assert reason.startswith("AlgorithmError: xxx")
    assert reason.endswith("x, exit code: 1")


def test_the_transitions_say_what_happened_and_when(team):
    transitions = team.train()["SecondaryStatusTransitions"]
    assert [(each["Status"], each["StatusMessage"]) for each in transitions] == [
        ("Starting", "Preparing the instances for training"),
        ("Downloading", "Downloading input data"),
        ("Training", "Training image download completed. Training in progress."),
        ("Uploading", "Uploading generated training model"),
        ("Completed", "Training job completed"),
    ]
    ends = [each["EndTime"] for each in transitions]
    assert [each["StartTime"] for each in transitions[1:]] == ends[:-1]


def test_a_stopped_job_keeps_what_it_left_and_says_that_it_was_stopped(team):
    team.does(lambda work: (ml(work) / "model" / "half").write_text("h") and None, held=True)
    team.create()
    team.until_training()
    team.sagemaker.stop_training_job(TrainingJobName="train")
    job = team.job()
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert [each["Status"] for each in job["SecondaryStatusTransitions"]][-2:] == ["Stopping", "Stopped"]
    assert team.packed("out/train/output/model.tar.gz") == {"half": b"h"}

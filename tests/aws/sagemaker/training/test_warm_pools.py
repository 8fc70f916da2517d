"""Warm pools on the virtual clock: kept, taken over, updated, terminated, listed, and in the way of deleting."""

import pytest
from botocore.exceptions import ClientError

from simulator.runtime.engine_scripted import Script
from tests.aws.sagemaker.training.team import channel, cluster


def keeping(seconds, **more):
    return {"ResourceConfig": {**cluster(1), "KeepAlivePeriodInSeconds": seconds, **more}}


def pool(team, name):
    return team.job(name).get("WarmPoolStatus", {})


def listed(team, status):
    found = team.sagemaker.list_training_jobs(WarmPoolStatusEquals=status)["TrainingJobSummaries"]
    return [each["TrainingJobName"] for each in found]


def test_a_pool_is_available_until_its_time_is_over(team):
    team.train("first", **keeping(600))
    assert pool(team, "first") == {"Status": "Available", "ResourceRetainedBillableTimeInSeconds": 0}
    assert listed(team, "Available") == ["first"]
    team.running.advance(599)
    assert pool(team, "first")["Status"] == "Available"
    team.running.advance(2)
    retired = pool(team, "first")
    assert retired["Status"] == "Terminated"
    assert 600 <= retired["ResourceRetainedBillableTimeInSeconds"] <= 610
    assert (listed(team, "Available"), listed(team, "Terminated")) == ([], ["first"])


def test_a_job_of_the_same_kind_takes_the_pool_over(team):
    team.train("first", **keeping(600))
    team.running.advance(60)
    team.does(held=True)
    team.create("second", **keeping(600))
    team.until_training("second")
    reused = pool(team, "first")
    assert (reused["Status"], reused["ReusedByJob"]) == ("Reused", "second")
    assert 60 <= reused["ResourceRetainedBillableTimeInSeconds"] <= 70
    assert listed(team, "InUse") == ["second"]


@pytest.mark.parametrize(
    "other",
    [
        {"ResourceConfig": {**cluster(2)}},
        {"ResourceConfig": {**cluster(1), "VolumeSizeInGB": 20}},
        {"EnableNetworkIsolation": True},
    ],
)
def test_a_job_of_another_kind_leaves_the_pool_alone(team, other):
    team.train("first", **keeping(600))
    team.train("second", **other)
    assert pool(team, "first")["Status"] == "Available"
    assert pool(team, "second") == {}


def test_a_taken_pool_ends_with_a_job_that_does_not_keep_it(team):
    team.train("first", **keeping(600))
    team.train("second")
    assert pool(team, "first")["ReusedByJob"] == "second"
    assert pool(team, "second")["Status"] == "Terminated"


def test_a_program_that_fails_leaves_its_pool_and_a_job_that_never_began_does_not(team):
    team.does(code=1)
    team.train("failed", **keeping(600))
    assert pool(team, "failed")["Status"] == "Available"
    team.train("never", **keeping(600, VolumeSizeInGB=30), InputDataConfig=[channel("train", "nothing")])
    assert pool(team, "never")["Status"] == "Terminated"


def test_the_time_of_a_pool_can_be_changed_and_ended(team):
    team.train("first", **keeping(600))
    team.sagemaker.update_training_job(
        TrainingJobName="first", ResourceConfig={"KeepAlivePeriodInSeconds": 3600}
    )
    team.running.advance(1200)
    assert pool(team, "first")["Status"] == "Available"
    team.sagemaker.update_training_job(
        TrainingJobName="first", ResourceConfig={"KeepAlivePeriodInSeconds": 0}
    )
    assert pool(team, "first")["Status"] == "Terminated"
    with pytest.raises(ClientError, match="while the warm pool of the training job is Available"):
        team.sagemaker.update_training_job(
            TrainingJobName="first", ResourceConfig={"KeepAlivePeriodInSeconds": 60}
        )


def test_a_job_that_holds_a_pool_cannot_be_deleted(team):
    team.train("first", **keeping(600))
    with pytest.raises(ClientError, match="retains an Available managed warm pool"):
        team.sagemaker.delete_training_job(TrainingJobName="first")
    team.running.advance(700)
    team.sagemaker.delete_training_job(TrainingJobName="first")
    with pytest.raises(ClientError, match="Requested resource not found"):
        team.sagemaker.describe_training_job(TrainingJobName="first")
    assert team.train("first")["TrainingJobStatus"] == "Completed"


def test_a_running_job_cannot_be_deleted(team):
    team.engine.script("xgboost", Script(held=True))
    team.create()
    with pytest.raises(ClientError, match="is in status InProgress"):
        team.sagemaker.delete_training_job(TrainingJobName="train")


def test_nothing_of_a_pool_reaches_the_bus(team):
    team.train("first", **keeping(600))
    before = len([fact for fact in team.running.facts() if "event" in fact["detail"]])
    team.running.advance(700)
    assert len([fact for fact in team.running.facts() if "event" in fact["detail"]]) == before

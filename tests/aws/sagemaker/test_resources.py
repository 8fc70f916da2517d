"""What every kind shares: held Describes, pages, lifecycles."""

import asyncio

import pytest

from simulator.aws.behaviour import Call, find
from simulator.aws.sagemaker.kinds.jobs import TRAINING_JOB
from simulator.aws.sagemaker.kinds.table import TABLE
from simulator.aws.sagemaker.resources import HOLD_HEADER, change, offset, token
from simulator.azure_devops.pipelines import timeline
from simulator.kernel.errors import CallerError
from simulator.kernel.lifecycle import IllegalTransition
from simulator.runtime.engine_scripted import Script
from tests.aws.sagemaker.fake_cloud import ACCOUNT, REGION, SOMEONE, FakeCloud, play, training_request, until
from tests.aws.sagemaker.training.test_training import prepare, train

KEY = f"{ACCOUNT}/{REGION}/train-1"


async def describe(cloud: FakeCloud, headers=None):
    behaviour = find("sagemaker", "DescribeTrainingJob")
    assert behaviour is not None
    params = {"TrainingJobName": "train-1"}
    return await behaviour(
        Call("sagemaker", "DescribeTrainingJob", params, SOMEONE, ACCOUNT, REGION, cloud, "", headers or {})
    )


def test_a_describe_is_held_until_the_job_is_at_rest():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script(effect=train, held=True))
        await cloud.ask("CreateTrainingJob", **training_request())
        await until(cloud, lambda: bool(cloud.engine.started))
        waiting = asyncio.create_task(describe(cloud))
        assert (await describe(cloud, {HOLD_HEADER: "0"}))["TrainingJobStatus"] == "InProgress"
        assert not waiting.done()
        await cloud.engine.finish(cloud.engine.started[0].name)
        assert (await waiting)["TrainingJobStatus"] == "Completed"

    play(story)


def test_a_state_follows_its_lifecycle_only():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script(effect=train))
        await cloud.ask("CreateTrainingJob", **training_request())
        await describe(cloud)
        with pytest.raises(IllegalTransition):
            change(cloud.kernel, TRAINING_JOB, KEY, {"TrainingJobStatus": "InProgress"})

    play(story)


def test_every_fact_of_a_job_is_caused_by_its_creation():
    async def story(cloud: FakeCloud) -> None:
        prepare(cloud, Script(effect=train))
        await cloud.ask("CreateTrainingJob", **training_request())
        await describe(cloud)
        facts = [f for f in cloud.kernel.log.read(0) if f.kind == "TrainingJobStateChanged"]
        assert {fact.cause for fact in facts[1:]} == {facts[0].sequence}
        assert cloud.engine.started[0].cause == facts[0].sequence

    play(story)


def test_tokens_of_pages_are_ours_or_refused():
    assert offset(token(30)) == 30
    assert offset(None) == 0
    with pytest.raises(CallerError, match="Invalid NextToken"):
        offset("somebody else's")


def test_kinds_have_rows_of_their_own():
    rows = [kind.row for kind in TABLE]
    assert len(set(rows)) == len(rows)
    assert TRAINING_JOB.row == "sagemaker.training_job"


def test_no_fact_of_a_kind_is_one_of_the_other_clouds():
    assert not {kind.fact for kind in TABLE} & set(timeline._FACTS.values())

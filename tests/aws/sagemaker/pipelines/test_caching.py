"""Steps that succeeded before stand in for a new run, by AWS's key attributes and within ExpireAfter."""

from tests.aws.sagemaker.fake_cloud import FakeCloud, play
from tests.aws.sagemaker.pipelines.small import create, run, start, step, text, training

CACHED = {"Enabled": True, "ExpireAfter": "T1H"}


def trained(cloud: FakeCloud) -> int:
    return len([work for work in cloud.engine.started if work.image == "xgboost"])


def test_a_second_run_takes_the_result_of_the_first():
    async def story(cloud: FakeCloud) -> None:
        fail = step(
            "Say", "Fail", Arguments={"ErrorMessage": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}}
        )
        await create(cloud, step("Train", CacheConfig=CACHED), fail)
        _, first = await run(cloud)
        _, second = await run(cloud)
        assert trained(cloud) == 1
        assert second["Train"]["StepStatus"] == "Succeeded"
        source = second["Train"]["CacheHitResult"]["SourcePipelineExecutionArn"]
        assert f"pipelines-{source[-12:]}-Train-" in first["Train"]["Metadata"]["TrainingJob"]["Arn"]
        assert second["Train"]["Metadata"] == first["Train"]["Metadata"]
        assert second["Say"]["FailureReason"] == first["Say"]["FailureReason"]
        events = cloud.events("SageMaker Model Building Pipeline Execution Step Status Change")
        hits = [each["detail"]["cacheHitResult"] for each in events if "cacheHitResult" in each["detail"]]
        assert hits == [{"sourcePipelineExecutionArn": source}]

    play(story)


def test_a_result_expires_in_virtual_time():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("Train", CacheConfig=CACHED))
        await run(cloud)
        await cloud.kernel.scheduler.advance(3601)
        _, steps = await run(cloud)
        assert "CacheHitResult" not in steps["Train"]
        assert trained(cloud) == 2

    play(story)


def test_what_is_no_key_attribute_does_not_count_and_what_is_one_does():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("Train", CacheConfig=CACHED))
        await run(cloud)
        longer = training(StoppingCondition={"MaxRuntimeInSeconds": 60})
        await update(cloud, longer)
        _, steps = await run(cloud)
        assert "CacheHitResult" in steps["Train"]
        await update(cloud, training(HyperParameters={"num_round": "3"}))
        _, steps = await run(cloud)
        assert "CacheHitResult" not in steps["Train"]

    async def update(cloud: FakeCloud, arguments) -> None:
        definition = text(step("Train", CacheConfig=CACHED, Arguments=arguments))
        await cloud.ask("UpdatePipeline", PipelineName="p", PipelineDefinition=definition)

    play(story)


def test_without_a_cache_every_run_works():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("Train"))
        await run(cloud)
        await run(cloud)
        assert trained(cloud) == 2
        assert await start(cloud)

    play(story)

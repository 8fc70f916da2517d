"""Steps are tried again as their policies say, in virtual time; executions are retried as a whole by request."""

from functools import partial

import pytest

from simulator.aws.sagemaker.pipelines.definition.retries import next_retry
from simulator.kernel.errors import CallerError
from simulator.runtime.engine_scripted import Script
from tests.aws.sagemaker.fake_cloud import FakeCloud, play, until
from tests.aws.sagemaker.pipelines.small import create, ended, run, start, step, steps


def test_the_first_policy_that_names_the_failure_counts_its_own_retries():
    policies = [
        {"ExceptionType": ["Step.THROTTLING"], "IntervalSeconds": 10, "BackoffRate": 3.0, "MaxAttempts": 2},
        {"ExceptionType": ["Step.SERVICE_FAULT"], "ExpireAfterMin": 5, "IntervalSeconds": 100},
    ]
    assert next_retry(policies, "Step.THROTTLING", {}, 0) == (0, 10.0)
    assert next_retry(policies, "Step.THROTTLING", {"0": 1}, 10) == (0, 30.0)
    assert next_retry(policies, "Step.THROTTLING", {"0": 2}, 40) is None
    assert next_retry(policies, "Step.SERVICE_FAULT", {"1": 1}, 100) == (1, 200.0)
    assert next_retry(policies, "Step.SERVICE_FAULT", {"1": 2}, 200) is None
    assert next_retry(policies, "SageMaker.CAPACITY_ERROR", {}, 0) is None


class Throttled:
    """CreateTrainingJob is refused so many times."""

    def __init__(self, cloud: FakeCloud, times: int) -> None:
        self.left, self._call = times, cloud.call
        cloud.call = self.call  # type: ignore[method-assign]

    async def call(self, service, operation, params, **who):
        if operation == "CreateTrainingJob" and self.left:
            self.left -= 1
            raise CallerError("ThrottlingException", "Rate exceeded")
        return await self._call(service, operation, params, **who)


def policy(**more):
    return [{"ExceptionType": ["Step.THROTTLING"], "IntervalSeconds": 600, "BackoffRate": 2.0, **more}]


def test_a_throttled_step_waits_in_virtual_time_and_is_tried_again():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("Train", RetryPolicies=policy(MaxAttempts=3)))
        Throttled(cloud, 2)
        arn, began = await start(cloud), cloud.kernel.clock.now()
        await cloud.kernel.scheduler.rest()
        assert (await steps(cloud, arn))["Train"]["StepStatus"] == "Starting"
        await cloud.kernel.scheduler.advance(1801)
        status, found = await ended(cloud, arn)
        assert (status, found["Train"]["AttemptCount"]) == ("Succeeded", 3)
        assert found["Train"]["EndTime"] - began >= 1800

    play(story)


def test_a_step_that_is_out_of_retries_fails_with_the_refusal():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("Train", RetryPolicies=policy(MaxAttempts=1)))
        Throttled(cloud, 9)
        arn = await start(cloud)
        await cloud.kernel.scheduler.advance(700)
        status, found = await ended(cloud, arn)
        assert (status, found["Train"]["AttemptCount"]) == ("Failed", 2)
        reason = "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: Rate exceeded"
        assert found["Train"]["FailureReason"] == reason

    play(story)


def test_a_step_that_waits_for_its_retry_can_be_stopped():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("Train", RetryPolicies=policy(MaxAttempts=3)))
        Throttled(cloud, 9)
        arn = await start(cloud)
        await cloud.kernel.scheduler.rest()
        await cloud.ask("StopPipelineExecution", PipelineExecutionArn=arn)
        status, found = await ended(cloud, arn)
        assert (status, found["Train"]["StepStatus"]) == ("Stopped", "Stopped")

    play(story)


def test_a_failed_execution_goes_on_from_the_step_that_failed():
    async def story(cloud: FakeCloud) -> None:
        cloud.engine.script("xgboost", Script(), when=lambda work: "First" in work.name)
        cloud.engine.script("xgboost", Script(code=1), when=lambda work: "Second" in work.name)
        await create(cloud, step("First"), step("Second", DependsOn=["First"]))
        arn = await start(cloud)
        status, before = await ended(cloud, arn)
        assert (status, before["Second"]["StepStatus"]) == ("Failed", "Failed")
        cloud.engine.script("xgboost", Script())
        await cloud.ask("RetryPipelineExecution", PipelineExecutionArn=arn)
        status, after = await ended(cloud, arn)
        assert status == "Succeeded"
        assert after["First"] == before["First"]
        assert after["Second"]["Metadata"] != before["Second"]["Metadata"]
        found = await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn)
        assert "FailureReason" not in found
        with pytest.raises(CallerError, match="in status Succeeded cannot be retried"):
            await cloud.ask("RetryPipelineExecution", PipelineExecutionArn=arn)

    play(story)


def started(cloud: FakeCloud, number: int) -> bool:
    return len(cloud.engine.started) > number


def test_parallelism_is_the_executions_own_or_the_pipelines():
    async def story(cloud: FakeCloud) -> None:
        cloud.engine.script("xgboost", Script(held=True))
        await create(cloud, *(step(f"T{number}") for number in range(4)))
        arn = await start(cloud, ParallelismConfiguration={"MaxParallelExecutionSteps": 2})
        await until(cloud, lambda: len(cloud.engine.started) == 2)
        assert list(await steps(cloud, arn)) == ["T0", "T1"]
        await cloud.engine.finish(cloud.engine.started[0].name)
        await until(cloud, lambda: len(cloud.engine.started) == 3)
        assert len(await steps(cloud, arn)) == 3
        for number in (1, 2, 3):
            await until(cloud, partial(started, cloud, number))
            await cloud.engine.finish(cloud.engine.started[number].name)
        assert (await ended(cloud, arn))[0] == "Succeeded"

    play(story)


def test_a_pipeline_runs_with_the_parallelism_it_was_made_with():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("A"), step("B"))
        await cloud.ask(
            "UpdatePipeline", PipelineName="p", ParallelismConfiguration={"MaxParallelExecutionSteps": 1}
        )
        _, found = await run(cloud)
        assert found["A"]["EndTime"] <= found["B"]["StartTime"]

    play(story)

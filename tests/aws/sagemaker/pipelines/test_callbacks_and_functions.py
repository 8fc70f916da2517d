"""Callback steps wait for an answer to their token; Lambda steps take their outputs from the function's answer."""

import json
from typing import Any

import pytest

from simulator.kernel.errors import CallerError
from tests.aws.sagemaker.fake_cloud import FakeCloud, play, until
from tests.aws.sagemaker.pipelines.small import create, ended, run, start, step, steps

QUEUE = "https://sqs.us-east-1.amazonaws.com/222222222222/q"
FUNCTION = "arn:aws:lambda:us-east-1:222222222222:function:f"


class Others:
    """SQS and Lambda: messages sent, and what functions answer."""

    def __init__(self, cloud: FakeCloud, answer=None, error: str = "") -> None:
        self.messages: list[dict[str, Any]] = []
        self.asked: list[tuple[str, Any]] = []
        self._call = cloud.call
        self._answer = {"Payload": json.dumps(answer).encode(), **({"FunctionError": error} if error else {})}
        cloud.call = self.call  # type: ignore[method-assign]

    async def call(self, service, operation, params, **who):
        if service == "sqs":
            assert params["QueueUrl"] == QUEUE
            self.messages.append(json.loads(params["MessageBody"]))
            return {"MessageId": "1"}
        if service == "lambda":
            self.asked.append((params["FunctionName"], json.loads(params["Payload"])))
            return self._answer
        return await self._call(service, operation, params, **who)


def callback(**more):
    outputs = [{"OutputName": "rows", "OutputType": "Integer"}]
    return step(
        "Ask", "Callback", SqsQueueUrl=QUEUE, Arguments={"where": "s3://b"}, OutputParameters=outputs, **more
    )


def say(reference: str):
    text = {"Std:Join": {"On": "=", "Values": ["rows", {"Get": reference}]}}
    return step("Say", "Fail", Arguments={"ErrorMessage": text})


def test_a_callback_waits_at_rest_and_gives_its_outputs():
    async def story(cloud: FakeCloud) -> None:
        others = Others(cloud)
        await create(cloud, callback(), say("Steps.Ask.OutputParameters['rows']"))
        arn = await start(cloud)
        await cloud.kernel.scheduler.advance(86400)
        (message,) = others.messages
        token = message.pop("token")
        assert message == {
            "pipelineExecutionArn": arn,
            "arguments": {"where": "s3://b"},
            "status": "Executing",
        }
        assert (await steps(cloud, arn))["Ask"]["StepStatus"] == "Executing"
        outputs = [{"Name": "rows", "Value": "7"}]
        told = {"CallbackToken": token, "OutputParameters": outputs, "ClientRequestToken": "c" * 32}
        for _ in range(2):  # as a client does that lost the first answer
            answer = await cloud.ask("SendPipelineExecutionStepSuccess", **told)
            assert answer["PipelineExecutionArn"] == arn
        _, found = await ended(cloud, arn)
        assert found["Say"]["FailureReason"] == "rows=7"
        assert found["Ask"]["Metadata"]["Callback"] == {
            "CallbackToken": token,
            "SqsQueueUrl": QUEUE,
            "OutputParameters": outputs,
        }
        with pytest.raises(CallerError) as refused:
            await cloud.ask("SendPipelineExecutionStepFailure", CallbackToken=token)
        assert refused.value.code == "ResourceNotFound"

    play(story)


def test_a_callback_that_is_answered_with_a_failure_fails():
    async def story(cloud: FakeCloud) -> None:
        others = Others(cloud)
        await create(cloud, callback())
        arn = await start(cloud)
        await until(cloud, lambda: bool(others.messages))
        token = others.messages[0]["token"]
        await cloud.ask("SendPipelineExecutionStepFailure", CallbackToken=token, FailureReason="no room")
        status, found = await ended(cloud, arn)
        assert (status, found["Ask"]["FailureReason"]) == ("Failed", "ClientError: no room")

    play(story)


def test_a_stopped_execution_tells_the_queue_and_waits_for_the_answer():
    async def story(cloud: FakeCloud) -> None:
        others = Others(cloud)
        await create(cloud, callback())
        arn = await start(cloud)
        await cloud.kernel.scheduler.rest()
        await cloud.ask("StopPipelineExecution", PipelineExecutionArn=arn)
        await until(cloud, lambda: len(others.messages) == 2)
        assert [each["status"] for each in others.messages] == ["Executing", "Stopping"]
        assert (await steps(cloud, arn))["Ask"]["StepStatus"] == "Stopping"
        await cloud.ask("SendPipelineExecutionStepSuccess", CallbackToken=others.messages[1]["token"])
        status, found = await ended(cloud, arn)
        assert (status, found["Ask"]["StepStatus"]) == ("Stopped", "Stopped")

    play(story)


def test_a_callback_that_nobody_answers_times_out():
    async def story(cloud: FakeCloud) -> None:
        Others(cloud)
        await create(cloud, callback())
        arn = await start(cloud)
        await cloud.kernel.scheduler.advance(8 * 86400)
        status, found = await ended(cloud, arn)
        assert status == "Failed"
        assert "timed out" in found["Ask"]["FailureReason"]

    play(story)


def function(**more):
    arguments = {"threshold": {"Get": "Parameters.Limit"}}
    outputs = [{"OutputName": "rows", "OutputType": "Integer"}]
    return step("Call", "Lambda", FunctionArn=FUNCTION, Arguments=arguments, OutputParameters=outputs, **more)


LIMIT = [{"Name": "Limit", "Type": "Float", "DefaultValue": 0.5}]


def test_a_function_is_asked_with_the_arguments_and_its_answer_gives_the_outputs():
    async def story(cloud: FakeCloud) -> None:
        others = Others(cloud, {"rows": 3, "more": "kept to itself"})
        await create(cloud, function(), say("Steps.Call.OutputParameters['rows']"), Parameters=LIMIT)
        _, found = await run(cloud)
        assert others.asked == [(FUNCTION, {"threshold": 0.5})]
        assert found["Say"]["FailureReason"] == "rows=3"
        outputs = [{"Name": "rows", "Value": "3"}]
        assert found["Call"]["Metadata"] == {"Lambda": {"Arn": FUNCTION, "OutputParameters": outputs}}

    play(story)


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        ({"errorType": "KeyError", "errorMessage": "'x'"}, "Unhandled", "failed: KeyError: 'x'"),
        ({"other": 1}, "", "Output parameter rows of step Call is missing"),
        ({"rows": "many"}, "", "'many' is not of type Integer"),
    ],
)
def test_a_function_that_fails_or_lacks_an_output_fails_the_step(answer, error, reason):
    async def story(cloud: FakeCloud) -> None:
        Others(cloud, answer, error)
        await create(cloud, function(), Parameters=LIMIT)
        status, found = await run(cloud)
        assert status == "Failed"
        assert reason in found["Call"]["FailureReason"]

    play(story)


def test_a_step_type_without_behaviour_fails_by_name_where_it_runs():
    async def story(cloud: FakeCloud) -> None:
        emr = {"Name": "Spark", "Type": "EMR", "ClusterId": "j-1", "StepConfig": {}}
        await create(cloud, emr)
        status, found = await run(cloud)
        assert status == "Failed"
        assert "step type EMR (step Spark) is not simulated" in found["Spark"]["FailureReason"]
        assert [fact["step"] for fact in cloud.facts("StepRefused")] == ["Spark"]

    play(story)

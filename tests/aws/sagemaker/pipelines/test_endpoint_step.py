"""An Endpoint step whose process was killed goes on with the endpoint that it had made."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.pipelines.steps.endpoint import create_endpoint
from simulator.aws.sagemaker.pipelines.steps.step import StepFailed
from simulator.runtime.engine_scripted import Script
from simulator.runtime.work import Answer
from tests.aws.sagemaker.fake_cloud import ACCOUNT, REGION, FakeCloud, play
from tests.aws.sagemaker.test_endpoints import configure


@dataclass
class Attempt:
    """What the step sees of its execution."""

    actor: Actor
    row: dict[str, Any]
    name: str = "served"
    arguments: dict[str, Any] = field(default_factory=lambda: {"EndpointConfigName": "one"})

    def executing(self, metadata: dict[str, Any]) -> None:
        self.row |= {"StepStatus": "Executing", "Metadata": metadata}


async def attempt(cloud: FakeCloud, status: str) -> Any:
    cloud.engine.script("xgboost", Script(answer=lambda asked: Answer(200, {}, b"")))
    await configure(cloud, "one")
    return Attempt(Actor(cloud, ACCOUNT, REGION), {"StepStatus": status})


def test_what_was_made_before_the_kill_is_waited_for():
    async def story(cloud: FakeCloud) -> None:
        step = await attempt(cloud, "Executing")
        await cloud.ask("CreateEndpoint", EndpointName="served", EndpointConfigName="one")
        done = await create_endpoint(step)
        assert done.properties["EndpointStatus"] == "InService"

    play(story)


def test_what_was_not_made_before_the_kill_is_made():
    async def story(cloud: FakeCloud) -> None:
        step = await attempt(cloud, "Executing")
        assert (await create_endpoint(step)).properties["EndpointName"] == "served"
        assert step.row["Metadata"]["Endpoint"]["Arn"].endswith(":endpoint/served")

    play(story)


def test_somebody_elses_endpoint_of_the_name_is_refused():
    async def story(cloud: FakeCloud) -> None:
        step = await attempt(cloud, "Starting")
        await cloud.ask("CreateEndpoint", EndpointName="served", EndpointConfigName="one")
        with pytest.raises(StepFailed, match="Cannot create already existing endpoint"):
            await create_endpoint(step)

    play(story)

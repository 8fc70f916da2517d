"""A serverless endpoint answers from its container, shows no instances, and excludes what AWS excludes."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kernel.errors import CallerError
from tests.aws.sagemaker.fake_cloud import FakeCloud, play
from tests.aws.sagemaker.test_endpoints import CAPTURE, configure, describe, invoke, serves

SERVERLESS = {
    "VariantName": "AllTraffic",
    "ModelName": "one",
    "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
}


async def _configure(cloud: FakeCloud, *variants: dict[str, Any], **more: Any) -> None:
    await configure(cloud, "one")
    await cloud.ask(
        "CreateEndpointConfig", EndpointConfigName="serverless", ProductionVariants=list(variants), **more
    )


def test_a_serverless_endpoint_answers_and_shows_its_configuration() -> None:
    async def story(cloud: FakeCloud) -> None:
        serves(cloud.engine, "one")
        await _configure(cloud, SERVERLESS)
        await cloud.ask("CreateEndpoint", EndpointName="abalone", EndpointConfigName="serverless")
        found = await describe(cloud)
        assert found["EndpointStatus"] == "InService"
        [variant] = found["ProductionVariants"]
        assert variant["CurrentServerlessConfig"] == SERVERLESS["ServerlessConfig"]
        assert "CurrentInstanceCount" not in variant
        assert (await invoke(cloud))["Body"] == b"one"

    play(story)


@pytest.mark.parametrize(
    ("change", "more", "text"),
    [
        ({"InstanceType": "ml.m5.large"}, {}, "together with ServerlessConfig"),
        ({}, {"DataCaptureConfig": CAPTURE}, "Data capture is not supported"),
        ({"ServerlessConfig": {"MemorySizeInMB": 1500, "MaxConcurrency": 1}}, {}, "1024, 2048, 3072"),
    ],
)
def test_what_a_serverless_variant_may_not_be(
    change: dict[str, Any], more: dict[str, Any], text: str
) -> None:
    async def story(cloud: FakeCloud) -> None:
        with pytest.raises(CallerError, match=text):
            await _configure(cloud, {**SERVERLESS, **change}, **more)

    play(story)

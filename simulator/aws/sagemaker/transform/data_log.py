"""The stream `<job>/<host>/data-log` of a transform job: what SageMaker itself says about the data.

Source: the streams that aws/sagemaker-python-sdk's logs_for_transform_job follows, and lines quoted in issues.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.logs import LogShipper

GROUP = "/aws/sagemaker/TransformJobs"


class DataLog:
    """Writes lines as the execution role; a role that may not write logs loses them."""

    def __init__(self, actor: Actor, stream: str) -> None:
        self._clock = actor.cloud.kernel.clock
        self._shipper = LogShipper(actor, GROUP, f"{stream}/data-log")

    async def say(self, *lines: str) -> None:
        """Lines as SageMaker begins them."""
        moment = datetime.fromtimestamp(self._clock.now(), UTC)
        stamp = moment.isoformat(timespec="milliseconds").removesuffix("+00:00")
        await self._shipper.ship(_each([f"{stamp}:[sagemaker logs]: {line}" for line in lines]))

    async def failed(self, uri: str, what: str, message: str) -> None:
        """The lines about an object that could not be transformed."""
        name = uri.removeprefix("s3://")
        await self.say(f"{name}: {what}", f"{name}: ", f"{name}: Message:", f"{name}: {message}")


async def _each(lines: list[str]) -> AsyncIterator[str]:
    for line in lines:
        yield line

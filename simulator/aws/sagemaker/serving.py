"""Serving works: a model's container started with its model, asked for its health, removed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker import archive, images, storage
from simulator.aws.sagemaker.acting import as_role
from simulator.aws.sagemaker.jobs import role_environment
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import current_cause
from simulator.runtime.engine import WorkUnreachable
from simulator.runtime.images import Images, ImageUnavailable
from simulator.runtime.work import Mount, Work

HEALTH_SECONDS = 240.0
"""How long a container may take until /ping answers 200 (developer guide: 4 minutes)."""
PING_SECONDS = 2.0
STOP_GRACE_SECONDS = 30.0
_FIRST_NAP, _LONGEST_NAP = 0.05, 1.0


class WorkerFailed(Exception):
    """The container does not serve; the text is AWS's reason."""


@dataclass(frozen=True)
class Container:
    """What serves a model: image URI, the model's archive (empty: none), variables and execution role.

    `unserved` is why nothing here can serve it, empty where something can.
    """

    image: str
    model_data: str
    environment: Mapping[str, str]
    role: str
    unserved: str = ""

    def row(self) -> dict[str, Any]:
        """As a row holds it."""
        return asdict(self)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Container:
        """From a row."""
        return cls(**row)


def directory(cloud: Cloud, name: str) -> Path:
    """What the work sees as /opt/ml."""
    return cloud.kernel.store.directory / "work" / name / "ml"


async def start(
    cloud: Cloud, container: Container, name: str, region: str, extra: Mapping[str, str] | None = None
) -> None:
    """Bring the model, start the container and wait until it is healthy; raises WorkerFailed."""
    await remove(cloud, name)
    if container.unserved:
        cloud.kernel.log.record("WorkRefused", name, {"error": container.unserved})
        raise WorkerFailed(container.unserved)
    image = images.resolve(container.image, cloud.topology.images)
    if image is None:
        text = images.missing(container.image)
        raise WorkerFailed(f"Requested image {container.image} not found. ({text})")
    ml = directory(cloud, name)
    await _bring_model(cloud, container, ml / "model", region)
    environment = {
        **image.environment,
        **role_environment(cloud, container.role, region),
        "SAGEMAKER_REGION": region,
        **container.environment,
        **(extra or {}),
    }
    try:
        described = Images().describe(image.name)
        command = (*described.entrypoint, *described.serve)
        mounts = (Mount(ml, "/opt/ml"),)
        work = Work(name, image.name, command, environment, mounts, serves=True, cause=current_cause())
        await cloud.engine.start(work)
    except (NotSimulated, ImageUnavailable) as refused:
        cloud.kernel.log.record("WorkRefused", name, {"error": str(refused)})
        raise WorkerFailed(str(refused)) from refused
    detail: dict[str, object] = {"uri": container.image, "image": image.name, "for": name}
    cloud.kernel.log.record("ImageSubstituted", container.image, detail, region=region)
    await healthy(cloud, name)


async def _bring_model(cloud: Cloud, container: Container, target: Path, region: str) -> None:
    await asyncio.to_thread(target.mkdir, parents=True, exist_ok=True)
    if not container.model_data:
        return
    try:
        body = await storage.get(as_role(cloud, container.role, region), container.model_data)
    except CallerError as error:
        raise WorkerFailed(
            f'Failed to download model data for container "container_1" from URL: "{container.model_data}". Please '
            "ensure that there is an object located at the URL and that the role passed to CreateModel has "
            f"permissions to download the model. ({error.code}: {error.message})"
        ) from error
    try:
        await archive.unpack(body, target)
    except archive.NotAnArchive as error:
        raise WorkerFailed(
            f'Failed to extract model data archive for container "container_1" from URL "{container.model_data}". '
            "Please ensure that the object located at the URL is a valid tar.gz archive."
        ) from error


async def healthy(cloud: Cloud, name: str) -> None:
    """Wait until /ping answers 200; raises WorkerFailed after four minutes, or when the container has ended."""
    ended = asyncio.create_task(cloud.engine.wait(name))
    until, nap = cloud.kernel.clock.wall() + HEALTH_SECONDS, _FIRST_NAP
    try:
        while cloud.kernel.clock.wall() < until:
            if await ping(cloud, name):
                return
            await asyncio.wait([ended], timeout=nap)
            if ended.done():
                raise WorkerFailed(
                    f"The container ended with exit code {ended.result().code} before it was healthy."
                )
            nap = min(nap * 1.5, _LONGEST_NAP)
    finally:
        ended.cancel()
    raise WorkerFailed("The container did not pass the ping health check.")


async def ping(cloud: Cloud, name: str) -> bool:
    """Whether the container answers /ping with 200 now."""
    try:
        answer = await cloud.engine.request(name, "GET", "/ping", {}, b"", PING_SECONDS)
    except WorkUnreachable:
        return False
    return answer.status == 200


async def remove(cloud: Cloud, name: str) -> None:
    """Forget a work at once."""
    await cloud.engine.remove(name)
    await asyncio.to_thread(shutil.rmtree, directory(cloud, name).parent, ignore_errors=True)

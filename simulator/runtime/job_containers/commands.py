"""What the `docker` command line does for a pipeline: build and push images, start and stop containers of a set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import docker.errors

from simulator.runtime.background import in_background, tell
from simulator.runtime.docker_ends import DockerEnds
from simulator.runtime.job_containers.dockerfiles import Build, base_images
from simulator.runtime.job_containers.outlets import open_outlet
from simulator.runtime.job_containers.registries import (
    ensure_image,
    may_reach,
    refuse,
    registry_of,
    split_tag,
)
from simulator.runtime.job_containers.removing import mark, remove
from simulator.runtime.job_containers.room import DockerRoom
from simulator.runtime.job_containers.values import ContainerFailed, Login, Say
from simulator.runtime.reach import PROXY_PORT


class DockerCommands:
    """The commands; what they say goes line by line to `say`. They raise ContainerFailed and NotSimulated."""

    def __init__(self, room: DockerRoom, ends: DockerEnds) -> None:
        self._room, self._ends = room, ends

    async def build(self, wanted: Build, say: Say) -> str:
        """Build an image, whose commands reach the simulator and the allowed registries only; its id."""
        await self._ends.open()
        return await self._heard(say, lambda heard: self._build(wanted, heard))

    async def push(self, image: str, login: Login | None, say: Say) -> str:
        """Push an image to the registry that its name leads to; its digest."""
        return await self._heard(say, lambda heard: self._push(image, login, heard))

    async def base(self, image: str) -> str:
        """The digest by which a registry knows an image that is there, "" where it came from none."""
        return await in_background(lambda: self._digest(image))

    async def start(self, containers: str, name: str) -> None:
        """Start a container of a set that was stopped."""
        await in_background(lambda: self._container(containers, name).start())

    async def stop(self, containers: str, name: str, grace_seconds: int) -> None:
        """Stop a container of a set: SIGTERM, and SIGKILL after the grace."""
        await in_background(lambda: self._container(containers, name).stop(timeout=grace_seconds))

    async def _heard(self, say: Say, call: Callable[[Say], str]) -> str:
        loop = asyncio.get_running_loop()
        return await in_background(lambda: call(lambda text: tell(loop, say, text)))

    def _container(self, containers: str, name: str) -> Any:
        found = self._room.container(containers, name)
        if found is None:
            raise ContainerFailed(f"No such container: {name}")
        return found

    def _digest(self, image: str) -> str:
        digests = self._room.client().images.get(image).attrs.get("RepoDigests") or [""]
        return str(digests[0]).partition("@")[2]

    def _build(self, wanted: Build, say: Say) -> str:
        client, options = self._room.client(), wanted.options
        text = wanted.dockerfile.read_text(errors="replace")
        for image in dict.fromkeys(base_images(text, options.arguments)):
            ensure_image(client, image, self._room.rules, say)
        remove(self._room, wanted.name, lambda _: None)
        mark(self._room, wanted.name)
        try:
            outlet = open_outlet(self._room, wanted.name, "build")
            return self._built(wanted, f"container:{outlet.id}", say)
        finally:
            remove(self._room, wanted.name, lambda _: None)

    def _built(self, wanted: Build, network: str, say: Say) -> str:
        client, options = self._room.client(), wanted.options
        tags = [*wanted.tags, *options.tags]
        stream = client.api.build(
            path=str(wanted.context),
            dockerfile=str(wanted.dockerfile),
            tag=tags[0] if tags else None,
            labels={**wanted.labels, **options.labels},
            buildargs={**self._proxies(), **options.arguments},
            cache_from=options.cache_from or None,
            network_mode=network,
            rm=True,
            forcerm=True,
            decode=True,
            **options.api,
        )
        built = ""
        for part in stream:
            if "error" in part:
                raise ContainerFailed(str(part["error"]).strip())
            for line in str(part.get("stream", part.get("status", ""))).splitlines():
                say(line)
            built = part.get("aux", {}).get("ID", built)
        for tag in tags[1:]:
            name, label = split_tag(tag)
            client.api.tag(built, name, label or "latest", force=True)
            say(f"Successfully tagged {tag}")
        return str(built)

    def _proxies(self) -> dict[str, str]:
        """Build arguments that every Dockerfile has without naming them, and that leave no trace in the image."""
        if self._room.reach.proxy is None:
            return {}
        proxy = f"http://127.0.0.1:{PROXY_PORT}"
        return dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), proxy)

    def _push(self, image: str, login: Login | None, say: Say) -> str:
        registry = registry_of(image)
        if not may_reach(registry, self._room.rules):
            raise refuse(registry, f"pushing the image {image}")
        name, tag = split_tag(image)
        auth = {"username": login.user, "password": login.password} if login else {}
        digest = ""
        try:
            stream = self._room.client().api.push(
                name, tag or "latest", stream=True, decode=True, auth_config=auth
            )
            for part in stream:
                if "error" in part:
                    raise ContainerFailed(str(part["error"]).strip())
                digest = part.get("aux", {}).get("Digest", digest)
                status, layer = str(part.get("status", "")), part.get("id")
                if (status and "progressDetail" not in part) or status in ("Pushed", "Layer already exists"):
                    say(f"{layer}: {status}" if layer else status)
        except docker.errors.APIError as failure:
            raise ContainerFailed(str(failure.explanation)) from failure
        return digest

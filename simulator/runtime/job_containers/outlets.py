"""Outlets: small containers that own a network in which others stand, and relay to the simulator from inside it."""

import os
import select
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import docker
import docker.errors

from simulator.runtime.docker_images import base_image
from simulator.runtime.docker_networks import join
from simulator.runtime.job_containers.room import DockerRoom
from simulator.runtime.job_containers.values import ContainerFailed

BOOT = (
    "import sys; sys.path.insert(0, '/opt/simulator');"
    "from simulator.runtime.sandbox.outlet import keep; keep(sys.argv[1:])"
)
HOST = "host"
"""The name of the outlet that leads from the host to services, and through which images are built."""


def open_outlet(
    room: DockerRoom,
    containers: str,
    name: str,
    services: Iterable[str] = (),
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Start the outlet `name` of a set and return its container when it relays; blocks. Raises ContainerFailed."""
    client, place = room.client(), room.place(f"{containers}/{name}")
    shutil.rmtree(place, ignore_errors=True)
    (place / "services").mkdir(parents=True, mode=0o700)
    os.mkfifo(place / "started")
    started = os.open(place / "started", os.O_RDONLY | os.O_NONBLOCK)
    try:
        container = client.containers.run(
            _image(client),
            [*services],
            detach=True,
            entrypoint=["python3", "-I", "-S", "-B", "-c", BOOT],
            labels=room.labels(containers, name, "outlet"),
            mounts=[
                _bound(room.launcher(), "/opt/simulator", read_only=True),
                _bound(room.directory / "ends", "/run/simulator/ends", read_only=True),
                _bound(place, "/run/simulator/work"),
            ],
            security_opt=["no-new-privileges"],
            **join(client, room.network(containers), room.label, host_of(name)),
            **(options or {}),
        )
        while not select.select([started], [], [], 1.0)[0]:
            container.reload()
            if container.status not in ("created", "running"):
                said = container.logs(tail=5).decode(errors="replace").strip()
                raise ContainerFailed(f"the network of {name} cannot be had: {said}")
    finally:
        os.close(started)
    return container


def host_of(name: str) -> str:
    """The host name of the container that stands in the network of the outlet `name`."""
    return f"outlet-{name}"


def service_sockets(room: DockerRoom, containers: str) -> Path:
    """The directory whose socket files lead to the services of a set, named by their published ports."""
    return room.place(f"{containers}/{HOST}") / "services"


def _image(client: docker.DockerClient) -> str:
    image = base_image()
    try:
        client.images.get(image)
    except docker.errors.ImageNotFound:
        client.images.pull(image)
    return image


def _bound(source: Path, target: str, *, read_only: bool = False) -> docker.types.Mount:
    return docker.types.Mount(target, str(source.resolve()), type="bind", read_only=read_only)

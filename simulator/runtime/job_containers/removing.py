"""What a set leaves in the Docker engine, taken away: idle containers and services first, what they stand on last."""

import contextlib
import shutil

import docker.errors

from simulator.runtime.job_containers.room import ENGINE, NAME, ROLE, SET, DockerRoom
from simulator.runtime.job_containers.values import Say


def mark(room: DockerRoom, name: str) -> None:
    """Write down that there is a set of that name, before the Docker engine has anything of it."""
    place = room.place(name)
    (place / "steps").mkdir(parents=True)
    (place / "set").write_text(name)


def remove(room: DockerRoom, name: str, say: Say) -> None:
    """Everything of the set that the Docker engine has: idle containers and services first, outlets last."""
    client = room.client()
    found = room.listed(name)
    for container in sorted(found, key=lambda each: str(each.labels[ROLE]) == "outlet"):
        if container.labels[ROLE] != "outlet":
            say(f"Stop and remove container: {container.name}")
            say(f"##[command]/usr/bin/docker rm --force {container.id}")
        with contextlib.suppress(docker.errors.NotFound):  # somebody else was faster
            container.remove(force=True, v=True)
    for volume in client.volumes.list(filters={"label": [f"{ENGINE}={room.label}", f"{SET}={name}"]}):
        volume.remove(force=True)
    network = room.network(name)
    for each in client.networks.list(names=[network]):
        if each.name == network:
            say(f"Remove container network: {network}")
            say(f"##[command]/usr/bin/docker network rm {network}")
            each.remove()
    shutil.rmtree(room.place(name), ignore_errors=True)
    for one in found:
        shutil.rmtree(room.place(f"{name}/{one.labels[NAME]}"), ignore_errors=True)

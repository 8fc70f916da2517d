"""Where an image comes from: what the Docker engine has, or a registry of the allowed hosts."""

import re
from collections.abc import Callable

import docker
import docker.errors

from simulator.kernel.errors import NotSimulated
from simulator.runtime.job_containers.values import ContainerFailed, Login
from simulator.runtime.proxy_rules import Passed, Rules, decide

DOCKER_HUB = "docker.io"
_HUB_HOSTS = ("registry-1.docker.io", "docker.io", "index.docker.io")


def registry_of(image: str) -> str:
    """The registry that an image's name leads to, with its port: `docker.io` where it names none."""
    first, slash, _ = image.partition("/")
    return first if slash and (re.search(r"[.:]", first) or first == "localhost") else DOCKER_HUB


def may_reach(registry: str, rules: Rules) -> bool:
    """Whether the registry is among the hosts that the simulation may reach."""
    host, _, port = registry.partition(":")
    hosts = _HUB_HOSTS if host == DOCKER_HUB else (host,)
    return any(isinstance(decide(each, int(port or 443), rules), Passed) for each in hosts)


def refuse(registry: str, what: str) -> NotSimulated:
    """The refusal of a registry that is outside of the simulation."""
    host = "registry-1.docker.io" if registry == DOCKER_HUB else registry.partition(":")[0]
    return NotSimulated(
        f"{what} (registry {registry} is outside the simulation)",
        f"Allow it with SIMULATOR_ALLOWED_HOSTS={host}, or bring the image to the Docker engine yourself.",
    )


def ensure_image(
    client: docker.DockerClient,
    image: str,
    rules: Rules,
    say: Callable[[str], None],
    *,
    local: bool = False,
    login: Login | None = None,
) -> None:
    """Pull the image, or see that it is there; blocks. Raises ContainerFailed or NotSimulated."""
    if not local and may_reach(registry_of(image), rules):
        _pull(client, image, say, login)
        return
    try:
        client.images.get(image)
    except docker.errors.ImageNotFound as missing:
        if local:
            raise ContainerFailed(f"No such image: {image}") from missing
        raise refuse(registry_of(image), f"pulling the image {image}") from missing
    if not local:
        say(f"The Docker engine has {image}: it is used as it is there.")


def _pull(client: docker.DockerClient, image: str, say: Callable[[str], None], login: Login | None) -> None:
    say(f"##[command]/usr/bin/docker pull {image}")
    name, tag = split_tag(image)
    auth = {"username": login.user, "password": login.password} if login else None
    try:
        pulled = client.images.pull(name, tag=tag or "latest", auth_config=auth)
    except docker.errors.APIError as failure:
        say(f"Error response from daemon: {failure.explanation}")
        raise ContainerFailed("Docker pull failed with exit code 1") from failure
    say(f"Digest: {next(iter(pulled.attrs.get('RepoDigests') or ['']), '').partition('@')[2] or pulled.id}")


def split_tag(image: str) -> tuple[str, str]:
    """Name and tag (or digest) of an image: a colon before the last slash belongs to the registry."""
    if "@" in image:
        name, _, digest = image.partition("@")
        return name, digest
    name, colon, tag = image.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (image, "")

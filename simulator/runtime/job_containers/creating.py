"""One container of a set: created from its image, started, and made fit for the agent's user."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import docker
import docker.errors

from simulator.kernel.errors import NotSimulated
from simulator.runtime.job_containers.options import Options, read_options
from simulator.runtime.job_containers.outlets import open_outlet
from simulator.runtime.job_containers.room import DockerRoom
from simulator.runtime.job_containers.values import Container, ContainerFailed, ContainerSet, Say
from simulator.runtime.reach import AWS_PORT, CERTIFICATES, PROXY_PORT, client_variables

STEPS = "/run/simulator/steps"
"""Where an idle container has what its programs write for the simulator."""

_IDLE = ("bash", "-c", "trap 'exit 0' TERM INT; while :; do sleep 86400 & wait $!; done")
"""What keeps a container there, as the agent's own command does: an ENTRYPOINT of the image gets it as arguments."""


def create(room: DockerRoom, around: ContainerSet, wanted: Container, say: Say) -> Any:
    """Create and start a container of the set `around`; blocks. Raises ContainerFailed or NotSimulated."""
    containers = around.name
    options = read_options(wanted.options)
    arguments = dict(options.create)
    labels = {**arguments.pop("labels", {}), **room.labels(containers, wanted.name, _role(wanted))}
    environment = {**arguments.pop("environment", {}), **wanted.environment}
    if wanted.service:
        network = _as_service(room, containers, wanted, options)
    else:
        outlet = open_outlet(room, containers, wanted.name, options=options.network)
        network = {"network_mode": f"container:{outlet.id}"}
        environment = {**_pointing(room, around), **environment}
        arguments["command"] = list(_IDLE)
    name = arguments.pop("name", container_name(room, containers, wanted))
    say(
        f"##[command]/usr/bin/docker create --name {name} --network {room.network(containers)} {wanted.image}"
    )
    try:
        made = room.client().containers.create(
            wanted.image,
            name=name,
            labels=labels,
            environment=environment,
            mounts=_mounts(room, containers, wanted),
            **arguments,
            **network,
        )
        say(str(made.id))
        say(f"##[command]/usr/bin/docker start {made.id}")
        made.start()
    except docker.errors.APIError as failure:
        raise ContainerFailed(f"Docker create fail: {failure.explanation}") from failure
    say(str(made.id))
    if wanted.service:
        see_running(made, say)
    return made


def see_running(made: Any, say: Say) -> None:
    """Tell what a container has written that does not run."""
    made.reload()
    if made.status == "running":
        return
    say(f"##[command]/usr/bin/docker logs --details {made.id}")
    for line in made.logs(tail=200).decode(errors="replace").splitlines():
        say(line)
    say(f"##[warning]Docker container {made.id} is not in running state.")


def container_name(room: DockerRoom, containers: str, wanted: Container) -> str:
    """A name as the agent makes it: the alias, the image, and something that tells sets apart."""
    mark = hashlib.sha256(f"{room.label}/{containers}/{wanted.name}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9_.-]', '', wanted.name)}_{re.sub(r'[^A-Za-z0-9]', '', wanted.image)}_{mark}"


def _role(wanted: Container) -> str:
    return "service" if wanted.service else "job"


def _as_service(room: DockerRoom, containers: str, wanted: Container, options: Options) -> dict[str, Any]:
    client = room.client()
    endpoint = client.api.create_endpoint_config(aliases=[wanted.name, *options.aliases])
    name = room.network(containers)
    return {"network": name, "networking_config": {name: endpoint}, **options.network}


def _pointing(room: DockerRoom, around: ContainerSet) -> dict[str, str]:
    """What points clients at the simulator; the services beside the container are asked without its proxy."""
    reach = room.reach
    certificates = CERTIFICATES if reach.certificates else None
    found = client_variables(AWS_PORT, PROXY_PORT if reach.proxy is not None else None, certificates)
    services = [
        name
        for each in around.containers
        if each.service
        for name in (each.name, *read_options(each.options).aliases)
    ]
    return {
        key: ",".join((text, *services)) if key.lower() == "no_proxy" else text for key, text in found.items()
    }


def _mounts(room: DockerRoom, containers: str, wanted: Container) -> list[docker.types.Mount]:
    mounts = [
        docker.types.Mount(each.target, str(each.source.resolve()), type="bind", read_only=each.read_only)
        for each in wanted.mounts
    ]
    if not wanted.service:
        steps = room.place(containers) / "steps"
        steps.mkdir(parents=True, exist_ok=True)
        mounts.append(docker.types.Mount(STEPS, str(steps), type="bind"))
        if room.reach.certificates is not None:
            certificates = str(room.reach.certificates)
            mounts.append(docker.types.Mount(CERTIFICATES, certificates, type="bind", read_only=True))
    return [*mounts, *(_volume(room, containers, text) for text in wanted.volumes)]


def _volume(room: DockerRoom, containers: str, text: str) -> docker.types.Mount:
    """A volume as the agent reads it: `source:target[:ro]`, `target:ro`, or `target` alone (anonymous)."""
    parts = text.split(":")
    read_only = len(parts) > 1 and parts[-1].lower() == "ro"
    *source, target = parts[:-1] if read_only or len(parts) == 3 else parts
    if not source:
        return docker.types.Mount(target, None, type="volume", read_only=read_only)
    if source[0].startswith(("/", ".", "~")):
        raise NotSimulated(
            f"the volume {text} of a container", "Mount a directory of the job, or a named volume."
        )
    name = f"simulator-{room.label}-{room.place(containers).name}-{source[0]}"
    config = docker.types.DriverConfig("local")
    labels = room.labels(containers, source[0], "volume")
    return docker.types.Mount(
        target, name, type="volume", read_only=read_only, driver_config=config, labels=labels
    )


def make_user(made: Any, uid: int, say: Say) -> str:
    """The user of the container that has the agent's number, made where there is none: its name.

    The commands and texts are those of the agent's `ContainerOperationProvider`. Raises ContainerFailed.
    """
    run(made, ["sh", "-c", "command -v bash"], say)
    say(f"Try to create a user with UID '{uid}' inside the container.")
    who = f"getent passwd {uid} | cut -d: -f1; test ! -e /etc/alpine-release || echo 'Alpine-based image detected.'"
    said = run(made, ["bash", "-c", who], say)
    alpine = "Alpine-based image" in said
    found = [] if not said or said.startswith("Alpine") else said.split()[:1]
    user = found[0] if found else "vsts_azpcontainer"
    if uid == 0:
        say(
            "##[warning]The simulator runs as root, and so do the steps in its containers: an agent's are no root."
        )
    if not found:
        add = ["adduser", "-D", "-u", str(uid), user] if alpine else ["useradd", "-m", "-u", str(uid), user]
        run(made, add, say)
    say(f"Grant user '{user}' SUDO privilege and allow it run any command without authentication.")
    if alpine:
        join = f"addgroup azure_pipelines_sudo && addgroup {user} azure_pipelines_sudo"
    else:
        join = f"groupadd azure_pipelines_sudo && usermod -a -G azure_pipelines_sudo {user}"
    rule = "echo '%azure_pipelines_sudo ALL=(ALL:ALL) NOPASSWD:ALL' >> /etc/sudoers"
    run(made, ["bash", "-c", f'{join} && su -c "{rule}"'], say)
    return user


def run(made: Any, command: list[str], say: Say, environment: Mapping[str, str] | None = None) -> str:
    """One command in the container as its own user; what it wrote. Raises ContainerFailed where it fails."""
    shown = " ".join(word if re.fullmatch(r"[\w./-]+", word) else f'"{word}"' for word in command)
    say(f"##[command]/usr/bin/docker exec {made.id} {shown}")
    try:
        code, output = made.exec_run(command, environment=dict(environment or {}))
    except docker.errors.APIError as failure:
        say(f"Error response from daemon: {failure.explanation}")
        raise ContainerFailed(_executed(made, shown, 1, str(failure.explanation))) from failure
    text = output.decode(errors="replace").strip()
    if text:
        say(text)
    if code:
        raise ContainerFailed(_executed(made, shown, code, text))
    return str(text)


def _executed(made: Any, command: str, code: int, output: str) -> str:
    """What the agent says of a command that failed."""
    lines = ", ".join(f"`{line}`" for line in output.splitlines())
    told = f"command output: {lines}" if lines else "command does not have output"
    return f"Docker-exec executed: `{command}`; container id: `{made.id}`; exit code: `{code}`; {told}"

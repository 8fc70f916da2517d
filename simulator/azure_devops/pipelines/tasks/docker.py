"""Docker@2: login and logout, build and push, start and stop, by the machine's Docker engine in a closed network.

Source: Tasks/DockerV2 and docker-common of azure-pipelines-tasks (order, names, labels, texts); Learn "Docker@2".
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.command_effects import SetVariable
from simulator.azure_devops.pipelines.agent.containers_wanted import set_name
from simulator.azure_devops.pipelines.tasks.artifacts import matcher
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.pipelines.tasks.docker_logins import (
    connection_login,
    qualified,
    sign_in,
    sign_out,
    signed_in,
)
from simulator.kernel.errors import NotSimulated
from simulator.runtime.job_containers.dockerfiles import Build, base_images, read_build_options
from simulator.runtime.job_containers.values import ContainerFailed, Login

if TYPE_CHECKING:
    from simulator.runtime.job_containers.commands import DockerCommands

T = TypeVar("T")
_HOST = "com.azure.dev"
_LABELS = {
    "system.teamfoundationcollectionuri": "System.TeamFoundationCollectionUri",
    "system.teamproject": "System.TeamProject",
    "build.repository.name": "Build.Repository.Name",
    "build.sourceversion": "Build.SourceVersion",
    "build.repository.uri": "Build.Repository.Uri",
    "build.sourcebranchname": "Build.SourceBranchName",
    "build.definitionname": "Build.DefinitionName",
    "build.buildnumber": "Build.BuildNumber",
    "build.builduri": "Build.BuildUri",
}


async def docker(call: TaskCall) -> None:
    """One command; another than the task's own is refused by name.

    For a step in a container the real task asks for the docker of its image, and that for an engine that is not there.
    """
    if call.attempt.container:
        raise TaskFailed(await _missing(call))
    command, login = call.input("command").strip().lower(), connection_login(call)
    if command == "login":
        if login is None:
            raise TaskFailed("Docker registry service connection not specified.")
        sign_in(call, login)
    elif command == "logout":
        sign_out(call, login)
    elif command in ("start", "stop"):
        await _switch(call, command)
    elif command in ("build", "push", "buildandpush"):
        outputs = []
        if command != "push":
            outputs.append(await _build(call, login, alone=command == "build"))
        if command != "build":
            outputs.append(await _push(call, login))
        call.job.state.set(SetVariable("DockerOutput", "\n".join(outputs)), call.attempt.step.name, ())
    else:
        raise NotSimulated(
            f"the command {command} of Docker@2", "Use build, push, buildAndPush, login or logout."
        )


async def _missing(call: TaskCall) -> str:
    """Why there is no docker for a step in a container, in the words of the task library or of docker."""
    remedy = "Docker@2 runs beside the containers: give the step target: host."
    if await call.run(Program(("bash", "-c", "command -v docker >/dev/null"), portable=True)):
        return (
            "Unable to locate executable file: 'docker'. Please verify either the file path exists or the file can be"
            " found within a directory specified by the PATH environment variable. Also check the file mode to verify"
            f" the file is executable. {remedy}"
        )
    return (
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
        f" {remedy}"
    )


def _commands(call: TaskCall) -> DockerCommands:
    containers = call.job.context.room.containers
    if containers is None:
        raise NotSimulated("Docker@2 without a Docker engine", "Start the simulator where one answers.")
    return containers.commands


async def _build(call: TaskCall, login: Login | None, *, alone: bool) -> str:
    """Build the image; the file with what was said."""
    dockerfile = find_dockerfile(call)
    context = call.input("buildContext").strip()
    place = dockerfile.parent if context in ("", "**", "**/*") else call.job.files.outside(context)
    if not place.is_dir():
        raise TaskFailed(f"Not found buildContext: {context}")
    if not alone and call.input("arguments"):
        call.attempt.say(
            "The arguments input is not supported when the command is buildAndPush. Ignoring the input."
        )
    options = read_build_options(call.input("arguments") if alone else "", call.env)
    images = _images(call, login)
    labels = _labels(call, dockerfile, options.arguments)
    build = Build(
        f"{set_name(call.job)}-{call.attempt.record}", place, dockerfile, tuple(images), labels, options
    )
    shown = " ".join(f"-t {image}" for image in images)
    call.attempt.say(f"[command]/usr/bin/docker build -f {dockerfile.name} {shown}".rstrip())
    said: list[str] = []
    built = await _unless_stopped(call, _commands(call).build(build, lambda text: _heard(call, said, text)))
    call.job.state.set(SetVariable("DOCKER_TASK_BUILT_IMAGES", _built_images(call, built)), "", ())
    return _output_file(call, "build", said)


async def _push(call: TaskCall, login: Login | None) -> str:
    """Push every tag; the file with what was said."""
    if not call.input("repository"):
        call.attempt.warning("No repository is specified. Nothing will be pushed.")
    said: list[str] = []
    # Without a login the repository's own name is what is pushed, as the task does.
    for each in _logins(call, login):
        for image in _names(call, each):
            call.attempt.say(f"[command]/usr/bin/docker push {image}")
            pushed = _commands(call).push(image, each, lambda text: _heard(call, said, text))
            digest = await _unless_stopped(call, pushed)
            call.attempt.debug(f"outputImageName: {image} digest: {digest}")
    return _output_file(call, "push", said)


async def _switch(call: TaskCall, command: str) -> None:
    name = call.input("container")
    try:
        known = json.loads(call.value("Agent.ContainerMapping") or "{}")
    except ValueError:
        known = {}
    if name not in known:
        raise TaskFailed(f"Container not found: {name}")
    commands, containers, grace = _commands(call), set_name(call.job), _grace_seconds(call, command)
    call.attempt.say(f"[command]/usr/bin/docker {command} {known[name]['id']}")
    if command == "start":
        await commands.start(containers, name)
    else:
        await commands.stop(containers, name, grace)
    call.attempt.say(known[name]["id"])


def _grace_seconds(call: TaskCall, command: str) -> int:
    """What the arguments of `docker stop` say of its patience; others are refused by name."""
    given = call.input("arguments").strip()
    found = re.fullmatch(r"(?:-t|--time)[= ](\d+)", given)
    if given and (found is None or command == "start"):
        raise NotSimulated(f"the arguments {given} of docker {command}", "Leave them out, or say --time.")
    return int(found[1]) if found else 10


def _images(call: TaskCall, login: Login | None) -> list[str]:
    found = [image for each in _logins(call, login) for image in _names(call, each)]
    if not found:
        call.attempt.debug("Not adding any tags to the built image as no repository is specified.")
    return found


def _logins(call: TaskCall, login: Login | None) -> list[Login | None]:
    return [login] if login is not None else [*signed_in(call)] or [None]


def _names(call: TaskCall, login: Login | None) -> list[str]:
    repository = call.input("repository").strip()
    if not repository:
        return []
    name = qualified(repository, login)
    tags = [tag.strip() for tag in re.split(r"[\n,]+", call.input("tags")) if tag.strip()]
    return [f"{name}:{tag}" for tag in tags] or [name]


def find_dockerfile(call: TaskCall) -> Path:
    """The first Dockerfile that the pattern finds below the sources, in the order of names; a path is that file."""
    given = call.input("Dockerfile").strip()
    if "*" not in given and "?" not in given:
        path = call.job.files.outside(given)
        if not path.is_file():
            raise TaskFailed(f"No Dockerfile matching  {given}  was found.")
        return path
    root = call.job.files.outside(predefined.SOURCES)
    wanted = matcher(given.removeprefix(call.value("System.DefaultWorkingDirectory")))
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    for name in names:
        # Without a slash the pattern is held against the file's own name (`matchBase`).
        if wanted(name if "/" in given else name.rpartition("/")[2]):
            return call.job.files.outside(f"{predefined.SOURCES}/{name}")
    raise TaskFailed(f"No Dockerfile matching  {given}  was found.")


def _labels(call: TaskCall, dockerfile: Path, arguments: dict[str, str]) -> dict[str, str]:
    labels: dict[str, str] = {}
    if call.flag("addPipelineData"):
        values = {f"{_HOST}.image.{name}": call.value(variable) for name, variable in _LABELS.items()}
        labels |= {name: value for name, value in values.items() if value}
    bases = base_images(dockerfile.read_text(errors="replace"), arguments)
    if call.flag("addBaseImageData") and bases:
        labels["image.base.ref.name"] = bases[-1]
    return labels


def _heard(call: TaskCall, said: list[str], text: str) -> None:
    said.append(text)
    call.attempt.line(text)


def _built_images(call: TaskCall, built: str) -> str:
    before = call.value("DOCKER_TASK_BUILT_IMAGES")
    short = built.removeprefix("sha256:")[:12]
    return f"{before};{short}" if before else short


def _output_file(call: TaskCall, command: str, said: list[str]) -> str:
    folder = f"{predefined.TEMPORARY}/task_outputs"
    call.job.files.outside(folder).mkdir(exist_ok=True)
    name = f"task_outputs/{command}_{call.attempt.record}.txt"
    return call.seen(call.job.files.write_temporary(name, "\n".join(said) + "\n"))


async def _unless_stopped(call: TaskCall, work: Awaitable[T]) -> T:
    """What the work comes to; a job that is canceled does not wait for it."""
    doing = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(call.job.stopping.wait())
    try:
        await asyncio.wait((doing, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            call.attempt.stopped = True
            raise TaskFailed("The operation was canceled.")
        try:
            return doing.result()
        except ContainerFailed as failed:
            raise TaskFailed(f"{failed}\nThe process '/usr/bin/docker' failed with exit code 1") from failed
    finally:
        stopping.cancel()
        doing.cancel()


EFFECTS: dict[tuple[str, int], TaskEffect] = {("Docker", 2): docker}

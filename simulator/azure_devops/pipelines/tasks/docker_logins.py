"""Who is signed in to which registry: the Docker configuration that Docker@2 keeps in the agent's temporary directory.

Source: `ContainerConnection` of azure-pipelines-tasks' docker-common (file, variable, order, texts).
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from typing import Any
from urllib.parse import urlsplit

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.command_effects import SetVariable
from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskFailed
from simulator.kernel.errors import NotSimulated
from simulator.runtime.job_containers.values import Login

_VARIABLE = "DOCKER_CONFIG"


def connection_login(call: TaskCall) -> Login | None:
    """Whom the service connection of the task signs in; None where it names none."""
    name = call.input("containerRegistry")
    if not name:
        return None
    job = call.job
    row = job.context.room.organization.service_endpoint_named(job.context.project["id"], name)
    if row is None or row["type"] != "dockerregistry":
        raise TaskFailed(f"The service connection {name} is no Docker registry.")
    if (row.get("data") or {}).get("registrytype", "").lower() == "acr":
        raise NotSimulated(f"the Azure registry of connection {name}", "Use registry type Others.")
    given = {key.lower(): str(value) for key, value in (row["authorization"].get("parameters") or {}).items()}
    job.mask(given.get("password", ""))
    return Login(given.get("registry", ""), given.get("username", ""), given.get("password", ""))


def sign_in(call: TaskCall, login: Login) -> None:
    """`login`: the registry's authorization stays in the configuration for the steps that follow."""
    made = _read(call)
    directory = call.value(_VARIABLE) or f"{predefined.TEMPORARY}/DockerConfig_{call.attempt.record}"
    made.setdefault("auths", {})[login.registry] = {
        "auth": base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
    }
    call.job.mask(made["auths"][login.registry]["auth"])
    path = call.job.files.outside(directory)
    path.mkdir(exist_ok=True)
    (path / "config.json").write_text(json.dumps(made))
    (path / "config.json").chmod(0o600)
    call.job.state.set(SetVariable(_VARIABLE, directory), call.attempt.step.name, ())
    call.attempt.say(f"Adding auth data for registry to Docker config file. Registry: {login.registry}.")


def sign_out(call: TaskCall, login: Login | None) -> None:
    """`logout`: of one registry, or of all where no connection is named."""
    directory = call.value(_VARIABLE)
    left = _read(call)
    if login is not None and left.get("auths", {}).pop(login.registry, None) is None:
        call.attempt.say(
            f"Could not find the auth data for registry in the Docker config file. {login.registry}"
        )
    if login is None or not left["auths"]:
        if directory:
            shutil.rmtree(call.job.files.outside(directory), ignore_errors=True)
        call.job.state.set(SetVariable(_VARIABLE, ""), call.attempt.step.name, ())
        return
    (call.job.files.outside(directory) / "config.json").write_text(json.dumps(left))


def signed_in(call: TaskCall) -> list[Login]:
    """Who steps before have signed in."""
    found = []
    for registry, entry in _read(call).get("auths", {}).items():
        user, _, password = base64.b64decode(entry.get("auth", "")).decode(errors="replace").partition(":")
        found.append(Login(registry, user, password))
    return found


def qualified(repository: str, login: Login | None) -> str:
    """The name of an image in the registry; on Docker Hub the repository's own. In lower case, without blanks."""
    host = ""
    if login is not None and login.registry:
        host = urlsplit(login.registry).netloc if "//" in login.registry else login.registry.strip("/")
    named = repository if not host or host.lower() == "index.docker.io" else f"{host}/{repository}"
    return re.sub(r"\s", "", named).lower()


def _read(call: TaskCall) -> dict[str, Any]:
    directory = call.value(_VARIABLE)
    if not directory:
        return {}
    try:
        path = call.job.files.outside(directory) / "config.json"
    except OutsideOfJob:
        return {}
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return found

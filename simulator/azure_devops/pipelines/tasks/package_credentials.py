"""PipAuthenticate, TwineAuthenticate and npmAuthenticate: what pip, twine and npm sign in with at registries elsewhere.

Source: these tasks in microsoft/azure-pipelines-tasks (variables, files). Feeds of Azure Artifacts are refused by name.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.task_definitions.definition import AFTER
from simulator.kernel.errors import NotSimulated

_FEEDS = ("pkgs.dev.azure.com", "pkgs.visualstudio.com")
_REGISTRY = re.compile(r"^\s*(?:@[^:\s]+:)?registry\s*=\s*(\S+)", re.MULTILINE)
_SAVED = "SAVED_NPMRC"


@dataclass(frozen=True)
class Source:
    """A registry elsewhere: its URL, and who signs in there; `name` is what twine calls it; `token` without a user."""

    url: str
    name: str
    username: str = ""
    password: str = ""
    token: bool = False

    @property
    def signed(self) -> str:
        """The URL with user and password in it."""
        if not self.password:
            return self.url
        parts = urlsplit(self.url)
        host = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}@{parts.netloc.rpartition('@')[2]}"
        return urlunsplit((parts.scheme, host, *parts[2:]))


async def pip(call: TaskCall) -> None:
    """PIP_INDEX_URL (the first source, unless `onlyAddExtraIndex`) and PIP_EXTRA_INDEX_URL (the rest)."""
    urls = [source.signed for source in _sources(call, "artifactFeeds", "pythonDownloadServiceConnections")]
    if urls and not call.flag("onlyAddExtraIndex"):
        call.attempt.line(f"##vso[task.setvariable variable=PIP_INDEX_URL]{urls.pop(0)}")
    if urls:
        call.attempt.line(f"##vso[task.setvariable variable=PIP_EXTRA_INDEX_URL]{' '.join(urls)}")


async def twine(call: TaskCall) -> None:
    """A .pypirc of the sources, named by PYPIRC_PATH."""
    sources = _sources(call, "artifactFeed", "pythonUploadServiceConnection")
    parts = [f"[distutils]\nindex-servers={' '.join(source.name for source in sources)}"]
    parts += [
        f"[{source.name}]\nrepository={source.url}\nusername={source.username}\npassword={source.password}"
        for source in sources
    ]
    inside = f"{predefined.TEMPORARY}/twineAuthenticate_{call.attempt.record}.pypirc"
    place = _inside(call, inside)
    place.touch(mode=0o600)
    place.write_text("\n\n".join(parts) + "\n")
    call.attempt.line(f"##vso[task.setvariable variable=PYPIRC_PATH]{inside}")


async def npm(call: TaskCall) -> None:
    """Lines of credentials in the .npmrc, for each of its registries that a connection is for."""
    inside = call.input("workingFile").strip()
    place = _inside(call, inside)
    if Path(inside).name != ".npmrc" or not place.is_file():
        raise TaskFailed(f"The .npmrc file {inside} was not found. Its path must end in .npmrc.")
    before = place.read_text()
    sources = {_without_scheme(source.url): source for source in _sources(call, "", "customEndpoint")}
    call.job.state.task_variables.setdefault(call.attempt.instance, {})[_SAVED] = before
    lines = []
    for registry in _REGISTRY.findall(before):
        source = sources.get(_without_scheme(registry))
        host = urlsplit(registry).hostname or registry
        if source is not None:
            call.attempt.say(f"Adding auth for registry: {host}")
            lines += _npm_lines(source)
        elif host.endswith(_FEEDS):
            raise _feed(registry)
        else:
            call.attempt.say(f"Ignoring registry: {host}")
    place.write_text("\n".join([before.rstrip("\n"), *lines]) + "\n")


async def npm_again(call: TaskCall) -> None:
    """The .npmrc as it was before."""
    saved = call.job.state.task_variables.get(call.attempt.instance, {}).get(_SAVED)
    if saved is not None:
        _inside(call, call.input("workingFile").strip()).write_text(saved)


async def twine_after(call: TaskCall) -> None:
    """The .pypirc is gone after the job."""
    if path := call.value("PYPIRC_PATH"):
        _inside(call, path).unlink(missing_ok=True)


def _npm_lines(source: Source) -> list[str]:
    head = _without_scheme(source.url)
    if source.token:
        return [f"{head}:_authToken={source.password}"]
    password = base64.b64encode(source.password.encode()).decode()
    return [f"{head}:username={source.username}", f"{head}:_password={password}", f"{head}:always-auth=true"]


def _sources(call: TaskCall, feeds: str, connections: str) -> list[Source]:
    """The sources that the inputs name; their passwords are masked from here on. Raises NotSimulated for a feed."""
    if feeds and call.input(feeds).strip():
        raise _feed(call.input(feeds))
    organization, project = call.job.context.room.organization, call.job.context.project["id"]
    found = []
    for name in [part.strip() for part in call.input(connections).split(",") if part.strip()]:
        row = organization.service_endpoint_named(project, name)
        if row is None:
            raise TaskFailed(f"Service connection {name} was not found.")
        given = {key.lower(): str(value) for key, value in (row["authorization"]["parameters"] or {}).items()}
        token = given.get("apitoken", "")
        password = token or given.get("password", "")
        call.job.mask(password)
        call.job.mask(base64.b64encode(password.encode()).decode())
        username = "build" if token else given.get("username", "")
        found.append(
            Source(row["url"], given.get("endpointname") or row["name"], username, password, bool(token))
        )
    return found


def _feed(name: str) -> NotSimulated:
    return NotSimulated(
        f"the Azure Artifacts feed {name}",
        "Name a service connection of a registry elsewhere, or the registry itself.",
    )


def _without_scheme(url: str) -> str:
    """`//host/path/`, as an .npmrc names a registry's credentials."""
    parts = urlsplit(url)
    return f"//{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}/"


def _inside(call: TaskCall, inside: str) -> Path:
    try:
        return call.job.files.outside(inside)
    except OutsideOfJob as outside:
        raise TaskFailed(str(outside)) from outside


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("PipAuthenticate", 1): pip,
    ("TwineAuthenticate", 1): twine,
    ("npmAuthenticate", 0): npm,
}
PARTS: dict[tuple[str, int, str], TaskEffect] = {
    ("npmAuthenticate", 0, AFTER): npm_again,
    ("TwineAuthenticate", 1, AFTER): twine_after,
}

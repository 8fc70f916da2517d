"""What a Dockerfile is built from, and the options of `docker build` as a pipeline writes them: pure."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.kernel.errors import NotSimulated

_VALUES = {"--target": "target", "--platform": "platform", "--shm-size": "shmsize"}
_FLAGS = {"--no-cache": "nocache", "--pull": "pull", "--quiet": "quiet", "-q": "quiet", "--squash": "squash"}
_IGNORED = frozenset({"--rm", "--force-rm"})
_WITH_VALUE = frozenset({"--progress"})


@dataclass
class BuildOptions:
    """Options of one build: `api` are arguments of the Docker SDK."""

    arguments: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    cache_from: list[str] = field(default_factory=list)
    api: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Build:
    """One image to build: `name` is unique among builds and sets; `tags` are whole image names."""

    name: str
    context: Path
    dockerfile: Path
    tags: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    options: BuildOptions = field(default_factory=BuildOptions)


def read_build_options(text: str, environment: Mapping[str, str]) -> BuildOptions:
    """The options in `text`; `--build-arg NAME` alone takes the value of `environment`. Raises NotSimulated."""
    found = BuildOptions()
    words = shlex.split(text.replace("\n", " "))
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name in _FLAGS:
            found.api[_FLAGS[name]] = value.lower() != "false"
            continue
        if name in _IGNORED:
            continue
        if not equals:
            value = words.pop(0) if words else ""
        _option(found, name, value, environment)
    return found


def _option(found: BuildOptions, name: str, value: str, environment: Mapping[str, str]) -> None:
    if name in _VALUES:
        found.api[_VALUES[name]] = value
    elif name == "--build-arg":
        key, equals, text = value.partition("=")
        if equals or key in environment:
            found.arguments[key] = text if equals else environment[key]
    elif name == "--label":
        key, _, found.labels[key] = value.partition("=")
    elif name in ("--tag", "-t"):
        found.tags.append(value)
    elif name == "--cache-from":
        found.cache_from.append(value)
    elif name not in _WITH_VALUE:
        raise NotSimulated(f"the option {name} of docker build", "Leave it out of the arguments of Docker@2.")


def base_images(text: str, arguments: Mapping[str, str]) -> list[str]:
    """The images outside of the Dockerfile that its stages begin with, the last stage's last; `scratch` is none."""
    values: dict[str, str] = {}
    stages: dict[str, str] = {}
    found: list[str] = []
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        if default := re.match(r"(?i)\s*ARG\s+(\w+)(?:=(\S*))?", line):
            values[default[1]] = arguments.get(default[1], (default[2] or "").strip("\"'"))
        started = re.match(r"(?i)\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", line)
        if started is None:
            continue
        image = re.sub(r"\$\{?(\w+)(?::-([^}]*))?\}?", lambda m: values.get(m[1]) or m[2] or "", started[1])
        image = stages.get(image.lower(), image)
        if started[2]:
            stages[started[2].lower()] = image
        if image != "scratch":
            found.append(image)
    return found

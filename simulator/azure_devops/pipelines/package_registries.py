"""GitHub Packages over the one outbound door: the newest version of a package, and its archive (npm and NuGet).

Where the connection names github.com, the registries are those of GitHub; else its own URL is the registry.
Source: the npm registry's package metadata, NuGet v3 (service index, PackageBaseAddress/3.0.0), GitHub Docs "Packages".
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from simulator.azure_devops.language.plan import PackageResource
from simulator.azure_devops.organization import Row
from simulator.kernel.outbound import Outbound, OutboundFailed, OutboundRefused

NPM, NUGET = "npm", "nuget"
_TIMEOUT_SECONDS = 60.0
_MOST_REDIRECTS = 4
_BASE = "PackageBaseAddress/3.0.0"
_STABLE = re.compile(r"[0-9]+(\.[0-9]+)*(\+.*)?")


class PackageUnavailable(Exception):
    """The registry did not give what was asked; the text says what that was, and where. It is ours."""


@dataclass(frozen=True)
class Registry:
    """A package's registry: the URL that the connection names, and its secret, which goes nowhere else."""

    outbound: Outbound
    url: str
    token: str
    user: str = ""


def of_connection(outbound: Outbound, row: Row) -> Registry:
    """The registry behind a connection of the type github."""
    given = {name.lower(): str(value or "") for name, value in row["authorization"]["parameters"].items()}
    return Registry(
        outbound, str(row["url"]).rstrip("/"), given.get("accesstoken", ""), given.get("username", "")
    )


async def newest(registry: Registry, package: PackageResource) -> str:
    """The version that `latest` means, or that the package's tag names. Raises PackageUnavailable."""
    if package.type.lower() == NPM:
        url, found = await _npm(registry, package)
        tag = package.tag or "latest"
        version = (found.get("dist-tags") or {}).get(tag)
        if not version:
            raise PackageUnavailable(f"{url} tells of no version with the tag {tag}")
        return str(version)
    versions = await _nuget_versions(registry, package)
    return next((one for one in reversed(versions) if _STABLE.fullmatch(one)), versions[-1])


async def archive(registry: Registry, package: PackageResource, version: str) -> tuple[str, bytes]:
    """Name and content of the archive of that version. Raises PackageUnavailable."""
    if package.type.lower() == NPM:
        url, found = await _npm(registry, package)
        told = ((found.get("versions") or {}).get(version) or {}).get("dist") or {}
        if not told.get("tarball"):
            raise PackageUnavailable(f"{url} has no version {version}")
        place = urljoin(url, str(told["tarball"]))
        content = await _get(registry, package, place)
        _check(place, content, told)
        return f"{package.name.rpartition('/')[2]}-{version}.tgz", content
    identifier, number = package.name.rpartition("/")[2].lower(), version.lower()
    base = await _nuget_base(registry, package)
    name = f"{identifier}.{number}.nupkg"
    return name, await _get(registry, package, f"{base}/{quote(identifier)}/{quote(number)}/{quote(name)}")


def start(registry: Registry, package: PackageResource) -> str:
    """The first address that is asked for a package. Pure."""
    owner, _, name = package.name.lstrip("@").rpartition("/")
    github = urlsplit(registry.url).hostname in ("github.com", "api.github.com")
    if package.type.lower() == NPM:
        top = "https://npm.pkg.github.com" if github else registry.url
        return f"{top}/{quote(f'@{owner}/{name}' if owner else name, safe='@')}"
    if registry.url.lower().endswith("/index.json"):
        return registry.url
    top = "https://nuget.pkg.github.com" if github else registry.url
    return f"{top}/{quote(owner)}/index.json" if owner else f"{top}/index.json"


async def _npm(registry: Registry, package: PackageResource) -> tuple[str, Mapping[str, Any]]:
    url = start(registry, package)
    return url, await _json(registry, package, url)


async def _nuget_base(registry: Registry, package: PackageResource) -> str:
    url = start(registry, package)
    index = await _json(registry, package, url)
    for one in index.get("resources") or []:
        if isinstance(one, dict) and one.get("@type") == _BASE:
            return urljoin(url, str(one.get("@id"))).rstrip("/")
    raise PackageUnavailable(f"{url} names no {_BASE}")


async def _nuget_versions(registry: Registry, package: PackageResource) -> list[str]:
    base = await _nuget_base(registry, package)
    url = f"{base}/{quote(package.name.rpartition('/')[2].lower())}/index.json"
    versions = (await _json(registry, package, url)).get("versions") or []
    if not versions:
        raise PackageUnavailable(f"{url} tells of no version")
    return [str(one) for one in versions]


async def _json(registry: Registry, package: PackageResource, url: str) -> Mapping[str, Any]:
    try:
        found = json.loads(await _get(registry, package, url))
    except ValueError as wrong:
        raise PackageUnavailable(f"{url} did not answer with JSON: {wrong}") from wrong
    if not isinstance(found, dict):
        raise PackageUnavailable(f"{url} did not answer with an object")
    return found


async def _get(registry: Registry, package: PackageResource, url: str) -> bytes:
    """What is at a URL, and where it sends us on to; the secret goes to the registry's own host only."""
    own = urlsplit(start(registry, package))[:2]
    for _ in range(_MOST_REDIRECTS):
        headers = _signed(registry, package) if urlsplit(url)[:2] == own else {}
        try:
            answer = await registry.outbound.send("GET", url, headers, timeout_seconds=_TIMEOUT_SECONDS)
        except (OutboundRefused, OutboundFailed) as failed:
            raise PackageUnavailable(f"{url} could not be asked: {failed}") from failed
        if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("location"):
            url = urljoin(url, answer.headers["location"])
            continue
        if answer.status != 200:
            raise PackageUnavailable(f"{url} answered with status {answer.status}")
        return answer.body
    raise PackageUnavailable(f"{url}: too many redirects")


def _signed(registry: Registry, package: PackageResource) -> dict[str, str]:
    """npm sends the token as it is, NuGet as a password."""
    if not registry.token:
        return {}
    if package.type.lower() == NPM:
        return {"Authorization": f"Bearer {registry.token}"}
    pair = f"{registry.user or 'token'}:{registry.token}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _check(url: str, content: bytes, told: Mapping[str, Any]) -> None:
    """The archive is the one that the registry tells of."""
    hashes = [one.partition("-") for one in str(told.get("integrity") or "").split() if "-" in one]
    wanted = {
        kind: base64.b64decode(text) for kind, _, text in hashes if kind in ("sha512", "sha384", "sha256")
    }
    if told.get("shasum") and not wanted:
        wanted["sha1"] = bytes.fromhex(str(told["shasum"]))
    for kind, digest in wanted.items():
        if hashlib.new(kind, content).digest() != digest:
            raise PackageUnavailable(f"what {url} gave has not the {kind} that the registry tells of")

"""Git over HTTP: clone, fetch and push through `git http-backend`, with the service's rights and policies."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from simulator.azure_devops.errors import CATALOGUE, failure
from simulator.azure_devops.git.backend import Backend
from simulator.azure_devops.git.pkt_line import PushCommands, push_commands, refusal
from simulator.azure_devops.git.refs import NO_OBJECT, RefWatch
from simulator.azure_devops.identify import Caller
from simulator.azure_devops.organization import Organization, Row

_SERVICES = ("info/refs", "git-upload-pack", "git-receive-pack")


class Rooms(Protocol):
    """What is needed of the service."""

    @property
    def organization(self) -> Organization:
        """The rows."""

    @property
    def refs(self) -> RefWatch:
        """The repositories."""


@dataclass(frozen=True)
class GitPath:
    """A path below the organization that belongs to git."""

    project: str
    repository: str
    service: str


def parse(path: str) -> GitPath | None:
    """`{project}/_git/{repository}/{service}`, or without the project where both have one name."""
    head, mark, rest = path.partition("_git/")
    if not mark or head.strip("/").count("/"):
        return None
    repository, _, service = rest.partition("/")
    if service not in _SERVICES:
        return None
    return GitPath(head.strip("/") or repository, repository, service)


async def serve(rooms: Rooms, who: Caller, asked: GitPath, request: Request) -> Response:
    """Answer one request of a git client; CallerError where the service refuses."""
    row = _repository(rooms.organization, who, asked)
    writes = "git-receive-pack" in (asked.service, request.query_params.get("service"))
    if not who.may("vso.code_write" if writes else "vso.code"):
        permission = "GenericContribute" if writes else "GenericRead"
        raise failure("GitNeedsPermissionException", permission=permission, user=who.identity.unique_name)
    backend = Backend(rooms.refs.path(row), asked.service, request, who.identity.name)
    if asked.service == "git-receive-pack" and request.method == "POST":
        return await asyncio.shield(_push(rooms, who, row, backend, request))
    # What a fetch asks is small; while the answer streams, Starlette itself listens on the request's channel.
    head = await backend.start(_joined(await request.body(), _nothing()))
    return StreamingResponse(backend.output(), head.status, head.headers)


def _repository(organization: Organization, who: Caller, asked: GitPath) -> Row:
    project = organization.project(asked.project)
    if project["name"] not in who.projects:
        raise failure("GitRepositoryNotFoundException", name=asked.repository)
    return organization.repository(asked.repository, project["id"])


async def _push(rooms: Rooms, who: Caller, row: Row, backend: Backend, request: Request) -> Response:
    """Run the push to its end and record what it changed before the client learns of it."""
    stream = request.stream()
    head, push = await _commands(stream, request.headers.get("content-encoding", ""))
    async with rooms.refs.lock(row):
        if reasons := _policy(row, push, await rooms.refs.read(row)):
            async for _ in stream:
                pass
            return Response(refusal(push, reasons), 200, media_type="application/x-git-receive-pack-result")
        answer = await backend.start(_joined(head, stream))
        body = b"".join([chunk async for chunk in backend.output()])
        await rooms.refs.observe(row, who.identity.name)
    return Response(body, answer.status, answer.headers)


async def _commands(stream: AsyncIterator[bytes], encoding: str) -> tuple[bytes, PushCommands]:
    """What was read, and the commands in it."""
    head = b""
    async for chunk in stream:
        head += chunk
        if encoding != "gzip" and (push := push_commands(head)) is not None:
            return head, push
    whole = gzip.decompress(head) if encoding == "gzip" else head
    return head, push_commands(whole) or PushCommands((), frozenset())


def _policy(row: Row, push: PushCommands, refs: dict[str, str]) -> dict[str, str]:
    """Which refs of the push need a pull request: the default branch, once it exists, where the topology says so."""
    protected = row["defaultBranch"] if row.get("requiresPullRequest") else ""
    return {
        name: CATALOGUE["PullRequestRequired"].message
        for _, _, name in push.commands
        if name == protected and refs.get(name, NO_OBJECT) != NO_OBJECT
    }


async def _joined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in rest:
        yield chunk


async def _nothing() -> AsyncIterator[bytes]:
    for chunk in list[bytes]():
        yield chunk

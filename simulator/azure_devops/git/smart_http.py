"""Git over HTTP: clone, fetch and push through `git http-backend`, with the service's rights and policies."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from simulator.azure_devops.errors import failure
from simulator.azure_devops.git.backend import Backend
from simulator.azure_devops.git.guard import RefGuard
from simulator.azure_devops.git.pkt_line import NotPktLines, PushHead, errors_of, report
from simulator.azure_devops.git.push_body import PushBody, PushTooLong
from simulator.azure_devops.git.quarantine import Quarantine
from simulator.azure_devops.git.refs import NO_OBJECT, RefWatch
from simulator.azure_devops.git.remote_messages import FetchMessages, PushMessages
from simulator.azure_devops.identify import Caller
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import GIT
from simulator.kernel.errors import CallerError, NotSimulated

_SERVICES = ("info/refs", "git-upload-pack", "git-receive-pack")
_VARIANTS = ("_optimized", "_full")
_COLLECTION = "defaultcollection"
_TOGETHER = "another ref of this atomic push was rejected"


class Rooms(Protocol):
    """What is needed of the service."""

    @property
    def organization(self) -> Organization:
        """The rows."""

    @property
    def refs(self) -> RefWatch:
        """The repositories."""

    @property
    def guard(self) -> RefGuard:
        """Who may move a ref."""


@dataclass(frozen=True)
class GitPath:
    """A path below the organization that belongs to git."""

    project: str
    repository: str
    service: str


def parse(path: str) -> GitPath | None:
    """`{project}/_git/{repository}/{service}`, or without the project where both have one name.

    Also with `DefaultCollection/` before it, and with `_optimized` or `_full` before the repository.
    """
    head, mark, rest = path.partition("_git/")
    parts = [part for part in head.split("/") if part]
    if parts and parts[0].lower() == _COLLECTION:
        del parts[0]
    if not mark or len(parts) > 1 or (head and not head.endswith("/")):
        return None
    first, _, after = rest.partition("/")
    repository, _, service = (after if first in _VARIANTS else rest).partition("/")
    if service not in _SERVICES and not service.startswith("info/lfs"):
        return None
    return GitPath(parts[0] if parts else repository, repository, service)


async def serve(rooms: Rooms, who: Caller, asked: GitPath, request: Request) -> Response:
    """Answer one request of a git client. A refusal is plain text: git shows it as `remote: ...`."""
    if asked.service.startswith("info/lfs"):
        raise NotSimulated(
            "Git LFS",
            "Files go into the repository itself; simulator/azure_devops/git has no store of large files.",
        )
    try:
        return await _answer(rooms, who, asked, request)
    except CallerError as refused:
        return PlainTextResponse(refused.message, refused.status)


async def _answer(rooms: Rooms, who: Caller, asked: GitPath, request: Request) -> Response:
    row = _repository(rooms.organization, who, asked)
    writes = "git-receive-pack" in (asked.service, request.query_params.get("service"))
    if not who.may("vso.code_write" if writes else "vso.code") or (
        writes and not rooms.guard.may_push(who, row)
    ):
        told = {"user": who.identity.unique_name, "scope": "repository"}
        permission = "GenericContribute" if writes else "GenericRead"
        raise failure("GitNeedsPermissionException", permission=permission, **told)
    path = rooms.refs.path(row)
    if asked.service == "git-receive-pack" and request.method == "POST":
        return await asyncio.shield(_push(rooms, who, row, request))
    # What a fetch asks is small; while the answer streams, Starlette itself listens on the request's channel.
    body = await request.body()
    fetches = asked.service == "git-upload-pack"
    quiet = fetches and _checked_fetch(body, request)
    backend = Backend(path, asked.service, request, who.identity.name)
    head = await backend.start(_chunks(body))
    if not fetches:
        return StreamingResponse(backend.output(), head.status, head.headers)
    return StreamingResponse(_with_messages(backend.output(), quiet), head.status, head.headers)


def _repository(organization: Organization, who: Caller, asked: GitPath) -> Row:
    project = organization.project(asked.project)
    if project["name"] not in who.projects:
        raise failure("GitRepositoryNotFoundException", name=asked.repository)
    row = organization.repository(asked.repository, project["id"])
    token = tokens.repository(project["id"], row["id"])
    if not organization.rights.allows(who.held, GIT, token, "GenericRead"):
        raise failure("GitRepositoryNotFoundException", name=asked.repository)
    if row.get("isDisabled"):
        raise failure("GitRepositoryDisabledException", name=row["name"])
    return row


def _checked_fetch(body: bytes, request: Request) -> bool:
    """Whether the client wants no messages; TF401041 for one that speaks the first protocol without multi_ack."""
    asked = gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body
    if "version=2" not in request.headers.get("git-protocol", "") and asked[4:9] == b"want ":
        if b"multi_ack" not in asked.split(b"\n", 1)[0]:
            raise failure("GitClientsMustSupportMultiAck")
    return b"no-progress" in asked


async def _with_messages(output: AsyncIterator[bytes], quiet: bool) -> AsyncIterator[bytes]:
    messages = FetchMessages(quiet)
    async for chunk in output:
        if passed := messages.feed(chunk):
            yield passed


async def _push(rooms: Rooms, who: Caller, row: Row, request: Request) -> Response:
    """Run the push to its end and record what it changed before the client learns of it."""
    body = PushBody(request.stream(), request.headers.get("content-encoding", ""))
    try:
        head = await body.head()
    except (NotPktLines, PushTooLong) as wrong:
        return PlainTextResponse(f"The push could not be read: {wrong}", 400)
    messages = PushMessages()
    async with rooms.refs.lock(row):
        reasons = await _reasons(rooms, who, row, head)
        async with _looked_into(rooms, row, head, reasons, body) as pack:
            kept = tuple(each for each in head.commands if each[2] not in reasons)
            if head.commands and not kept:
                async for _ in pack:
                    pass
                return _reported(report(head, reasons))
            forced = await _not_by_force(rooms, who, row, kept)
            settings = {"receive.denyNonFastForwards": "true"} if forced else {}
            backend = Backend(
                rooms.refs.path(row),
                "git-receive-pack",
                request,
                who.identity.name,
                plain=True,
                settings=settings,
            )
            answer = await backend.start(_whole(head, kept, pack, messages))
            given = b"".join([chunk async for chunk in backend.output()])
            messages.mark()
            await rooms.refs.observe(row, who.identity.name, head.options)
            messages.mark()
    if not head.commands or answer.status != 200:
        return Response(given, answer.status, answer.headers)
    said = "" if head.quiet else "\n".join(filter(None, (errors_of(given), messages.said(body.objects))))
    return _reported(report(head, reasons, given, said, forced))


@asynccontextmanager
async def _looked_into(
    rooms: Rooms, row: Row, head: PushHead, reasons: dict[str, str], body: PushBody
) -> AsyncIterator[AsyncIterator[bytes]]:
    """The pack of a push; where policies judge pushes it waits beside the repository, and `reasons` grows by theirs."""
    moved = {name: new for _, new, name in head.commands if name not in reasons and new != NO_OBJECT}
    inspects = rooms.guard.inspects
    if not moved or not inspects.applies(row):
        yield body.pack()
        return
    quarantine = Quarantine(rooms.refs.path(row))
    try:
        # A pack that git cannot read goes on to be refused in git's own words.
        if await quarantine.take(body.pack()):
            said = await inspects.refusal(row, moved, quarantine.extra)
            reasons.update(dict.fromkeys(moved, said) if said else {})
        yield quarantine.pack()
    finally:
        quarantine.close()


def _reported(body: bytes) -> Response:
    headers = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}
    return Response(body, 200, headers, "application/x-git-receive-pack-result")


async def _not_by_force(
    rooms: Rooms, who: Caller, row: Row, commands: tuple[tuple[str, str, str], ...]
) -> dict[str, str]:
    """What to say of each branch whose history the pusher may not replace: TF401027. Git finds out whether it is.

    Where one push replaces the history of several branches and may replace that of some, git refuses all of them.
    """
    current = await rooms.refs.read(row)
    told = {}
    for _, new, name in commands:
        old = current.get(name, NO_OBJECT)
        if name.startswith("refs/heads/") and NO_OBJECT not in (old, new):
            if refusal := rooms.guard.refusal(row, name, old, new, who, replaces=True):
                told[name] = refusal.message
    return told


async def _reasons(rooms: Rooms, who: Caller, row: Row, head: PushHead) -> dict[str, str]:
    """Why refs of the push do not move; in an atomic push none does then."""
    current = await rooms.refs.read(row)
    reasons = {}
    for _, new, name in head.commands:
        refusal = rooms.guard.refusal(row, name, current.get(name, NO_OBJECT), new, who)
        if refusal is not None:
            reasons[name] = refusal.message
    if reasons and "atomic" in head.capabilities:
        return {name: reasons.get(name, _TOGETHER) for _, _, name in head.commands}
    return reasons


async def _whole(
    head: PushHead,
    kept: tuple[tuple[str, str, str], ...],
    pack: AsyncIterator[bytes],
    messages: PushMessages,
) -> AsyncIterator[bytes]:
    """The push as the program gets it: without the commands that were refused."""
    yield head.only(kept) if head.commands else b"0000"
    takes_pack = not kept or any(new != NO_OBJECT for _, new, _ in kept)
    async for chunk in pack:
        if takes_pack:
            yield chunk
    messages.mark()


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    yield body

"""The life of a request: address, caller, cause, then git or the endpoint of its location, then the answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.azure_devops import answer_headers, api_version, bodies, id_tokens, locations, signing_in
from simulator.azure_devops.addressing import Address, address
from simulator.azure_devops.authorization.asking import authorize
from simulator.azure_devops.endpoint import ENDPOINTS, Answer, Call, Endpoint, RouteValues
from simulator.azure_devops.endpoints import areas
from simulator.azure_devops.errors import envelope, failure, invalid, no_controller, not_simulated_envelope
from simulator.azure_devops.git import smart_http
from simulator.azure_devops.identify import ANONYMOUS, Caller, Ended, caller
from simulator.azure_devops.locations import Location, Match
from simulator.azure_devops.service import AzureDevOps
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import CAUSE_HEADER, cause

_logger = logging.getLogger("simulator.azure_devops")
_PUBLIC = "_apis/public/"


@dataclass
class _Exchange:
    """One request with what has been found out about it."""

    azure: AzureDevOps
    request: Request
    where: Address | None = None
    who: Caller | None = None


def application(azure: AzureDevOps) -> ASGIApp:
    """The ASGI application that answers as Azure DevOps for the organization of `azure`."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        exchange = _Exchange(azure, Request(scope, receive))
        try:
            response = await _respond(exchange)
        except ClientDisconnect:
            return
        asked, activity = exchange.request.headers, azure.activity_ids.uuid()
        answer_headers.complete(response, asked, activity, azure.session, exchange.who)
        await response(scope, receive, send)

    return app


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _respond(exchange: _Exchange) -> Response:
    request = exchange.request
    try:
        return await _answer(exchange)
    except CallerError as error:
        return _refusal(error)
    except ClientDisconnect:
        raise
    except Exception as error:
        # A defect of ours: the client gets the service's form of a 500, the log the whole story.
        _logger.exception("%s %s failed", request.method, request.url.path)
        return _refusal(failure("InternalErrorException", error=repr(error)))


async def _answer(exchange: _Exchange) -> Response:
    azure, request = exchange.azure, exchange.request
    if request.url.path == "/_simulator/health":
        return JSONResponse({"status": "ready", "organization": azure.organization.name})
    areas.load()
    if request.headers.get("host", "").split(":")[0].lower() == id_tokens.ISSUER_HOST:
        return await _issuer(azure, request)
    raw = request.scope.get("raw_path", b"").decode("latin-1") or request.url.path
    exchange.where = where = address(azure.organization.name, request.headers.get("host", ""), raw)
    if where is None:
        return _not_found(request.url.path)
    if where.path.lower() == signing_in.SIGN_IN:
        return signing_in.page(203)
    found = caller(request.headers, azure.organization)
    exchange.who = who = found if isinstance(found, Caller) else None
    if who is None and not _is_open(where.path.lower(), request):
        ended = found if isinstance(found, Ended) else None
        return signing_in.refusal(azure.organization.url, request, where.path, ended)
    given = request.headers.get(CAUSE_HEADER, "")
    because = int(given) if given.isascii() and given.isdecimal() else who.cause if who else None
    with cause(because):
        try:
            return await _dispatch(exchange, where)
        except NotSimulated as refused:
            told: dict[str, object] = {"cloud": "azure_devops", "remedy": refused.remedy}
            azure.kernel.log.record("NotSimulated", refused.what, told)
            return JSONResponse(not_simulated_envelope(refused), 501, {"x-simulator": "not simulated"})


def _is_open(path: str, request: Request) -> bool:
    """Whether an address needs no token: a public one, or one that its endpoint opens for a signature."""
    return path.startswith(_PUBLIC) or ("/signed" in path and "urlSignature" in request.query_params)


async def _issuer(azure: AzureDevOps, request: Request) -> Response:
    """The host that issues OpenID Connect tokens has nothing but the documents that verify them, open to all."""
    found = await id_tokens.document(azure.organization, request.url.path)
    return JSONResponse(found) if found and request.method == "GET" else _not_found(request.url.path)


async def _dispatch(exchange: _Exchange, where: Address) -> Response:
    azure, request = exchange.azure, exchange.request
    if git := smart_http.parse(where.path):
        assert exchange.who is not None
        return await smart_http.serve(azure, exchange.who, git, request)
    parts = where.path.strip("/").split("/")
    if request.method == "OPTIONS" and parts[0].lower() == "_apis" and len(parts) <= 2:
        rows = locations.rows_of(parts[1] if len(parts) == 2 else "")
        return JSONResponse({"count": len(rows), "value": rows})
    found = locations.matches(where.path)
    if not found:
        return _not_found(request.url.path)
    match, target = _chosen(request.method, found)
    if target is None:
        return _nothing_there(request.method, match.location)
    # Without a token only public addresses come this far, and they see no more than what they are given.
    return await _call(exchange, where, match, target)


def _chosen(method: str, found: list[Match]) -> tuple[Match, Endpoint | None]:
    """Of the closest matches, one that has a handler (a GET answers HEAD too); else the closest, without one."""
    closest = [match for match in found if match.literals == found[0].literals]
    for verb in (method, "GET") if method == "HEAD" else (method,):
        for match in closest:
            if target := ENDPOINTS.get((verb, match.location.id)):
                return match, target
    return found[0], None


def _nothing_there(method: str, location: Location) -> Response:
    """405 for a verb that the real service has not there either; else what is missing is named."""
    known = locations.verbs().get(location.id.lower())
    if known is not None and method not in known:
        text = f"The requested resource does not support http method '{method}'."
        return JSONResponse({"count": 1, "value": {"Message": text}}, 405, {"Allow": ", ".join(known)})
    what = f"{method} {location.area}/{location.resource} ({location.id})"
    raise NotSimulated(what, "Endpoints stand in simulator/azure_devops/endpoints.")


async def _call(exchange: _Exchange, where: Address, match: Match, target: Endpoint) -> Response:
    azure, request, who = exchange.azure, exchange.request, exchange.who or ANONYMOUS
    query = {name.lower(): value for name, value in request.query_params.items()}
    if any("\x00" in value for value in (*query.values(), *match.values.values())):
        raise invalid("A NUL character is not allowed in the address of a request.")
    version = api_version.negotiate(
        request.method, api_version.requested(request.headers, query), match.location
    )
    if not who.may(target.scope):
        raise failure("UnauthorizedRequestException", user=who.identity.id)
    raw = await request.body()
    given = None if target.raw else _json(raw, request.headers.get("content-type", ""))
    call = Call(
        azure,
        who,
        request.method,
        RouteValues(request.method, match.values),
        query,
        request.headers,
        bodies.read(request.method, match.location.id, given),
        raw,
        where.suffix,
    )
    authorize(call, match.location.id)
    value = await target.handler(call)
    answer = value if isinstance(value, Answer) else Answer(200, value)
    return _render(answer, version)


def _json(body: bytes, media_type: str) -> object:
    """The body as JSON; None where it is empty or says that it is something else."""
    kind = media_type.partition(";")[0].strip().lower()
    if not body.strip() or (kind and "json" not in kind and not kind.startswith("text/")):
        return None
    try:
        value = json.loads(body)
        if b"\\u" in body:
            # Half of a surrogate pair is no character, and nothing could write it down.
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except (ValueError, RecursionError) as error:
        raise failure(
            "JsonReaderException", message=f"The request body is not valid JSON: {error}"
        ) from error


def _render(answer: Answer, version: str) -> Response:
    headers = dict(answer.headers)
    if answer.file is not None:
        return FileResponse(answer.file, answer.status, headers, media_type=answer.content_type)
    if answer.content is not None:
        return Response(answer.content, answer.status, headers, answer.content_type)
    if answer.value is None:
        return Response(None, answer.status, headers)
    media_type = f"application/json; charset=utf-8; api-version={version}"
    return Response(json.dumps(answer.value).encode(), answer.status, headers, media_type)


def _refusal(error: CallerError) -> Response:
    headers: Mapping[str, str] = {"X-TFS-ServiceError": quote(error.message, errors="replace")}
    return JSONResponse(envelope(error), error.status, headers)


def _not_found(path: str) -> Response:
    text = no_controller(path)
    return PlainTextResponse(
        text.encode("utf-8", "replace"), 404, {"X-TFS-ServiceError": quote(text, errors="replace")}
    )

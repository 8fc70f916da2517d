"""The life of a request: organization, caller, cause, then git or the endpoint of its location, then the answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.azure_devops import api_version, id_tokens, locations
from simulator.azure_devops.endpoint import ENDPOINTS, Answer, Call, RouteValues
from simulator.azure_devops.endpoints import areas
from simulator.azure_devops.errors import envelope, failure, no_controller, not_simulated_envelope
from simulator.azure_devops.git import smart_http
from simulator.azure_devops.identify import ANONYMOUS, Caller, caller
from simulator.azure_devops.locations import Match
from simulator.azure_devops.service import AzureDevOps
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import CAUSE_HEADER, cause

_logger = logging.getLogger("simulator.azure_devops")
_SESSION = "x-tfs-session"
OCTETS = "application/octet-stream"


def application(azure: AzureDevOps) -> ASGIApp:
    """The ASGI application that answers as Azure DevOps for the organization of `azure`."""
    areas.load()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        request = Request(scope, receive)
        response = await _respond(azure, request)
        response.headers[_SESSION] = request.headers.get(_SESSION, azure.session)
        response.headers["activityid"] = azure.activity_ids.uuid()
        await response(scope, receive, send)

    return app


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _respond(azure: AzureDevOps, request: Request) -> Response:
    try:
        return await _answer(azure, request)
    except CallerError as error:
        return _refusal(error)
    except Exception as error:
        # A defect of ours: the client gets the service's form of a 500, the log the whole story.
        _logger.exception("%s %s failed", request.method, request.url.path)
        return _refusal(failure("InternalErrorException", error=repr(error)))


async def _answer(azure: AzureDevOps, request: Request) -> Response:
    if request.url.path == "/_simulator/health":
        return JSONResponse({"status": "ready", "organization": azure.organization.name})
    if request.headers.get("host", "").split(":")[0].lower() == id_tokens.ISSUER_HOST:
        return await _issuer(azure, request)
    path = _inside(azure, request)
    if path is None:
        return _not_found(request.url.path)
    who = caller(request.headers, azure.organization)
    if who is None and not path.lower().startswith("_apis/public/"):
        return _unauthenticated(azure)
    given = request.headers.get(CAUSE_HEADER, "")
    because = int(given) if given.isdigit() else who.cause if who else None
    with cause(because):
        try:
            return await _dispatch(azure, request, path, who)
        except NotSimulated as refused:
            told: dict[str, object] = {"cloud": "azure_devops", "remedy": refused.remedy}
            azure.kernel.log.record("NotSimulated", refused.what, told)
            return JSONResponse(not_simulated_envelope(refused), 501, {"x-simulator": "not simulated"})


async def _issuer(azure: AzureDevOps, request: Request) -> Response:
    """The host that issues OpenID Connect tokens has nothing but the documents that verify them, open to all."""
    found = await id_tokens.document(azure.organization, request.url.path)
    return JSONResponse(found) if found and request.method == "GET" else _not_found(request.url.path)


def _inside(azure: AzureDevOps, request: Request) -> str | None:
    """The path below the organization: dev.azure.com/{org}/... or {org}.visualstudio.com/..."""
    name = azure.organization.name.lower()
    raw = unquote(request.scope.get("raw_path", b"").decode("ascii") or request.url.path).partition("?")[0]
    first, _, rest = raw.lstrip("/").partition("/")
    if first.lower() == name:
        return rest
    host = request.headers.get("host", "").split(":")[0].lower()
    return raw.lstrip("/") if host == f"{name}.visualstudio.com" else None


async def _dispatch(azure: AzureDevOps, request: Request, path: str, who: Caller | None) -> Response:
    if git := smart_http.parse(path):
        assert who is not None
        return await smart_http.serve(azure, who, git, request)
    if request.method == "OPTIONS":
        return JSONResponse({"count": len(locations.rows()), "value": locations.rows()})
    found = locations.matches(path)
    if not found:
        return _not_found(request.url.path)
    match = _implemented(request.method, found)
    key = (request.method, match.location.id)
    if key not in ENDPOINTS:
        what = f"{request.method} {match.location.area}/{match.location.resource} ({match.location.id})"
        raise NotSimulated(what, "Endpoints stand in simulator/azure_devops/endpoints.")
    # Without a token only public addresses come this far, and they see no more than what they are given.
    return await _call(azure, request, match, who or ANONYMOUS)


def _implemented(method: str, found: list[Match]) -> Match:
    """Of the closest matches, one that has a handler; else the closest."""
    closest = [match for match in found if match.literals == found[0].literals]
    return next((match for match in closest if (method, match.location.id) in ENDPOINTS), found[0])


async def _call(azure: AzureDevOps, request: Request, match: Match, who: Caller) -> Response:
    query = {name.lower(): value for name, value in request.query_params.items()}
    version = api_version.negotiate(
        request.method, api_version.requested(request.headers, query), match.location
    )
    target = ENDPOINTS[request.method, match.location.id]
    if not who.may(target.scope):
        raise failure("UnauthorizedRequestException", user=who.identity.id)
    raw = await request.body()
    call = Call(
        azure,
        who,
        request.method,
        RouteValues(request.method, match.values),
        query,
        request.headers,
        None if request.headers.get("content-type", "").startswith(OCTETS) else _json(raw),
        raw,
    )
    value = await target.handler(call)
    answer = value if isinstance(value, Answer) else Answer(200, value)
    return _render(answer, version)


def _json(body: bytes) -> object:
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except ValueError as error:
        raise failure(
            "JsonReaderException", message=f"The request body is not valid JSON: {error}"
        ) from error


def _render(answer: Answer, version: str) -> Response:
    headers = dict(answer.headers)
    if answer.content is not None:
        return Response(answer.content, answer.status, headers, answer.content_type)
    if answer.value is None:
        return Response(None, answer.status, headers)
    media_type = f"application/json; charset=utf-8; api-version={version}"
    return Response(json.dumps(answer.value).encode(), answer.status, headers, media_type)


def _refusal(error: CallerError) -> Response:
    headers: Mapping[str, str] = {"X-TFS-ServiceError": quote(error.message)}
    return JSONResponse(envelope(error), error.status, headers)


def _not_found(path: str) -> Response:
    text = no_controller(path)
    return PlainTextResponse(text, 404, {"X-TFS-ServiceError": quote(text)})


def _unauthenticated(azure: AzureDevOps) -> Response:
    """The 401 of the real service: no body, one challenge for each scheme."""
    response = Response(None, 401)
    url = azure.organization.url
    response.headers.append("WWW-Authenticate", f'Bearer authorization_uri="{url}"')
    response.headers.append("WWW-Authenticate", f'Basic realm="{url}/"')
    response.headers.append("WWW-Authenticate", "TFS-Federated")
    return response

"""The life of an AWS request: which operation, who asks, may they, then behave or forward, then answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.aws import signed_links
from simulator.aws.behaviour import find, remembers
from simulator.aws.cloud import LEAVES, AwsCloud
from simulator.aws.principal import Principal
from simulator.aws.protocol import answer
from simulator.aws.protocol.http import Incoming, Outgoing
from simulator.aws.protocol.identify_service import region_of, service_of
from simulator.aws.protocol.models import UnknownOperation, operation_model, regions, service_model
from simulator.aws.protocol.parse import parse
from simulator.aws.protocol.route import Routed, route
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import CAUSE_HEADER, cause

_logger = logging.getLogger("simulator.aws")
_BUCKET_HOST_ENDINGS = (".s3.", ".s3-")


class Gateway:
    """Answers every request on the AWS port."""

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud
        self._request_ids = cloud.kernel.ids.apart("aws requests")

    async def respond(self, request: Request) -> Response:
        """The HTTP entry: a Starlette endpoint for every path and method."""
        if request.url.path == "/_simulator/health":
            return JSONResponse({"status": "ready", "service": "aws"})
        incoming = await _incoming(request)
        outgoing = signed_links.answer(self._cloud.kernel, incoming) or await self.handle(incoming)
        response = Response(outgoing.body, outgoing.status)
        for name, value in outgoing.headers:
            response.headers.append(name, value)
        if request.method == "HEAD":
            length = next((v for k, v in outgoing.headers if k.lower() == "content-length"), None)
            if length is not None:
                response.headers["content-length"] = length
        return response

    async def handle(self, request: Incoming) -> Outgoing:
        """The answer to one request."""
        request_id = self._request_ids.uuid()
        service, routed = "s3", Routed("", "rest-xml", {})
        try:
            service = service_of(request)
            routed = Routed("", service_model(service).resolved_protocol, {})
            routed = route(service, request)
            return await self._serve(service, routed, request, request_id)
        except CallerError as error:
            return answer.error(service_model(service), routed.protocol, error, request_id)
        except UnknownOperation as error:
            return self._refuse(service, routed, NotSimulated(str(error)), request_id)
        except NotSimulated as error:
            return self._refuse(service, routed, error, request_id)
        except Exception as error:
            # A defect of ours: the client gets AWS's form of a 500, the log the whole story.
            _logger.exception("%s %s failed", service, routed.operation)
            self._cloud.kernel.log.record(
                "RequestFailed", f"{service}:{routed.operation}", {"error": repr(error)}
            )
            return answer.error(service_model(service), routed.protocol, _defect(service), request_id)

    async def _serve(self, service: str, routed: Routed, request: Incoming, request_id: str) -> Outgoing:
        cloud = self._cloud
        caller = cloud.credentials.caller(request)
        region = _region(request, service, cloud.topology.region)
        because = int(request.headers[CAUSE_HEADER]) if CAUSE_HEADER in request.headers else None
        cloud.load(service)
        model = operation_model(service, routed.operation)
        with cause(because) if because is not None else nullcontext():
            if find(service, routed.operation) or service not in LEAVES:
                params = parse(model, routed, request)
                principal = caller or _anonymous(service, routed.operation, params)
                account = principal.account
                result = await cloud.serve(
                    service, routed.operation, params, account, region, principal, request.headers, request_id
                )
                outgoing = answer.answer(model, routed.protocol, result, request_id)
                if remembers(service, routed.operation):
                    headers = (*outgoing.headers, ("x-simulator", "remembers"))
                    return Outgoing(outgoing.status, headers, outgoing.body)
                return outgoing
            named = _leaf_params(service, routed, request)
            principal = caller or _anonymous(service, routed.operation, named, cloud)
            return await cloud.forward(service, routed.operation, named, request, region, principal)

    def _refuse(self, service: str, routed: Routed, error: NotSimulated, request_id: str) -> Outgoing:
        detail: dict[str, object] = {"what": error.what, "remedy": error.remedy}
        self._cloud.kernel.log.record("NotSimulated", error.what, detail)
        failure = CallerError("NotSimulated", str(error), 501)
        try:
            model = service_model(service)
        except UnknownOperation:
            model = service_model("sts")
        refused = answer.error(model, routed.protocol, failure, request_id)
        return Outgoing(refused.status, (*refused.headers, ("x-simulator", "refuses")), refused.body)


def _region(request: Incoming, service: str, default: str) -> str:
    """The region that is meant; one that AWS does not have is refused in AWS's words for a wrong credential scope.

    The user guide's "Troubleshoot Signature Version 4" and, for S3, its list of error codes.
    """
    region = region_of(request, default)
    if region == default or region in regions():
        return region
    if service == "s3":
        said = f"The authorization header is malformed; the region '{region}' is wrong; expecting '{default}'"
        raise CallerError("AuthorizationHeaderMalformed", said, 400)
    said = f"Credential should be scoped to a valid region, not '{region}'."
    raise CallerError("SignatureDoesNotMatch", said, 403)


def _defect(service: str) -> CallerError:
    code = "InternalError" if service == "s3" else "InternalFailure"
    return CallerError(code, "We encountered an internal error. Please try again.", 500)


def application(gateway: Gateway) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint to mount at every path."""
    return gateway.respond


async def _incoming(request: Request) -> Incoming:
    headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in request.headers.raw}
    path = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1").split("?")[0]
    raw = Incoming(request.method, path, request.url.query, headers, await request.body())
    return _path_style(raw)


def _path_style(request: Incoming) -> Incoming:
    """S3's virtual-host addressing, `bucket.s3.us-east-1.amazonaws.com`, as path style."""
    host = request.headers.get("host", "").split(":")[0]
    for ending in _BUCKET_HOST_ENDINGS:
        bucket, found, _ = host.partition(ending)
        if found and host.endswith("amazonaws.com"):
            headers = {**request.headers, "host": "s3.amazonaws.com"}
            return Incoming(request.method, f"/{bucket}{request.path}", request.query, headers, request.body)
    return request


def _leaf_params(service: str, routed: Routed, request: Incoming) -> dict[str, Any]:
    """What authorization and ownership need of a request that is passed on: names, never payloads."""
    if service == "s3":
        arguments = request.arguments()
        found = {name: unquote(value) for name, value in routed.labels.items()}
        if "x-amz-copy-source" in request.headers:
            found["CopySource"] = request.headers["x-amz-copy-source"]
        return found | ({"Prefix": arguments["prefix"]} if "prefix" in arguments else {})
    return parse(operation_model(service, routed.operation), routed, request)


def _anonymous(
    service: str, operation: str, params: dict[str, Any], cloud: AwsCloud | None = None
) -> Principal:
    """Unsigned requests: S3 knows them, for what a bucket policy opens to everyone, and STS, for who brings a token."""
    if (service, operation) == ("sts", "AssumeRoleWithWebIdentity"):
        account = (str(params.get("RoleArn", "")).split(":") + [""] * 5)[4]
        return Principal("arn:aws:iam::000000000000:anonymous", account, "ANONYMOUS")
    if service != "s3" or cloud is None:
        raise CallerError("MissingAuthenticationToken", "Missing Authentication Token", 403)
    owner = cloud.authorizer.bucket_owner(str(params.get("Bucket", "")))
    return Principal("arn:aws:iam::000000000000:anonymous", owner and "000000000000", "ANONYMOUS")

"""The client's half of the protocols: parameters to a request, an answer to members. For calls between services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import botocore.parsers
import botocore.serialize
from botocore.awsrequest import HeadersDict
from botocore.model import Shape

from simulator.aws.protocol.http import Incoming, Outgoing
from simulator.aws.protocol.models import operation_model, service_model
from simulator.kernel.errors import CallerError


def request(service: str, operation: str, params: Mapping[str, Any], region: str) -> Incoming:
    """The request that botocore would send, signed for nobody."""
    model = operation_model(service, operation)
    serializer = botocore.serialize.create_serializer(
        model.service_model.resolved_protocol, include_validation=False
    )
    made = serializer.serialize_to_request(dict(params), model)
    query = made.get("query_string") or {}
    body = made.get("body", b"")
    if isinstance(body, Mapping):
        body = urlencode(body).encode()
    path, _, literal = made["url_path"].partition("?")
    encoded = query if isinstance(query, str) else urlencode(query, doseq=True)
    scope = f"AWS4-HMAC-SHA256 Credential=SIMULATOR/20000101/{region}/{model.service_model.signing_name}/aws4_request"
    headers = {k.lower(): str(v) for k, v in dict(made["headers"]).items()}
    headers |= {
        "host": f"{model.service_model.endpoint_prefix}.{region}.amazonaws.com",
        "authorization": scope,
    }
    if isinstance(body, str):
        body = body.encode()
    if made["method"] in ("POST", "PUT") and "content-type" not in headers and not service_is_rest(service):
        headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
    data = body if isinstance(body, bytes) else body.read()
    return Incoming(
        made["method"], urlsplit(path).path, "&".join(filter(None, (literal, encoded))), headers, data
    )


def service_is_rest(service: str) -> bool:
    """Whether the service's operations are told apart by path."""
    return service_model(service).resolved_protocol.startswith("rest")


def members(service: str, operation: str, answer: Outgoing) -> dict[str, Any]:
    """The output members of an answer; raises CallerError with the service's own code and text."""
    model = operation_model(service, operation)
    parser = botocore.parsers.create_parser(model.service_model.resolved_protocol)
    headers = HeadersDict(answer.headers)  # the model names headers in any case
    body = _Body(answer.body) if model.has_streaming_output else answer.body
    response = {
        "headers": headers,
        "status_code": answer.status,
        "body": body,
        "context": {"operation_name": operation},
    }
    if answer.status >= 300:
        response["body"] = answer.body
    parsed: dict[str, Any] = parser.parse(response, cast("Shape", model.output_shape))
    if answer.status >= 300:
        failure = parsed.get("Error", {})
        raise CallerError(
            failure.get("Code") or str(answer.status), failure.get("Message", ""), answer.status
        )
    parsed.pop("ResponseMetadata", None)
    return {k: v.read() if isinstance(v, _Body) else v for k, v in parsed.items()}


class _Body:
    """A streaming body that is already here."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self) -> bytes:
        """All of it."""
        return self._data

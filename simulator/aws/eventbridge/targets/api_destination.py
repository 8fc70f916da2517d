"""API destinations as targets: one HTTPS request with the connection's authorization, and what its status means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

from simulator.aws.eventbridge.rows import API_DESTINATION, CONNECTION
from simulator.aws.eventbridge.targets.authorization import Additions, authorize, forget_token
from simulator.aws.eventbridge.targets.invocation import Invocation, TargetFailed
from simulator.formats.jsonpath import MISSING, find
from simulator.kernel.outbound import OutboundFailed, OutboundRefused, OutboundResponse

# Ours, not AWS's: the same for every attempt, so that the receiver inside the simulation starts one run (ADR 8).
DELIVERY_HEADER = "x-simulator-delivery"
# EventBridge waits this long, in real time, then gives up the request and retries it: at-least-once.
TIMEOUT_SECONDS = 5.0
# Source: EventBridge user guide, "API destinations": headers included in requests, and error codes that are retried.
_FIXED_HEADERS = {
    "User-Agent": "Amazon/EventBridge/ApiDestinations",
    "Range": "bytes=0-1048575",
    "Accept-Encoding": "gzip,deflate",
    "Connection": "close",
}
_DEFAULT_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_RETRIED = frozenset({401, 407, 409, 429})
_SHOWN_BYTES = 256


async def send_to_api_destination(invocation: Invocation) -> None:
    """Send the body to the destination's endpoint as its connection says; raises TargetFailed."""
    await invocation.require("events", "InvokeApiDestination")
    destination, connection = _find(invocation)
    additions = await authorize(invocation.cloud, connection)
    url, headers = _request(invocation, destination, additions)
    headers[DELIVERY_HEADER] = invocation.delivery
    body = _body(invocation.body, additions.body)
    try:
        answer = await invocation.cloud.kernel.outbound.send(
            destination["HttpMethod"], url, headers, body, timeout_seconds=TIMEOUT_SECONDS
        )
    except OutboundFailed as error:
        text = "API destination endpoint timed out." if error.timed_out else str(error)
        raise _failed(text, retryable=True) from error
    except OutboundRefused as error:
        raise _failed(str(error), retryable=False) from error
    if answer.status in (401, 407):
        forget_token(connection["ConnectionArn"])
    if not 200 <= answer.status < 300:
        raise _refused(answer, invocation.cloud.kernel.clock.now())


def _find(invocation: Invocation) -> tuple[dict[str, Any], dict[str, Any]]:
    """The destination and its connection, both as they are now."""
    store, (region, account, resource) = invocation.cloud.kernel.store, invocation.place
    destination = store.get(API_DESTINATION, f"{account}/{region}/{resource.split('/')[1]}")
    if destination is None or destination["ApiDestinationArn"] != invocation.arn:
        raise TargetFailed("NO_RESOURCE", f"{invocation.arn} does not exist.", retryable=False)
    name = destination["ConnectionArn"].split("/")[1]
    connection = store.get(CONNECTION, f"{account}/{region}/{name}")
    if connection is None or connection["ConnectionState"] != "AUTHORIZED":
        state = connection["ConnectionState"] if connection else "deleted"
        raise TargetFailed("NO_RESOURCE", f"The connection {name} is {state}.", retryable=False)
    return destination, connection


def _request(
    invocation: Invocation, destination: Mapping[str, Any], additions: Additions
) -> tuple[str, dict[str, str]]:
    """URL and headers. The connection's parameters win over the target's, the fixed headers over both."""
    given = invocation.target.get("HttpParameters", {})
    url = str(destination["InvocationEndpoint"])
    for value in given.get("PathParameterValues", []):
        url = url.replace("*", quote(_dynamic(value, invocation.event), safe=""), 1)
    query = {
        name: _dynamic(text, invocation.event)
        for name, text in given.get("QueryStringParameters", {}).items()
    }
    query |= additions.query
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    own = {name: _dynamic(text, invocation.event) for name, text in given.get("HeaderParameters", {}).items()}
    headers: dict[str, str] = {}
    for layer in (_DEFAULT_HEADERS, own, additions.headers, _FIXED_HEADERS):
        lower = {name.lower() for name in layer}
        headers = {name: text for name, text in headers.items() if name.lower() not in lower} | layer
    return url, headers


def _dynamic(text: str, event: Mapping[str, Any]) -> str:
    """A parameter's value, which may be a JSON path into the event."""
    if not text.startswith("$."):
        return text
    found = find(text, event)
    return "" if found is MISSING else found if isinstance(found, str) else json.dumps(found)


def _body(body: str, additions: Mapping[str, str]) -> bytes:
    """The connection's body parameters become members of a JSON object; another body stays as it is."""
    if additions:
        try:
            parsed = json.loads(body)
        except ValueError:
            parsed = None
        if isinstance(parsed, dict):
            body = json.dumps({**parsed, **additions}, ensure_ascii=False)
    return body.encode()


def _refused(answer: OutboundResponse, now: float) -> TargetFailed:
    shown = answer.body[:_SHOWN_BYTES].decode("utf-8", "replace")
    text = f"API destination returned HTTP status {answer.status} with payload: {shown}"
    wait = _retry_after(answer.headers.get("retry-after", ""), now)
    retryable = (answer.status in _RETRIED or answer.status >= 500) and (wait is None or wait >= 0)
    return _failed(text, retryable=retryable, not_before=now + wait if wait and wait > 0 else 0.0)


def _retry_after(text: str, now: float) -> float | None:
    """Seconds from a Retry-After header: a number (negative: never again) or an HTTP date; None if there is none."""
    if text.lstrip("-").isdigit():
        return float(text)
    if not text:
        return None
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except ValueError:
        return None


def _failed(text: str, *, retryable: bool, not_before: float = 0.0) -> TargetFailed:
    message = f"Unable to invoke ApiDestination endpoint: {text}"
    return TargetFailed("SDK_CLIENT_ERROR", message, retryable=retryable, not_before=not_before)

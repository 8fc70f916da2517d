"""CreateApiDestination and its kin: HTTPS endpoints that rules may send to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.eventbridge.rows import API_DESTINATION, CONNECTION, only, page
from simulator.kernel.errors import CallerError

_GIVEN = ("Description", "ConnectionArn", "InvocationEndpoint", "HttpMethod", "InvocationRateLimitPerSecond")
_TIMES = ("CreationTime", "LastModifiedTime")
_LISTED = ("ApiDestinationArn", "Name", "ApiDestinationState", *_GIVEN[1:], *_TIMES)
# The default quota of AWS; kept and shown, but the rate is not enforced here.
_RATE = 300
_LOOPBACK = ("localhost", "127.0.0.1")


@behaviour("events", "CreateApiDestination")
async def create_api_destination(call: Call) -> Answer:
    """A destination over an existing connection."""
    name, now = call.params["Name"], call.kernel.clock.now()
    if call.kernel.store.get(API_DESTINATION, call.key(name)):
        raise CallerError(
            "ResourceAlreadyExistsException", f"An api-destination '{name}' already exists.", 400
        )
    row = {
        "ApiDestinationArn": call.arn("api-destination", f"{name}/{call.kernel.ids.uuid()}"),
        "Name": name,
        "InvocationRateLimitPerSecond": _RATE,
        **only(call.params, *_GIVEN),
        **dict.fromkeys(_TIMES, now),
    }
    return _store(call, row, "ApiDestinationCreated")


@behaviour("events", "UpdateApiDestination")
async def update_api_destination(call: Call) -> Answer:
    """Change what is given."""
    row = {**_named(call), **only(call.params, *_GIVEN), "LastModifiedTime": call.kernel.clock.now()}
    return _store(call, row, "ApiDestinationChanged")


@behaviour("events", "DescribeApiDestination")
async def describe_api_destination(call: Call) -> Answer:
    """One destination."""
    return only(_named(call), *_LISTED, "Description")


@behaviour("events", "ListApiDestinations")
async def list_api_destinations(call: Call) -> Answer:
    """The destinations here, perhaps of one connection."""
    wanted, prefix = call.params.get("ConnectionArn"), call.key(call.params.get("NamePrefix", ""))
    rows = [row for _, row in call.kernel.store.scan(API_DESTINATION, prefix)]
    found = [only(row, *_LISTED) for row in rows if wanted in (None, row["ConnectionArn"])]
    return page("ApiDestinations", found, call.params)


@behaviour("events", "DeleteApiDestination")
async def delete_api_destination(call: Call) -> Answer:
    """Delete a destination; rules that send to it fail from now on."""
    row = _named(call)
    with call.kernel.store.transaction():
        call.kernel.store.delete(API_DESTINATION, call.key(row["Name"]))
        _record(call, "ApiDestinationDeleted", row)
    return {}


def _named(call: Call) -> dict[str, Any]:
    name = call.params["Name"]
    row = call.kernel.store.get(API_DESTINATION, call.key(name))
    if row is None:
        text = f"Failed to describe the api-destination(s). An api-destination '{name}' does not exist."
        raise CallerError("ResourceNotFoundException", text, 400)
    return row


def _store(call: Call, row: dict[str, Any], kind: str) -> Answer:
    connection = call.kernel.store.get(CONNECTION, call.key(row["ConnectionArn"].split("/")[1]))
    if connection is None or connection["ConnectionArn"] != row["ConnectionArn"]:
        text = f"Connection '{row['ConnectionArn']}' does not exist."
        raise CallerError("ResourceNotFoundException", text, 400)
    _check_endpoint(row["InvocationEndpoint"])
    row["ApiDestinationState"] = "ACTIVE" if connection["ConnectionState"] == "AUTHORIZED" else "INACTIVE"
    with call.kernel.store.transaction():
        call.kernel.store.put(API_DESTINATION, call.key(row["Name"]), row)
        _record(call, kind, row)
        if "InvocationRateLimitPerSecond" in call.params:
            what = f"{call.operation}.InvocationRateLimitPerSecond"
            call.kernel.log.record("AcceptedNotSimulated", what, account=call.account, region=call.region)
    return only(row, "ApiDestinationArn", "ApiDestinationState", *_TIMES)


def _check_endpoint(url: str) -> None:
    """HTTPS only, as AWS demands; plain HTTP is let through to this machine, where the simulator itself listens."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        text = f"Parameter {url} is not valid. Reason: the invocation endpoint must be an HTTPS URL."
        raise CallerError("ValidationException", text, 400)


def _record(call: Call, kind: str, row: dict[str, Any]) -> None:
    detail = {"endpoint": row["InvocationEndpoint"], "method": row["HttpMethod"]}
    call.kernel.log.record(kind, row["ApiDestinationArn"], detail, account=call.account, region=call.region)

"""CreateConnection and its kin: how API destinations authorize; the secret lies in Secrets Manager, never in a row."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.eventbridge.connection_parameters import merged_secret, secret_of, shown
from simulator.aws.eventbridge.rows import API_DESTINATION, CONNECTION, SERVICE, only, page
from simulator.aws.eventbridge.targets.authorization import forget_token, read_secret
from simulator.aws.eventbridge.targets.invocation import TargetFailed
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError, NotSimulated

_TIMES = ("CreationTime", "LastModifiedTime", "LastAuthorizedTime")
_LISTED = ("ConnectionArn", "Name", "ConnectionState", "StateReason", "AuthorizationType", *_TIMES)


@behaviour("events", "CreateConnection")
async def create_connection(call: Call) -> Answer:
    """A connection, authorized at once; an OAuth token is fetched when it is first needed."""
    params, name = call.params, call.params["Name"]
    _refuse_private(params)
    if call.kernel.store.get(CONNECTION, call.key(name)):
        raise CallerError("ResourceAlreadyExistsException", f"Connection {name} already exists.", 400)
    secret = secret_of(params["AuthorizationType"], params["AuthParameters"])
    identity, now = call.kernel.ids.uuid(), call.kernel.clock.now()
    arn = call.arn("connection", f"{name}/{identity}")
    created = await _secrets(
        call,
        "CreateSecret",
        {"Name": f"events!connection/{name}/{identity}", "SecretString": json.dumps(secret)},
    )
    row = {
        "ConnectionArn": arn,
        "Name": name,
        **only(params, "Description", "KmsKeyIdentifier", "AuthorizationType"),
        "ConnectionState": "AUTHORIZED",
        "SecretArn": created["ARN"],
        "AuthParameters": shown(params["AuthParameters"]),
        **dict.fromkeys(_TIMES, now),
    }
    _store(call, row, "ConnectionCreated")
    return only(row, "ConnectionArn", "ConnectionState", "CreationTime", "LastModifiedTime")


@behaviour("events", "UpdateConnection")
async def update_connection(call: Call) -> Answer:
    """Change a connection; what is not given of the same authorization type stays."""
    row, params = _named(call), call.params
    _refuse_private(params)
    kind = params.get("AuthorizationType", row["AuthorizationType"])
    given = params.get("AuthParameters", {})
    if given or kind != row["AuthorizationType"]:
        try:
            old = await read_secret(call.cloud, row) if kind == row["AuthorizationType"] else {}
        except TargetFailed as error:
            raise CallerError("ResourceNotFoundException", error.message, 400) from error
        secret, auth = merged_secret(kind, old, given)
        asked = {"SecretId": row["SecretArn"], "SecretString": json.dumps(secret)}
        await _secrets(call, "PutSecretValue", asked)
        before = row["AuthParameters"] if kind == row["AuthorizationType"] else {}
        row["AuthParameters"] = {**before, **shown(auth)}
    now = call.kernel.clock.now()
    row |= {**only(params, "Description", "KmsKeyIdentifier"), "AuthorizationType": kind}
    row |= {"ConnectionState": "AUTHORIZED", "LastModifiedTime": now, "LastAuthorizedTime": now}
    forget_token(row["ConnectionArn"])
    _store(call, row, "ConnectionChanged")
    return only(row, "ConnectionArn", "ConnectionState", *_TIMES)


@behaviour("events", "DescribeConnection")
async def describe_connection(call: Call) -> Answer:
    """One connection, without what is secret."""
    return only(_named(call), *_LISTED, "Description", "SecretArn", "KmsKeyIdentifier", "AuthParameters")


@behaviour("events", "ListConnections")
async def list_connections(call: Call) -> Answer:
    """The connections here."""
    wanted, prefix = call.params.get("ConnectionState"), call.key(call.params.get("NamePrefix", ""))
    rows = [row for _, row in call.kernel.store.scan(CONNECTION, prefix)]
    found = [only(row, *_LISTED) for row in rows if wanted in (None, row["ConnectionState"])]
    return page("Connections", found, call.params)


@behaviour("events", "DeleteConnection")
async def delete_connection(call: Call) -> Answer:
    """Delete a connection and its secret; destinations that use it become INACTIVE."""
    row = _named(call)
    asked = {"SecretId": row["SecretArn"], "ForceDeleteWithoutRecovery": True}
    await _secrets(call, "DeleteSecret", asked)
    forget_token(row["ConnectionArn"])
    store = call.kernel.store
    with store.transaction():
        store.delete(CONNECTION, call.key(row["Name"]))
        for key, destination in store.scan(API_DESTINATION, call.key("")):
            if destination["ConnectionArn"] == row["ConnectionArn"]:
                store.put(API_DESTINATION, key, {**destination, "ApiDestinationState": "INACTIVE"})
        _record(call, "ConnectionDeleted", row)
    return {**only(row, "ConnectionArn", *_TIMES), "ConnectionState": "DELETING"}


def _named(call: Call) -> dict[str, Any]:
    name = call.params["Name"]
    row = call.kernel.store.get(CONNECTION, call.key(name))
    if row is None:
        text = f"Failed to describe the connection(s). Connection '{name}' does not exist."
        raise CallerError("ResourceNotFoundException", text, 400)
    return row


def _store(call: Call, row: dict[str, Any], kind: str) -> None:
    with call.kernel.store.transaction():
        call.kernel.store.put(CONNECTION, call.key(row["Name"]), row)
        _record(call, kind, row)


def _record(call: Call, kind: str, row: dict[str, Any]) -> None:
    detail = {"authorization": row["AuthorizationType"]}
    call.kernel.log.record(kind, row["ConnectionArn"], detail, account=call.account, region=call.region)


async def _secrets(call: Call, operation: str, params: dict[str, Any]) -> Answer:
    """EventBridge's own call to Secrets Manager, by its service-linked role."""
    asker = Principal.of_service(SERVICE, call.account)
    return await call.cloud.call(
        "secretsmanager", operation, params, account=call.account, region=call.region, principal=asker
    )


def _refuse_private(params: dict[str, Any]) -> None:
    auth = params.get("AuthParameters", {})
    if "InvocationConnectivityParameters" in params or "ConnectivityParameters" in auth:
        raise NotSimulated("EventBridge connection to a private API (VPC Lattice)", "Use a public host name.")

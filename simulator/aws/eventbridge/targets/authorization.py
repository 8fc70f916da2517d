"""What a connection adds to a request: its authorization and its own header, query and body parameters."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from simulator.aws.behaviour import Cloud
from simulator.aws.eventbridge.rows import SERVICE
from simulator.aws.eventbridge.targets.invocation import TargetFailed, failure_of
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError
from simulator.kernel.outbound import OutboundFailed, OutboundRefused

_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class Additions:
    """Headers, query parameters and members of a JSON body."""

    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)


@dataclass
class Tokens:
    """OAuth access tokens by connection, kept in memory only: (token, virtual time of expiry)."""

    held: dict[str, tuple[str, float]] = field(default_factory=dict)


TOKENS = Tokens()


async def authorize(cloud: Cloud, connection: dict[str, Any]) -> Additions:
    """The additions of a connection; raises TargetFailed if its secret or its token cannot be had."""
    secret = await read_secret(cloud, connection)
    given = _parameters(secret.get("invocation_http_parameters", {}))
    kind = connection["AuthorizationType"]
    if kind == "API_KEY":
        header = {secret["api_key_name"]: secret["api_key_value"]}
    elif kind == "BASIC":
        pair = f"{secret['username']}:{secret['password']}".encode()
        header = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    else:
        header = {"Authorization": f"Bearer {await _token(cloud, connection, secret)}"}
    return Additions({**given.headers, **header}, given.query, given.body)


def forget_token(connection_arn: str) -> None:
    """The endpoint refused the token: fetch a new one at the next attempt."""
    TOKENS.held.pop(connection_arn, None)


async def read_secret(cloud: Cloud, connection: dict[str, Any]) -> dict[str, Any]:
    """The connection's secret, from Secrets Manager in its account."""
    _, _, _, region, account, _ = connection["ConnectionArn"].split(":", 5)
    asked = {"SecretId": connection["SecretArn"]}
    asker = Principal.of_service(SERVICE, account)
    try:
        answer = await cloud.call(
            "secretsmanager", "GetSecretValue", asked, account=account, region=region, principal=asker
        )
    except CallerError as error:
        raise failure_of(error) from error
    found: dict[str, Any] = json.loads(answer["SecretString"])
    return found


async def _token(cloud: Cloud, connection: dict[str, Any], secret: dict[str, Any]) -> str:
    arn, now = connection["ConnectionArn"], cloud.kernel.clock.now()
    token, expires = TOKENS.held.get(arn, ("", 0.0))
    if token and now < expires:
        return token
    answer = await _request_token(cloud, secret)
    if not isinstance(answer.get("access_token"), str):
        raise TargetFailed(
            "SDK_CLIENT_ERROR", "The authorization endpoint gave no access_token.", retryable=True
        )
    TOKENS.held[arn] = (answer["access_token"], now + float(answer.get("expires_in", 3600)) - 60)
    return str(answer["access_token"])


async def _request_token(cloud: Cloud, secret: dict[str, Any]) -> dict[str, Any]:
    """The client credentials grant: id and secret in the form, as EventBridge sends them."""
    extra = _parameters(secret.get("oauth_http_parameters", {}))
    form = {
        "grant_type": "client_credentials",
        "client_id": secret["client_id"],
        "client_secret": secret["client_secret"],
        **extra.body,
    }
    url = secret["authorization_endpoint"] + (f"?{urlencode(extra.query)}" if extra.query else "")
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", **extra.headers}
    try:
        answer = await cloud.kernel.outbound.send(
            secret["http_method"], url, headers, urlencode(form).encode(), timeout_seconds=_TIMEOUT_SECONDS
        )
    except (OutboundFailed, OutboundRefused) as error:
        raise TargetFailed("SDK_CLIENT_ERROR", f"Authorization endpoint: {error}", retryable=True) from error
    if answer.status >= 300:
        text = f"Authorization endpoint returned HTTP status {answer.status}."
        raise TargetFailed("SDK_CLIENT_ERROR", text, retryable=True)
    try:
        parsed = json.loads(answer.body)
    except ValueError as error:
        text = "The authorization endpoint did not answer in JSON."
        raise TargetFailed("SDK_CLIENT_ERROR", text, retryable=True) from error
    return parsed if isinstance(parsed, dict) else {}


def _parameters(given: dict[str, Any]) -> Additions:
    """ConnectionHttpParameters as the secret keeps them."""

    def pairs(name: str) -> dict[str, str]:
        return {item["Key"]: item.get("Value", "") for item in given.get(name, [])}

    return Additions(pairs("HeaderParameters"), pairs("QueryStringParameters"), pairs("BodyParameters"))

"""AuthParameters of a connection: what of them is the secret, and what of them may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.kernel.errors import CallerError

_MEMBER = {
    "BASIC": "BasicAuthParameters",
    "API_KEY": "ApiKeyAuthParameters",
    "OAUTH_CLIENT_CREDENTIALS": "OAuthParameters",
}
_HIDDEN = frozenset({"Password", "ApiKeyValue", "ClientSecret"})


def secret_of(kind: str, auth: Mapping[str, Any]) -> dict[str, Any]:
    """The secret's content, under the names that EventBridge uses in Secrets Manager.

    Raises ValidationException if the parameters of the authorization type are missing.
    """
    given = auth.get(_MEMBER[kind])
    if given is None:
        text = f"Parameter {_MEMBER[kind]} is required for authorization type {kind}."
        raise CallerError("ValidationException", text, 400)
    return {**_flat(kind, given), **_invocation(auth)}


def merged_secret(
    kind: str, old: Mapping[str, Any], auth: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The secret after an update that gives only some members, and the parameters given."""
    given = auth.get(_MEMBER[kind], {})
    if not old and not given:
        secret_of(kind, auth)
    merged = {**old, **_flat(kind, given), **_invocation(auth)}
    return merged, dict(auth)


def shown(auth: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters without passwords, keys and values marked as secret."""
    return {name: _shown(value) for name, value in auth.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        hidden = _HIDDEN | ({"Value"} if value.get("IsValueSecret") else set())
        return {name: _shown(inner) for name, inner in value.items() if name not in hidden}
    return [_shown(item) for item in value] if isinstance(value, list) else value


def _flat(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "BASIC":
        names = {"username": "Username", "password": "Password"}
    elif kind == "API_KEY":
        names = {"api_key_name": "ApiKeyName", "api_key_value": "ApiKeyValue"}
    else:
        client = given.get("ClientParameters", {})
        given = {**given, **client}
        names = {
            "client_id": "ClientID",
            "client_secret": "ClientSecret",
            "authorization_endpoint": "AuthorizationEndpoint",
            "http_method": "HttpMethod",
            "oauth_http_parameters": "OAuthHttpParameters",
        }
    return {ours: given[theirs] for ours, theirs in names.items() if theirs in given}


def _invocation(auth: Mapping[str, Any]) -> dict[str, Any]:
    given = auth.get("InvocationHttpParameters")
    return {"invocation_http_parameters": given} if given else {}

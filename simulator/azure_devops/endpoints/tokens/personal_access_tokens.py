"""The caller's personal access tokens: list, get, make, change, revoke (`_apis/tokens/pats` on vssps.dev.azure.com)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulator.azure_devops import scopes
from simulator.azure_devops.endpoint import Answer, Call, endpoint, page
from simulator.azure_devops.endpoints.core.operations import collection_id
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.personal_tokens import PersonalTokens

PATS = "55967393-20ef-45c6-a96c-b5d5d5986a9a"
# The service's words for what is wrong with a request (specification: SessionTokenError).
_FINE = "none"


def _view(call: Call, row: Row, text: str | None = None) -> Row:
    value = {name: row[name] for name in ("displayName", "scope")}
    value |= {name: _wire(row[name]) for name in ("validFrom", "validTo")}
    targets = None if row["allOrgs"] else [collection_id(call)]
    return {**value, "targetAccounts": targets, "authorizationId": row["id"], "token": text}


def _wire(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def _result(call: Call, row: Row | None, text: str | None = None, error: str = _FINE) -> Row:
    return {"patToken": _view(call, row, text) if row else None, "patTokenError": error}


def _found(call: Call, identifier: str) -> Row:
    row = PersonalTokens(call.organization).find(call.caller.identity.name, identifier)
    if row is None or row["revoked"]:
        raise failure("TokenNotFoundException", id=identifier)
    return row


@endpoint("GET", PATS, "vso.tokens")
async def tokens(call: Call) -> object:
    """One token by `authorizationId`, or the caller's by `displayFilterOption`, sorted, page by page."""
    if identifier := call.query.get("authorizationid"):
        return _result(call, _found(call, identifier))
    rows = PersonalTokens(call.organization)
    shown = call.query.get("displayfilteroption", "active").lower()
    kept = [row for row in rows.of(call.caller.identity.name) if shown == "all" or _state(rows, row) == shown]
    kinds = {"displayname": "displayName", "displaydate": "validTo"}
    order = kinds.get(call.query.get("sortbyoption", "").lower(), "validFrom")
    falling = call.query.get("issortascending", "true").lower() == "false"
    chosen, more = page(call, sorted(kept, key=lambda row: str(row[order]), reverse=falling), 100, 100)
    token = more.get("x-ms-continuationtoken", "")
    return {"continuationToken": token, "patTokens": [_view(call, row) for row in chosen]}


def _state(rows: PersonalTokens, row: Row) -> str:
    if row["revoked"]:
        return "revoked"
    return "expired" if rows.expired(row) else "active"


@endpoint("POST", PATS, "vso.tokens")
async def create(call: Call) -> object:
    """A new token of the caller; its text is in this answer and in no other."""
    given = call.object_body()
    if error := _wrong(given):
        return _result(call, None, error=error)
    row, text = PersonalTokens(call.organization).make(call.caller.identity.name, given)
    return _result(call, row, text)


@endpoint("PUT", PATS, "vso.tokens")
async def update(call: Call) -> object:
    """Change a token's name, scope, expiry or organizations."""
    given = call.object_body()
    row = _found(call, str(call.member("authorizationId")))
    if error := _wrong({"displayName": row["displayName"], **given}):
        return _result(call, None, error=error)
    return _result(call, PersonalTokens(call.organization).update(row, given))


@endpoint("DELETE", PATS, "vso.tokens")
async def revoke(call: Call) -> object:
    """Revoke a token."""
    PersonalTokens(call.organization).revoke(_found(call, call.query.get("authorizationid", "")))
    return Answer(204)


def _wrong(given: dict[str, Any]) -> str:
    if not str(given.get("displayName") or "").strip():
        return "displayNameRequired"
    asked = str(given.get("scope") or scopes.FULL).split()
    return "" if all(scopes.known(scope) for scope in asked) else "invalidScope"

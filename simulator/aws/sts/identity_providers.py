"""Web identity providers as AWS sees them: a URL that tells how its tokens are verified, and its keys.

Source of the codes: botocore's model of STS; of the texts: public reports of STS's answers, where not marked as ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.formats.jwt import Jwt, key_of, verified
from simulator.kernel.errors import CallerError
from simulator.kernel.outbound import Outbound, OutboundFailed, OutboundRefused

NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity"
    " documentation for requirements"
)


async def check_signature(outbound: Outbound, issuer: str, token: Jwt) -> None:
    """Fetch the issuer's keys through the one door and verify. Raises CallerError InvalidIdentityToken or
    IDPCommunicationError."""
    key = key_of(token, await _keys(outbound, issuer))
    if key is None:
        raise invalid_token(NO_KEY)
    if not verified(token, key):
        raise invalid_token("Token signature is not valid.")  # this text is ours


def invalid_token(text: str) -> CallerError:
    """The identity provider's token is refused."""
    return CallerError("InvalidIdentityToken", text, 400)


async def _keys(outbound: Outbound, issuer: str) -> list[Mapping[str, Any]]:
    document = await _json(outbound, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    location = str(document.get("jwks_uri", ""))
    if not location.startswith("https://") or document.get("issuer") != issuer:
        raise invalid_token(NO_KEY)
    keys = (await _json(outbound, location)).get("keys")
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


async def _json(outbound: Outbound, url: str) -> Mapping[str, Any]:
    try:
        answer = await outbound.send("GET", url, {"accept": "application/json"}, timeout_seconds=5.0)
    except (OutboundFailed, OutboundRefused) as error:
        # The wording of what went wrong is ours.
        raise CallerError(
            "IDPCommunicationError",
            f"Failed to communicate with the identity provider at {url}: {error}",
        ) from error
    if answer.status != 200:
        raise invalid_token(NO_KEY)
    try:
        found = json.loads(answer.body)
    except ValueError as error:
        raise invalid_token(NO_KEY) from error
    if not isinstance(found, dict):
        raise invalid_token(NO_KEY)
    return found

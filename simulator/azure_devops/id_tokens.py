"""The OpenID Connect tokens by which a job proves to another cloud who it is, and the documents that verify them.

Source: a token, the discovery document and the key set of the real service as Teleport's RFD 211 records them
(gravitational/teleport, 2025-04); REST reference "Oidctoken - Create"; reference/azure-devops.md section 5.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import Organization, Row
from simulator.formats import jwt
from simulator.kernel.ids import Ids
from simulator.kernel.world import Kernel

ISSUER_HOST = "vstoken.dev.azure.com"
AUDIENCE = "api://AzureADTokenExchange"
_KEYS = f"https://{ISSUER_HOST}/.well-known/jwks"
_SECRET, _KEY = "azure_devops.secret", "id token"
_BEFORE_SECONDS, _GOOD_SECONDS = 600, 300


def organization_id(organization: Organization) -> str:
    """The GUID of the organization."""
    return stable_id("organization", organization.name)


def issuer(organization: Organization) -> str:
    """The `iss` of the organization's tokens."""
    return f"https://{ISSUER_HOST}/{organization_id(organization)}"


def of_connection(organization: Organization, project: Row, connection: Row) -> dict[str, Any]:
    """The claims of a token for a service connection: they name the connection and nothing of the run."""
    return {"sub": f"sc://{organization.name}/{project['name']}/{connection['name']}", "aud": AUDIENCE}


def of_pipeline(organization: Organization, project: Row, definition: str, run: Row) -> dict[str, Any]:
    """The claims of a token for a run of the pipeline `definition`: organization, project, repository and commit."""
    facts = run["facts"]
    return {
        "sub": f"p://{organization.name}/{project['name']}/{definition}",
        "aud": AUDIENCE,
        "org_id": organization_id(organization),
        "prj_id": project["id"],
        "def_id": str(run["definition"]),
        "rpo_id": facts["repository_id"],
        "rpo_uri": facts["repository_url"],
        "rpo_ver": facts["commit"],
        "rpo_ref": facts["branch"],
        "run_id": str(run["id"]),
    }


async def issue(organization: Organization, claims: Mapping[str, Any]) -> str:
    """A signed token, good for five minutes of real time, as every lease is."""
    kernel = organization.kernel
    now = int(kernel.clock.wall())
    whole = {
        "jti": Ids().uuid(),
        **claims,
        "iss": issuer(organization),
        "nbf": now - _BEFORE_SECONDS,
        "exp": now + _GOOD_SECONDS,
        "iat": now,
    }
    return jwt.sign(whole, await _private_key(kernel))


async def document(organization: Organization, path: str) -> dict[str, Any] | None:
    """The document at a path of the issuer's host: how to verify the organization's tokens, or the keys; else None.

    As on the real service, the key set belongs to the host and not to one organization.
    """
    if path == "/.well-known/jwks":
        return {"keys": [jwt.public_key(await _private_key(organization.kernel))]}
    if path.lower() != f"/{organization_id(organization)}/.well-known/openid-configuration":
        return None
    return {
        "issuer": issuer(organization),
        "jwks_uri": _KEYS,
        "subject_types_supported": ["public", "pairwise"],
        "response_types_supported": ["id_token"],
        "claims_supported": ["sub", "aud", "exp", "iat", "iss", "nbf"],
        "id_token_signing_alg_values_supported": [jwt.ALGORITHM],
        "scopes_supported": ["openid"],
    }


async def _private_key(kernel: Kernel) -> str:
    """The key that signs, made at its first use; it never leaves the store."""
    row = kernel.store.get(_SECRET, _KEY)
    if row is None:
        made = await asyncio.to_thread(jwt.new_private_key)
        row = kernel.store.get(_SECRET, _KEY) or {"key": made}  # another request may have been quicker
        kernel.store.put(_SECRET, _KEY, row)
    return str(row["key"])

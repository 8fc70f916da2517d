"""URLs that open one thing for an hour without a token: signed logs and artifacts."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from simulator.kernel.world import Kernel

_KIND = "azure_devops.signing_key"
_SECONDS = 3600


def signed(kernel: Kernel, url: str, what: str) -> dict[str, Any]:
    """The SignedUrl of the wire for `what` at `url`. Signatures count real time (DESIGN.md 5)."""
    expires = datetime.fromtimestamp(kernel.clock.wall() + _SECONDS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = {
        "urlExpires": expires,
        "urlSigningMethod": "HMACV1",
        "urlSignature": _signature(kernel, what, expires),
    }
    return {"url": f"{url}?{urlencode(query)}", "signatureExpires": expires}


def is_signed(kernel: Kernel, query: Mapping[str, str], what: str) -> bool:
    """Whether the query (names in lower case) has a signature for `what` whose time is not over."""
    expires, given = query.get("urlexpires", ""), query.get("urlsignature", "")
    try:
        moment = datetime.fromisoformat(expires)
    except ValueError:
        return False
    fresh = moment.tzinfo is not None and moment.timestamp() > kernel.clock.wall()
    return fresh and hmac.compare_digest(given.encode(), _signature(kernel, what, expires).encode())


def _signature(kernel: Kernel, what: str, expires: str) -> str:
    row = kernel.store.get(_KIND, "key")
    if row is None:
        row = {"key": kernel.ids.hex(64)}
        kernel.store.put(_KIND, "key", row)
    return hmac.new(row["key"].encode(), f"{what} {expires}".encode(), hashlib.sha256).hexdigest()

"""Whose requests are answered: this machine's pages only, and forms that this console wrote for this person."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]", "host.docker.internal"})

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not `no-referrer`: with it, browsers send `Origin: null` with forms.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""On every answer: nothing from outside, no frames, no copies kept."""


def foreign_host(host: str) -> str:
    """Why a Host is refused, empty when it is this machine: a name that a stranger's DNS pointed here is not."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return (
        ""
        if name in _LOCAL
        else f"The console answers to localhost only; this request was for {host or 'nobody'}."
    )


def foreign_origin(scheme: str, host: str, origin: str) -> str:
    """Why the Origin of a form is refused, empty when the form stood on a page of this console."""
    if origin == f"{scheme}://{host}":
        return ""
    return f"A form sent from {origin or 'an unnamed page'} can't act here; only the console's own pages can."


def token(secret: bytes, person: str) -> str:
    """What the console's forms carry: it shows that the page was read from here, as this person."""
    return hmac.new(secret, person.encode(), hashlib.sha256).hexdigest()


def stale(secret: bytes, person: str, given: str) -> str:
    """Why a form's token is refused, empty when it is right."""
    if hmac.compare_digest(token(secret, person), given):
        return ""
    return (
        "This form was made for another person, or before the simulator was restarted."
        " Go back, reload the page and send it again."
    )

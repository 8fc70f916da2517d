"""Which of the service's host forms a request came to, and what path below the organization it means: pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

_ACCOUNTS = "app.vssps.visualstudio.com"
"""The host at which people ask for themselves, whatever their organization."""


@dataclass(frozen=True)
class Address:
    """`path` is below the organization; `suffix` is the host's family (`dev.azure.com`), empty for our own address."""

    path: str
    suffix: str


def address(organization: str, host: str, raw: str) -> Address | None:
    """The address that a host (port allowed) and a raw path mean, or None when it is not this organization's.

    dev.azure.com/{org}/..., vssps.dev.azure.com/{org}/..., {org}.visualstudio.com/... (DefaultCollection allowed),
    {org}.vssps.visualstudio.com/..., app.vssps.visualstudio.com/..., and any other host with the organization first.
    """
    name, bare = organization.lower(), host.partition(":")[0].lower()
    path = unquote(raw.partition("?")[0]).lstrip("/")
    suffix = "dev.azure.com" if bare == "dev.azure.com" or bare.endswith(".dev.azure.com") else ""
    first, _, rest = path.partition("/")
    if bare == _ACCOUNTS or (bare.endswith(".visualstudio.com") and bare.partition(".")[0] == name):
        return Address(rest if first.lower() in ("defaultcollection", name) else path, "")
    return Address(rest, suffix) if first.lower() == name else None

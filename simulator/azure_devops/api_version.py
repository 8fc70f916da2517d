"""Which api-version a request asks for, and whether the resource has it: the service's own rules."""

from __future__ import annotations

import re
from collections.abc import Mapping

from simulator.azure_devops.errors import failure
from simulator.azure_devops.locations import Location

_FORM = re.compile(r"(\d+\.\d+)(-preview(?:\.\d+)?)?")
_IN_ACCEPT = re.compile(r"api-version\s*=\s*\"?([^;,\"\s]+)", re.IGNORECASE)


def requested(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    """The version of the query or of the Accept header (names in lower case), or nothing."""
    if "api-version" in query:
        return query["api-version"]
    found = _IN_ACCEPT.search(headers.get("accept", ""))
    return found.group(1) if found else ""


def negotiate(method: str, asked: str, location: Location) -> str:
    """The version that the answer names; CallerError as the service's when it is missing, unknown or in preview."""
    if not asked:
        if method != "GET":
            raise failure("VssVersionNotSpecifiedException", method=method)
        return location.released if float(location.released) else f"{location.maximum}-preview.1"
    form = _FORM.fullmatch(asked)
    if not form:
        raise failure("VssInvalidApiVersionStringException", version=asked)
    number, preview = form.groups()
    if float(number) > float(location.maximum):
        raise failure("VssVersionOutOfRangeException", version=asked, maximum=location.maximum)
    if not preview and float(number) > float(location.released):
        raise failure("VssInvalidPreviewVersionException", version=number)
    return asked

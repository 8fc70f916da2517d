"""Which api-version a request asks for, and whether the resource has it: the service's own rules."""

from __future__ import annotations

import re
from collections.abc import Mapping

from simulator.azure_devops.errors import failure
from simulator.azure_devops.locations import Location

_FORM = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?(-preview(?:\.(\d{1,3}))?)?", re.ASCII)
_IN_MEDIA_TYPE = re.compile(r"api-version\s*=\s*\"?([^;,\"\s]+)", re.IGNORECASE)


def requested(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    """The version of the query, of the Accept header or of the body's media type (names in lower case), or nothing."""
    if "api-version" in query:
        return query["api-version"]
    for header in ("accept", "content-type"):
        if found := _IN_MEDIA_TYPE.search(headers.get(header, "")):
            return found.group(1)
    return ""


def negotiate(method: str, asked: str, location: Location) -> str:
    """The version that the answer names; CallerError as the service's when it is missing, unknown or in preview.

    A resource is released up to `released` and in preview up to `maximum`; `7.1-preview` means the newest revision of
    the resource, `7.1-preview.2` its second, which must exist.
    """
    if not asked:
        if method not in ("GET", "HEAD"):
            raise failure("VssVersionNotSpecifiedException", method=method)
        released = _number(location.released) > (0, 0)
        return location.released if released else f"{location.maximum}-preview.{location.revision}"
    form = _FORM.fullmatch(asked)
    if not form:
        raise failure("VssInvalidApiVersionStringException", version=asked)
    number = (int(form[1]), int(form[2] or 0))
    if number > _number(location.maximum):
        raise failure("VssVersionOutOfRangeException", version=asked, maximum=location.maximum)
    if number < _number(location.minimum):
        raise failure("VssVersionTooLowException", version=asked, minimum=location.minimum)
    if not form[3] and number > _number(location.released):
        raise failure("VssInvalidPreviewVersionException", version=f"{number[0]}.{number[1]}")
    if form[4] and int(form[4]) > location.revision:
        raise failure("VssVersionOutOfRangeException", version=asked, maximum=location.maximum)
    shown = f"{number[0]}.{number[1]}"
    return f"{shown}-preview.{form[4] or location.revision}" if form[3] else shown


def _number(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)

"""How a List is sorted where the request does not say: what the service model's documentation of the operation says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from simulator.aws.protocol.models import operation_model, service_model

_DEFAULT = re.compile(
    r"default(?: value)? is (\w+)|default is (\w+)|listed in (\w+) order|by ([\w ]+) by default"
)
_ORDERS = ("Ascending", "Descending")


@cache
def documented_order(operation: str) -> tuple[str, str]:
    """The default SortBy and SortOrder of an operation, each "" where its documentation tells none that exists.

    Source: the installed botocore's documentation of the two parameters ("The default is `Ascending`.").
    """
    if operation not in service_model("sagemaker").operation_names:
        return "", ""
    shape = operation_model("sagemaker", operation).input_shape
    members = shape.members if shape else {}
    order = _told(members, "SortOrder").title()
    words = getattr(members.get("SortBy"), "enum", [])
    sort = _told(members, "SortBy")
    return sort if sort in words else "", order if order in _ORDERS else ""


def descends(params: Mapping[str, Any], falling: bool) -> bool:
    """Whether the answer to this request is sorted downwards; `falling` is for one that does not say."""
    asked = params.get("SortOrder")
    return str(asked).title() == "Descending" if asked else falling


def _told(members: Mapping[str, Any], name: str) -> str:
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", members[name].documentation if name in members else ""))
    found = _DEFAULT.search(text)
    return next((group for group in found.groups() if group), "") if found else ""

"""Which row a request is about: the key from its members, names, ids and ARNs alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Call
from simulator.aws.protocol.models import operation_model
from simulator.aws.sagemaker.columns import NAME
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.aws.sagemaker.kinds.table import BY_NAME
from simulator.aws.sagemaker.naming import arn_of, key_of
from simulator.aws.sagemaker.resources import fetch, missing
from simulator.kernel.errors import CallerError
from simulator.kernel.indexes import Condition, Search

_PART = re.compile(r"\{([^}]+)\}")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def template(kind: Kind) -> str:
    """How the kind's key is made of members."""
    return kind.identity or f"{{{kind.name_member}}}"


def members(kind: Kind) -> list[str]:
    """The members of requests that say which resource is meant."""
    return [name for part in _PART.findall(template(kind)) for name in part.split("|")]


def key_in(call: Call, kind: Kind) -> str:
    """The row key of the resource that a request names; it need not be there."""
    path = []
    for part in template(kind).split("/"):
        value = _value(call.params, _PART.sub(r"\1", part), kind)
        if value.startswith("arn:") and "/" not in template(kind):
            return key_of(call, value)
        path.append(value.rsplit("/", 1)[-1] if value.startswith("arn:") else value)
    if kind.generated and template(kind) == f"{{{kind.name_member}}}":
        return by_name(call, kind, path[0])
    return call.key("/".join(path))


def by_name(call: Call, kind: Kind, name: str) -> str:
    """The row key of a resource whose id the service made, by its name; a key of no row where there is none."""
    search = Search(f"{call.account}/{call.region}", (Condition(NAME, "=", name),), limit=1)
    found = call.kernel.store.search(kind.row, search)
    return found[0][0] if found else call.key(name)


def new_key(call: Call, kind: Kind) -> tuple[str, dict[str, Any]]:
    """The row key of a resource that is to be made, and the members that its making adds."""
    token = call.kernel.ids.token(_ALPHABET, 12)
    added: dict[str, Any] = {"_id": token}
    if not kind.generated:
        return key_in(call, kind), added
    made = kind.generated.format(id=token, ID=token.upper(), **call.params)
    key = call.key(made)
    own = members(kind)[0]
    if own != kind.name_member:
        added[own] = arn_of(kind, key) if own.endswith("Arn") else made
    return key, added


def existing(call: Call, kind: Kind) -> str:
    """The row key of the resource that a request names; raises AWS's error where there is none."""
    key = key_in(call, kind)
    fetch(call.kernel, kind, key)
    return key


def referred(call: Call, kind: Kind) -> dict[str, str]:
    """The ARNs of what a request refers to, by member; raises AWS's error for what is not there."""
    found: dict[str, str] = {}
    if kind.within and (parent := BY_NAME.get(kind.within)):
        existing(call, parent)
    for member, name in kind.refers:
        target = BY_NAME.get(name)
        value = call.params.get(member)
        if target is None or value is None:
            continue
        key = key_of(call, value)
        if target.generated and not value.startswith("arn:"):
            key = by_name(call, target, value)
        fetch(call.kernel, target, key)
        found[member] = arn_of(target, key)
    return found


def children(call: Call, kind: Kind, key: str) -> list[str]:
    """The names of kinds of which some are still in this resource."""
    inside = (each for each in BY_NAME.values() if each.within == kind.name)
    return [each.name for each in inside if call.kernel.store.count(each.row, f"{key}/")]


def in_use(call: Call, text: str) -> CallerError:
    """The error for what still holds something: ResourceInUse where the operation has it."""
    return CallerError(declared(call, "ResourceInUse", "ValidationException"), text)


def declared(call: Call, *codes: str) -> str:
    """The first of the codes that the operation's model has; the last where it has none of them."""
    errors = {shape.name for shape in operation_model(call.service, call.operation).error_shapes}
    return next((code for code in codes if code in errors), codes[-1])


def _value(params: Mapping[str, Any], part: str, kind: Kind) -> str:
    for name in part.split("|"):
        if params.get(name) is not None:
            return str(params[name])
    raise CallerError("ValidationException", f"{part.replace('|', ' or ')} must be given.")


__all__ = [
    "by_name",
    "children",
    "declared",
    "existing",
    "in_use",
    "key_in",
    "members",
    "missing",
    "new_key",
    "referred",
]

"""CreateAlias, GetAlias, UpdateAlias, DeleteAlias and ListAliases."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import states
from simulator.aws.lambda_.errors import conflict, invalid, no_function, outdated
from simulator.aws.lambda_.names import LATEST, Named
from simulator.aws.lambda_.paging import page
from simulator.aws.lambda_.rows import (
    ALIAS,
    POLICY,
    VERSION,
    Row,
    alias_row,
    fetch,
    function_of,
    policy_key,
    version_key,
)


@behaviour("lambda", "CreateAlias")
async def create_alias(call: Call) -> Answer:
    """A name for a version."""
    function, name = function_of(call), str(call.params["Name"])
    fetch(call.kernel.store, function)
    if call.kernel.store.get(ALIAS, f"{function.key}/{name}") is not None:
        raise conflict(f"Alias already exists: {function.arn}:{name}")
    row: Row = {"AliasArn": f"{function.arn}:{name}", "Name": name, "Description": ""}
    return _write(call, function, row)


@behaviour("lambda", "UpdateAlias")
async def update_alias(call: Call) -> Answer:
    """Point the alias to another version, or at two."""
    function = function_of(call)
    row = alias_row(call.kernel.store, function, call.params["Name"])
    if call.params.get("RevisionId") not in (None, row["RevisionId"]):
        raise outdated()
    return _write(call, function, row)


def _write(call: Call, function: Named, row: Row) -> dict[str, Any]:
    params, store = call.params, call.kernel.store
    changes: Row = {
        name: params[name] for name in ("FunctionVersion", "Description", "RoutingConfig") if name in params
    }
    row = {**row, **changes, "RevisionId": call.kernel.ids.uuid()}
    _check_versions(call, function, row)
    with store.transaction():
        store.put(ALIAS, f"{function.key}/{row['Name']}", row)
        states.note(
            call.kernel, "FunctionAliasChanged", function, alias=row["Name"], version=row["FunctionVersion"]
        )
    return row


def _check_versions(call: Call, function: Named, row: Row) -> None:
    weights = row.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    for version in (row["FunctionVersion"], *weights):
        if version == LATEST and not weights:
            continue
        if version == LATEST:
            raise invalid("$LATEST is not supported for an alias pointing to more than 1 version")
        if not version.isdigit() or call.kernel.store.get(VERSION, version_key(function, version)) is None:
            raise no_function(f"{function.arn}:{version}")
    if len(weights) > 1:
        raise invalid("Number of items in AdditionalVersionWeights cannot be greater than 1")


@behaviour("lambda", "GetAlias")
async def get_alias(call: Call) -> Answer:
    """The alias."""
    return alias_row(call.kernel.store, function_of(call), call.params["Name"])


@behaviour("lambda", "DeleteAlias")
async def delete_alias(call: Call) -> Answer:
    """Forget the alias and its policy; one that is not there is no error."""
    function, name, store = function_of(call), str(call.params["Name"]), call.kernel.store
    if store.get(ALIAS, f"{function.key}/{name}") is not None:
        with store.transaction():
            store.delete(ALIAS, f"{function.key}/{name}")
            store.delete(POLICY, policy_key(function.at(name)))
            states.note(call.kernel, "FunctionAliasDeleted", function, alias=name)
    return {}


@behaviour("lambda", "ListAliases")
async def list_aliases(call: Call) -> Answer:
    """One page of aliases, of one version if that is asked for."""
    function = function_of(call)
    fetch(call.kernel.store, function)
    version = call.params.get("FunctionVersion")
    rows = call.kernel.store.scan(ALIAS, f"{function.key}/")
    return page(call, "Aliases", [each for each in rows if version in (None, each[1]["FunctionVersion"])])

"""CreateFunction, GetFunction, GetFunctionConfiguration, ListFunctions and DeleteFunction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import code, configuration, environments, links, states
from simulator.aws.lambda_.errors import conflict, invalid
from simulator.aws.lambda_.names import LATEST, Named
from simulator.aws.lambda_.paging import page
from simulator.aws.lambda_.rows import (
    ALIAS,
    EVENT_INVOKE,
    FUNCTION,
    POLICY,
    VERSION,
    Resolved,
    Row,
    fetch,
    function_of,
    policy_key,
    resolve,
    version_key,
)
from simulator.aws.lambda_.versions import publish

_NAME_LENGTH = 64


@behaviour("lambda", "CreateFunction")
async def create_function(call: Call) -> Answer:
    """Check role, runtime and code, keep them, and let the function become Active."""
    function = function_of(call).at("")
    if len(function.name) > _NAME_LENGTH:
        raise invalid(f"Function name must be at most {_NAME_LENGTH} characters long: {function.name}")
    _free(call, function)
    config = configuration.first(call, function)
    archive = await code.keep(call.kernel.store, await code.read(call, call.params["Code"]))
    config |= {"CodeSize": archive.size, "CodeSha256": archive.sha256}
    row: Row = {
        "config": config,
        "code": {"digest": archive.digest},
        "versions": 0,
        "tags": dict(call.params.get("Tags", {})),
        "concurrency": None,
    }
    with call.kernel.store.transaction():
        _free(call, function)
        call.kernel.store.put(FUNCTION, function.key, row)
        states.note(call.kernel, "FunctionCreated", function, runtime=config["Runtime"])
        answer: Answer = config
        if call.params.get("Publish"):
            answer = publish(call, function, row, "")
    states.settle(call.cloud, function.key)
    return dict(answer)


def _free(call: Call, function: Named) -> None:
    if call.kernel.store.get(FUNCTION, function.key) is not None:
        raise conflict(f"Function already exist: {function.name}")


def described(found: Resolved) -> dict[str, Any]:
    """The configuration of a version, with the ARN as it was asked for."""
    config = dict(found.config)
    if found.asked.qualifier:
        config["FunctionArn"] = found.asked.qualified_arn
    return config


@behaviour("lambda", "GetFunctionConfiguration")
async def get_function_configuration(call: Call) -> Answer:
    """The configuration of a version; held while the function is being created or updated."""
    function = function_of(call)
    await states.held(call, function)
    return described(resolve(call.kernel.store, function))


@behaviour("lambda", "GetFunction")
async def get_function(call: Call) -> Answer:
    """Configuration, tags, and a link by which the archive can be fetched for ten minutes."""
    function = function_of(call)
    await states.held(call, function)
    found, row = resolve(call.kernel.store, function), fetch(call.kernel.store, function)
    origin = f"http://{call.headers.get('host', 'localhost:4566')}"
    location = links.of_code(call.kernel, function, str(found.row["code"]["digest"]), origin)
    answer: Answer = {
        "Configuration": described(found),
        "Code": {"RepositoryType": "S3", "Location": location},
    }
    if row["tags"]:
        answer["Tags"] = row["tags"]
    if row["concurrency"] is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": row["concurrency"]}
    return answer


@behaviour("lambda", "ListFunctions")
async def list_functions(call: Call) -> Answer:
    """One page of configurations; with FunctionVersion=ALL published versions stand among them."""
    store, prefix = call.kernel.store, f"{call.account}/{call.region}/"
    functions = [(key, _listed(row)) for key, row in store.scan(FUNCTION, prefix)]
    if call.params.get("FunctionVersion") == "ALL":
        functions = [(key, {**c, "FunctionArn": f"{c['FunctionArn']}:{LATEST}"}) for key, c in functions]
        functions += [(key, _listed(row)) for key, row in store.scan(VERSION, prefix)]
    return page(call, "Functions", sorted(functions, key=lambda each: each[0]))


def _listed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Lists leave the states out. Source: API reference, ListFunctions."""
    return {
        name: value for name, value in row["config"].items() if not name.startswith(("State", "LastUpdate"))
    }


@behaviour("lambda", "DeleteFunction")
async def delete_function(call: Call) -> Answer:
    """Delete a function with its versions and aliases, or one published version."""
    function, store = function_of(call), call.kernel.store
    row = fetch(store, function)
    if function.qualifier == LATEST:
        raise invalid("$LATEST version cannot be deleted without deleting the function.")
    if function.qualifier:
        _delete_version(call, function)
    else:
        _delete_all(call, function, row)
    await environments.retire(call.cloud, function)
    return {}


def _delete_version(call: Call, function: Named) -> None:
    store = call.kernel.store
    if not function.qualifier.isdigit():
        raise invalid("Deletion of aliases is not currently supported.")
    using = [
        key.rsplit("/", 1)[1] for key, row in store.scan(ALIAS, f"{function.key}/") if _uses(row, function)
    ]
    if using:
        raise conflict(
            f"Unable to delete version because the following aliases reference it: [{', '.join(using)}]"
        )
    published = store.get(VERSION, version_key(function, function.qualifier))
    if published is None:
        return  # AWS is content: the version is not there
    with store.transaction():
        store.delete(VERSION, version_key(function, function.qualifier))
        store.delete(POLICY, policy_key(function))
        states.note(call.kernel, "FunctionVersionDeleted", function, version=function.qualifier)
    _forget(call, function, {published["code"]["digest"]})


def _uses(alias: Row, function: Named) -> bool:
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return bool(alias["FunctionVersion"] == function.qualifier or function.qualifier in weights)


def _delete_all(call: Call, function: Named, row: Row) -> None:
    store, under = call.kernel.store, f"{function.key}/"
    digests = {row["code"]["digest"], *(each["code"]["digest"] for _, each in store.scan(VERSION, under))}
    with store.transaction():
        store.delete(FUNCTION, function.key)
        for kind in (VERSION, ALIAS, POLICY, EVENT_INVOKE):
            for key, _ in store.scan(kind, under):
                store.delete(kind, key)
        states.note(call.kernel, "FunctionDeleted", function)
    _forget(call, function, digests)


def _forget(call: Call, function: Named, digests: set[str]) -> None:
    """Archives that no function or version has any more are removed."""
    store = call.kernel.store
    rows = (*store.scan(FUNCTION), *store.scan(VERSION))
    for digest in digests - {row["code"]["digest"] for _, row in rows}:
        code.forget(store, digest)

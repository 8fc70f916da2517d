"""PublishVersion and ListVersionsByFunction: configurations and code that no longer change."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import states
from simulator.aws.lambda_.errors import invalid, outdated
from simulator.aws.lambda_.names import LATEST, Named
from simulator.aws.lambda_.paging import page
from simulator.aws.lambda_.rows import FUNCTION, VERSION, Row, fetch, function_of, version_key


@behaviour("lambda", "PublishVersion")
async def publish_version(call: Call) -> Answer:
    """A new version of what $LATEST is now; the last one again when nothing has changed since."""
    function = function_of(call)
    row = await states.at_rest(call.cloud, function)
    expected = call.params.get("CodeSha256")
    if expected and expected != row["config"]["CodeSha256"]:
        raise invalid(
            f"CodeSHA256 ({row['config']['CodeSha256']}) is different from current CodeSHA256 in $LATEST ({expected}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )
    if call.params.get("RevisionId") not in (None, row["config"]["RevisionId"]):
        raise outdated()
    with call.kernel.store.transaction():
        return publish(call, function, row, call.params.get("Description", ""))


def publish(call: Call, function: Named, row: Row, description: str) -> dict[str, Any]:
    """Write the version and give its configuration; inside a transaction."""
    store, number = call.kernel.store, int(row["versions"])
    last = store.get(VERSION, version_key(function, str(number))) if number else None
    if last is not None and _same(last["config"], row["config"]):
        found: dict[str, Any] = last["config"]
        return found
    version = str(number + 1)
    config = {
        **row["config"],
        "Version": version,
        "FunctionArn": f"{function.arn}:{version}",
        "RevisionId": call.kernel.ids.uuid(),
        "State": "Active",
        "LastUpdateStatus": "Successful",
    }
    config = {name: value for name, value in config.items() if not name.endswith(("Reason", "ReasonCode"))}
    if description:
        config["Description"] = description
    store.put(VERSION, version_key(function, version), {"config": config, "code": row["code"]})
    store.put(FUNCTION, function.key, {**row, "versions": number + 1})
    states.note(call.kernel, "FunctionVersionPublished", function, version=version)
    return config


def _same(one: Row, other: Row) -> bool:
    """Whether two configurations are the same function. Source: API reference, PublishVersion."""
    own = ("Version", "FunctionArn", "RevisionId", "LastModified", "Description", "State", "LastUpdateStatus")
    return {k: v for k, v in one.items() if k not in own and "Reason" not in k} == {
        k: v for k, v in other.items() if k not in own and "Reason" not in k
    }


@behaviour("lambda", "ListVersionsByFunction")
async def list_versions_by_function(call: Call) -> Answer:
    """One page: $LATEST and every published version."""
    function = function_of(call)
    row = fetch(call.kernel.store, function)
    latest = {**row["config"], "FunctionArn": f"{function.arn}:{LATEST}"}
    published = call.kernel.store.scan(VERSION, f"{function.key}/")
    return page(call, "Versions", [("", latest), *((key, each["config"]) for key, each in published)])

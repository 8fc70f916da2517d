"""UpdateFunctionCode and UpdateFunctionConfiguration."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import code, configuration, environments, states
from simulator.aws.lambda_.errors import invalid, outdated
from simulator.aws.lambda_.names import LATEST, Named
from simulator.aws.lambda_.rows import FUNCTION, Row, fetch, function_of
from simulator.aws.lambda_.versions import publish


@behaviour("lambda", "UpdateFunctionCode")
async def update_function_code(call: Call) -> Answer:
    """New code for $LATEST; with DryRun it is only checked."""
    function = await _open(call)
    archive = await code.keep(call.kernel.store, await code.read(call, call.params))
    _check_revision(call, fetch(call.kernel.store, function))
    changes: dict[str, Any] = {"CodeSize": archive.size, "CodeSha256": archive.sha256}
    if "Architectures" in call.params:
        changes["Architectures"] = call.params["Architectures"]
    if call.params.get("DryRun"):
        return {**fetch(call.kernel.store, function)["config"], **changes}
    answer = _write(call, function, changes, {"digest": archive.digest})
    await environments.retire(call.cloud, function.at(LATEST))
    return answer


@behaviour("lambda", "UpdateFunctionConfiguration")
async def update_function_configuration(call: Call) -> Answer:
    """Change what the request names; the rest stays."""
    function = await _open(call)
    row = fetch(call.kernel.store, function)
    _check_revision(call, row)
    changes = configuration.changed(call, function, row["config"])
    answer = _write(call, function, changes, row["code"])
    await environments.retire(call.cloud, function.at(LATEST))
    return answer


async def _open(call: Call) -> Named:
    """The function, once nothing else is under way with it."""
    function = function_of(call)
    if function.qualifier not in ("", LATEST):
        raise invalid("Only $LATEST can be updated: versions do not change.")
    await states.held(call, function)
    return function.at("")


def _check_revision(call: Call, row: Row) -> None:
    if call.params.get("RevisionId") not in (None, row["config"]["RevisionId"]):
        raise outdated()


def _write(call: Call, function: Named, changes: dict[str, Any], archive: dict[str, Any]) -> Answer:
    kernel = call.kernel
    with kernel.store.transaction():
        row = fetch(kernel.store, function)
        config = states.updating({**row["config"], **changes, **configuration.stamp(kernel)})
        row = {**row, "config": config, "code": archive}
        kernel.store.put(FUNCTION, function.key, row)
        states.note(kernel, "FunctionUpdated", function, operation=call.operation)
        answer: Answer = config
        if call.params.get("Publish"):
            answer = publish(call, function, row, "")
    states.settle(call.cloud, function.key)
    return dict(answer)

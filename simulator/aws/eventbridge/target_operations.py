"""PutTargets and its kin: what a rule sends its events to."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.eventbridge.rows import RULE, bus_name, find_bus, find_rule, page, rule_key
from simulator.aws.eventbridge.targets.kinds import check_target
from simulator.aws.eventbridge.transform import TemplateError, check_template
from simulator.formats.jsonpath import JsonPathError, parse_path
from simulator.kernel.errors import CallerError

_MOST_TARGETS = 5


@behaviour("events", "PutTargets")
async def put_targets(call: Call) -> Answer:
    """Add targets or replace those of the same Id; a kind of target that is not simulated is refused by name."""
    key, rule = _rule(call)
    for target in call.params["Targets"]:
        _check(target)
    merged = {target["Id"]: target for target in [*rule["targets"], *call.params["Targets"]]}
    if len(merged) > _MOST_TARGETS:
        text = "The requested resource exceeds the maximum number allowed."
        raise CallerError("LimitExceededException", text, 400)
    _store(call, key, {**rule, "targets": list(merged.values())})
    return {"FailedEntryCount": 0, "FailedEntries": []}


@behaviour("events", "RemoveTargets")
async def remove_targets(call: Call) -> Answer:
    """Remove targets by Id; an Id that is not there is reported among the failed entries."""
    key, rule = _rule(call)
    known = {target["Id"] for target in rule["targets"]}
    kept = [target for target in rule["targets"] if target["Id"] not in call.params["Ids"]]
    _store(call, key, {**rule, "targets": kept})
    failed = [
        {
            "TargetId": name,
            "ErrorCode": "ResourceNotFoundException",
            "ErrorMessage": f"Rule {rule['Name']} does not have a target with the Id {name}.",
        }
        for name in call.params["Ids"]
        if name not in known
    ]
    return {"FailedEntryCount": len(failed), "FailedEntries": failed}


@behaviour("events", "ListTargetsByRule")
async def list_targets_by_rule(call: Call) -> Answer:
    """The targets of a rule."""
    _, rule = _rule(call)
    return page("Targets", rule["targets"], call.params)


@behaviour("events", "ListRuleNamesByTarget")
async def list_rule_names_by_target(call: Call) -> Answer:
    """The rules of a bus that send to a target."""
    bus = bus_name(call.params.get("EventBusName"))
    find_bus(call.kernel.store, call.account, call.region, bus)
    rows = call.kernel.store.scan(RULE, rule_key(call.account, call.region, bus, ""))
    wanted = call.params["TargetArn"]
    names = [row["Name"] for _, row in rows if any(target["Arn"] == wanted for target in row["targets"])]
    return page("RuleNames", names, call.params)


def _rule(call: Call) -> tuple[str, dict[str, Any]]:
    bus, name = bus_name(call.params.get("EventBusName")), call.params["Rule"]
    row = find_rule(call.kernel.store, call.account, call.region, bus, name)
    return rule_key(call.account, call.region, bus, name), row


def _store(call: Call, key: str, row: dict[str, Any]) -> None:
    with call.kernel.store.transaction():
        call.kernel.store.put(RULE, key, row)
        detail: dict[str, object] = {"targets": [target["Arn"] for target in row["targets"]]}
        call.kernel.log.record("TargetsChanged", row["Arn"], detail, account=call.account, region=call.region)


def _check(target: dict[str, Any]) -> None:
    """AWS's checks of a target that the model does not hold."""
    check_target(target)
    inputs = [name for name in ("Input", "InputPath", "InputTransformer") if name in target]
    if len(inputs) > 1:
        text = (
            f"Only one of Input, InputPath, or InputTransformer must be provided for target {target['Id']}."
        )
        raise CallerError("ValidationException", text, 400)
    transformer = target.get("InputTransformer", {})
    paths = transformer.get("InputPathsMap", {})
    try:
        for path in [*paths.values(), *([target["InputPath"]] if "InputPath" in target else [])]:
            parse_path(path)
        if transformer:
            check_template(paths, transformer["InputTemplate"])
    except (JsonPathError, TemplateError) as error:
        what = "InputTemplate" if isinstance(error, TemplateError) else "InputPath"
        text = f"Invalid {what} for target {target['Id']} : {error}"
        raise CallerError("ValidationException", text, 400) from error

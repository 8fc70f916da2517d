"""The settings of checks as requests give them: validated by kind, kept as rows, shown as the service shows them."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.errors import invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.gates import business_hours, check_types
from simulator.azure_devops.pipelines.gates.business_hours import HoursInvalid
from simulator.azure_devops.shapes import mapping, mappings, number
from simulator.kernel.errors import NotSimulated

_SECRET_INPUTS = ("key",)
_PEOPLE = ("approvers", "blockedApprovers")


def given_type(call: Call) -> Row:
    """The `type` of the request; a kind that is not simulated is refused by name."""
    kind = mapping(call.object_body(), "type")
    identifier = str(kind.get("id", "")).lower()
    known = {check_types.APPROVAL, check_types.TASK_CHECK, check_types.EXTENDS, check_types.EXCLUSIVE_LOCK}
    named = {name.lower(): one for one, name in check_types.NAMES.items()}
    identifier = identifier or named.get(str(kind.get("name", "")).lower(), "")
    if identifier not in known:
        what = f"check of type {kind.get('name') or kind.get('id')}"
        raise NotSimulated(what, "Checks stand in simulator/azure_devops/pipelines/gates.")
    return {"id": identifier, "name": check_types.NAMES[identifier]}


def given_settings(call: Call, kind: str, before: Row) -> Row:
    """The settings of the request for a check of that kind; a secret input that is not given stays as it was."""
    settings = mapping(call.object_body(), "settings")
    if kind == check_types.APPROVAL:
        return _approval(call, settings)
    if kind == check_types.EXTENDS:
        return _templates(settings)
    return _task(settings, before) if kind == check_types.TASK_CHECK else {}


def shown(call: Call, settings: Row) -> Row:
    """The settings as an answer holds them: people as references, secrets not at all."""
    value = dict(settings)
    for name in _PEOPLE:
        if name in settings:
            value[name] = [call.person_reference(one) for one in settings[name]]
    if "inputs" in settings:
        secret = {name: None for name in _SECRET_INPUTS if settings["inputs"].get(name)}
        value["inputs"] = {**settings["inputs"], **secret}
    return value


def _approval(call: Call, settings: Row) -> Row:
    approvers = _people(call, mappings(settings, "approvers"))
    if not approvers:
        raise invalid("An approval check must have at least one approver.")
    order = str(settings.get("executionOrder") or "anyOrder")
    if order not in ("anyOrder", "inSequence"):
        raise invalid(f"The execution order {order} is not valid. Expected anyOrder or inSequence.")
    needed = number(settings, "minRequiredApprovers", 0)
    if needed > len(approvers):
        raise invalid("The minimum number of required approvers is greater than the number of approvers.")
    kept: Row = {
        "approvers": approvers,
        "blockedApprovers": _people(call, mappings(settings, "blockedApprovers")),
        "executionOrder": order,
        "minRequiredApprovers": needed,
        "instructions": str(settings.get("instructions") or ""),
        "requesterCannotBeApprover": bool(settings.get("requesterCannotBeApprover")),
    }
    if reference := mapping(settings, "definitionRef"):
        kept["definitionRef"] = reference
    return kept


def _people(call: Call, listed: list[Row]) -> list[str]:
    names = []
    for given in listed:
        named = str(given.get("id") or given.get("uniqueName") or given.get("displayName") or "")
        found = identities.find(call.organization.topology, named)
        if found is None:
            raise invalid(f"The identity {given.get('id')} could not be found.")
        names.append(found.name)
    return names


def _templates(settings: Row) -> Row:
    listed = mappings(settings, "extendsChecks")
    if not listed:
        raise invalid("A required template check must list at least one template.")
    for one in listed:
        for name in ("repositoryName", "templatePath"):
            if not one.get(name):
                raise invalid(f"A required template must have a {name}.")
        if str(one.get("repositoryType") or "git").lower() != "git":
            raise NotSimulated(
                f"a required template of type {one['repositoryType']}", "Use git: Azure Repos."
            )
    return {"extendsChecks": listed}


def _task(settings: Row, before: Row) -> Row:
    reference = mapping(settings, "definitionRef")
    identifier = str(reference.get("id", "")).lower()
    if identifier not in check_types.TASK_NAMES:
        what = f"check {settings.get('displayName') or reference.get('name') or identifier}"
        raise NotSimulated(
            f"{what} (task {reference.get('name') or identifier})",
            "Checks stand in simulator/azure_devops/pipelines/gates.",
        )
    inputs = {
        name: "" if value is None else str(value) for name, value in mapping(settings, "inputs").items()
    }
    for name in _SECRET_INPUTS:
        if not inputs.get(name) and (kept := before.get("inputs", {}).get(name)):
            inputs[name] = kept
    _check_inputs(identifier, inputs)
    return {
        "definitionRef": {**reference, "id": identifier},
        "displayName": str(settings.get("displayName") or reference.get("name") or ""),
        "inputs": inputs,
        "retryInterval": number(settings, "retryInterval", 0),
        "linkedVariableGroup": settings.get("linkedVariableGroup"),
    }


def _check_inputs(identifier: str, inputs: dict[str, Any]) -> None:
    if identifier == check_types.BUSINESS_HOURS:
        try:
            business_hours.zone(inputs.get("timeZone", ""))
            business_hours.days(inputs.get("businessDays", ""))
            for name in ("startTime", "endTime"):
                business_hours.clock_time(inputs.get(name, ""))
        except HoursInvalid as wrong:
            raise invalid(str(wrong)) from wrong
    if identifier == check_types.INVOKE_REST:
        if inputs.get("connectedServiceNameSelector", "connectedServiceName") == "connectedServiceNameARM":
            raise NotSimulated(
                "Invoke REST API with an Azure Resource Manager connection", "Use a generic one."
            )
        _require(inputs, "connectedServiceName")
    if identifier == check_types.AZURE_FUNCTION:
        _require(inputs, "function")


def _require(inputs: dict[str, Any], name: str) -> None:
    if not inputs.get(name):
        raise invalid(f"The input {name} is required.")

"""CloudFormationCreateOrUpdateStack@1: creates or updates a stack, by change set where asked, and waits for its end.

Source: CloudFormationCreateOrUpdateStack of aws/aws-toolkit-azure-devops (order, texts).
"""

from collections.abc import Sequence
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError, WaiterError
from stack_inputs import check_inputs, parameters, tags, template, template_file, wrong_parameters  # type: ignore[import-not-found]
from stack_life import (  # type: ignore[import-not-found]
    POLL_SECONDS,
    has_resources,
    minutes,
    no_work,
    refused,
    tell,
    wait_for_creation,
    wait_for_update,
)
from task_library import error as report  # type: ignore[import-not-found]
from task_library import fail, flag, given, lines, required, say, warning

_NO_WORK = "WARNING: no changes were detected for the template or change set. The stack was not updated."
_NO_CHANGE_SET = "Change set creation request failed with error: '{}'"
_CAPABILITIES = {
    "CAPABILITY_IAM": "capabilityIAM",
    "CAPABILITY_NAMED_IAM": "capabilityNamedIAM",
    "CAPABILITY_AUTO_EXPAND": "capabilityAutoExpand",
}


def main() -> None:
    """Bring the stack to what the inputs say."""
    name, source = required("stackName"), required("templateSource")
    check_inputs(source)
    client, s3 = sdk.client("cloudformation"), sdk.client("s3")
    identifier = _existing(client, name)
    if identifier:
        say("Stack exists, switching to update stack mode")
        if source == "usePrevious":
            say("Updating stack using previously applied template")
    else:
        say("Stack does not exist, switching to create stack mode")
        if source == "usePrevious":
            fail("Error: Template source 'Use previous template' is invalid when stack does not exist")
    if flag("useChangeSet"):
        identifier = _by_change_set(client, s3, name, "UPDATE" if identifier else "CREATE")
    elif identifier:
        _update(client, s3, name)
    else:
        identifier = _create(client, s3, name)
    tell(client, name, identifier)
    say(f"Stack {name} processed successfully, stack ID {identifier}")


def _existing(client: Any, name: str) -> str:
    say(f"Checking existence for stack {name}")
    try:
        return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackId"])
    except ClientError as error:
        say(f"Test for existence of stack {name} returned error: '{sdk.told(error)}'.")
        return ""


def _with_template(s3: Any, name: str) -> dict[str, Any]:
    """The first of what create, update and change set have in common."""
    found = {"StackName": name, **template(s3)}
    given_parameters = parameters()
    return {**found, "Parameters": given_parameters} if given_parameters else found


def _settings() -> dict[str, Any]:
    """The rest of it."""
    wanted: dict[str, Any] = {}
    chosen = [name for name, asked in _CAPABILITIES.items() if flag(asked)]
    for name in chosen:
        say(f"Setting capability {name} for stack")
    for member, name in (("NotificationARNs", "notificationARNs"), ("ResourceTypes", "resourceTypes")):
        wanted[member] = lines(name)
    wanted |= {"Capabilities": chosen, "Tags": tags("tags"), "RoleARN": given("roleARN")}
    if flag("monitorRollbackTriggers"):
        wanted["RollbackConfiguration"] = {
            "RollbackTriggers": [_trigger(arn) for arn in lines("rollbackTriggerARNs")],
            "MonitoringTimeInMinutes": int(given("monitoringTimeInMinutes") or 0),
        }
    return {member: value for member, value in wanted.items() if value}


def _trigger(arn: str) -> dict[str, str]:
    say(f"Adding AWS::CloudWatch::Alarm rollback trigger for ARN {arn}")
    return {"Arn": arn, "Type": "AWS::CloudWatch::Alarm"}


def _check_parameters(wanted: dict[str, Any], failed: Sequence[str]) -> None:
    text = wrong_parameters(wanted.get("Parameters", []))
    if text:
        for what in failed:
            say(f"{what.format(text)} InvalidParameterType: {text}")
        fail(f"InvalidParameterType: {text}")


def _create(client: Any, s3: Any, name: str) -> str:
    failed = ("Stack creation request failed with error: '{}'",)
    wanted = _with_template(s3, name)
    say(f"Creating stack with template file {template_file()}")
    wanted |= _settings()
    _check_parameters(wanted, failed)
    try:
        identifier = client.create_stack(**wanted, OnFailure=given("onFailure") or "ROLLBACK")["StackId"]
    except ClientError as error:
        refused(failed, error)
    wait_for_creation(client, name, failed)
    return str(identifier)


def _update(client: Any, s3: Any, name: str) -> None:
    failed = ("Stack update request failed with error: '{}'",)
    say(f"Updating stack with template file {template_file()}")
    wanted = {**_with_template(s3, name), **_settings()}
    _check_parameters(wanted, failed)
    try:
        client.update_stack(**wanted)
    except ClientError as error:
        if no_work(sdk.code(error), sdk.message(error)):
            _nothing_to_do()
            return
        refused(failed, error)
    wait_for_update(client, name, failed)


def _by_change_set(client: Any, s3: Any, name: str, kind: str) -> str:
    """Make a change set, and execute it where asked; one of the same name goes first."""
    change_set = required("changeSetName")
    names = {"ChangeSetName": change_set, "StackName": name}
    _make_room(client, names)
    more = {"Description": given("description")} if given("description") else {}
    wanted = {**_with_template(s3, name), **_settings(), **more}
    say(f"Creating {kind} type change set {change_set}")
    _check_parameters(wanted, (_NO_CHANGE_SET,))
    try:
        made = client.create_change_set(
            **wanted,
            ChangeSetName=change_set,
            ChangeSetType=kind,
            IncludeNestedStacks=flag("includeNestedStacks"),
        )
    except ClientError as error:
        refused((_NO_CHANGE_SET,), error)
    if _has_changes(client, names) and flag("autoExecuteChangeSet"):
        _execute(client, names)
    return str(made["StackId"])


def _make_room(client: Any, names: dict[str, str]) -> None:
    name, stack = names["ChangeSetName"], names["StackName"]
    say(f"Testing to see if change set {name} associated with stack {stack} exists")
    try:
        status = client.describe_change_set(**names)["Status"]
    except ClientError as error:
        say(f"Test for existence of change set {name} returned error: '{sdk.message(error)}'.")
        return
    say(f"Change set {name} exists and is in state {status}")
    say(f"Deleting existing change set {name} associated with stack {stack}")
    client.delete_change_set(**names)


def _has_changes(client: Any, names: dict[str, str]) -> bool:
    name, stack = names["ChangeSetName"], names["StackName"]
    say(f"Waiting for change set {name} to be validated for stack {stack}")
    waiting = {"Delay": POLL_SECONDS, "MaxAttempts": max(1, minutes() * 60 // POLL_SECONDS)}
    try:
        client.get_waiter("change_set_create_complete").wait(**names, WaiterConfig=waiting)
    except WaiterError as error:
        found = client.describe_change_set(**names)
        if no_work(found["Status"], found.get("StatusReason", "")):
            _nothing_to_do()
            return False
        report(found.get("StatusReason") or str(error))
        state = "Resource is not in the state changeSetCreateComplete"
        text = f"Stack {stack} failed to create successfully from the change set {name}. Error: '{state}'"
        say(f"{_NO_CHANGE_SET.format(text)} Error: {text}")
        fail(f"Error: {text}")
    say("Change set successfully validated")
    return True


def _execute(client: Any, names: dict[str, str]) -> None:
    stack, failed = (
        names["StackName"],
        ("Change set execution request failed with error: '{}'", _NO_CHANGE_SET),
    )
    say(f"Executing change set {names['ChangeSetName']} {stack}")
    update = has_resources(client, stack)
    try:
        client.execute_change_set(**names)
    except ClientError as error:
        refused(failed, error)
    (wait_for_update if update else wait_for_creation)(client, stack, failed)


def _nothing_to_do() -> None:
    if flag("warnWhenNoWorkNeeded"):
        warning(_NO_WORK)


if __name__ == "__main__":
    sdk.run(main)

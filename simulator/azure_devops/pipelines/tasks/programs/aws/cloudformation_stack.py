"""CloudFormationCreateOrUpdateStack@1: creates or updates a stack, by change set where asked, and waits for its end.

Source: CloudFormationCreateOrUpdateStack of aws/aws-toolkit-azure-devops (order, texts).
"""

from typing import Any, NoReturn

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError, WaiterError
from stack_inputs import parameters, tags, template  # type: ignore[import-not-found]
from stack_life import (  # type: ignore[import-not-found]
    POLL_SECONDS,
    has_resources,
    minutes,
    no_work,
    tell,
    wait_for_creation,
    wait_for_update,
)
from task_library import fail, flag, given, lines, required, say, warning  # type: ignore[import-not-found]

_NO_WORK = "WARNING: no changes were detected for the template or change set. The stack was not updated."
_CAPABILITIES = {
    "CAPABILITY_IAM": "capabilityIAM",
    "CAPABILITY_NAMED_IAM": "capabilityNamedIAM",
    "CAPABILITY_AUTO_EXPAND": "capabilityAutoExpand",
}


def main() -> None:
    """Bring the stack to what the inputs say."""
    name, source = required("stackName"), required("templateSource")
    session = sdk.session()
    client = session.client("cloudformation")
    identifier = _existing(client, name)
    if identifier:
        say("Stack exists, switching to update stack mode")
        if source == "usePrevious":
            say("Updating stack using previously applied template")
        identifier = _change(session, client, name, identifier)
    else:
        say("Stack does not exist, switching to create stack mode")
        if source == "usePrevious":
            fail("Error: Template source 'Use previous template' is invalid when stack does not exist")
        identifier = _change(session, client, name, "")
    tell(client, name, identifier)
    say(f"Stack {name} processed successfully, stack ID {identifier}")


def _change(session: Any, client: Any, name: str, identifier: str) -> str:
    wanted = {"StackName": name, **template(session), **_request()}
    if flag("useChangeSet"):
        return _by_change_set(client, name, wanted, "UPDATE" if identifier else "CREATE")
    if identifier:
        _update(client, name, wanted)
        return identifier
    return _create(client, name, wanted)


def _existing(client: Any, name: str) -> str:
    say(f"Checking existence for stack {name}")
    try:
        return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackId"])
    except ClientError as error:
        say(f"Test for existence of stack {name} returned error: '{sdk.told(error)}'.")
        return ""


def _request() -> dict[str, Any]:
    """What create, update and change set have in common."""
    wanted: dict[str, Any] = {"Parameters": parameters()}
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


def _create(client: Any, name: str, wanted: dict[str, Any]) -> str:
    say(f"Creating stack with template file {given('templateFile')}")
    try:
        identifier = client.create_stack(**wanted, OnFailure=given("onFailure") or "ROLLBACK")["StackId"]
    except ClientError as error:
        _refused("Stack creation request failed with error", error)
    wait_for_creation(client, name)
    return str(identifier)


def _update(client: Any, name: str, wanted: dict[str, Any]) -> None:
    say(f"Updating stack with template file {given('templateFile')}")
    try:
        client.update_stack(**wanted)
    except ClientError as error:
        if no_work(sdk.code(error), error.response["Error"]["Message"]):
            _nothing_to_do()
            return
        _refused("Stack update request failed with error", error)
    wait_for_update(client, name)


def _by_change_set(client: Any, name: str, wanted: dict[str, Any], kind: str) -> str:
    """Make a change set, and execute it where asked; one of the same name goes first."""
    change_set = required("changeSetName")
    names = {"ChangeSetName": change_set, "StackName": name}
    _make_room(client, names)
    more = {"Description": given("description")} if given("description") else {}
    say(f"Creating {kind} type change set {change_set}")
    try:
        made = client.create_change_set(
            **wanted,
            **more,
            ChangeSetName=change_set,
            ChangeSetType=kind,
            IncludeNestedStacks=flag("includeNestedStacks"),
        )
    except ClientError as error:
        _refused("Change set creation request failed with error", error)
    if _has_changes(client, names) and flag("autoExecuteChangeSet"):
        _execute(client, names)
    return str(made["StackId"])


def _make_room(client: Any, names: dict[str, str]) -> None:
    name, stack = names["ChangeSetName"], names["StackName"]
    say(f"Testing to see if change set {name} associated with stack {stack} exists")
    try:
        status = client.describe_change_set(**names)["Status"]
    except ClientError as error:
        say(
            f"Test for existence of change set {name} returned error: '{error.response['Error']['Message']}'."
        )
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
        reason = found.get("StatusReason") or str(error)
        fail(
            f"Error: Stack {stack} failed to create successfully from the change set {name}. Error: '{reason}'"
        )
    say("Change set successfully validated")
    return True


def _execute(client: Any, names: dict[str, str]) -> None:
    stack = names["StackName"]
    say(f"Executing change set {names['ChangeSetName']}")
    update = has_resources(client, stack)
    try:
        client.execute_change_set(**names)
    except ClientError as error:
        _refused("Change set execution request failed with error", error)
    (wait_for_update if update else wait_for_creation)(client, stack)


def _nothing_to_do() -> None:
    if flag("warnWhenNoWorkNeeded"):
        warning(_NO_WORK)


def _refused(what: str, error: ClientError) -> NoReturn:
    say(f"{what}: '{error.response['Error']['Message']}'")
    raise error


if __name__ == "__main__":
    sdk.run(main)

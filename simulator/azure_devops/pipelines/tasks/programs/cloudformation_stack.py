"""CloudFormationCreateOrUpdateStack@1: creates or updates a stack, by change set where asked, and waits for its end."""

import json
from pathlib import Path
from typing import Any

import aws_session  # type: ignore[import-not-found]  # beside this file when it runs
import boto3
from botocore.exceptions import ClientError, WaiterError
from stack_inputs import (  # type: ignore[import-not-found]
    lines,
    parameters,
    read_file,
    tags,
)
from task_library import fail, flag, given  # type: ignore[import-not-found]

NOTHING_TO_DO = ("No updates are to be performed", "didn't contain changes", "no changes to deploy")
POLL_SECONDS = 5


class Stack:
    """One stack and how to wait for it."""

    def __init__(self, client: Any) -> None:
        self.client, self.name = client, given("stackName")
        attempts = max(1, int(given("timeoutInMins") or 60) * 60 // POLL_SECONDS)
        self.waiting = {"Delay": POLL_SECONDS, "MaxAttempts": attempts}

    def describe(self) -> dict[str, Any] | None:
        """The stack, or None; one that is only under review does not count."""
        try:
            found: dict[str, Any] = self.client.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return None if found["StackStatus"] == "REVIEW_IN_PROGRESS" else found

    def wait(self, waiter: str, **names: str) -> None:
        """Wait for the end of an operation; a failure names the resources that failed."""
        try:
            self.client.get_waiter(waiter).wait(
                **(names or {"StackName": self.name}), WaiterConfig=self.waiting
            )
        except WaiterError as error:
            for reason in self.reasons():
                print(f"##vso[task.logissue type=error]{reason}", flush=True)
            fail(f"Stack operation on '{self.name}' failed. {error}")

    def reasons(self) -> list[str]:
        """What the stack's own events say of failures, the newest first."""
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
        return [
            f"{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', '')}"
            for event in failed[:10]
        ]


def request(stack: Stack, session: Any) -> dict[str, Any]:
    """What create, update and change set have in common."""
    wanted: dict[str, Any] = {"StackName": stack.name, "Parameters": parameters()}
    capabilities = {
        "CAPABILITY_IAM": flag("capabilityIAM"),
        "CAPABILITY_NAMED_IAM": flag("capabilityNamedIAM"),
        "CAPABILITY_AUTO_EXPAND": flag("capabilityAutoExpand"),
    }
    wanted["Capabilities"] = [name for name, asked in capabilities.items() if asked]
    if found := tags():
        wanted["Tags"] = found
    for member, name in (("NotificationARNs", "notificationARNs"), ("ResourceTypes", "resourceTypes")):
        if listed := lines(name):
            wanted[member] = listed
    if given("roleARN"):
        wanted["RoleARN"] = given("roleARN")
    if flag("monitorRollbackTriggers"):
        triggers = [{"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in lines("rollbackTriggerARNs")]
        minutes = int(given("monitoringTimeInMinutes") or 0)
        wanted["RollbackConfiguration"] = {"RollbackTriggers": triggers, "MonitoringTimeInMinutes": minutes}
    return {**wanted, **template(session)}


def template(session: Any) -> dict[str, Any]:
    """The template by its source: a file (through S3 where a bucket is named), a URL, S3, or the previous one."""
    source = given("templateSource") or "file"
    if source == "usePrevious":
        return {"UsePreviousTemplate": True}
    if source == "url":
        return {"TemplateURL": given("templateUrl")}
    bucket, key = given("s3BucketName"), given("s3ObjectKey")
    if source == "file":
        body = read_file("templateFile")
        if not bucket:
            return {"TemplateBody": body}
        key = Path(given("templateFile")).name
        session.client("s3").put_object(Bucket=bucket, Key=key, Body=body.encode())
    return {"TemplateURL": f"https://{bucket}.s3.{session.region_name}.amazonaws.com/{key}"}


def directly(stack: Stack, wanted: dict[str, Any], exists: bool) -> None:
    """Create or update without a change set."""
    if exists:
        print(f"Updating stack '{stack.name}'", flush=True)
        stack.client.update_stack(**wanted)
        stack.wait("stack_update_complete")
        return
    print(f"Creating stack '{stack.name}'", flush=True)
    ending = (
        {"DisableRollback": True}
        if flag("disableRollback")
        else {"OnFailure": given("onFailure") or "ROLLBACK"}
    )
    timeout = {"TimeoutInMinutes": int(given("timeoutInMins") or 60)}
    stack.client.create_stack(**wanted, **ending, **timeout)
    stack.wait("stack_create_complete")


def by_change_set(stack: Stack, wanted: dict[str, Any], exists: bool) -> None:
    """Make a change set, and execute it where asked; an empty one is deleted and told."""
    name = given("changeSetName")
    names = {"StackName": stack.name, "ChangeSetName": name}
    print(f"Creating change set '{name}' for stack '{stack.name}'", flush=True)
    more = {"Description": given("description")} if given("description") else {}
    nested = {"IncludeNestedStacks": True} if flag("includeNestedStacks") else {}
    kind = "UPDATE" if exists else "CREATE"
    stack.client.create_change_set(**wanted, **more, **nested, ChangeSetName=name, ChangeSetType=kind)
    try:
        stack.client.get_waiter("change_set_create_complete").wait(**names, WaiterConfig=stack.waiting)
    except WaiterError:
        reason = str(stack.client.describe_change_set(**names).get("StatusReason", ""))
        stack.client.delete_change_set(**names)
        if any(text in reason for text in NOTHING_TO_DO):
            raise NothingToDo(reason) from None
        fail(f"Change set '{name}' failed: {reason}")
    if flag("autoExecuteChangeSet"):
        print(f"Executing change set '{name}'", flush=True)
        stack.client.execute_change_set(**names)
        stack.wait("stack_update_complete" if exists else "stack_create_complete")


class NothingToDo(Exception):
    """The stack is as the template and the parameters want it."""


def capture(stack: Stack) -> None:
    """The stack's id and outputs become variables of the steps that follow."""
    found = stack.describe()
    if found is None:
        return
    if given("outputVariable"):
        set_variable(given("outputVariable"), found["StackId"], secret=False)
    how = given("captureStackOutputs") or "ignore"
    outputs = {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}
    secret = flag("captureAsSecuredVars")
    if how == "asVariables":
        for key, value in outputs.items():
            set_variable(key, value, secret)
    elif how == "asJSON":
        set_variable("CloudFormationStackOutputs", json.dumps(outputs), secret)


def set_variable(name: str, value: str, secret: bool) -> None:
    """One variable; outputs, so that later jobs read them too."""
    told = value.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"##vso[task.setvariable variable={name};issecret={str(secret).lower()}]{told}", flush=True)


def _session() -> Any:
    keys, where = aws_session.credentials(), aws_session.region() or None
    if keys is None:
        return boto3.Session(region_name=where)
    return boto3.Session(keys.access_key, keys.secret_key, keys.token or None, where)


def main() -> None:
    """Bring the stack to what the inputs say."""
    session = _session()
    stack = Stack(session.client("cloudformation"))
    try:
        exists = stack.describe() is not None
        wanted = request(stack, session)
        (by_change_set if flag("useChangeSet") else directly)(stack, wanted, exists)
    except (ClientError, NothingToDo) as error:
        if not any(text in str(error) for text in NOTHING_TO_DO):
            fail(str(error))
        if flag("warnWhenNoWorkNeeded"):
            print(
                f"##vso[task.logissue type=warning]Stack '{stack.name}' needs no update: {error}", flush=True
            )
    capture(stack)
    print(f"Stack '{stack.name}' is done", flush=True)


if __name__ == "__main__":
    main()
